import { lookup as resolve } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { Dispatcher } from 'undici'
import { Problem } from '@xrm/sdk'
import { isPublic } from './addresses.ts'
import { problems } from './problems.ts'

export interface OutgoingOptions {
  /** Hosts, with their port when it is not that of the scheme, that may be called wherever they are. */
  allowedHosts: readonly string[]
  /** Milliseconds until the headers, and until the end. */
  timeout?: number
  /** Bytes of a body. */
  maxSize?: number
  /** Finds the addresses of a name; for tests. */
  resolve?: LookupFunction
}

/** A call as `fetch` takes it; the body is text. */
export interface OutgoingRequest {
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: string
}

export interface OutgoingAnswer {
  status: number
  headers: Readonly<Record<string, string>>
  body: string
}

/** What the server calls on its own: identity providers, webhooks. Nothing else in the server opens a connection. */
export interface Outgoing {
  /** Throws `outgoing.address` for what will never be called; to be asked when an address is saved. */
  check(url: string): URL
  /**
   * Calls an address. Throws `outgoing.address` when it leads where it may not, `outgoing.failed` for everything that goes
   * wrong on the way; statuses are the caller's to judge. Redirects are not followed: they are answers like any other.
   */
  call(url: string, request?: OutgoingRequest): Promise<OutgoingAnswer>
  close(): Promise<void>
}

/**
 * Calls that cannot be led into our own network. A name is resolved once, when the connection is made, and the address that
 * was checked is the one that is connected to, so a name that changes in between (DNS rebinding) gains nothing.
 */
export function createOutgoing({
  allowedHosts,
  timeout = 10_000,
  maxSize = 1_000_000,
  resolve: find = resolve as LookupFunction,
}: OutgoingOptions): Outgoing {
  const isAllowed = (url: URL): boolean => allowedHosts.includes(url.host)
  const limits = {
    headersTimeout: timeout,
    bodyTimeout: timeout,
    maxResponseSize: maxSize,
    maxHeaderSize: 16_384,
  }
  /** Loaded by the first call: many installations never make one. */
  const load = async () => {
    const { Agent, request } = await import('undici')
    const anywhere = new Agent({ ...limits, connect: { timeout, lookup: find } })
    const outside = new Agent({ ...limits, connect: { timeout, lookup: publicOnly(find) } })
    return { request, anywhere, outside }
  }
  let loading: ReturnType<typeof load> | undefined
  const check = (text: string): URL => checkUrl(text, isAllowed)
  return {
    check,
    async call(text, { method = 'GET', headers = {}, body } = {}) {
      const url = check(text)
      try {
        const { request, anywhere, outside } = await (loading ??= load())
        const answer = await request(url, {
          dispatcher: isAllowed(url) ? anywhere : outside,
          method,
          // Nobody unpacks anything, so nothing small can become large.
          headers: { ...headers, 'accept-encoding': 'identity' },
          body: body ?? null,
          signal: AbortSignal.timeout(timeout),
        })
        return await read(answer, maxSize)
      } catch (error) {
        throw problemOf(error)
      }
    },
    async close() {
      const loaded = await loading
      await Promise.all([loaded?.anywhere.destroy(), loaded?.outside.destroy()])
    },
  }
}

function checkUrl(text: string, isAllowed: (url: URL) => boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw refused('It must begin with https://.')
  if (url.username !== '' || url.password !== '') throw refused('It must not hold a name or a password.')
  if (isAllowed(url)) return url
  if (url.port !== '') throw refused('Only the ports 80 and 443 are called.')
  // The URL has brought every spelling of an address into one form.
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isName = isIP(host) === 0
  if (isName ? /^(localhost|.*\.localhost|.*\.(local|internal|home\.arpa))\.?$/.test(host) : !isPublic(host))
    throw refused('It is not on the public internet.')
  return url
}

/** Resolves a name, and fails when any of its addresses is not public: a name that leads both ways is nobody's mistake. */
function publicOnly(find: LookupFunction): LookupFunction {
  return (name, options, answer) => {
    find(name, options, (error, address, family) => {
      if (error) return answer(error, address, family)
      const all = typeof address === 'string' ? [address] : address.map((one) => one.address)
      if (all.length > 0 && all.every(isPublic)) return answer(null, address, family)
      answer(new NotPublic(), '', 4)
    })
  }
}

class NotPublic extends Error {}

async function read(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  maxSize: number,
): Promise<OutgoingAnswer> {
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    end(body)
    throw new Error('The answer is encoded although nobody asked for that.')
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxSize) {
      end(body)
      throw new Error('The answer is too large.')
    }
    chunks.push(chunk)
  }
  return {
    status: statusCode,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    ),
    body: Buffer.concat(chunks).toString('utf8'),
  }
}

/** Closes the connection; that it was closed is told as an error, which is no news. */
function end(body: Dispatcher.ResponseData['body']): void {
  body.on('error', () => {})
  body.destroy()
}

function refused(detail: string): Problem {
  return new Problem(problems['outgoing.address'], { detail })
}

/** Why a call failed is for the log; the caller's user hears no more than that, or it would map networks for them. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof NotPublic) return refused('It is not on the public internet.')
  return Object.assign(new Problem(problems['outgoing.failed']), { cause: error })
}
