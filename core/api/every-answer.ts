import type { Context, Hono, MiddlewareHandler } from 'hono'
import { v7 as uuid } from 'uuid'
import { Problem } from '@xrm/sdk'
import { securityHeaders } from './headers.ts'
import { problems } from './problems.ts'

/** What every request has, whoever sends it. */
export interface AnyRequest {
  Variables: {
    requestId: string
    /** What the answer has in the place of the common headers; null: nothing. */
    ownHeaders?: Readonly<Record<string, string | null>>
  }
}

/**
 * Gives every request an id, and every answer that id and the security headers: errors, 304 and files too. What says nothing
 * about caching is kept by nobody. An id that the client sends counts for nothing, for it would get into log and history.
 */
export function everyAnswer(): MiddlewareHandler<AnyRequest> {
  return async (c, next) => {
    c.set('requestId', uuid())
    await next()
    const { headers } = c.res
    for (const name in securityHeaders) headers.set(name, securityHeaders[name]!)
    for (const [name, value] of Object.entries(c.var.ownHeaders ?? {}))
      if (value === null) headers.delete(name)
      else headers.set(name, value)
    headers.set('x-request-id', c.var.requestId)
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
  }
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** The answer to what no route has taken: 405 with `Allow` when the address knows other methods, else 404. */
export function nothingHere(app: Hono<AnyRequest>, c: Context): Problem {
  const allowed = methods.filter((method) => knows(app, method, c.req.path))
  if (allowed.length === 0 || allowed.includes(c.req.method as never) || c.req.method === 'HEAD')
    return new Problem(problems['request.not-found'])
  const allow = allowed.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ')
  return new Problem(problems['request.method'], {
    detail: `It knows ${allow}.`,
    headers: { Allow: allow },
  })
}

/** Middleware is there for all methods, routes for one; the page of the interface answers for everything outside of the API. */
function knows(app: Hono<AnyRequest>, method: string, path: string): boolean {
  const [found] = app.router.match(method, path)
  return found.some(
    ([[, route]]) => route.method === method && !(route.path === '/*' && path.startsWith('/api')),
  )
}
