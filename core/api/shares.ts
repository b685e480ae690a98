import { Hono } from 'hono'
import { Problem, type ProblemItem } from '@xrm/sdk'
import type { SharesRequest } from '@xrm/sdk/access'
import { readShares, writeShares } from '../access/shares.ts'
import { isId } from '../fields/relation-rules.ts'
import { asked, type Env, reading, type Server } from './environment.ts'
import { problems } from './problems.ts'
import { checkMembers, readObject, readQuery } from './read-request.ts'

const maxShares = 200

/** `/api/records/{entity}/{id}/shares`: with whom one record is shared; the whole list is read and written. */
export function recordShareRoutes(server: Server): Hono<Env> {
  const app = new Hono<Env>()
  app.get('/:entity/:id/shares', async (c) => {
    readQuery(c, {})
    return c.json({ shares: await readShares(reading(server, c), c.req.param('entity'), c.req.param('id')) })
  })
  app.put('/:entity/:id/shares', async (c) => {
    readQuery(c, {})
    const { shares } = await readObject<SharesRequest>(c, { shares: 'array' }, ['shares'])
    checkShares(shares)
    const context = { ...reading(server, c), db: server.db }
    const answer = await writeShares(context, c.req.param('entity'), c.req.param('id'), shares, asked(c))
    server.actors.forget()
    return c.json({ shares: answer })
  })
  return app
}

function checkShares(shares: readonly unknown[]): void {
  if (shares.length > maxShares)
    throw new Problem(problems['request.body'], { detail: `A record is shared with at most ${maxShares}.` })
  const errors = shares.flatMap((share, index) => checkShare(share, `#/shares/${index}`))
  if (errors.length > 0) throw new Problem(problems['request.body'], { errors })
}

function checkShare(share: unknown, at: string): ProblemItem[] {
  const wrong = (pointer: string, detail: string): ProblemItem => ({ pointer, code: 'request.type', detail })
  if (!isObject(share)) return [wrong(at, 'must be an object')]
  const errors = checkMembers(share, { grantee: 'object', level: 'string' }, ['grantee', 'level'], at)
  if (errors.length > 0) return errors
  const { grantee, level } = share as { grantee: Record<string, unknown>; level: string }
  errors.push(
    ...checkMembers(
      grantee,
      { kind: 'string', id: 'string', entity: 'string' },
      ['kind', 'id'],
      `${at}/grantee`,
    ),
  )
  if (errors.length > 0) return errors
  const { kind, id, entity } = grantee as { kind: string; id: string; entity?: string }
  if (level !== 'read' && level !== 'update') errors.push(wrong(`${at}/level`, 'must be read or update'))
  if (!['user', 'team', 'record'].includes(kind))
    errors.push(wrong(`${at}/grantee/kind`, 'must be user, team or record'))
  if (!isId(id)) errors.push(wrong(`${at}/grantee/id`, 'must be an id'))
  if ((kind === 'record') !== (entity !== undefined))
    errors.push(wrong(`${at}/grantee/entity`, 'goes with a record, and with nothing else'))
  return errors
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
