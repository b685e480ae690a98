import { Problem, type ProblemItem } from '@xrm/sdk'
import type { Share, SharesRequest } from '@xrm/sdk/access'
import type { PoolClient } from 'pg'
import { type Asked, audit } from '../audit/audit.ts'
import { nameOfKey } from '../documents/entity-keys.ts'
import { problems as recordProblems } from '../records/problems.ts'
import { displaysOf } from '../records/displays.ts'
import { access, type ReadContext } from '../records/query.ts'
import { type Database, transaction } from '../storage/database.ts'
import { problems } from './problems.ts'
import { allowedActions } from './require-action.ts'

type Wanted = SharesRequest['shares'][number]

interface ShareRow {
  kind: Share['grantee']['kind']
  grantee: string
  grantee_entity: string | null
  level: Share['level']
  by: string | null
  at: string
}

/** With whom one record is shared; for those who may share it. */
export async function readShares(context: ReadContext, entityName: string, id: string): Promise<Share[]> {
  await requireShare(context, entityName, id)
  return viewShares(context, id)
}

/**
 * Makes the list of those with whom a record is shared what is asked for; in one transaction, with a line in the security log
 * for each that comes, goes or changes. Nobody gives more than they have: for changing shares only who may change it.
 */
export async function writeShares(
  context: Omit<ReadContext, 'db'> & { db: Database },
  entityName: string,
  id: string,
  wanted: readonly Wanted[],
  asked: Asked,
): Promise<Share[]> {
  const { entity } = access(context, entityName)
  return transaction(context.db, async (client) => {
    const own = { ...context, db: client }
    const may = await requireShare(own, entityName, id)
    // Two who share at once come one after the other.
    await client.query(`SELECT FROM ${entity.table} WHERE id = $1 FOR NO KEY UPDATE`, [id])
    const present = new Map((await loadShares(client, id)).map((row) => [row.grantee, row]))
    await checkGrantees(own, wanted, present, may.update)
    const subject = { kind: entity.key, id }
    const kept = new Set(wanted.map(({ grantee }) => grantee.id))
    for (const { kind, grantee, level } of present.values()) {
      if (kept.has(grantee)) continue
      await client.query('DELETE FROM xrm.share WHERE record = $1 AND grantee = $2', [id, grantee])
      await audit(client, {
        kind: 'unshared',
        ...asked,
        subject,
        details: { grantee: { kind, id: grantee }, level },
      })
    }
    for (const { grantee, level } of wanted) {
      const before = present.get(grantee.id)
      if (before?.level === level) continue
      await client.query(
        `INSERT INTO xrm.share (entity, record, grantee_kind, grantee, grantee_entity, level, shared_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (record, grantee) DO UPDATE SET level = $6, shared_by = $7, at = $8`,
        [
          entity.key,
          id,
          grantee.kind,
          grantee.id,
          grantee.kind === 'record' ? context.model.entities.get(grantee.entity!)!.key : null,
          level,
          context.actor.userId,
          context.now,
        ],
      )
      const details = { grantee, level, ...(before ? { before: before.level } : {}) }
      await audit(client, { kind: 'shared', ...asked, subject, details })
    }
    return viewShares(own, id)
  })
}

async function requireShare(
  context: ReadContext,
  entityName: string,
  id: string,
): Promise<{ update: boolean }> {
  const may = await allowedActions(context, entityName, id, ['share', 'update'])
  // Users and the like belong to another part of the product.
  if (!may.share || access(context, entityName).entity.readOnly)
    throw new Problem(recordProblems['record.forbidden'])
  return may
}

/** What is there already may stay, whether its grantee is in sight or not; what is new must be somebody whom the actor sees. */
async function checkGrantees(
  context: ReadContext & { db: PoolClient },
  wanted: readonly Wanted[],
  present: ReadonlyMap<string, ShareRow>,
  mayUpdate: boolean,
): Promise<void> {
  const errors: ProblemItem[] = []
  const entityOf = ({ grantee }: Wanted): string =>
    grantee.kind === 'record' ? (grantee.entity ?? '') : grantee.kind
  const fresh = wanted.filter(({ grantee }) => present.get(grantee.id)?.kind !== grantee.kind)
  const visible = await displaysOf(
    context,
    fresh.map((one) => ({ entity: entityOf(one), id: one.grantee.id })),
  )
  const { rows } = await context.db.query<{ id: string }>(
    'SELECT id FROM xrm."user" WHERE id = ANY($1) AND active',
    [fresh.map(({ grantee }) => grantee.id)],
  )
  const active = new Set(rows.map((row) => row.id))
  const seen = new Set<string>()
  wanted.forEach((one, index) => {
    const { grantee, level } = one
    const at = `#/shares/${index}`
    if (seen.has(grantee.id))
      errors.push({ pointer: `${at}/grantee`, code: 'share.twice', detail: 'is named twice' })
    seen.add(grantee.id)
    const there =
      visible.has(`${entityOf(one)}/${grantee.id}`) && (grantee.kind !== 'user' || active.has(grantee.id))
    if (fresh.includes(one) && !there)
      errors.push({ pointer: `${at}/grantee`, code: 'reference.unknown', detail: 'does not exist' })
    if (level === 'update' && !mayUpdate && present.get(grantee.id)?.level !== 'update')
      errors.push({ pointer: `${at}/level`, code: 'share.level', detail: 'is more than you may do yourself' })
  })
  if (errors.length > 0) throw new Problem(problems['share.invalid'], { errors })
}

async function loadShares(db: ReadContext['db'], id: string): Promise<ShareRow[]> {
  const { rows } = await db.query<ShareRow>(
    `SELECT s.grantee_kind AS kind, s.grantee, s.grantee_entity, s.level, s.shared_by AS by, s.at
     FROM xrm.share s WHERE s.record = $1 ORDER BY s.at, s.grantee`,
    [id],
  )
  return rows
}

/** The shares of a record as the reader may see them. */
export async function viewShares(context: ReadContext, id: string): Promise<Share[]> {
  const rows = await loadShares(context.db, id)
  const entityOf = ({ kind, grantee_entity: key }: ShareRow): string =>
    kind === 'record' ? nameOfKey(context.model, key!) : kind
  const displays = await displaysOf(
    context,
    rows.flatMap((row) => [
      { entity: entityOf(row), id: row.grantee },
      ...(row.by === null ? [] : [{ entity: 'user', id: row.by }]),
    ]),
  )
  return rows.map((row) => ({
    grantee: {
      kind: row.kind,
      id: row.grantee,
      ...(row.kind === 'record' ? { entity: entityOf(row) } : {}),
      display: displays.get(`${entityOf(row)}/${row.grantee}`) ?? null,
    },
    level: row.level,
    by: row.by === null ? null : { id: row.by, name: displays.get(`user/${row.by}`) ?? '' },
    at: row.at,
  }))
}
