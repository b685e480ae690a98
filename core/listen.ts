import { createServer, STATUS_CODES, type Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { v7 as uuid } from 'uuid'
import { Problem, type ProblemDefinition } from '@xrm/sdk'
import type { AnyRequest } from './api/every-answer.ts'
import { securityHeaders } from './api/headers.ts'
import { problems } from './api/problems.ts'

/** How long, in milliseconds, a client may take. Uploads and exports of a slow line fit; who sends a byte a second does not. */
export interface Patience {
  headers: number
  request: number
}

const patience: Patience = { headers: 15_000, request: 60_000 }

/** Headers with the address, in bytes. */
const maxHeaderSize = 16_384

/**
 * Listens with the app, and answers what is no request that the app could answer: too slow, too long, or not HTTP at all.
 * Resolves when it listens; rejects when it cannot.
 */
export async function listen(
  app: Hono<AnyRequest>,
  { port, host }: { port: number; host: string },
  { headers, request }: Patience = patience,
): Promise<HttpServer> {
  const answer = getRequestListener(app.fetch, {
    hostname: host,
    // A host or an address that is none; everything else the app answers itself.
    errorHandler: () => {
      const { status, headers: all, body } = refusal(problems['request.malformed'])
      return new Response(body, { status, headers: all })
    },
  })
  const server = createServer(
    {
      maxHeaderSize,
      headersTimeout: headers,
      requestTimeout: request,
      connectionsCheckingInterval: Math.min(5000, headers / 2),
      keepAliveTimeout: 65_000,
    },
    (incoming, outgoing) => void answer(incoming, outgoing),
  )
  server.on('clientError', refuse)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return server
}

/** Node itself would close the connection with a bare status line. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { status, headers, body } = refusal(byError[error.code ?? ''] ?? problems['request.malformed'])
  const lines = Object.entries({
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
}

const byError: Record<string, ProblemDefinition> = {
  HPE_HEADER_OVERFLOW: problems['request.headers-too-large'],
  ERR_HTTP_REQUEST_TIMEOUT: problems['request.timeout'],
}

function refusal(problem: ProblemDefinition): {
  status: number
  headers: Record<string, string>
  body: string
} {
  return {
    status: problem.status,
    headers: {
      ...securityHeaders,
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-request-id': uuid(),
    },
    body: JSON.stringify(new Problem(problem)),
  }
}
