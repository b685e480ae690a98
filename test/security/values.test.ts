import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Pool } from 'pg'
import { describe, expect, it } from 'vitest'
import type { ChangesetView, PlanView } from '@xrm/sdk/configuration'
import { createApp } from '../../core/app.ts'
import { readConfig } from '../../core/config.ts'
import { createLog } from '../../core/log.ts'
import { startServer } from '../../core/server.ts'
import { createTestDatabase } from '../support/database.ts'
import { fixture } from '../support/fixture-plugin.ts'
import { testServer } from '../support/server.ts'

const { app, server, user } = await testServer({ plugins: [fixture] })
const root = join(import.meta.dirname, '../..')
const { id: adminId, call: admin } = await user(['admin'])
type Row = Record<string, unknown> & { id: string }

async function create(values: object): Promise<Row> {
  const { status, body } = await admin<Row>('POST', '/api/records/firm', values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

async function draft(): Promise<string> {
  return (await admin<ChangesetView>('POST', '/api/changesets', { title: 'Values' })).body.id
}

async function publish(path: string, body: object): Promise<void> {
  const id = await draft()
  expect((await admin('PATCH', `/api/documents/${path}?changeset=${id}`, body)).status).toBe(200)
  const answer = await admin('POST', `/api/changesets/${id}/publish`)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
}

describe('a parameter', () => {
  const list = '/api/records/firm'
  it.each([
    'filter[raw]=1=1',
    'filter[]=true',
    'filter=name&filter=site',
    'sort[0]=name',
    'sort=name&sort=site',
    'sort[name]=1; drop table x',
    'fields[]=name',
    'fields[raw]=*',
    'value[0 or 1=1]=x',
    'limit[]=1',
    'where=1=1',
    'raw=select 1',
    '__proto__=1',
    'constructor=1',
    'filter={"raw":"1=1"}',
    'filter=1',
    'filter=name',
    "filter='a' || '1'",
    'sort={"raw":"1"}',
    'sort=["name"]',
    'fields=["name"]',
    'fields=name as id',
    'fields=t0.name',
    'fields=record.firm.name',
  ])('%s is refused before anything is asked of the database [INJ-05]', async (query) => {
    expect((await admin('GET', `${list}?${encodeURI(query)}`)).status).toBe(400)
  })

  const odd = [[], ['name'], [['name']], { raw: '1=1' }, { sql: '1' }, 1, true, { $ne: null }]
  it('of a body is of its type or refused [INJ-05]', async () => {
    const firm = await create({ name: 'Odd' })
    for (const value of odd) {
      const calls: [string, string, object][] = [
        ['POST', `${list}/aggregate`, { measures: { n: 'count' }, filter: value }],
        ['POST', `${list}/aggregate`, { measures: { n: 'count' }, search: value }],
        ['POST', `${list}/aggregate`, { measures: { n: value } }],
        ['POST', `${list}/aggregate`, { measures: { n: 'count' }, groupBy: [{ raw: value }] }],
        ['POST', list, { name: value }],
        ['PATCH', `${list}/${firm.id}`, { name: value }],
        ['POST', list, { name: 'x', parent: value }],
        ['POST', '/api/conversions/prospect-to-deal/preview', { source: value }],
        ['POST', '/api/changesets', { title: value }],
      ]
      for (const [method, path, body] of calls)
        expect([400, 422], `${path} ${JSON.stringify(body)}`).toContain(
          (await admin(method, path, body)).status,
        )
    }
  })

  it.each([
    'sort=name desc',
    'sort=name nulls first',
    'sort=name collate "C"',
    'sort=name:desc',
    'sort=+name',
    'sort=--name',
    'sort=1',
    'limit=1; drop table record.firm',
    'limit=-1',
    'limit=0',
    'limit=501',
    'limit=1e3',
    'limit=0x10',
    'limit=1.5',
    'limit=',
    'limit= 5',
    'limit=99999999999999999999',
    'offset=-1',
    'after=%27; select 1',
    'count=exact; --',
    'deleted=1',
  ])('%s is not guessed at [INJ-11]', async (query) => {
    expect((await admin('GET', `${list}?${query.replaceAll(' ', '%20')}`)).status).toBe(400)
  })
})

describe('a text of a document', () => {
  const evil = `'; DROP TABLE record.firm; -- $$ $1 \\ \\' " \${x} %s {{x}} </script>`
  it('comes back as it was written, from wherever it may go into the database [INJ-07]', async () => {
    await publish('entity/firm', {
      description: evil,
      properties: {
        motto: { type: 'string', title: evil, description: evil, default: evil },
        mood: { 'x-type': 'select', 'x-options': { good: { title: evil, description: evil } } },
        ref: { 'x-type': 'auto-number', 'x-number': { prefix: "'$$\\\\;" } },
        echo: { 'x-type': 'formula', 'x-formula': `concat(name, ${JSON.stringify(evil)})` },
      },
      'x-rules': { evil: { check: `motto != ${JSON.stringify(`${evil}!`)}`, message: evil } },
    })
    const firm = await create({ name: 'Literal', mood: 'good' })
    expect(firm).toMatchObject({ motto: evil, mood: 'good', echo: `Literal${evil}`, ref: "'$$\\\\;00001" })
    const wrong = await admin<{ errors: { detail: string }[] }>('POST', '/api/records/firm', {
      name: 'x',
      motto: `${evil}!`,
    })
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ detail: evil }] } })
    for (const filter of [`motto == ${JSON.stringify(evil)}`, `echo.contains(${JSON.stringify(evil)})`]) {
      const { body } = await admin<{ items: Row[] }>(
        'GET',
        `/api/records/firm?filter=${encodeURIComponent(filter)}`,
      )
      expect(
        body.items.map(({ id }) => id),
        filter,
      ).toContain(firm.id)
    }
  })

  it('with NUL or half a character is refused, wherever it stands [INJ-07]', async () => {
    for (const bad of ['a\u0000b', 'a\ud800']) {
      const bodies = [
        { title: bad },
        { properties: { x: { type: 'string', default: bad } } },
        { properties: { x: { type: 'string', description: bad } } },
        { properties: { x: { type: 'string', 'x-labels': { de: bad } } } },
        { properties: { [bad]: { type: 'string' } } },
      ]
      for (const body of bodies) {
        const id = await draft()
        const patched = await admin('PATCH', `/api/documents/entity/firm?changeset=${id}`, body)
        const status =
          patched.status === 200
            ? (await admin('POST', `/api/changesets/${id}/publish`)).status
            : patched.status
        expect([400, 422], JSON.stringify(body)).toContain(status)
      }
    }
  })

  it('that hides something or looks like another is pointed out, not refused [INJ-04]', async () => {
    const id = await draft()
    await admin('PATCH', `/api/documents/entity/firm?changeset=${id}`, {
      properties: {
        a: { type: 'string', title: 'Invoice\u202egnp.exe' },
        b: { type: 'string', title: 'B', 'x-labels': { de: 'Na\u200bme' } },
        c: { type: 'string', title: 'Nаme' },
        d: { type: 'string', title: 'Имя', 'x-labels': { el: 'Όνομα', de: 'Größe', en: 'Naïve 2nd' } },
        title: { type: 'string', description: 'A text\nof two lines' },
      },
    })
    const { body } = await admin<PlanView>('POST', `/api/changesets/${id}/check`)
    const found = body.issues.filter(({ code }) => code.startsWith('text.'))
    expect(found.map(({ severity, code, pointer }) => [severity, code, pointer])).toEqual([
      ['warning', 'text.invisible', '/properties/a/title'],
      ['warning', 'text.invisible', '/properties/b/x-labels/de'],
      ['warning', 'text.confusable', '/properties/c/title'],
    ])
    expect((await admin('POST', `/api/changesets/${id}/publish`)).status).toBe(200)
  })
})

describe('a search', () => {
  const count = async (filter: string): Promise<number> => {
    const { status, body } = await admin<{ items: Row[] }>(
      'GET',
      `/api/records/firm?limit=500&filter=${encodeURIComponent(filter)}`,
    )
    expect(status, filter).toBe(200)
    return body.items.length
  }

  it('takes % _ and \\ for themselves in contains, startsWith and endsWith [INJ-08]', async () => {
    for (const name of ['w100%w', 'w100xw', 'w1_0w', 'w1\\0w']) await create({ name })
    const texts: [string, number][] = [
      ['100%', 1],
      ['1_0', 1],
      ['1\\0', 1],
      ['%', 1],
      ['_', 1],
      ['\\', 1],
    ]
    for (const [text, expected] of texts) {
      const scope = "name.startsWith('w1') && "
      expect(await count(`${scope}name.contains(${JSON.stringify(text)})`), text).toBe(expected)
      expect(await count(`name.startsWith(${JSON.stringify(`w${text}`)})`), text).toBe(
        text.startsWith('1') ? expected : 0,
      )
      expect(await count(`${scope}name.endsWith(${JSON.stringify(`${text}w`)})`), text).toBe(
        text === '100%' || text === '%' ? 1 : text === '1_0' || text === '1\\0' ? 1 : 0,
      )
    }
  })

  it('knows no operators: whatever is typed is words, of which eight count [INJ-09]', async () => {
    const found = await create({ name: 'O\'Neil & Sons! (a|b):* <-> "x"' })
    for (const text of [
      'a & !b:*',
      '"unbalanced',
      "'",
      '((((',
      '!',
      ':*',
      '<->',
      '\\',
      '%',
      '_'.repeat(300),
      'term '.repeat(20_000),
      'ᄀ'.repeat(500),
    ]) {
      const { status } = await admin('POST', '/api/records/firm/aggregate', {
        search: text,
        measures: { n: 'count' },
      })
      expect([200, 400], text.slice(0, 20)).toContain(status)
    }
    for (const text of ["o'neil &", '(a|b):*', '<->', '"x"']) {
      const { body } = await admin<{ items: Row[] }>(
        'GET',
        `/api/records/firm?search=${encodeURIComponent(text)}`,
      )
      expect(
        body.items.map(({ id }) => id),
        text,
      ).toEqual([found.id])
    }
  })
})

describe('a field of JSON', () => {
  it('is read whole: there are no paths into it to inject anything in [INJ-10]', async () => {
    await publish('entity/firm', { properties: { extra: { 'x-type': 'json' } } })
    const extra = { a: { "b'c": [1, { '$.x': '*' }] } }
    const firm = await create({ name: 'Json', extra })
    expect(firm['extra']).toEqual(extra)
    for (const path of ['extra.a', "extra.a.b'c", 'extra->a', 'extra[0]', 'extra.$', 'extra.*', "extra'--"]) {
      for (const query of [`fields=${path}`, `sort=${path}`, `filter=${path} != null`])
        expect((await admin('GET', `/api/records/firm?${encodeURI(query)}`)).status, query).toBe(400)
      const aggregate = { groupBy: [path], measures: { n: 'count' } }
      expect((await admin('POST', '/api/records/firm/aggregate', aggregate)).status, path).toBe(400)
    }
  })
})

describe('a line break', () => {
  const crlf = 'A\r\nSet-Cookie: evil=1\r\n\r\n<b>'

  it('in a record, a document or a parameter makes no header [INJ-12]', async () => {
    await publish('entity/firm', { properties: { notes: { 'x-type': 'long-text' } } })
    const headers = { 'x-test-user': adminId, 'content-type': 'application/json' }
    const calls: [string, string, object?][] = [
      ['POST', '/api/records/firm', { name: 'Notes', notes: crlf }],
      ['POST', '/api/records/firm', { name: crlf }],
      ['POST', '/api/changesets', { title: crlf }],
      ['GET', `/api/records/firm?sort=${encodeURIComponent(crlf)}`],
      ['GET', `/api/documents/view/${encodeURIComponent(crlf)}`],
      ['GET', `/${encodeURIComponent(crlf)}`],
    ]
    for (const [method, path, body] of calls) {
      const response = await app.request(path, {
        method,
        headers,
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
      expect(response.status, path).toBeLessThan(500)
      expect(response.headers.get('set-cookie'), path).toBeNull()
      for (const [, value] of response.headers) expect(value).not.toMatch(/evil|[\r\n]/)
    }
  })

  it('in what is logged stays within one line, as does an escape sequence [INJ-12]', () => {
    const lines: string[] = []
    const log = createLog('info', { write: (line) => lines.push(line) })
    log.error({ err: new Error(crlf), path: `\u001b[31m${crlf}` }, crlf)
    expect(lines).toHaveLength(1)
    expect(lines[0]!.trimEnd()).not.toMatch(/\p{Cc}/u)
    expect(JSON.parse(lines[0]!)).toMatchObject({ msg: crlf })
  })
})

describe('a path or a command', () => {
  it('cannot be made of a name: of a document, an entity, a problem, a file of the interface [INJ-13]', async () => {
    const escapes = ['..%2f..%2fpackage.json', '%2e%2e/%2e%2e/package.json', '....//package.json']
    escapes.push(
      '..%5c..%5cpackage.json',
      '%2fetc%2fpasswd',
      'file:%2f%2f%2fetc%2fpasswd',
      '$(id)',
      '`id`',
      '|id',
    )
    for (const escape of escapes) {
      for (const path of [
        '/',
        '/assets/',
        '/problems/',
        '/api/documents/view/',
        '/api/records/',
        '/api/jobs/',
      ]) {
        const response = await app.request(`${path}${escape}`, { headers: { 'x-test-user': adminId } })
        const text = await response.text()
        expect(response.status, path + escape).toBeLessThan(500)
        expect(text, path + escape).not.toMatch(/"packageManager"|root:x:0|uid=/)
      }
    }
  })

  it('starts nothing but the PostgreSQL that the server brings, and that without a shell [INJ-13]', () => {
    const files = globSync('{sdk,core,plugins}/**/*.ts', {
      cwd: root,
      exclude: (path) => path.includes('node_modules'),
    }).filter((file) => !file.endsWith('.test.ts'))
    const text = (file: string): string => readFileSync(join(root, file), 'utf8')
    const starters = files.filter((file) => text(file).includes('child_process'))
    expect(starters.length).toBeGreaterThan(0)
    expect(starters.filter((file) => !file.startsWith('core/storage/embedded'))).toEqual([])
    for (const file of starters) expect(text(file), file).not.toMatch(/shell: true|(?<![.\w])exec(Sync)?\(/)
  })
})

describe('the role of the application in the database', () => {
  it('may own its schemas and nothing more, and then everything works; shadows in public mean nothing [INJ-17]', async () => {
    const url = new URL(await createTestDatabase({ from: 'template0' }))
    const name = url.pathname.slice(1)
    const role = `app_${name}`
    const boss = new Pool({ connectionString: url.href, max: 1 })
    const own = new URL(url)
    own.username = role
    try {
      await boss.query(`CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE`)
      await boss.query(`GRANT CREATE, CONNECT, TEMPORARY ON DATABASE ${name} TO ${role}`)
      // Somebody else may put functions in public; ours and those of PostgreSQL are found before them.
      await boss.query(
        `CREATE FUNCTION public.lower(text) RETURNS text LANGUAGE sql AS $$ SELECT 'shadow' $$`,
      )
      await boss.query(
        `CREATE FUNCTION public.count(text) RETURNS text LANGUAGE sql AS $$ SELECT 'shadow' $$`,
      )
      const config = readConfig({ DATABASE_URL: own.href }, [])
      const node = await startServer({ config, log: createLog('silent'), plugins: [fixture] })
      try {
        expect((await (await createApp(node)).request('/readyz')).status).toBe(200)
        const { rows } = await node.db.pool.query<{ lower: string; me: string }>(
          `SELECT lower('ABC'), current_user::text AS me`,
        )
        expect(rows).toEqual([{ lower: 'abc', me: role }])
        for (const attack of [
          'CREATE TABLE public.evil (a int)',
          `CREATE FUNCTION public.evil() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
          'SET ROLE postgres',
          'CREATE ROLE evil SUPERUSER',
          `ALTER ROLE ${role} SUPERUSER`,
          `COPY (SELECT 1) TO PROGRAM 'id'`,
          `COPY (SELECT 1) TO '/evil'`,
          `SELECT pg_read_file('/etc/passwd')`,
          `SELECT pg_ls_dir('/')`,
          `SELECT lo_import('/etc/passwd')`,
          'CREATE EXTENSION dblink',
          'CREATE EXTENSION file_fdw',
          `CREATE FUNCTION xrm.evil() RETURNS int LANGUAGE c AS 'libc', 'system'`,
          'CREATE LANGUAGE plpython3u',
          'ALTER SYSTEM SET log_statement = none',
          'CREATE DATABASE evil',
          'SELECT rolpassword FROM pg_authid',
        ])
          await expect(node.db.pool.query(attack), attack).rejects.toMatchObject({
            code: /^(42501|42704|22023|0A000|58P01)$/,
          })
      } finally {
        await node.stop()
      }
    } finally {
      await boss.query(`DROP OWNED BY ${role} CASCADE`)
      await boss.query(`DROP ROLE ${role}`)
      await boss.end()
    }
  })

  it('of this installation is found by every statement under its own names first [INJ-17]', async () => {
    const { rows } = await server.db.pool.query<{ search_path: string }>('SHOW search_path')
    expect(rows).toEqual([{ search_path: 'xrm,public,extensions' }])
  })
})
