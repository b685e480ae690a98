import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { EntityModel } from '../../core/documents/model.ts'
import { fixture } from '../support/fixture-plugin.ts'
import { type Caller, testServer } from '../support/server.ts'

const { server, user } = await testServer({ plugins: [fixture] })
let admin: Caller
beforeAll(async () => {
  admin = (await user(['admin'])).call
})

type Values = Record<string, unknown>

const pick = fc.nat(1000)
const step = fc.oneof(
  fc.record({
    do: fc.constant('create' as const),
    entity: fc.constantFrom('firm', 'deal', 'prospect'),
    n: pick,
  }),
  fc.record({ do: fc.constant('update' as const), at: pick, n: pick }),
  fc.record({ do: fc.constant('update' as const), at: pick, n: pick }),
  fc.record({ do: fc.constant('delete' as const), at: pick }),
  fc.record({ do: fc.constant('restore' as const), at: pick }),
  fc.record({ do: fc.constant('convert' as const), at: pick }),
)

/** Some values for some fields of an entity; nulls, equal values and unknown stages of life included. */
function valuesFor(entity: string, n: number): Values {
  const some = (salt: number, ...values: unknown[]): unknown => values[(n + salt) % values.length]!
  switch (entity) {
    case 'firm':
      return {
        name: `Firm ${n % 7}`,
        tax_number: some(1, null, `t${n % 5}`),
        roles: some(2, null, ['customer'], ['prospect', 'customer']),
        seat: some(3, null, { city: 'Jena', country: 'DE' }, { city: `C${n % 3}` }),
      }
    case 'deal':
      return {
        name: `Deal ${n % 5}`,
        amount: some(1, null, '10.50', { amount: '99', currency: 'USD' }),
        stage: some(2, 'open', 'won', 'lost'),
        close_date: some(3, null, '2027-02-28'),
      }
    default:
      return {
        last_name: `Lead ${n % 4}`,
        company: some(1, null, `Firm ${n % 7}`),
        status: some(2, 'new', 'dead'),
        budget: some(3, null, '5'),
      }
  }
}

describe('the history of all records', () => {
  it('gives exactly the present records when it is replayed, whatever was done [INV-04]', async () => {
    const records: { entity: string; id: string }[] = []
    const done: Record<string, number> = {}
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 25, maxLength: 25 }), async (steps) => {
        for (const one of steps) {
          // Only one kind of record can be converted; of the others, all.
          const among = one.do === 'convert' ? records.filter(({ entity }) => entity === 'prospect') : records
          const target = 'at' in one ? among[one.at % Math.max(1, among.length)] : undefined
          if (one.do !== 'create' && !target) continue
          const path = `/api/records/${target?.entity ?? ''}/${target?.id ?? ''}`
          const answer = await (() => {
            switch (one.do) {
              case 'create':
                return admin<{ id: string }>(
                  'POST',
                  `/api/records/${one.entity}`,
                  valuesFor(one.entity, one.n),
                )
              case 'update':
                return admin('PATCH', path, valuesFor(target!.entity, one.n))
              case 'delete':
                return admin('DELETE', path)
              case 'restore':
                return admin('POST', `${path}/restore`)
              case 'convert':
                return admin('POST', '/api/conversions/prospect-to-deal/run', { source: target!.id })
            }
          })()
          expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500)
          if (answer.status >= 300) continue
          done[one.do] = (done[one.do] ?? 0) + 1
          if (one.do === 'create')
            records.push({ entity: one.entity, id: (answer.body as { id: string }).id })
        }
      }),
      { numRuns: 16, endOnFailure: true },
    )
    for (const what of ['create', 'update', 'delete', 'restore', 'convert'])
      expect(done[what], what).toBeGreaterThan(2)
    for (const entity of server.live.current.entities.values())
      if (!entity.readOnly) await expectReplay(entity)
  }, 60_000)
})

interface Change {
  record: string
  version: number
  action: string
  before: Values
  after: Values
}

async function expectReplay(entity: EntityModel): Promise<void> {
  const { rows: changes } = await server.db.pool.query<Change>(
    'SELECT record, version, action, before, after FROM xrm.change WHERE entity = $1 ORDER BY id',
    [entity.name],
  )
  const replayed = new Map<string, { version: number; values: Values }>()
  for (const { record, version, action, before, after } of changes) {
    const known = replayed.get(record)
    expect(action === 'create', `${entity.name} ${record} ${version}`).toBe(known === undefined)
    expect(version).toBe((known?.version ?? 0) + 1)
    // What a change says was there before is what the changes before it have left.
    for (const [column, value] of Object.entries(before)) expect(known?.values[column]).toEqual(value)
    replayed.set(record, { version, values: { ...known?.values, ...after } })
  }
  const present = await presentRecords(entity)
  expect(
    Object.fromEntries(
      [...replayed].map(([id, { version, values }]) => [id, { version, ...filled(values) }]),
    ),
  ).toEqual(present)
  await expectStageEvents(entity)
}

/** The records as they lie in the table, in API form by column. */
async function presentRecords(entity: EntityModel): Promise<Record<string, Values>> {
  const { rows } = await server.db.pool.query<Values>(`SELECT * FROM ${entity.table}`)
  const kept = entity.stored.filter((field) => !unkept.has(field.name) && field.type.name !== 'auto-number')
  return Object.fromEntries(
    rows.map((row) => {
      const values: Values = {}
      for (const { type, columns } of kept) {
        const parts = columns.map(({ name }) => row[name])
        values[columns[0]!.name] = columns.length === 1 ? parts[0] : type.fromColumns!(parts)
      }
      return [row['id'], { version: row['version'], ...filled(values) }]
    }),
  )
}

/** Told by the change itself, not in what it changed. */
const unkept = new Set(['id', 'version', 'created_at', 'created_by', 'updated_at', 'updated_by'])

function filled(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  )
}

async function expectStageEvents(entity: EntityModel): Promise<void> {
  for (const stage of entity.stages) {
    const column = stage.columns[0]!.name
    const { rows } = await server.db.pool.query<{ events: object[] | null; changes: object[] | null }>(
      `SELECT
         (SELECT json_agg(json_build_array(record, before, after) ORDER BY record, id) FROM xrm.stage_event WHERE entity = $1 AND field = $2) AS events,
         (SELECT json_agg(json_build_array(record, before->>$2, after->>$2) ORDER BY record, id) FROM xrm.change WHERE entity = $1 AND after ? $2) AS changes`,
      [entity.name, column],
    )
    expect(rows[0]!.events).toEqual(rows[0]!.changes)
    expect(rows[0]!.events?.length).toBeGreaterThan(0)
  }
}
