import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import type { Database } from '../../core/storage/database.ts'
import { fixture } from '../support/fixture-plugin.ts'
import { type Answer, type Caller, testServer } from '../support/server.ts'

const one = await testServer({ plugins: [fixture] })
const other = await testServer({ plugins: [fixture] })
let here: Caller
let there: Caller
const ids: { entity: string; id: string }[] = []

/** What the seller may not read: one database has it, the other lacks it or has something else. */
beforeAll(async () => {
  const admin = (await one.user(['admin'])).call
  const seller = await one.user(['seller'])
  const colleague = await one.user(['seller'])
  here = seller.call
  const create = async (call: Caller, entity: string, values: object): Promise<string> => {
    const { status, body } = await call<{ id: string }>('POST', `/api/records/${entity}`, values)
    expect(status, JSON.stringify(body)).toBe(201)
    ids.push({ entity, id: body.id })
    return body.id
  }
  for (let i = 0; i < 12; i++) {
    const firm = await create(admin, 'firm', {
      name: `Firm ${i % 5}`,
      tax_number: `tax ${i}`,
      site: `https://f${i}.example`,
    })
    const person = await create(admin, 'person', {
      last_name: `Person ${i % 4}`,
      firm,
      email: `p${i}@example.com`,
    })
    for (const call of [seller.call, colleague.call]) {
      const deal = await create(call, 'deal', {
        name: `Deal ${i % 3}`,
        amount: `${i * 10}`,
        firm,
        person,
        stage: 'open',
      })
      await admin('PATCH', `/api/records/deal/${deal}`, { secret: `secret ${i}` })
      await admin('PATCH', `/api/records/deal/${deal}`, { stage: i % 2 ? 'won' : 'lost' })
      const lead = await create(call, 'prospect', {
        last_name: `Lead ${i}`,
        company: i % 3 ? `Firm ${i % 5}` : `New ${i}`,
      })
      for (const caller of [seller.call, colleague.call])
        await create(caller === call ? caller : admin, 'call', {
          subject: `Call ${i}`,
          regarding: [`prospect/${lead}`, `firm/${firm}`],
        })
      if (i % 4 === 0) await admin('POST', '/api/conversions/prospect-to-deal/run', { source: lead })
    }
  }
  await copyAll(one.server.db, other.server.db)
  await changeHidden(other.server.db, seller.id)
  // Begun on the copy, so that both sign their cursors alike.
  there = (await other.node()).as(seller.id)
}, 120_000)

async function copyAll(from: Database, to: Database): Promise<void> {
  const { rows: tables } = await from.pool.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname IN ('xrm', 'record') AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'migration'`,
  )
  const client = await to.pool.connect()
  await client.query("SET session_replication_role = 'replica'")
  await client.query(`TRUNCATE ${tables.map(({ name }) => name).join(', ')}`)
  for (const { name } of tables) {
    const { rows } = await from.pool.query<{ rows: string }>(
      `SELECT coalesce(json_agg(t), '[]')::text AS rows FROM ${name} t`,
    )
    await client.query(
      `INSERT INTO ${name} OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::${name}, $1::json)`,
      [rows[0]!.rows],
    )
  }
  client.release(true)
}

async function changeHidden(db: Database, seller: string): Promise<void> {
  const hidden = [
    `UPDATE record.firm SET tax_number = tax_number || ' x'`,
    `UPDATE record.deal SET secret = CASE WHEN secret < 'secret 3' THEN NULL ELSE md5(secret) END`,
    `DELETE FROM xrm.change WHERE entity = 'deal' AND action = 'update' AND after ? 'secret' AND random() < 0.5`,
    `UPDATE xrm.change SET after = after || '{"tax_number": "changed"}' WHERE entity = 'firm' AND action = 'create'`,
    `DELETE FROM record.call WHERE owner IS DISTINCT FROM '${seller}'`,
    `DELETE FROM record.prospect p WHERE owner IS DISTINCT FROM '${seller}' AND NOT EXISTS (SELECT FROM xrm.conversion_run r WHERE r.source = p.id)`,
    `UPDATE record.prospect SET last_name = md5(last_name), company = NULL WHERE owner IS DISTINCT FROM '${seller}'`,
    `DELETE FROM record.deal d WHERE owner IS DISTINCT FROM '${seller}' AND NOT EXISTS (SELECT FROM xrm.conversion_target t WHERE t.record = d.id)`,
    `UPDATE record.deal SET name = 'other', amount = amount + 1, stage = 'open' WHERE owner IS DISTINCT FROM '${seller}'`,
  ]
  for (const statement of hidden) await db.pool.query(statement)
}

const entities = ['firm', 'person', 'deal', 'prospect', 'call', 'user']
const names: Record<string, string[]> = Object.fromEntries(
  entities.map((name) => [name, [...one.server.live.current.entities.get(name)!.fields.keys()]]),
)
const hops = [
  'firm.name',
  'firm.tax_number',
  'person.last_name',
  'person.firm.name',
  'owner.name',
  'owner.email',
]
const entity = fc.constantFrom(...entities)
const literal = fc.constantFrom('null', '"secret 1"', '"Firm 1"', '"tax 1"', '"open"', '10', '"x"')

/** Mostly names of the entity asked for, denied ones too, so that many requests come through. */
const call = entity.chain((name) => {
  const path = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...names[name]!) },
    { weight: 1, arbitrary: fc.constantFrom(...hops) },
  )
  const condition = fc
    .tuple(path, fc.constantFrom('==', '!=', '<', '>'), literal)
    .map((parts) => parts.join(' '))
  const filter = fc.oneof(
    condition,
    fc.tuple(condition, fc.constantFrom('&&', '||'), condition).map((parts) => parts.join(' ')),
  )
  const some = <T>(arbitrary: fc.Arbitrary<T>, key: string): fc.Arbitrary<[string, string][]> =>
    fc.option(arbitrary, { freq: 2 }).map((value) => (value === null ? [] : [[key, String(value)]]))
  const query = fc
    .tuple(
      some(filter, 'filter'),
      some(
        fc.tuple(fc.constantFrom('', '-'), path).map((parts) => parts.join('')),
        'sort',
      ),
      some(fc.array(path, { minLength: 1, maxLength: 3 }), 'fields'),
      some(fc.constantFrom('secret', 'Firm', 'tax', 'Lead', 'Deal 1'), 'search'),
      some(fc.constantFrom('exact', 'capped'), 'count'),
      some(fc.constantFrom(1, 3, 50), 'limit'),
    )
    .map((pairs) => new URLSearchParams(pairs.flat()).toString())
  const record = fc.nat(1000).map((at) => {
    const own = ids.filter((known) => known.entity === name)
    return own[at % Math.max(1, own.length)]?.id ?? 'none'
  })
  const group = fc.array(path, { maxLength: 2 })
  const measure = fc.constantFrom(
    'count',
    'sum(amount)',
    'max(secret)',
    'count(tax_number)',
    'min(name)',
    'count(secret)',
  )
  return fc.oneof(
    query.map((q) => ['GET', `/api/records/${name}?${q}`] as const),
    query.map((q) => ['GET', `/api/records/${name}?${q}`] as const),
    record.map((id) => ['GET', `/api/records/${name}/${id}`] as const),
    fc
      .tuple(
        record,
        fc.constantFrom(
          'history',
          'timeline',
          'conversions',
          'related/deal.firm',
          'related/deal.person',
          'related/person.firm',
          'history?limit=1',
          'timeline?limit=2',
        ),
      )
      .map(([id, what]) => ['GET', `/api/records/${name}/${id}/${what}`] as const),
    fc
      .tuple(fc.option(filter), group, measure)
      .map(
        ([f, groupBy, m]) =>
          [
            'POST',
            `/api/records/${name}/aggregate`,
            { groupBy, measures: { m }, ...(f === null ? {} : { filter: f }) },
          ] as const,
      ),
    record.map((id) => ['POST', '/api/conversions/prospect-to-deal/preview', { source: id }] as const),
    fc
      .constantFrom('secret', 'Firm', 'Lead 1', 'tax', 'Call')
      .map((q) => ['GET', `/api/search?q=${q}`] as const),
    fc.constantFrom('/api/model', '/api/openapi.json', '/api/me').map((address) => ['GET', address] as const),
  )
})

it('answers a user the same whatever the database holds that they may not read [INV-01]', async () => {
  const found: Record<number, number> = {}
  await fc.assert(
    fc.asyncProperty(call, async ([method, path, body]) => {
      for (let address: string | null = path; address !== null;) {
        const [left, right]: Answer<{ next?: string | null }>[] = await Promise.all([
          here<{ next?: string | null }>(method, address, body),
          there<{ next?: string | null }>(method, address, body),
        ])
        expect(told(right!), `${method} ${address} ${JSON.stringify(body)}`).toEqual(told(left!))
        found[left!.status] = (found[left!.status] ?? 0) + 1
        const next: string | null | undefined = left!.status === 200 ? left!.body.next : null
        const isList: boolean =
          path.startsWith('/api/records/') && typeof next === 'string' && !address.includes('after=')
        address = isList ? `${path}${path.includes('?') ? '&' : '?'}after=${next}` : null
      }
    }),
    { numRuns: 500, endOnFailure: true },
  )
  expect(found[200]).toBeGreaterThan(150)
}, 90_000)

/** Everything of an answer but the number of the request. */
function told({ status, headers, body }: { status: number; headers: Headers; body: unknown }): unknown {
  return {
    status,
    headers: [...headers].filter(([name]) => name !== 'x-request-id'),
    body,
    // The order of members too.
    text: JSON.stringify(body),
  }
}
