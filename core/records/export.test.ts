import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemActor } from '../access/rights.ts'
import { importFile } from '../import/import-file.ts'
import { fromCell, toCell } from './cell-text.ts'
import { publish } from '../../test/support/publish.ts'
import { fixture } from '../../test/support/fixture-plugin.ts'
import { type Caller, testServer } from '../../test/support/server.ts'

const { app, server, user } = await testServer({ plugins: [fixture] })
const folder = mkdtempSync(join(tmpdir(), 'xrm-export-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type User = Awaited<ReturnType<typeof user>>

let admin: User
let seller: User

beforeAll(async () => {
  admin = await user(['admin'])
  await publish(admin.call, {
    'role/taker': {
      title: 'Taker',
      entities: {
        deal: { read: 'all', export: 'own', create: 'all', fields: { '*': 'write', secret: 'none' } },
      },
    },
    'role/brief': {
      title: 'Brief',
      entities: { deal: { read: 'all', export: 'all', fields: { name: 'read' } } },
    },
    'role/looker': { title: 'Looker', entities: { deal: { read: 'all', fields: { '*': 'read' } } } },
  })
  seller = await user(['taker'])
}, 60_000)

const rowsOf = (text: string): string[][] => parse(text) as string[][]

async function file(call: Caller, query = '', entity = 'deal'): Promise<string> {
  const { status, headers, body } = await call<string>('GET', `/api/records/${entity}/export${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
  return body
}

const filter = (text: string): string => `filter=${encodeURIComponent(text)}`

/** The lines of the security log about exports by somebody, the latest last. */
async function logged(userId: string): Promise<Record<string, unknown>[]> {
  const { rows } = await server.db.pool.query<{ details: Record<string, unknown> }>(
    `SELECT details FROM xrm.audit WHERE kind = 'exported' AND actor = $1 ORDER BY id`,
    [userId],
  )
  return rows.map(({ details }) => details)
}

describe('an export', () => {
  it('has what may be taken out, of that what may be read, and is in the security log [FLS-01]', async () => {
    await seller.call('POST', '/api/records/deal', { name: 'Mine to take' })
    await admin.call('POST', '/api/records/deal', { name: 'Seen, not taken', secret: 'hidden' })
    const [header, ...rows] = rowsOf(await file(seller.call))
    expect(header).toContain('name')
    expect(header).not.toContain('secret')
    expect(rows.map((row) => row[header!.indexOf('name')])).toEqual(['Mine to take'])
    expect(await seller.call('GET', '/api/records/deal/export?fields=secret')).toMatchObject({ status: 400 })
    expect(await seller.call('GET', `/api/records/deal/export?${filter("secret == 'x'")}`)).toMatchObject({
      status: 400,
    })
    expect(await seller.call('GET', '/api/records/deal/export?nosuch=1')).toMatchObject({ status: 400 })
    await file(seller.call, `?fields=name&${filter("name == 'Nothing'")}`)
    expect(await logged(seller.id)).toEqual([
      { entity: 'deal', count: 1, complete: true },
      { entity: 'deal', count: 0, complete: true, filter: "name == 'Nothing'", fields: ['name'] },
    ])
  })

  it('is refused to those who may look but not take, and an entity out of sight does not exist', async () => {
    const { call } = await user(['looker'])
    expect(await call('GET', '/api/records/deal/export')).toMatchObject({
      status: 403,
      body: { code: 'record.forbidden' },
    })
    expect(await call('GET', '/api/records/firm/export')).toMatchObject({
      status: 404,
      body: { code: 'entity.not-found' },
    })
  })

  it('goes on over pages in the order asked for, with a mark of its encoding if wanted', async () => {
    for (let from = 0; from < 1200; from += 600)
      await admin.call(
        'POST',
        '/api/records/deal',
        Array.from({ length: 600 }, (_, index) => ({
          name: `Page ${String(from + index).padStart(4, '0')}`,
        })),
      )
    const text = await file(admin.call, `?fields=name,stage&sort=-name&${filter("name.startsWith('Page ')")}`)
    expect(text.startsWith('name,stage\r\n')).toBe(true)
    const marked = await app.request('/api/records/deal/export?fields=name&bom=true', {
      headers: { 'x-test-user': seller.id },
    })
    expect(new Uint8Array(await marked.arrayBuffer()).subarray(0, 4)).toEqual(
      new Uint8Array([0xef, 0xbb, 0xbf, 0x6e]),
    )
    const rows = rowsOf(text)
    expect(rows).toHaveLength(1201)
    expect([rows[1]![0], rows.at(-1)![0]]).toEqual(['Page 1199', 'Page 0000'])
  })

  it.each([
    ['role', (id: string) => admin.call('PATCH', `/api/users/${id}`, { roles: ['looker'] })],
    [
      'right of the role',
      () =>
        publish(admin.call, {
          'role/brief': { title: 'Brief', entities: { deal: { read: 'all', fields: { name: 'read' } } } },
        }),
    ],
  ])('breaks off when the %s is taken away in the middle [ACL-10]', async (_, take) => {
    const { id } = await user(['brief'])
    const response = await app.request('/api/records/deal/export?fields=name', {
      headers: { 'x-test-user': id },
    })
    const reader = response.body!.getReader()
    expect((await reader.read()).done).toBe(false)
    await take(id)
    const rest = async (): Promise<void> => {
      while (!(await reader.read()).done);
    }
    await expect(rest()).rejects.toMatchObject({ status: expect.any(Number) as number })
    expect(await logged(id)).toMatchObject([{ complete: false, entity: 'deal' }])
  })

  it('ends when the client goes away, and the log says how much it had', async () => {
    const gone = await user(['admin'])
    const controller = new AbortController()
    const response = await app.request('/api/records/deal/export?fields=name', {
      headers: { 'x-test-user': gone.id },
      signal: controller.signal,
    })
    const reader = response.body!.getReader()
    await reader.read()
    controller.abort()
    await reader.cancel()
    await expect.poll(() => logged(gone.id), { timeout: 30_000 }).toHaveLength(1)
    const [line] = await logged(gone.id)
    expect(line).toMatchObject({ complete: false })
    expect(line!['count']).toBeLessThan(1200)
  })
})

describe('what looks like a formula', () => {
  it.each(['=1+1', '+49 30 1', '-x', '@SUM(A1)', "'=1", "''+1", '=HYPERLINK("https://evil.example")'])(
    '%j begins with an apostrophe in the file, and comes back as it was [IMP-02]',
    (text) => {
      expect(toCell(text)).toBe(`'${text}`)
      expect(fromCell(toCell(text))).toBe(text)
    },
  )

  it('comes back from every text, and numbers stay numbers [IMP-02]', () => {
    const texts = fc.string({
      unit: fc.constantFrom("'", '=', '+', '-', '@', '1', '.', 'a', ' ', '\t', '＝'),
    })
    fc.assert(fc.property(texts, (text) => fromCell(toCell(text)) === text))
    expect(['-5', '12.50', '-0.1'].map(toCell)).toEqual(['-5', '12.50', '-0.1'])
  })

  it('goes out as a file and comes in as the same records [IMP-01, IMP-11]', async () => {
    const values = {
      name: '=cmd|"/c calc"!A1',
      site: 'https://example.com/?a=1,2',
      seat: {
        street: 'Line one\nline "two"',
        city: "'=Köln",
        country: 'DE',
        postal_code: '050667',
        region: null,
      },
      roles: ['customer', 'prospect'],
      tax_number: '+49-1',
    }
    const { body: firm } = await admin.call<Record<string, unknown>>('POST', '/api/records/firm', values)
    const path = join(folder, 'firms.csv')
    const names = [
      'name',
      'site',
      'seat.street',
      'seat.city',
      'seat.country',
      'seat.postal_code',
      'seat.region',
      'roles',
      'tax_number',
    ]
    writeFileSync(
      path,
      await file(
        admin.call,
        `?fields=name,site,seat,roles,tax_number&${filter(`id == '${firm['id'] as string}'`)}`,
        'firm',
      ),
    )
    await admin.call('DELETE', `/api/records/firm/${firm['id'] as string}`)
    const { live, db, hooks } = server
    const fields = Object.fromEntries(names.map((name) => [name, { column: name }]))
    const summary = await importFile({
      file: path,
      mapping: { records: { firm: { fields } } },
      rejects: join(folder, 'rejects.csv'),
      model: live.current,
      db,
      hooks,
      actor: systemActor,
    })
    expect(summary).toMatchObject({ rejected: 0, records: { firm: { created: 1 } } })
    const { body } = await admin.call<{ items: object[] }>('GET', '/api/records/firm')
    expect(body.items[0]).toMatchObject(values)
  })
})
