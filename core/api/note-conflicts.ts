import type { Context } from 'hono'
import { Problem } from '@xrm/sdk'
import { audit } from '../audit/audit.ts'
import { asked, type Env, type Server } from './environment.ts'

/**
 * Does a write, and notes the values of it that another record has already. Uniqueness holds beyond what somebody sees, so
 * an answer can tell that a value is taken by a record out of sight: the log shows who asks for many.
 */
export async function noting<T>(
  server: Server,
  c: Context<Env>,
  entity: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Problem) await noteConflicts(server, c, entity, [error])
    throw error
  }
}

/** Writes down which values were refused because another record has them. */
export async function noteConflicts(
  server: Server,
  c: Context<Env>,
  entity: string,
  refused: readonly Problem[],
): Promise<void> {
  const rows = refused.flatMap(({ errors = [] }) => errors.filter(({ code }) => code === 'record.unique'))
  if (rows.length === 0) return
  const fields = [...new Set(rows.map(({ pointer }) => pointer.split('/').at(-1)))]
  const subject = { kind: 'entity', id: c.var.model.entities.get(entity)?.key ?? entity }
  const details = { entity, fields, count: rows.length }
  await audit(server.db.pool, { kind: 'unique-conflict', ...asked(c), subject, details })
}
