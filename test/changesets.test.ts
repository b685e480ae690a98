import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ModelView } from '@xrm/sdk/api'
import type { ChangesetView, DocumentSummary, DocumentView } from '@xrm/sdk/configuration'
import { fixture } from './support/fixture-plugin.ts'
import { type Draft, newDraft, publishPatch } from './support/publish.ts'
import { schemaDifferences } from './support/schema-matches-model.ts'
import { testServer } from './support/server.ts'

const { server, user } = await testServer({ plugins: [fixture] })
const { call: admin, id: adminId } = await user(['admin'])

type Row = Record<string, unknown> & { id: string; version: number }

describe('changesets', () => {
  it('of two admins on one document: the second is told what differs, and nothing is overwritten', async () => {
    const [mine, theirs] = [await newDraft(admin, 'Mine'), await newDraft(admin, 'Theirs')]
    await admin('PATCH', `/api/documents/entity/firm?changeset=${mine}`, { title: 'Company' })
    await admin('PATCH', `/api/documents/entity/firm?changeset=${theirs}`, { title: 'Business' })
    expect((await admin('POST', `/api/changesets/${theirs}/publish`)).status).toBe(200)
    expect(await admin('POST', `/api/changesets/${mine}/publish`)).toMatchObject({
      status: 409,
      body: {
        code: 'changeset.conflict',
        errors: [{ pointer: '#/entity/firm/title', params: { theirs: 'Business', yours: 'Company' } }],
      },
    })
  })

  it('of two admins on one document merge where they change different places', async () => {
    const [mine, theirs] = [await newDraft(admin, 'Mine'), await newDraft(admin, 'Theirs')]
    await admin('PATCH', `/api/documents/entity/firm?changeset=${mine}`, {
      properties: { mine: { type: 'string' } },
    })
    await admin('PATCH', `/api/documents/entity/firm?changeset=${theirs}`, {
      properties: { theirs: { type: 'string' } },
    })
    expect((await admin('POST', `/api/changesets/${theirs}/publish`)).status).toBe(200)
    expect((await admin<ChangesetView>('GET', `/api/changesets/${mine}`)).body.conflicts).toEqual([])
    // The draft shows what was published meanwhile, and goes on from there.
    const { body: view } = await admin<DocumentView>('GET', `/api/documents/entity/firm?changeset=${mine}`)
    expect(view.body).toMatchObject({ properties: { mine: {}, theirs: {} } })
    await admin('PATCH', `/api/documents/entity/firm?changeset=${mine}`, {
      properties: { mine: { title: 'Mine' } },
    })
    const [edit] = (await admin<ChangesetView>('GET', `/api/changesets/${mine}`)).body.edits
    expect(edit!.changes.map(({ pointer }) => pointer)).toEqual(['/properties/mine'])
    expect((await admin('POST', `/api/changesets/${mine}/publish`)).status).toBe(200)
    const both = (await admin<ModelView>('GET', '/api/model')).body.entities['firm']!.fields
    expect([both['mine']?.type, both['theirs']?.type]).toEqual(['text', 'text'])
    // Taking back the first leaves the second.
    expect((await admin('POST', `/api/changesets/${theirs}/revert`)).status).toBe(200)
    const one = (await admin<ModelView>('GET', '/api/model')).body.entities['firm']!.fields
    expect([one['mine']?.type, one['theirs']]).toEqual(['text', undefined])
  })

  it('with a conflict show it, and go ahead once it is decided', async () => {
    const at = { kind: 'entity', name: 'deal', pointer: '/title' }
    const decide = async (take: 'mine' | 'theirs', given: string): Promise<unknown> => {
      const [mine, theirs] = [await newDraft(admin, 'Mine'), await newDraft(admin, 'Theirs')]
      await admin('PATCH', `/api/documents/entity/deal?changeset=${mine}`, {
        title: 'My deal',
        description: `Mine ${take}`,
      })
      await admin('PATCH', `/api/documents/entity/deal?changeset=${theirs}`, { title: given })
      expect((await admin('POST', `/api/changesets/${theirs}/publish`)).status).toBe(200)
      const { body } = await admin<ChangesetView>('GET', `/api/changesets/${mine}`)
      expect(body.conflicts).toEqual([{ ...at, ...body.conflicts[0], mine: 'My deal', theirs: given }])
      const resolved = await admin<ChangesetView>('POST', `/api/changesets/${mine}/resolve`, {
        choices: [{ ...at, take }],
      })
      expect(resolved).toMatchObject({ status: 200, body: { conflicts: [] } })
      expect((await admin('POST', `/api/changesets/${mine}/publish`)).status).toBe(200)
      return (await admin<{ body: unknown }>('GET', '/api/documents/entity/deal')).body.body
    }
    expect(await decide('theirs', 'Their deal')).toMatchObject({
      title: 'Their deal',
      description: 'Mine theirs',
    })
    expect(await decide('mine', 'Another')).toMatchObject({ title: 'My deal', description: 'Mine mine' })
    const id = await newDraft(admin, 'Nothing to decide')
    expect(
      await admin('POST', `/api/changesets/${id}/resolve`, { choices: [{ ...at, take: 'mine' }] }),
    ).toMatchObject({ status: 422, body: { code: 'changeset.no-conflict' } })
    expect(
      await admin('POST', `/api/changesets/${id}/resolve`, { choices: [{ ...at, take: 'both', more: 1 }] }),
    ).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/choices/0/more' }] } })
  })

  it('tell who made them, what they change and from what to what', async () => {
    const id = await newDraft(admin, 'Told')
    await admin('PATCH', `/api/documents/entity/firm?changeset=${id}`, {
      description: 'A firm.',
      properties: { told: { type: 'integer' }, seat: null },
    })
    await admin('PUT', `/api/documents/option-set/tones?changeset=${id}`, { title: 'Tones', options: {} })
    const edited = await admin<ChangesetView>('PATCH', `/api/changesets/${id}`, { note: 'Why' })
    expect(edited.body).toMatchObject({
      title: 'Told',
      note: 'Why',
      status: 'draft',
      origin: 'admin',
      createdBy: { id: adminId, name: 'admin 1' },
      edits: [
        { kind: 'entity', name: 'firm', layer: 'admin', action: 'change' },
        { kind: 'option-set', name: 'tones', title: 'Tones', action: 'add', changes: [{ pointer: '' }] },
      ],
    })
    const [firm] = edited.body.edits
    expect(firm!.changes).toContainEqual({ pointer: '/description', after: 'A firm.' })
    expect(firm!.changes).toContainEqual({
      pointer: '/properties/told',
      after: expect.objectContaining({ type: 'integer' }),
    })
    expect(firm!.changes).toContainEqual({
      pointer: '/properties/seat',
      before: expect.objectContaining({ 'x-type': 'address' }),
    })
    const { body: list } = await admin<{ items: ChangesetView[] }>('GET', '/api/changesets')
    expect(list.items.find((item) => item.id === id)!.edits[0]).toMatchObject({ name: 'firm', changes: [] })
    expect(list.items.at(-1)).toMatchObject({ origin: 'upgrade', createdBy: null, status: 'published' })
    const { body: documents } = await admin<{ items: DocumentSummary[] }>(
      'GET',
      `/api/documents?changeset=${id}`,
    )
    const summary = (name: string): DocumentSummary => documents.items.find((item) => item.name === name)!
    expect(summary('firm')).toMatchObject({
      layers: ['plugin', 'admin'],
      plugins: ['fixture'],
      draft: 'changed',
    })
    expect(summary('tones')).toMatchObject({ layers: ['admin'], plugins: [], draft: 'added' })
    expect(summary('call')).toMatchObject({ kind: 'entity', draft: null, entity: null })
    expect((await admin('DELETE', `/api/changesets/${id}/edits/entity/firm`)).status).toBe(204)
    expect((await admin('DELETE', `/api/changesets/${id}/edits/entity/firm`)).status).toBe(404)
    await admin('DELETE', `/api/documents/option-set/tones?changeset=${id}`)
    expect((await admin<ChangesetView>('GET', `/api/changesets/${id}`)).body.edits).toEqual([])
    await admin('DELETE', `/api/documents/entity/call?changeset=${id}`)
    const { body: after } = await admin<{ items: DocumentSummary[] }>(
      'GET',
      `/api/documents?kind=entity&changeset=${id}`,
    )
    expect(after.items.find((item) => item.name === 'call')).toMatchObject({ draft: 'removed' })
  })

  it('refuse an edit of what has changed since it was read', async () => {
    const id = await newDraft(admin, 'Edited twice')
    const path = `/api/documents/entity/firm?changeset=${id}`
    const read = await admin<DocumentView>('GET', path)
    const etag = read.headers.get('etag')!
    expect(etag).toBe(`"${read.body.revision}"`)
    const first = await admin<DocumentView>('PATCH', path, { description: '1' }, { 'if-match': etag })
    expect(first.status).toBe(200)
    expect(first.body.revision).not.toBe(read.body.revision)
    for (const [method, body] of [
      ['PATCH', { description: '2' }],
      ['PUT', read.body.body],
      ['DELETE', undefined],
    ] as const) {
      expect(await admin(method, path, body, { 'if-match': etag })).toMatchObject({
        status: 409,
        body: {
          code: 'document.changed',
          current: { revision: first.body.revision, body: { description: '1' } },
        },
      })
    }
    expect((await admin('PATCH', path, { description: '2' }, { 'if-match': 'W/"x"' })).status).toBe(400)
  })

  it('are taken back also when they were not the last; changes of the same place since are a conflict', async () => {
    const first = await publishPatch(admin, 'entity/call', {
      description: 'First',
      properties: { one: { type: 'string' } },
    })
    const second = await publishPatch(admin, 'entity/call', { properties: { two: { type: 'string' } } })
    expect((await admin('POST', `/api/changesets/${first.id}/revert`)).status).toBe(200)
    const { body } = await admin<ModelView>('GET', '/api/model')
    expect(body.entities['call']!.fields).not.toHaveProperty('one')
    expect(body.entities['call']!.fields).toHaveProperty('two')
    await publishPatch(admin, 'entity/call', { properties: { two: { title: 'Other' } } })
    expect(await admin('POST', `/api/changesets/${second.id}/revert`)).toMatchObject({
      status: 409,
      body: { code: 'changeset.conflict' },
    })
  })

  it('bring a removed plugin field back with its removal taken back', async () => {
    const removed = await publishPatch(admin, 'entity/firm', { properties: { parent: null } })
    await publishPatch(admin, 'entity/firm', {
      description: 'Between',
      properties: { between: { type: 'string' }, tax_number: { title: 'Tax' } },
    })
    expect((await admin('POST', `/api/changesets/${removed.id}/revert`)).status).toBe(200)
    const again = await admin<Draft>('GET', '/api/documents/entity/firm')
    expect(again.body).toMatchObject({
      body: { description: 'Between', properties: { parent: {}, between: {} } },
    })
    // The other way: a removal that was taken back by hand comes again when that is reverted.
    const gone = await publishPatch(admin, 'entity/firm', { properties: { seat: null } }, '?force=true')
    const back = await admin<Draft>('POST', `/api/changesets/${gone.id}/revert`)
    await publishPatch(admin, 'entity/firm', { description: 'Later' })
    expect((await admin('POST', `/api/changesets/${back.body.id}/revert?force=true`)).status).toBe(200)
    expect(
      (await admin<{ body: { properties: object } }>('GET', '/api/documents/entity/firm')).body.body
        .properties,
    ).not.toHaveProperty('seat')
  })

  it('are for administrators alone', async () => {
    const { call } = await user(['seller'])
    for (const [method, path] of [
      ['GET', '/api/documents'],
      ['POST', '/api/changesets'],
      ['GET', '/api/users'],
      ['GET', '/api//documents'],
      ['GET', '/api/Documents'],
    ] as const) {
      expect([403, 404]).toContain(
        (await call(method, path, method === 'POST' ? { title: 'x' } : undefined)).status,
      )
    }
  })

  it('publish while readers and writers work, and none of their requests fails [NODE-01, NODE-04]', async () => {
    const { body: row } = await admin<Row>('POST', '/api/records/firm', { name: 'Busy' })
    const state = { running: true }
    const failures: unknown[] = []
    const worker = async (): Promise<void> => {
      for (let n = 0; state.running; n++) {
        const answers = [
          await admin('GET', '/api/records/firm?limit=5'),
          await admin('PATCH', `/api/records/firm/${row.id}`, { name: `Busy ${n}` }),
        ]
        for (const answer of answers) if (answer.status !== 200) failures.push(answer)
      }
    }
    const workers = [worker(), worker()]
    for (let n = 0; n < 3; n++)
      await publishPatch(admin, 'entity/firm', { properties: { [`busy_${n}`]: { type: 'string' } } })
    state.running = false
    await Promise.all(workers)
    // Two writers of one record may meet; that is a conflict that the caller is told of, not a failure of the publish.
    expect(
      failures.filter((answer) => (answer as { body: { code: string } }).body.code !== 'record.conflict'),
    ).toEqual([])
  })

  it('give up and say so when a table is kept busy, leaving the old model in force', async () => {
    const client = await server.db.pool.connect()
    const version = server.live.current.version
    try {
      await client.query('BEGIN')
      await client.query('SELECT 1 FROM record.firm LIMIT 1')
      const id = await newDraft(admin, 'Blocked')
      await admin('PATCH', `/api/documents/entity/firm?changeset=${id}`, {
        properties: { blocked: { type: 'string' } },
      })
      const publishing = admin('POST', `/api/changesets/${id}/publish`)
      await sleep(700)
      // Readers are not queued behind the waiting ALTER for longer than its lock timeout.
      const began = performance.now()
      expect((await admin('GET', '/api/records/firm?limit=1')).status).toBe(200)
      expect(performance.now() - began).toBeLessThan(3000)
      expect(await publishing).toMatchObject({ status: 503, body: { code: 'changeset.busy' } })
      expect(server.live.current.version).toBe(version)
    } finally {
      await client.query('ROLLBACK')
      client.release()
    }
  })
})

describe('after all that', () => {
  it('the tables fit the model that is in force, whatever was published, refused or taken back [INV-09]', async () => {
    expect(await schemaDifferences(server.db, await server.live.refresh())).toEqual([])
  })
})
