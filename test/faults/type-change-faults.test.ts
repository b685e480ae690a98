import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { publishOnline } from '../../core/documents/publish-online.ts'
import type { JobRun } from '../../core/jobs/jobs.ts'
import { faults, injectFaults } from '../support/faults.ts'
import { fixture } from '../support/fixture-plugin.ts'
import { schemaDifferences } from '../support/schema-matches-model.ts'
import { type Caller, testServer } from '../support/server.ts'

const { server, user } = await testServer({ plugins: [fixture] })
const injector = injectFaults(server.db)
const { run, undo } = publishOnline(server.db, server.live)
let admin: Caller
beforeAll(async () => {
  admin = (await user(['admin'])).call
  // Here the test itself is who does the work.
  await server.jobs.stop()
})

/** An entity with two texts, one unique from now on, and a draft that makes one of them a number. */
async function draftOf(name: string): Promise<string> {
  const { body: first } = await admin<{ id: string }>('POST', '/api/changesets', { title: name })
  await admin('PUT', `/api/documents/entity/${name}?changeset=${first.id}`, {
    title: name,
    type: 'object',
    'x-entity': { plural: `${name}s`, display: 'label' },
    properties: { label: { type: 'string' }, size: { type: 'string', 'x-index': true } },
  })
  await admin('POST', `/api/changesets/${first.id}/publish`)
  const rows = Array.from({ length: 30 }, (_, at) => ({ label: `${name} ${at}`, size: String(at) }))
  await admin('POST', `/api/records/${name}`, rows)
  const { body: second } = await admin<{ id: string }>('POST', '/api/changesets', { title: `${name} 2` })
  await admin('PATCH', `/api/documents/entity/${name}?changeset=${second.id}`, {
    properties: { size: { type: 'integer' }, more: { type: 'string' } },
  })
  return second.id
}

/** What publishing hands to the job. */
async function begin(changeset: string): Promise<JobRun> {
  const id = randomUUID()
  await server.db.pool.query(
    `INSERT INTO xrm.job (id, kind, title, data, status, changeset) VALUES ($1, 'publish', 'test', '{}', 'running', $2)`,
    [id, changeset],
  )
  await server.db.pool.query(`UPDATE xrm.changeset SET status = 'publishing', job = $2 WHERE id = $1`, [
    changeset,
    id,
  ])
  return { id, actor: null, log: server.log, progress: async () => {} }
}

async function sizes(name: string): Promise<unknown[]> {
  const { status, body } = await admin<{ items: { size: unknown }[] }>(
    'GET',
    `/api/records/${name}?fields=size&limit=100`,
  )
  expect(status).toBe(200)
  return body.items.map(({ size }) => size)
}

describe.each(faults)('a type change of which a statement is %s', (fault) => {
  it('leaves the old form or the new, goes on where it was, and can be taken back instead', async () => {
    let reached = 0
    // A lost connection after the fact is what a killed server looks like: that at every statement, the others here and there.
    for (let at = 1; ; at += fault === 'cut after' ? 1 : 4) {
      const name = `box_${faults.indexOf(fault)}_${at}`
      const changeset = await draftOf(name)
      const job = await begin(changeset)
      let failure: unknown = null
      const { hit } = await injector.run(fault, at, () =>
        run({ changeset, force: false }, job).catch((error: unknown) => (failure = error)),
      )
      const model = await server.live.refresh()
      expect(await schemaDifferences(server.db, model), `statement ${at}`).toEqual([])
      const isNew = model.entities.get(name)!.fields.get('size')!.type.name === 'integer'
      expect(model.entities.get(name)!.fields.has('more')).toBe(isNew)
      expect((await sizes(name)).toSorted(), `statement ${at}`).toEqual(
        Array.from({ length: 30 }, (_, number) => (isNew ? number : String(number))).toSorted(),
      )
      if (!hit) {
        expect(failure).toBeNull()
        expect(isNew).toBe(true)
        break
      }
      reached = at
      // Every other time somebody has had enough.
      if (at % 2 === 0 && !isNew) {
        await undo!({ changeset, force: false })
        expect(await schemaDifferences(server.db, model)).toEqual([])
        const { rows } = await server.db.pool.query('SELECT FROM xrm.field_column WHERE prepared = $1', [
          changeset,
        ])
        expect(rows).toEqual([])
        expect((await sizes(name)).every((size) => typeof size === 'string')).toBe(true)
        continue
      }
      await run({ changeset, force: false }, job)
      const after = await server.live.refresh()
      expect(after.entities.get(name)!.fields.get('size')!.type.name).toBe('integer')
      expect(await schemaDifferences(server.db, after), `statement ${at}`).toEqual([])
      expect((await sizes(name)).every((size) => typeof size === 'number')).toBe(true)
    }
    expect(reached).toBeGreaterThan(30)
  }, 240_000)
})
