import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ListAnswer, ModelView, RecordConversionsAnswer, TimelineAnswer } from '@xrm/sdk/api'
import { writeBackup } from '../core/backup/write-backup.ts'
import { restoreBackup } from '../core/backup/restore-backup.ts'
import { eraseRecord } from '../core/personal-data/erase.ts'
import { connect, transaction } from '../core/storage/database.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase } from './support/database.ts'
import { publish } from './support/publish.ts'
import { download, type FileRecord, pixel, upload } from './support/files.ts'
import { type Caller, testServer } from './support/server.ts'

const test = await testServer({ env: { XRM_FILE_MAX: '2' } })
const { server } = test
const { pool } = server.db
const admin = await test.user(['admin'])
const sarah = await test.user(['sales'])
const reader = await test.user(['reader'])

const make = async (call: Caller, entity: string, values: object): Promise<string> => {
  const { status, body } = await call<{ id: string }>('POST', `/api/records/${entity}`, values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body.id
}
const lead = (values: object = {}): Promise<string> =>
  make(sarah.call, 'lead', { last_name: 'Files', company: `Files ${Math.random()}`, ...values })
const sent = async (userId: string, given: Parameters<typeof upload>[2]): Promise<FileRecord> => {
  const { status, body } = await upload(test, userId, given)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}
const contents = async (): Promise<{ files: number; chunks: number; open: number }> =>
  (
    await pool.query(
      `SELECT (SELECT count(*)::int FROM xrm.file_content) AS files, (SELECT count(*)::int FROM xrm.file_chunk) AS chunks,
        (SELECT count(*)::int FROM xrm.file_content WHERE NOT complete) AS open`,
    )
  ).rows[0]

/** As the erasing of a person does it to each place. */
const eraseFile = (id: string): Promise<unknown> =>
  transaction(server.db, (client) =>
    eraseRecord(client, server.live.current.entities.get('file')!, id, {
      now: new Date().toISOString(),
      by: { actor: null },
    }),
  )

describe('a file', () => {
  it('comes back byte for byte, of any size, and says what it is', async () => {
    const id = await lead()
    const bytes = randomBytes(700_001)
    const file = await sent(sarah.id, { name: 'Zeichnung Ä 1.bin', bytes, regarding: [`lead/${id}`] })
    expect(file).toMatchObject({
      name: 'Zeichnung Ä 1.bin',
      size: 700_001,
      media_type: 'application/octet-stream',
      digest: createHash('sha256').update(bytes).digest('hex'),
      regarding: [`lead/${id}`],
      owner: sarah.id,
    })
    const { status, headers, body } = await download(test, reader.id, file.id)
    expect(status).toBe(200)
    expect(body.equals(bytes)).toBe(true)
    expect(headers.get('content-length')).toBe('700001')
    expect(headers.get('etag')).toBe(`"${file.digest}"`)
    expect(
      (await download(test, reader.id, file.id, '', { 'if-none-match': `"${file.digest}"` })).status,
    ).toBe(304)
    const { rows } = await pool.query(
      'SELECT octet_length(bytes) AS size FROM xrm.file_chunk WHERE content = $1 ORDER BY n',
      [file.content],
    )
    expect(rows.map(({ size }) => size)).toEqual([262_144, 262_144, 175_713])
  })

  it('stands on the timeline of its records and in the search, and has a history', async () => {
    const id = await lead()
    const file = await sent(sarah.id, { name: 'Angebot Quarzglas.txt', regarding: [`lead/${id}`] })
    const { body } = await sarah.call<TimelineAnswer>('GET', `/api/records/lead/${id}/timeline`)
    expect(body.items).toContainEqual(
      expect.objectContaining({
        type: 'activity',
        entity: 'file',
        id: file.id,
        display: 'Angebot Quarzglas.txt',
      }),
    )
    const found = await sarah.call('GET', '/api/search?q=Quarzglas')
    expect(JSON.stringify(found.body)).toContain(file.id)
    const renamed = await sarah.call('PATCH', `/api/records/file/${file.id}`, { name: 'Offer.txt' })
    expect(renamed.status, JSON.stringify(renamed.body)).toBe(200)
    const history = await sarah.call<{ items: { after: object }[] }>(
      'GET',
      `/api/records/file/${file.id}/history`,
    )
    expect(history.body.items[0]!.after).toEqual({ name: 'Offer.txt' })
  })

  it('goes to the bin with what is in it, and comes back', async () => {
    const id = await lead()
    const file = await sent(sarah.id, { regarding: [`lead/${id}`] })
    expect((await sarah.call('DELETE', `/api/records/file/${file.id}`)).status).toBe(204)
    expect((await download(test, sarah.id, file.id)).status).toBe(404)
    expect((await sarah.call('POST', `/api/records/file/${file.id}/restore`)).status).toBe(200)
    expect((await download(test, sarah.id, file.id)).body.toString()).toBe('Hello')
  })

  it('is one, however often the same call is repeated under its key', async () => {
    const id = await lead()
    const before = await contents()
    const headers = { 'idempotency-key': 'once-and-only' }
    const [one, two] = [
      await sent(sarah.id, { regarding: [`lead/${id}`], headers }),
      await sent(sarah.id, { regarding: [`lead/${id}`], headers }),
    ]
    expect(two.id).toBe(one.id)
    const other = await upload(test, sarah.id, { bytes: 'Other', regarding: [`lead/${id}`], headers })
    expect(other.status).toBe(422)
    expect(other.body.code).toBe('idempotency.mismatch')
    expect(await contents()).toEqual({ files: before.files + 1, chunks: before.chunks + 1, open: 0 })
  })

  it('is made by an upload alone: no other way gives it content', async () => {
    const values = { name: 'X.txt', media_type: 'text/plain', size: 1, digest: 'x', content: 'x' }
    for (const { call } of [sarah, admin]) {
      expect((await call('POST', '/api/records/file', { name: 'X.txt' })).status).toBe(422)
      expect((await call('POST', '/api/records/file', values)).status).toBe(422)
    }
    const { body: model } = await sarah.call<ModelView>('GET', '/api/model')
    expect(model.entities['file']!.can.create).toBe(false)
    expect(model.entities['file']!.content).toMatchObject({ name: 'name', regarding: 'regarding', add: true })
    expect(model.entities['lead']!.files).toBe(true)
  })

  it('hangs on records alone that take files', async () => {
    const { rows } = await pool.query<{ id: string }>('SELECT id FROM record.team LIMIT 1')
    const team = rows[0]?.id ?? (await make(admin.call, 'team', { name: 'T' }))
    const { status, body } = await upload(test, admin.id, { regarding: [`team/${team}`] })
    expect([status, body.code]).toEqual([422, 'file.not-here'])
    const file = await sent(admin.id, {})
    const patched = await admin.call<{ errors: { code: string }[] }>(
      'PATCH',
      `/api/records/file/${file.id}`,
      {
        regarding: [`team/${team}`],
      },
    )
    expect(patched.status).toBe(422)
    expect(patched.body.errors[0]!.code).toBe('file.not-here')
  })
})

describe('files in a conversion', () => {
  it('show on every target, none twice, land there when they come later, and return with it', async () => {
    const id = await lead()
    const four = []
    for (const n of [1, 2, 3, 4])
      four.push(await sent(sarah.id, { name: `File ${n}.txt`, bytes: `${n}`, regarding: [`lead/${id}`] }))
    const before = await contents()
    const run = await sarah.call<{
      id: string
      targets: { key: string; record: { id: string } | null }[]
      children: { key: string; count: number }[]
    }>('POST', '/api/conversions/lead-to-customer/run', { source: id })
    expect(run.status, JSON.stringify(run.body)).toBe(201)
    expect(run.body.children).toContainEqual(expect.objectContaining({ key: 'files', count: 4 }))
    expect(await contents()).toEqual(before)
    const targets = run.body.targets.filter(({ record }) => record)
    expect(targets.length).toBeGreaterThan(1)
    const namesOn = async (key: string, target: string): Promise<unknown[]> => {
      const filter = encodeURIComponent(`"${key}/${target}" in regarding`)
      const { body } = await sarah.call<ListAnswer>(
        'GET',
        `/api/records/file?filter=${filter}&sort=name&fields=name`,
      )
      return body.items.map(({ name }) => name)
    }
    const names = ['File 1.txt', 'File 2.txt', 'File 3.txt', 'File 4.txt']
    for (const { key, record } of targets) expect(await namesOn(key, record!.id), key).toEqual(names)
    expect(await namesOn('lead', id)).toEqual(names)
    const late = await sent(admin.id, { name: 'Late.txt', regarding: [`lead/${id}`] })
    for (const { key, record } of targets) expect(late.regarding, key).toContain(`${key}/${record!.id}`)
    const back = await sarah.call('POST', `/api/conversions/runs/${run.body.id}/reverse`)
    expect(back.status, JSON.stringify(back.body)).toBe(200)
    for (const { id: file } of [...four, late])
      expect((await sarah.call<FileRecord>('GET', `/api/records/file/${file}`)).body.regarding).toEqual([
        `lead/${id}`,
      ])
    expect(
      (await sarah.call<RecordConversionsAnswer>('GET', `/api/records/lead/${id}/conversions`)).status,
    ).toBe(200)
  })

  it('copied, stand on the same bytes, which go with the last of them', async () => {
    const { body: document } = await admin.call<{ body: { children: object } }>(
      'GET',
      '/api/documents/conversion/lead-to-customer',
    )
    const files = { relation: 'file.regarding', action: 'copy', to: ['account'] }
    await publish(admin.call, {
      'conversion/lead-to-customer': {
        ...document.body,
        children: { ...document.body.children, files },
      },
    })
    const id = await lead()
    const file = await sent(sarah.id, { name: 'Offer.txt', bytes: 'Twice', regarding: [`lead/${id}`] })
    const before = await contents()
    const run = await sarah.call<{ targets: { key: string; record: { id: string } | null }[] }>(
      'POST',
      '/api/conversions/lead-to-customer/run',
      { source: id },
    )
    expect(run.status, JSON.stringify(run.body)).toBe(201)
    expect(await contents()).toEqual(before)
    const account = run.body.targets.find(({ key }) => key === 'account')!.record!.id
    const filter = encodeURIComponent(`"account/${account}" in regarding`)
    const { body } = await sarah.call<ListAnswer>('GET', `/api/records/file?filter=${filter}`)
    expect(body.items).toHaveLength(1)
    const copy = body.items[0]! as unknown as FileRecord
    expect(copy).toMatchObject({
      name: 'Offer.txt',
      regarding: [`account/${account}`],
      content: file.content,
    })
    expect(copy.id).not.toBe(file.id)
    await eraseFile(file.id)
    expect((await download(test, sarah.id, file.id)).status).toBe(410)
    expect((await download(test, sarah.id, copy.id)).body.toString()).toBe('Twice')
    await eraseFile(copy.id)
    expect(await contents()).toEqual({ ...before, files: before.files - 1, chunks: before.chunks - 1 })
  })

  it('go along in a merge', async () => {
    const [keep, other] = [
      await make(sarah.call, 'account', { name: 'Kept' }),
      await make(sarah.call, 'account', { name: 'Other' }),
    ]
    const file = await sent(sarah.id, { regarding: [`account/${other}`] })
    const merged = await admin.call<{ moved: object }>('POST', '/api/records/account/merge', {
      keep,
      others: [other],
    })
    expect(merged.status, JSON.stringify(merged.body)).toBe(201)
    expect(merged.body.moved).toMatchObject({ 'file.regarding': 1 })
    expect((await sarah.call<FileRecord>('GET', `/api/records/file/${file.id}`)).body.regarding).toEqual([
      `account/${keep}`,
    ])
    expect((await download(test, sarah.id, file.id)).body.toString()).toBe('Hello')
  })
})

describe('what is in files', () => {
  it('is in a backup, and comes back from it', async () => {
    const file = await sent(admin.id, { name: 'Pixel.png', bytes: pixel })
    const folder = mkdtempSync(join(tmpdir(), 'xrm-files-'))
    const url = await createTestDatabase({ from: 'template0' })
    const db = await connect({ url, max: 2 })
    try {
      await writeBackup(test.url, join(folder, 'b.zip'))
      await restoreBackup(db, url, join(folder, 'b.zip'))
      const { rows } = await db.pool.query<{ bytes: Buffer }>(
        'SELECT bytes FROM xrm.file_chunk WHERE content = $1',
        [file.content],
      )
      expect(rows[0]!.bytes.equals(pixel)).toBe(true)
    } finally {
      await db.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('goes when the person is erased that it speaks of, copies too, and the name with it [AUD-06]', async () => {
    const id = await lead({ last_name: 'Erasmus' })
    const file = await sent(sarah.id, {
      name: 'Erasmus.txt',
      bytes: 'about Erasmus',
      regarding: [`lead/${id}`],
    })
    const { body: found } = await admin.call<{ places: { record: { entity: string; id: string } }[] }>(
      'POST',
      '/api/personal-data/find',
      { record: { entity: 'lead', id } },
    )
    const records = found.places.map(({ record }) => ({ entity: record.entity, id: record.id }))
    expect(records).toContainEqual({ entity: 'file', id: file.id })
    await eraseFile(file.id)
    expect((await pool.query('SELECT FROM xrm.file_content WHERE id = $1', [file.content])).rowCount).toBe(0)
    const gone = await download(test, sarah.id, file.id)
    expect([gone.status, JSON.parse(gone.body.toString()).code]).toEqual([410, 'file.gone'])
    expect((await sarah.call<FileRecord>('GET', `/api/records/file/${file.id}`)).body.name).toBe('erased')
  })
})

describe('the entity of files', () => {
  const check = async (name: string, change: (body: Body) => void): Promise<string[]> => {
    const { body: document } = await admin.call<{ body: Body }>('GET', '/api/documents/entity/file')
    const body = structuredClone(document.body)
    change(body)
    const { status, body: answer } = await admin.call<{ issues: { code: string; pointer: string }[] }>(
      'POST',
      `/api/documents/entity/${name}/check`,
      body,
    )
    expect(status, JSON.stringify(answer)).toBe(200)
    return answer.issues.map(({ code, pointer }) => `${code} ${pointer}`)
  }

  it('has no field that leads to bytes and may be written, and is the only one', async () => {
    expect(await check('file', () => {})).toEqual([])
    expect(await check('file', ({ properties }) => delete properties['content']!['x-readonly'])).toContain(
      'entity.content /x-entity/content/key',
    )
    expect(await check('file', (body) => delete body['x-entity']['timeline'])).toContain(
      'entity.content /x-entity/content',
    )
    expect(await check('second', (body) => Object.assign(body['x-entity'], { plural: 'seconds' }))).toContain(
      'entity.content /x-entity/content',
    )
  })
})

interface Body {
  'x-entity': Record<string, unknown>
  properties: Record<string, Record<string, unknown>>
}
