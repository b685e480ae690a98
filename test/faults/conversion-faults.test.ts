import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RunView } from '@xrm/sdk/api'
import { digestTables } from '../support/digest.ts'
import { faults, injectFaults } from '../support/faults.ts'
import { fixture } from '../support/fixture-plugin.ts'
import { schemaDifferences } from '../support/schema-matches-model.ts'
import { type Caller, testServer } from '../support/server.ts'

const { server, user } = await testServer({ plugins: [fixture] })
const injector = injectFaults(server.db)
let admin: Caller
beforeAll(async () => {
  admin = (await user(['admin'])).call
})

/** No transaction may stay open behind a failed request, nor a lock; building indexes beside it has its own. */
async function expectNothingLeftOpen(): Promise<void> {
  const ask = async (): Promise<{ state: string; query: string }[]> => {
    const { rows } = await server.db.pool.query<{ state: string; query: string }>(
      `SELECT state, query FROM pg_stat_activity a WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> 'xrm jobs'
         AND (state LIKE 'idle in transaction%' OR EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.objid <> 5788246))`,
    )
    return rows
  }
  // What works in the background opens one now and then; what was left open stays.
  let open = await ask()
  for (let i = 0; i < 150 && open.length > 0; i++) {
    await sleep(20)
    open = await ask()
  }
  expect(open).toEqual([])
}

describe.each(faults)('a conversion of which a statement is %s', (fault) => {
  it('happens as a whole or not at all, and a repetition with the same key finishes it once [CONV-01]', async () => {
    let reached = 0
    for (let at = 1; ; at++) {
      const mark = `${fault} ${at}`.replace(' ', '')
      const { body: lead } = await admin<{ id: string }>('POST', '/api/records/prospect', {
        last_name: 'Fault',
        company: `Company ${mark}`,
        email: `${mark.replaceAll(' ', '-')}@example.com`,
        budget: '10',
      })
      const { status: called } = await admin('POST', '/api/records/call', {
        subject: mark,
        regarding: [`prospect/${lead.id}`],
      })
      expect(called).toBe(201)
      const run = () =>
        admin<RunView & { run?: RunView }>(
          'POST',
          '/api/conversions/prospect-to-deal/run',
          { source: lead.id },
          { 'idempotency-key': `fault-${lead.id}` },
        )
      const before = await digestTables(server.db)
      const { result, hit } = await injector.run(fault, at, run)
      if (!hit) {
        expect(result.status).toBe(201)
        break
      }
      reached = at
      if (result.status === 201) {
        // An event beside the answer failed, such as the reading of what is told.
        expect(result.body.targets).toHaveLength(3)
      } else {
        expect(result.status, JSON.stringify(result.body)).toBeGreaterThanOrEqual(400)
        if (fault !== 'refused') expect(result.status, `statement ${at}`).toBe(503)
        expect(JSON.stringify(result.body)).not.toMatch(/SELECT|xrm\.|node_modules|\/core\/|zero/)
      }
      await expectNothingLeftOpen()
      const isUnchanged = (await digestTables(server.db)) === before
      const repeated = await run()
      expect(repeated.status, `statement ${at}: ${JSON.stringify(repeated.body)}`).toBe(201)
      if (!isUnchanged) expect(await digestTables(server.db), `statement ${at}`).not.toBe(before)
      await expectWhole(lead.id, repeated.body)
    }
    expect(reached).toBeGreaterThan(15)
  }, 120_000)
})

/** Exactly one run of this source, with each of its records and their histories there once. */
async function expectWhole(lead: string, run: RunView): Promise<void> {
  const { rows } = await server.db.pool.query<{ runs: number; targets: number; created: number }>(
    `SELECT (SELECT count(*) FROM xrm.conversion_run WHERE source = $1) AS runs,
       (SELECT count(*) FROM xrm.conversion_target t JOIN xrm.conversion_run r ON r.id = t.run WHERE r.source = $1) AS targets,
       (SELECT count(*) FROM xrm.change c JOIN xrm.conversion_run r ON c.ref = r.id::text WHERE r.source = $1 AND c.action = 'create') AS created`,
    [lead],
  )
  expect(rows).toEqual([{ runs: 1, targets: 3, created: 3 }])
  const { body } = await admin<{ status: string }>('GET', `/api/records/prospect/${lead}`)
  expect(body.status).toBe('converted')
  for (const { record } of run.targets) {
    const { body: history } = await admin<{ items: unknown[] }>(
      'GET',
      `/api/records/${record!.entity}/${record!.id}/history`,
    )
    expect(history.items).toHaveLength(1)
    const { body: timeline } = await admin<{ planned: unknown[] }>(
      'GET',
      `/api/records/${record!.entity}/${record!.id}/timeline?kinds=activity`,
    )
    expect(timeline.planned).toHaveLength(1)
  }
}

describe.each(faults)('a publish of which a statement is %s', (fault) => {
  it('leaves the old model or the new, and the tables fit the one that is in force', async () => {
    const draft = await draftOf(`f${faults.indexOf(fault)}`)
    const before = await digestTables(server.db)
    const { version } = server.live.current
    let at = 0
    // Until the transaction is through; what fails after its end cannot take it back.
    while (server.live.current.version === version) {
      at++
      const publish = () => admin('POST', `/api/changesets/${draft.id}/publish`)
      await injector.run(fault, at, publish)
      await expectNothingLeftOpen()
      const model = await server.live.refresh()
      expect(await schemaDifferences(server.db, model), `statement ${at}`).toEqual([])
      if (model.version === version) expect(await digestTables(server.db), `statement ${at}`).toBe(before)
    }
    expect(server.live.current.version).toBe(version + 1)
    expect(server.live.current.entities.get('firm')!.fields.has(draft.name)).toBe(true)
    expect(server.live.current.entities.has(`made_${draft.name}`)).toBe(true)
    expect(at).toBeGreaterThan(15)
  }, 120_000)
})

/** A draft with a new field that is unique and a new entity with a relation and a number. */
async function draftOf(name: string): Promise<{ id: string; name: string }> {
  const { body: draft } = await admin<{ id: string }>('POST', '/api/changesets', { title: name })
  const firm = { properties: { [name]: { type: 'string', title: name } }, 'x-unique': { [name]: [name] } }
  const made = {
    title: name,
    type: 'object',
    'x-entity': { name: `made_${name}`, plural: `made_${name}s`, display: 'label' },
    properties: {
      label: { type: 'string' },
      number: { 'x-type': 'auto-number' },
      firm: { 'x-type': 'relation', 'x-relation': { entity: 'firm' } },
    },
  }
  const edits = [
    await admin('PATCH', `/api/documents/entity/firm?changeset=${draft.id}`, firm),
    await admin('PUT', `/api/documents/entity/made_${name}?changeset=${draft.id}`, made),
  ]
  expect(edits.map(({ status }) => status)).toEqual([200, 200])
  return { id: draft.id, name }
}
