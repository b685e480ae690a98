import type { Server as HttpServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { securityHeaders } from '../../core/api/headers.ts'
import { listen } from '../../core/listen.ts'
import { fixture } from '../support/fixture-plugin.ts'
import { type Answer, type Caller, testServer } from '../support/server.ts'

const { app, user } = await testServer({ plugins: [fixture] })
let admin: Caller
let adminId: string
let http: HttpServer
let port: number

beforeAll(async () => {
  ;({ call: admin, id: adminId } = await user(['admin']))
  // A test cannot wait for a minute, nor for what a slow machine takes for three seconds.
  http = await listen(app, { port: 0, host: '127.0.0.1' }, { headers: 2000, request: 4000 })
  port = (http.address() as AddressInfo).port
})
afterAll(() => {
  http.closeAllConnections()
  http.close()
})

type Problem = { code: string; detail?: string; errors?: { pointer: string }[] }

/** Sends these bytes, and gives everything that comes back until the server closes the connection. */
function raw(text: string | Uint8Array, { after }: { after?: (write: (more: string) => void) => void } = {}) {
  return new Promise<string>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (data) => (answer += data.toString('latin1')))
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
    socket.write(text)
    after?.((more) => void (socket.writable && socket.write(more)))
  })
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])
const head = (path = '/api/me', more = ''): string =>
  `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nx-test-user: ${adminId}\r\n${more}`

async function post(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Answer<Problem>> {
  const response = await app.request('/api/records/firm', {
    method: 'POST',
    body,
    headers: { 'x-test-user': adminId, 'content-type': 'application/json', ...headers },
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Problem }
}

describe('a body', () => {
  const refused: [string, string | Uint8Array<ArrayBuffer>, number, string][] = [
    ['that is cut off', '{"name":', 400, 'request.json'],
    ['with a comma too many', '{"name":"a",}', 400, 'request.json'],
    ['with comments', '{"name":"a"/* b */}', 400, 'request.json'],
    ['with a byte order mark', '\ufeff{"name":"a"}', 400, 'request.json'],
    ['that names a member twice', '{"name":"a","name":"b"}', 400, 'request.json'],
    ['that names a member twice, once escaped', '{"name":"a","n\\u0061me":"b"}', 400, 'request.json'],
    ['that names a member twice deep inside', '[{"a":[{"b":1,"c":{},"b":2}]}]', 400, 'request.json'],
    ['nested 200,000 deep', '['.repeat(200_000), 400, 'request.json'],
    ['that is not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400, 'request.json'],
    ['of nothing', '', 400, 'request.json'],
  ]
  it.each(refused)('%s is refused with its code [VAL-01]', async (_what, body, status, code) => {
    expect(await post(body)).toMatchObject({ status, body: { code } })
  })

  it('may hold the same name in different objects, and quotes, colons and brackets in its texts', async () => {
    const name = 'He said: "{[a\\":\\\\"'
    const { status, body } = await admin<{ name: string }>('POST', '/api/records/firm', [
      { name, tax_number: 'f1' },
      { name, tax_number: 'f2' },
    ])
    expect([status, body]).toMatchObject([201, [{ name }, { name }]])
  })

  it('of another type, another charset or encoded is refused [VAL-01]', async () => {
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-16',
      'text/json',
    ]
    for (const type of types)
      expect(await post('{"name":"a"}', { 'content-type': type }), type).toMatchObject({
        status: 415,
        body: { code: 'request.media-type' },
      })
    for (const encoding of ['gzip', 'br', 'identity'])
      expect(
        await post(new Uint8Array(gzipSync('{"name":"a"}')), { 'content-encoding': encoding }),
      ).toMatchObject({ status: 415 })
    expect(
      await post('{"name":"Charset"}', { 'content-type': 'application/json;charset=UTF-8' }),
    ).toMatchObject({
      status: 201,
    })
  })

  it('over the limit is refused, announced or not, and the rest of it is not read [VAL-02]', async () => {
    const big = `{"name":"${'x'.repeat(8_100_000)}"}`
    expect(await post(big, { 'content-length': String(big.length) })).toMatchObject({ status: 413 })
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1_000_000).fill(32)),
    })
    const request = new Request('http://localhost/api/records/firm', {
      method: 'POST',
      body: endless,
      duplex: 'half',
      headers: { 'x-test-user': adminId, 'content-type': 'application/json' },
    } as RequestInit)
    expect((await app.request(request)).status).toBe(413)
  })

  it('that announces more than it sends, or drips, is ended by the server, which lives on [VAL-02]', async () => {
    const start = `POST /api/records/firm HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nx-test-user: ${adminId}\r\ncontent-type: application/json\r\n`
    let timer: NodeJS.Timeout | undefined
    const answers = await Promise.all([
      raw(`${start}content-length: 1000\r\n\r\n{"name":`),
      raw(`${start}transfer-encoding: chunked\r\n\r\n`, {
        after: (write) => (timer = setInterval(() => write('1\r\n \r\n'), 100)),
      }),
    ])
    clearInterval(timer)
    for (const answer of answers) expect([408, 400, Number.NaN]).toContain(statusOf(answer))
    expect(answers.every((answer) => !answer.startsWith('HTTP/1.1 2'))).toBe(true)
    expect((await admin('GET', '/api/me')).status).toBe(200)
  })
})

describe('what is hardly HTTP', () => {
  it('is refused with a problem, an id and the headers, and harms nobody [VAL-11]', async () => {
    const cases: [string, number][] = [
      [`${head('/api/me')}x-long: ${'x'.repeat(100_000)}\r\n\r\n`, 431],
      [`${head(`/api/records/firm?filter=${'x'.repeat(20_000)}`)}\r\n`, 431],
      [`${head()}transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n`, 400],
      [`${head()}transfer-encoding: chunked, identity\r\n\r\n`, 400],
      ['GARBAGE\r\n\r\n', 400],
      ['GET /api/me HTTP/1.1\r\n\r\n', 400],
      [`GET /api/me HTTP/1.1\nhost: 127.0.0.1\nconnection: close\n\n`, 400],
      [`GET /api/me HTTP/1.1\r\nhost: a b/c\r\nconnection: close\r\n\r\n`, 400],
    ]
    for (const [request, status] of cases) {
      const answer = await raw(request)
      expect([request.slice(0, 80), statusOf(answer)]).toEqual([request.slice(0, 80), status])
    }
    const answer = await raw(`${head()}transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n`)
    expect(answer).toMatch(/content-type: application\/problem\+json/)
    expect(answer).toMatch(/x-request-id: [\da-f-]{36}/)
    expect(answer).toMatch(/x-content-type-options: nosniff/)
    expect(answer).toMatch(/"code":"request\.malformed"/)
  })

  it('with 2,000 headers, names that objects inherit, or a whole address as its path is answered [VAL-11]', async () => {
    const many = Array.from({ length: 2000 }, (_, i) => `h${i}: 1\r\n`).join('')
    expect([200, 400, 431]).toContain(statusOf(await raw(`${head()}${many}connection: close\r\n\r\n`)))
    const inherited = '__proto__: a\r\nconstructor: b\r\ntoString: c\r\n__proto__: d\r\n'
    expect(statusOf(await raw(`${head()}${inherited}connection: close\r\n\r\n`))).toBe(200)
    const whole = `GET http://127.0.0.1:${port}/api/me HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n\r\n`
    expect(statusOf(await raw(whole))).toBe(401)
    expect((await admin('GET', '/api/me')).status).toBe(200)
  })

  it('and never finishes its headers is told so and cut off [VAL-02]', async () => {
    const answer = await raw(head())
    expect(statusOf(answer)).toBe(408)
    expect(answer).toContain('"code":"request.timeout"')
  })
})

describe('a query', () => {
  it('with a parameter twice, in brackets, with dots or in another case is refused [VAL-04]', async () => {
    const odd = [
      'limit=1&limit=2',
      'limit[]=1',
      'limit[0]=1',
      'limit.a=1',
      'Limit=1',
      '__proto__=1',
      'a;limit=1',
    ]
    for (const query of odd) {
      const { status, body } = await admin<Problem>('GET', `/api/records/firm?${query}`)
      expect([query, status, body.code]).toEqual([query, 400, 'request.parameter'])
    }
  })

  it('beyond a cap is refused with the cap in the answer [LIM-01]', async () => {
    const { body: firm } = await admin<{ id: string }>('POST', '/api/records/firm', { name: 'Cap' })
    const clauses = Array.from({ length: 500 }, (_, i) => `name == "${i}"`).join(' || ')
    const ids = Array.from({ length: 10_000 }, () => `"${firm.id}"`).join(', ')
    const queries = [
      'limit=1000000',
      `filter=${encodeURIComponent(clauses)}`,
      `filter=${encodeURIComponent(`id in [${ids}]`)}`,
      `fields=${Array.from({ length: 9 }, () => 'parent').join('.')}.name`,
      `fields=${Array.from({ length: 201 }, (_, i) => `${'parent.'.repeat((i % 3) + 1)}f${i}`).join(',')}`,
      `sort=${Array.from({ length: 5 }, (_, i) => ['name', 'id', 'site', 'tax_number', 'version'][i]).join(',')}`,
      'offset=1000000000',
    ]
    for (const query of queries) {
      const { status, body } = await admin<Problem>('GET', `/api/records/firm?${query}`)
      expect([query.slice(0, 40), status]).toEqual([query.slice(0, 40), 400])
      expect(`${body.detail} ${JSON.stringify(body.errors)}`).toMatch(/\d|no (parameter|field)|levels|long/)
    }
    const { status, body } = await admin<Problem>(
      'POST',
      '/api/records/firm',
      Array.from({ length: 5000 }, () => ({ name: 'x' })),
    )
    expect([status, body.detail]).toEqual([400, expect.stringMatching(/1 to \d+/)])
  })
})

describe('every answer', () => {
  it('has the headers and an id of its own, and is kept by no cache: errors, 304, pages and files too [WEB-07]', async () => {
    const { body: firm } = await admin<{ id: string }>('POST', '/api/records/firm', { name: 'Headers' })
    const model = await admin('GET', '/api/model')
    const answers = [
      await admin('GET', '/api/me'),
      await admin('GET', `/api/records/firm/${firm.id}`),
      await admin('GET', '/api/records/firm/nothing'),
      await admin('GET', '/api/nothing'),
      await admin('POST', '/api/records/firm', '{'),
      await admin('PUT', '/api/me', {}),
      await admin('GET', '/api/model', undefined, { 'if-none-match': model.headers.get('etag')! }),
      await admin('GET', '/api/docs'),
      await admin('GET', '/api/openapi.json'),
      await admin('GET', '/healthz'),
      await admin('GET', '/readyz'),
      await admin('GET', '/problems/record.conflict'),
      await admin('GET', '/problems/nothing'),
      await admin('GET', '/no-such-file.js'),
      await admin('GET', '/api/setup'),
      await admin('POST', '/api/auth/sign-in/email', {}),
      await admin('GET', '/api/auth/nothing'),
    ]
    expect(answers[6]!.status).toBe(304)
    for (const { headers, status } of answers) {
      for (const [name, value] of Object.entries(securityHeaders))
        expect([status, name, headers.get(name)]).toEqual([status, name, value])
      expect(headers.get('cache-control')).toBe('no-store')
    }
    const ids = answers.map(({ headers }) => headers.get('x-request-id'))
    expect(ids.every((id) => /^[\da-f-]{36}$/.test(id ?? ''))).toBe(true)
    expect(new Set(ids).size).toBe(answers.length)
  })

  it('has an id of ours, whatever id the client sends', async () => {
    const { headers } = await admin('GET', '/api/me', undefined, { 'x-request-id': 'mine' })
    expect(headers.get('x-request-id')).not.toBe('mine')
  })

  it('allows no other origin, whatever asks [WEB-06]', async () => {
    const origins = ['https://evil.example', 'null', 'http://localhost.evil.example', 'http://localhost']
    for (const origin of origins) {
      for (const [method, path] of [
        ['GET', '/api/me'],
        ['OPTIONS', '/api/records/firm'],
        ['GET', '/api/setup'],
      ]) {
        const { headers } = await admin(method!, path!, undefined, {
          origin,
          'access-control-request-method': 'PATCH',
        })
        expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
      }
    }
  })
})

describe('a method that an address does not know', () => {
  it('is answered with those that it knows [ACL-14]', async () => {
    const cases: [string, string, string][] = [
      ['PUT', '/api/me', 'GET, HEAD, PATCH'],
      ['OPTIONS', '/api/me', 'GET, HEAD, PATCH'],
      ['PUT', '/api/records/firm', 'GET, HEAD, POST, PATCH'],
      ['GET', '/api/records/firm/x/restore', 'POST'],
      ['DELETE', '/healthz', 'GET, HEAD'],
    ]
    for (const [method, path, allow] of cases) {
      const { status, headers, body } = await admin<Problem>(method, path)
      expect([method, path, status, headers.get('allow'), body.code]).toEqual([
        method,
        path,
        405,
        allow,
        'request.method',
      ])
    }
    expect((await admin('PUT', '/api/nothing')).status).toBe(404)
  })

  it('says nothing to those who have not signed in', async () => {
    expect((await app.request('/api/me', { method: 'PUT' })).status).toBe(401)
    expect((await app.request('/api/nothing')).status).toBe(401)
  })
})

describe('a write that comes from another page', () => {
  it('is refused, however its body is called and whatever it says about its origin [WEB-05]', async () => {
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://localhost.evil.example' },
      { origin: 'http://localhost:1' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
    ]
    const types = [
      'application/json',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
    ]
    for (const headers of foreign)
      for (const type of types)
        for (const method of ['POST', 'PATCH']) {
          const answer = await admin<Problem>(
            method,
            '/api/records/firm',
            { name: 'Forged' },
            { ...headers, 'content-type': type },
          )
          expect([headers, type, answer.status, answer.body.code]).toEqual([
            headers,
            type,
            403,
            'accounts.foreign-origin',
          ])
        }
    const own = { origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }
    expect((await admin('POST', '/api/records/firm', { name: 'Own' }, own)).status).toBe(201)
    const { body } = await admin<{ items: unknown[] }>(
      'GET',
      `/api/records/firm?filter=${encodeURIComponent('name == "Forged"')}`,
    )
    expect(body.items).toEqual([])
  })
})
