import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ListAnswer, TimelineAnswer } from '@xrm/sdk/api'
import { systemActor } from '../../core/access/rights.ts'
import { FileStore } from '../../core/files/file-store.ts'
import { download, type FileRecord, pixel, upload } from '../support/files.ts'
import { publish } from '../support/publish.ts'
import { testServer } from '../support/server.ts'

const test = await testServer({ env: { XRM_FILE_MAX: '1', XRM_FILE_QUOTA: '20' } })
const { server } = test
const { pool } = server.db
const admin = await test.user(['admin'])
const sales = await test.user(['sales'])

const lead = async (call = sales.call): Promise<string> =>
  (
    await call<{ id: string }>('POST', '/api/records/lead', {
      last_name: 'Files',
      company: `${Math.random()}`,
    })
  ).body.id
const contents = async (): Promise<object[]> =>
  (await pool.query('SELECT id, complete FROM xrm.file_content ORDER BY id')).rows
const coming = async (): Promise<number> =>
  (await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM xrm.file_content WHERE NOT complete'))
    .rows[0]!.n
const chunks = async (): Promise<number> =>
  (await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM xrm.file_chunk')).rows[0]!.n

describe('the name of a file', () => {
  it.each([
    '../../etc/passwd',
    '..%2fx/y.txt',
    'C:\\x.txt',
    'CON',
    'con.txt',
    'COM1.pdf',
    'a.txt.',
    ' a.txt',
    '.htaccess',
    'a\0.txt',
    'a\n.txt',
    'a\r\nSet-Cookie: x=1.txt',
    'invoice\u202Etxt.exe',
    'a\u200b.txt',
    'a"b.txt',
    'x'.repeat(5000),
    '',
    '..',
  ])(
    'is refused where it could mean a path, a device, a header or something unseen: %j [FILE-01]',
    async (name) => {
      const before = await contents()
      const { status, body } = await upload(test, sales.id, { name })
      expect([status, body.code]).toEqual([422, 'file.name'])
      expect(await contents()).toEqual(before)
    },
  )

  it('is refused in a renaming too, and one that says something else than the content [FILE-01, FILE-03]', async () => {
    const { body: file } = await upload(test, sales.id, { name: 'P.png', bytes: pixel })
    for (const name of ['../P.png', 'P.exe', 'P.png.php.png', 'P.pdf', 'P.txt', 'P', 'P.html']) {
      const { status } = await sales.call('PATCH', `/api/records/file/${file.id}`, { name })
      expect([name, status]).toEqual([name, 422])
    }
    expect((await sales.call('PATCH', `/api/records/file/${file.id}`, { name: 'Other.PNG' })).status).toBe(
      200,
    )
  })

  it('goes out encoded and stands in no other header, whatever its letters [FILE-01]', async () => {
    const { body: file } = await upload(test, sales.id, { name: "Größe 'x'; filename=y – ü.txt" })
    const { headers } = await download(test, sales.id, file.id)
    expect(headers.get('content-disposition')).toMatch(
      /^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''Gr%C3%B6%C3%9Fe/,
    )
    expect(JSON.stringify([...headers])).not.toContain('Größe')
  })

  it('is nothing by which bytes are stored [FILE-01]', async () => {
    const { body: file } = await upload(test, sales.id, { name: 'Stored.txt' })
    expect(file.content).toMatch(/^[0-9a-f-]{36}$/)
    const { rows } = await pool.query(
      `SELECT column_name FROM information_schema.columns WHERE table_schema = 'xrm' AND table_name IN ('file_content', 'file_chunk')`,
    )
    expect(rows.map(({ column_name }) => column_name)).not.toContain('name')
  })
})

describe('what a browser could run', () => {
  const script = '<script>alert(document.cookie)</script>'
  it.each([
    ['Logo.svg', `<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`],
    ['Page.html', `<!doctype html>${script}`],
    ['Data.xml', `<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><a/>`],
    ['Polyglot.pdf', `%PDF-1.4\n${script}`],
    ['Gif.gif', `GIF89a/*${'\0'.repeat(20)}*/=1;${script}`],
  ])(
    '%s comes as an attachment of bytes in a sandbox, never as what it is [FILE-02]',
    async (name, bytes) => {
      const { status, body: file } = await upload(test, sales.id, { name, bytes })
      expect(status, JSON.stringify(file)).toBe(201)
      for (const query of ['', '?inline=true']) {
        const { headers } = await download(test, sales.id, file.id, query)
        const isPicture = name.endsWith('.gif') && query !== ''
        expect(headers.get('content-type')).toBe(isPicture ? 'image/gif' : 'application/octet-stream')
        if (!isPicture) expect(headers.get('content-disposition')).toMatch(/^attachment;/)
        expect(headers.get('x-content-type-options')).toBe('nosniff')
        expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
        expect(headers.get('cache-control')).toBe('private, no-cache')
      }
    },
  )

  it('shows pictures of pixels in a page, and nothing else [FILE-02]', async () => {
    const { body: file } = await upload(test, sales.id, { name: 'P.png', bytes: pixel })
    const { headers } = await download(test, sales.id, file.id, '?inline=true')
    expect(headers.get('content-type')).toBe('image/png')
    expect(headers.get('content-disposition')).toMatch(/^inline;/)
  })

  it.each([
    ['Picture.png', '<!doctype html><script>1</script>', 'file.mismatch'],
    ['Offer.pdf', pixel, 'file.mismatch'],
    ['Note.txt', pixel, 'file.mismatch'],
    ['Note.txt', 'a\0b', 'file.mismatch'],
    ['Anything.dat', pixel, 'file.mismatch'],
    ['Setup.exe', 'MZ', 'file.type'],
    ['shell.pHaR', '<?php', 'file.type'],
    ['shell.php.jpg', '<?php', 'file.type'],
    ['Invoice.pdf.exe', 'MZ', 'file.type'],
    ['Tool.dat', Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01'), Buffer.alloc(100)]), 'file.type'],
  ])(
    '%s is refused when bytes and name do not agree, or it is a program [FILE-03]',
    async (name, bytes, code) => {
      const before = await contents()
      const { status, body } = await upload(test, sales.id, {
        name,
        bytes,
        headers: { 'content-type': 'image/png' },
      })
      expect([status, body.code]).toEqual([422, code])
      expect(await contents()).toEqual(before)
    },
  )
})

describe('who may', () => {
  it('read a file is who may read a record that it hangs on, asked at each download [FILE-04]', async () => {
    await publish(admin.call, {
      'role/guest': {
        title: 'Guest',
        entities: {
          lead: { read: 'shared', fields: { '*': 'read' } },
          file: { read: 'all', update: 'all', fields: { '*': 'write' } },
        },
      },
    })
    const guest = await test.user(['guest'])
    const [open, other] = [await lead(), await lead()]
    const { body: file } = await upload(test, sales.id, {
      name: 'Secret plan.txt',
      regarding: [`lead/${open}`],
    })
    const { body: elsewhere } = await upload(test, sales.id, {
      name: 'Hidden plan.txt',
      regarding: [`lead/${other}`],
    })
    const { body: loose } = await upload(test, sales.id, { name: 'Loose plan.txt' })
    const { body: account } = await sales.call<{ id: string }>('POST', '/api/records/account', {
      name: 'Plans',
    })
    const { body: unknown } = await upload(test, sales.id, {
      name: 'Account plan.txt',
      regarding: [`account/${account.id}`],
    })
    const sees = async (id: string): Promise<boolean> => {
      const { status } = await download(test, guest.id, id)
      const { body: list } = await guest.call<ListAnswer>('GET', '/api/records/file?limit=500')
      const { status: read } = await guest.call('GET', `/api/records/file/${id}`)
      const { status: written } = await guest.call('PATCH', `/api/records/file/${id}`, { description: 'x' })
      const { body: search } = await guest.call('GET', '/api/search?q=plan')
      const listed = list.items.some((one) => one.id === id)
      expect([status, read, written]).toEqual(listed ? [200, 200, 200] : [404, 404, 404])
      expect(JSON.stringify(search).includes(id)).toBe(listed)
      return listed
    }
    expect(await sees(file.id)).toBe(false)
    const share = (shares: object[]) => admin.call('PUT', `/api/records/lead/${open}/shares`, { shares })
    const shared = await share([{ grantee: { kind: 'user', id: guest.id }, level: 'read' }])
    expect(shared.status, JSON.stringify(shared.body)).toBe(200)
    expect(await sees(file.id)).toBe(true)
    expect(await sees(elsewhere.id)).toBe(false)
    expect(await sees(loose.id)).toBe(false)
    // Of accounts the role says nothing.
    expect(await sees(unknown.id)).toBe(false)
    const { body: timeline } = await guest.call<TimelineAnswer>('GET', `/api/records/lead/${open}/timeline`)
    expect(timeline.items.map(({ id }) => id)).toContain(file.id)
    const etag = { 'if-none-match': `"${file.digest}"` }
    expect((await download(test, guest.id, file.id, '', etag)).status).toBe(304)
    expect((await sales.call('DELETE', `/api/records/lead/${open}`)).status).toBe(204)
    expect(await sees(file.id)).toBe(false)
    expect((await sales.call('POST', `/api/records/lead/${open}/restore`)).status).toBe(200)
    expect(await sees(file.id)).toBe(true)
    expect((await share([])).status).toBe(200)
    expect(await sees(file.id)).toBe(false)
    expect((await download(test, guest.id, file.id, '', etag)).status).toBe(404)
  })

  it('hang a file on a record, or take it off, is who may change the record; a refusal is in the log [FILE-04, FILE-05]', async () => {
    const reader = await test.user(['reader'])
    await publish(admin.call, {
      'role/filer': {
        title: 'Filer',
        entities: {
          lead: { read: 'all', update: 'own', fields: { '*': 'write' } },
          file: { read: 'all', create: 'all', update: 'all', delete: 'all', fields: { '*': 'write' } },
        },
      },
    })
    const filer = await test.user(['filer'])
    const id = await lead()
    const before = await contents()
    for (const who of [reader, filer]) {
      const { status, body } = await upload(test, who.id, { regarding: [`lead/${id}`] })
      expect([status, body.code]).toEqual([403, 'record.forbidden'])
    }
    expect(
      (await upload(test, filer.id, { regarding: [`lead/0192f0c8-0000-7000-8000-000000000000`] })).status,
    ).toBe(404)
    expect(await contents()).toEqual(before)
    const { rows } = await pool.query(
      `SELECT FROM xrm.audit WHERE kind = 'refused' AND details->>'path' = '/api/files' AND actor = $1`,
      [filer.id],
    )
    expect(rows.length).toBe(1)
    const { body: file } = await upload(test, sales.id, { regarding: [`lead/${id}`] })
    const { body: mine } = await upload(test, filer.id, {})
    expect(
      (await filer.call('PATCH', `/api/records/file/${mine.id}`, { regarding: [`lead/${id}`] })).status,
    ).toBe(403)
    expect((await filer.call('PATCH', `/api/records/file/${file.id}`, { regarding: [] })).status).toBe(403)
    expect((await sales.call('PATCH', `/api/records/file/${file.id}`, { regarding: [] })).status).toBe(200)
  })

  it('add a file is asked again when it is there: its user may be gone meanwhile [FILE-05]', async () => {
    const leaving = await test.user(['sales'])
    const before = await contents()
    let end = () => {}
    const slow = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array(300_000).fill(65))
        end = () => controller.close()
      },
    })
    const answer = upload(test, leaving.id, { name: 'A.txt', bytes: slow })
    for (let i = 0; (await coming()) === 0; i++) {
      expect(i).toBeLessThan(1200)
      await sleep(50)
    }
    expect((await admin.call('PATCH', `/api/users/${leaving.id}`, { active: false })).status).toBe(200)
    end()
    const { status, body } = await answer
    expect([status, body.code]).toEqual([401, 'request.signed-out'])
    expect(await contents()).toEqual(before)
  })

  it('replace what is in a file: nobody, by no way [FILE-05]', async () => {
    const { body: file } = await upload(test, sales.id, { bytes: 'Mine' })
    const { body: other } = await upload(test, admin.id, { bytes: 'Theirs' })
    for (const [who, id] of [
      [sales, file.id],
      [admin, file.id],
    ] as const)
      for (const values of [
        { content: other.content },
        { digest: other.digest },
        { size: 1 },
        { media_type: 'text/html' },
      ]) {
        const { status } = await who.call('PATCH', `/api/records/file/${id}`, values)
        expect([Object.keys(values), status]).toEqual([Object.keys(values), 422])
      }
    for (const method of ['PUT', 'PATCH', 'POST', 'DELETE'])
      expect((await admin.call(method, `/api/files/${file.id}/content`)).status).toBe(405)
    expect((await upload(test, admin.id, { headers: { 'x-file-id': file.id } })).body.id).not.toBe(file.id)
    expect((await download(test, sales.id, file.id)).body.toString()).toBe('Mine')
  })

  it('read the content needs the right to the field that leads there [FILE-04]', async () => {
    await publish(admin.call, {
      'role/namer': {
        title: 'Namer',
        entities: {
          lead: { read: 'all', fields: { '*': 'read' } },
          file: { read: 'all', fields: { '*': 'read', content: 'none' } },
        },
      },
    })
    const namer = await test.user(['namer'])
    const { body: file } = await upload(test, sales.id, { regarding: [`lead/${await lead()}`] })
    expect((await namer.call('GET', `/api/records/file/${file.id}`)).status).toBe(200)
    expect((await download(test, namer.id, file.id)).status).toBe(403)
  })
})

describe('limits', () => {
  it('hold for what is announced, for what comes without a word, and nothing stays [FILE-06]', async () => {
    const before = await contents()
    const announced = await upload(test, sales.id, { name: 'A.bin', bytes: randomBytes(1_000_001) })
    expect([announced.status, announced.body.code]).toEqual([413, 'file.too-large'])
    let asked = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        asked++
        controller.enqueue(new Uint8Array(100_000).fill(65))
      },
    })
    const unsaid = await upload(test, sales.id, { name: 'A.txt', bytes: endless })
    expect([unsaid.status, unsaid.body.code]).toEqual([413, 'file.too-large'])
    expect(asked).toBeLessThan(40)
    expect((await upload(test, sales.id, { name: 'A.txt', bytes: '' })).body.code).toBe('file.empty')
    expect(await contents()).toEqual(before)
  })

  it('leave nothing of an upload that breaks off in the middle [FILE-06]', async () => {
    const [before, pieces] = [await contents(), await chunks()]
    let sent = 0
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (++sent > 5) controller.error(new Error('gone'))
        else controller.enqueue(new Uint8Array(100_000).fill(65))
      },
    })
    const { status, body } = await upload(test, sales.id, { name: 'A.txt', bytes: broken })
    expect([status, body.code]).toEqual([400, 'file.aborted'])
    expect([await contents(), await chunks()]).toEqual([before, pieces])
  })

  it('let ten of one user come at a time, and keep all of them within the quota [FILE-06]', async () => {
    const done: { status: number; body: FileRecord }[] = []
    const waiting = Array.from({ length: 12 }, () => {
      let close = () => {}
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new Uint8Array(300_000).fill(65))
          close = () => controller.close()
        },
      })
      const answer = upload(test, sales.id, { name: 'A.txt', bytes: stream })
      return { close: () => close(), answer: answer.then((one) => done.push(one)) }
    })
    for (let i = 0; done.length < 2; i++) {
      expect(i).toBeLessThan(1200)
      await sleep(50)
    }
    expect(done.map(({ status, body }) => [status, body.code])).toEqual([
      [429, 'file.too-many'],
      [429, 'file.too-many'],
    ])
    expect(await coming()).toBe(10)
    for (const { close } of waiting) close()
    await Promise.all(waiting.map(({ answer }) => answer))
    expect(done.filter(({ status }) => status === 201).length).toBe(10)
    // What is left of the quota, in files of the largest size.
    const store = new FileStore(server.db, { max: 1_000_000, quota: 4_000_000 })
    const full = store.receive(new Blob(['x']).stream(), {
      name: 'x.txt',
      length: 1_000_000,
      actor: systemActor,
    })
    await expect(full).rejects.toMatchObject({ code: 'file.quota' })
  })

  it('refuse what is packed, and what a form would send [FILE-06]', async () => {
    for (const headers of [
      { 'content-encoding': 'gzip' },
      { 'content-type': 'multipart/form-data; boundary=x' },
    ])
      expect((await upload(test, sales.id, { headers: headers as Record<string, string> })).status).toBe(415)
  })

  it('are not met by pictures of a million pixels or archives in archives, for nothing is unpacked [FILE-07]', async () => {
    const flood = Buffer.from(pixel)
    flood.writeUInt32BE(50_000, 16)
    flood.writeUInt32BE(50_000, 20)
    const { status, body } = await upload(test, sales.id, { name: 'Flood.png', bytes: flood })
    expect(status, JSON.stringify(body)).toBe(201)
    expect((await download(test, sales.id, body.id)).body.equals(flood)).toBe(true)
  })
})

describe('after a crash', () => {
  it('what came in and belongs to no record is swept away, and what belongs to one stays [FILE-08]', async () => {
    const { body: file } = await upload(test, sales.id, { bytes: 'Kept' })
    const body = async function* () {
      yield new TextEncoder().encode('Left over')
    }
    // The server was killed between the bytes and the record.
    const left = await server.files.receive(body(), { name: 'Left.txt', length: 9, actor: systemActor })
    const orphan = await server.files.receive(body(), { name: 'Left.txt', length: 9, actor: systemActor })
    await pool.query('UPDATE xrm.file_content SET complete = true WHERE id = $1', [orphan.key])
    await server.files.sweep(server.live.current)
    const there = async (): Promise<string[]> =>
      (await pool.query<{ id: string }>('SELECT id FROM xrm.file_content')).rows.map(({ id }) => id)
    expect(await there()).toEqual(expect.arrayContaining([left.key, orphan.key, file.content]))
    await pool.query(`UPDATE xrm.file_content SET created_at = now() - interval '2 hours'`)
    await server.files.sweep(server.live.current)
    const after = await there()
    expect(after).toContain(file.content)
    expect(after).not.toContain(left.key)
    expect(after).not.toContain(orphan.key)
    expect((await download(test, sales.id, file.id)).body.toString()).toBe('Kept')
  })

  it('there is no record without its bytes: a write that fails keeps neither [FILE-08]', async () => {
    const id = await lead()
    const before = await contents()
    await pool.query(`ALTER TABLE record.file ADD CONSTRAINT broken CHECK (name <> 'Broken.txt')`)
    const { status } = await upload(test, sales.id, { name: 'Broken.txt', regarding: [`lead/${id}`] })
    await pool.query('ALTER TABLE record.file DROP CONSTRAINT broken')
    expect(status).toBe(500)
    expect(await contents()).toEqual(before)
    const { body } = await sales.call<{ items: FileRecord[] }>(
      'GET',
      `/api/records/file?filter=${encodeURIComponent('name == "Broken.txt"')}`,
    )
    expect(body.items).toEqual([])
  })
})
