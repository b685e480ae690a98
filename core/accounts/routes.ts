import { getConnInfo } from '@hono/node-server/conninfo'
import { Problem } from '@xrm/sdk'
import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Accounts } from './accounts.ts'

/**
 * `/api/auth/*` and `/api/setup`. Answers problems itself, so it can be mounted anywhere; everything else that is thrown
 * goes to the app's own error handler.
 */
export function accountRoutes(accounts: Accounts): Hono {
  const app = new Hono()
  app.on(['GET', 'POST'], '/api/auth/*', (c) => accounts.handle(c.req.raw, addressOf(c)))
  app.on(['GET', 'POST'], '/api/setup', (c) => accounts.setup(c.req.raw, addressOf(c)))
  app.onError((error, c) => {
    if (!(error instanceof Problem)) throw error
    const headers = {
      ...error.headers,
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
    }
    return c.body(JSON.stringify(error), error.status as ContentfulStatusCode, headers)
  })
  return app
}

/** The socket's other end. Headers such as X-Forwarded-For say what a client likes; they count for nothing here. */
export function addressOf(c: Context): string | undefined {
  // `app.request(…)` in tests has no socket.
  return (c.env as { incoming?: unknown } | undefined)?.incoming ? getConnInfo(c).remote.address : undefined
}
