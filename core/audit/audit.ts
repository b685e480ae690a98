import type { PoolClient } from 'pg'
import type { AuditKind } from '@xrm/sdk/access'
import type { Actor } from '../access/rights.ts'
import type { Database } from '../storage/database.ts'

/** What happened, for the security log. Never holds a password, a token or a value that only some may read. */
export interface AuditEvent {
  kind: AuditKind
  /** Null: the system, or somebody who has not signed in. */
  actor: Pick<Actor, 'userId' | 'name' | 'impersonator' | 'apiKey'> | null
  /** The client's address, from the socket. */
  address?: string | undefined
  request?: string | undefined
  /** What it was done to; `kind` is `user`, `team`, `role`, `document` … or the key of an entity. */
  subject?: { kind: string; id: string } | undefined
  details?: Record<string, unknown>
}

/** Who asked for something, and from where. */
export type Asked = Pick<AuditEvent, 'actor' | 'address' | 'request'>

/**
 * Writes to the security log. Give the client of the transaction that makes the change, so that neither is there without
 * the other; what was refused is written by itself.
 */
export async function audit(
  db: Pick<Database['pool'], 'query'> | PoolClient,
  { kind, actor, address, request, subject, details = {} }: AuditEvent,
): Promise<void> {
  await db.query({
    name: 'audit.add',
    text: `INSERT INTO xrm.audit (kind, actor, actor_name, impersonator, impersonator_name, api_key, address, request, subject_kind, subject, details)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [
      kind,
      actor?.userId ?? null,
      actor?.name ?? null,
      actor?.impersonator?.id ?? null,
      actor?.impersonator?.name ?? null,
      actor?.apiKey ?? null,
      address ?? null,
      request ?? null,
      subject?.kind ?? null,
      subject?.id ?? null,
      JSON.stringify(details),
    ],
  })
}
