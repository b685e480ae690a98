import { Hono } from 'hono'
import type { AuditKind } from '@xrm/sdk/access'
import { readAudit } from '../audit/read-audit.ts'
import { isId } from '../fields/relation-rules.ts'
import { type Env, reading, requireAdministrator, requireInteractive, type Server } from './environment.ts'
import { badParameter, integer, list, readQuery, text } from './read-request.ts'

/** `GET /api/audit`: the security log. For administrators at a browser; nothing here changes it. */
export function auditRoutes(server: Server): Hono<Env> {
  return new Hono<Env>().get('/', async (c) => {
    requireAdministrator(c)
    requireInteractive(c)
    const { kind, ...query } = readQuery(c, {
      kind: list,
      actor: id,
      subject: text,
      from: moment,
      to: moment,
      search: text,
      after: place,
      limit: integer(1, 200),
    })
    return c.json(
      await readAudit(reading(server, c), { ...query, ...(kind ? { kind: kind as AuditKind[] } : {}) }),
    )
  })
}

function id(value: string, name: string): string {
  if (!isId(value)) throw badParameter(name, `"${name}" must be an id.`)
  return value
}

function place(value: string, name: string): string {
  if (!/^\d{1,18}$/.test(value)) throw badParameter(name, `"${name}" must be the id of an entry.`)
  return value
}

function moment(value: string, name: string): string {
  const isMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(value)
  if (!isMoment || Number.isNaN(Date.parse(value)))
    throw badParameter(name, `"${name}" must be a moment such as 2026-05-31T22:00:00Z.`)
  return value
}
