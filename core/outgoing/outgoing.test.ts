import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Problem } from '@xrm/sdk'
import { isPublic } from './addresses.ts'
import { createOutgoing, type Outgoing, type OutgoingOptions } from './outgoing.ts'

let port: number
let seen: string[] = []
let answer: (request: IncomingMessage, response: ServerResponse) => void
const server = createServer((request, response) => {
  seen.push(request.url ?? '')
  answer(request, response)
})
const opened: Outgoing[] = []

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(async () => {
  for (const one of opened) await one.close()
  server.closeAllConnections()
  server.close()
})

function outgoing(options: Partial<OutgoingOptions> = {}): Outgoing {
  const made = createOutgoing({ allowedHosts: [], ...options })
  opened.push(made)
  seen = []
  return made
}

/** To the test's own server, which is not public and so must be allowed. */
const toServer = (options: Partial<OutgoingOptions> = {}): Outgoing =>
  outgoing({ allowedHosts: [`127.0.0.1:${port}`], ...options })

async function codeOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  )
  return error instanceof Problem ? error.code : String(error)
}

/** A resolver that gives these addresses one after the other, as a name does that changes between two looks. */
function resolver(...addresses: string[]): LookupFunction {
  let asked = 0
  return (_name, options, done) => {
    const address = addresses[Math.min(asked++, addresses.length - 1)]!
    const family = address.includes(':') ? 6 : 4
    if (options.all === true) (done as (error: null, all: object[]) => void)(null, [{ address, family }])
    else done(null, address, family)
  }
}

describe('an address', () => {
  it('that is not public is refused, however it is written, before anything is called [OUT-01]', () => {
    const { check } = outgoing()
    const refused = [
      'http://127.0.0.1/',
      'http://0x7f.1/',
      'http://2130706433/',
      'http://017700000001/',
      'http://127.1/',
      'http://0/',
      'http://[::1]/',
      'http://[::]/',
      'http://[::ffff:127.0.0.1]/',
      'http://[::ffff:7f00:1]/',
      'http://[0:0:0:0:0:ffff:a00:1]/',
      'http://[64:ff9b::7f00:1]/',
      'http://[2002:7f00:1::]/',
      'http://169.254.169.254/latest/meta-data',
      'http://10.1.2.3/',
      'http://172.31.255.255/',
      'http://192.168.0.1/',
      'http://100.64.0.1/',
      'http://[fd00::1]/',
      'http://[fe80::1]/',
      'http://localhost/',
      'http://LOCALHOST./',
      'http://a.localhost/',
      'http://printer.local/',
      'http://metadata.google.internal/',
      'http://example.com:5432/',
      'https://example.com:22/',
      'http://user:secret@example.com/',
      'file:///etc/passwd',
      'gopher://example.com/',
      'ftp://example.com/',
      'javascript:alert(1)',
      '//example.com/',
      '',
    ]
    for (const url of refused)
      expect(() => check(url), url).toThrow(expect.objectContaining({ code: 'outgoing.address' }))
    for (const url of [
      'https://example.com/hook?a=1',
      'http://example.com/',
      'https://93.184.215.14/',
      'https://[2606:4700::1]/',
    ])
      expect(check(url).href).toBe(url)
  })

  it('in the firm’s own network is called when the operator allows it, with its port', async () => {
    answer = (_request, response) => response.end('hello')
    expect(await toServer().call(`http://127.0.0.1:${port}/a`)).toMatchObject({ status: 200, body: 'hello' })
    expect(() => outgoing({ allowedHosts: ['127.0.0.1'] }).check(`http://127.0.0.1:${port}/`)).toThrow(
      Problem,
    )
  })

  it('is public or not by its number', () => {
    for (const address of ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1'])
      expect([address, isPublic(address)]).toEqual([address, true])
    for (const address of [
      '',
      'x',
      'fe80::1%eth0',
      '255.255.255.255',
      '224.0.0.1',
      '::ffff:8.8.8.8',
      'ff02::1',
    ])
      expect([address, isPublic(address)]).toEqual([address, false])
  })
})

describe('a name', () => {
  it('that leads into the own network is refused when it is called [OUT-01]', async () => {
    for (const address of ['127.0.0.1', '10.0.0.7', '169.254.169.254', '::1', '::ffff:127.0.0.1', 'fd12::1'])
      expect(await codeOf(outgoing({ resolve: resolver(address) }).call('http://hook.example/'))).toBe(
        'outgoing.address',
      )
    expect(seen).toEqual([])
  })

  it('that is public when it is checked and our own a moment later is not reached [OUT-02]', async () => {
    // Asked once more than needed, it would answer with the address of this machine.
    const rebinding = resolver('192.0.2.1', '127.0.0.1')
    let asked = 0
    const calls = outgoing({
      timeout: 1500,
      resolve: (...given) => {
        asked++
        rebinding(...given)
      },
    })
    expect(await codeOf(calls.call('http://rebind.example/'))).toBe('outgoing.address')
    expect(await codeOf(calls.call('http://rebind.example/'))).toBe('outgoing.address')
    expect([asked, seen]).toEqual([2, []])
  })

  it('is looked up once for a call, and the address that was checked is the one connected to [OUT-02]', async () => {
    let asked = 0
    const host = `pinned.example:${port}`
    const calls = outgoing({
      allowedHosts: [host],
      resolve: (_name, options, done) => {
        asked++
        resolver('127.0.0.1')(_name, options, done)
      },
    })
    answer = (request, response) => response.end(request.headers.host)
    expect(await calls.call(`http://${host}/`)).toMatchObject({ status: 200, body: host })
    expect(asked).toBe(1)
  })
})

describe('an answer', () => {
  it('that leads elsewhere is given as it is, and nobody follows [OUT-03]', async () => {
    answer = (_request, response) => response.writeHead(302, { location: '/inside' }).end()
    const { status, headers } = await toServer().call(`http://127.0.0.1:${port}/start`)
    expect([status, headers['location'], seen]).toEqual([302, '/inside', ['/start']])
  })

  it('that is too large, never ends, never begins or is packed is cut off [OUT-03]', async () => {
    const url = `http://127.0.0.1:${port}/`
    const calls = toServer({ timeout: 1000, maxSize: 10_000 })
    const bad: (typeof answer)[] = [
      (_request, response) => response.end('x'.repeat(20_000)),
      (_request, response) => response.writeHead(200, { 'content-length': '1000000' }).write('x'),
      (_request, response) => {
        const timer = setInterval(() => response.write('x'), 50)
        response.on('close', () => clearInterval(timer))
      },
      () => {},
      (_request, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1_000_000))),
      (_request, response) => response.writeHead(200, { 'x-long': 'x'.repeat(50_000) }).end(),
      (_request, response) => response.socket?.destroy(),
    ]
    for (const [index, one] of bad.entries()) {
      answer = one
      expect([index, await codeOf(calls.call(url))]).toEqual([index, 'outgoing.failed'])
    }
    answer = (_request, response) => response.end('well')
    expect((await calls.call(url)).body).toBe('well')
  })

  it('is sent what is given, and a failure tells its user nothing about the network', async () => {
    answer = (request, response) => {
      let text = ''
      request.on('data', (data: Buffer) => (text += data.toString()))
      request.on('end', () => response.end(`${request.method} ${request.headers['x-a']} ${text}`))
    }
    const url = `http://127.0.0.1:${port}/`
    const sent = { method: 'POST' as const, headers: { 'x-a': 'b' }, body: 'grüß' }
    expect((await toServer().call(url, sent)).body).toBe('POST b grüß')
    const failed = await outgoing({ allowedHosts: ['127.0.0.1:1'] })
      .call('http://127.0.0.1:1/')
      .catch((error: unknown) => error)
    expect(JSON.stringify(failed)).not.toMatch(/127|ECONN/)
  })
})
