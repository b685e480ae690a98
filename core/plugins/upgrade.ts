import type { PoolClient } from 'pg'
import { v7 as uuid } from 'uuid'
import { Problem } from '@xrm/sdk'
import type { PlanView } from '@xrm/sdk/configuration'
import type { ModelContext } from '../documents/build-model.ts'
import { markPublished, lockDraft } from '../documents/drafts.ts'
import { mergeOnto, overriddenBy, readEdits, writeEdit } from '../documents/edits.ts'
import { breaksAlone } from '../documents/issues.ts'
import { readState } from '../documents/layers.ts'
import { planChangeset } from '../documents/plan.ts'
import { type Edit, publishEdits } from '../documents/publish.ts'
import { type Database, transaction } from '../storage/database.ts'

/** An upgrade that an administrator has to look at: its draft, and why it did not go by itself. */
export interface WaitingUpgrade {
  changeset: string
  reasons: string[]
}

const title = 'Documents of plugins and site'

/** Publishes what code and files bring to an installation that has nothing yet. */
export async function publishFirst(db: Database, context: ModelContext, edits: Edit[]): Promise<void> {
  await publishEdits(db, context, { force: true }, async (client, state) => {
    if (state.version > 0) return { edits: [], done: async () => {} }
    return {
      edits,
      done: async (version) => {
        const id = uuid()
        await client.query(
          `INSERT INTO xrm.changeset (id, title, status, published_at, version, origin) VALUES ($1, $2, 'published', now(), $3, 'upgrade')`,
          [id, title, version],
        )
        for (const edit of edits) await writeEdit(client, id, edit)
      },
    }
  })
}

/**
 * Publishes what code and files bring when nothing that people made or entered suffers from it. Otherwise it waits as a
 * draft, one in the whole installation, and what is published stays in force.
 */
export async function upgrade(
  db: Database,
  context: ModelContext,
  edits: readonly Edit[],
): Promise<WaitingUpgrade | null> {
  const draft = await prepareDraft(db, edits)
  if (draft === null) return null
  const { id, edited } = draft
  const reasons = await reasonsToWait(db, context, id, edited)
  if (reasons.length === 0) {
    try {
      await publishEdits(db, context, {}, async (client, state) => {
        await lockDraft(client, id)
        return {
          edits: mergeOnto(await readEdits(client, id), state.rows),
          done: (version) => markPublished(client, id, version, null),
        }
      })
      return null
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      reasons.push(error.message)
    }
  }
  await db.pool.query(`UPDATE xrm.changeset SET note = $2 WHERE id = $1`, [
    id,
    reasons.join('\n').slice(0, 4000),
  ])
  return { changeset: id, reasons }
}

/** The waiting draft as the code has it now; null when there is nothing to wait for, or an administrator publishes it. */
async function prepareDraft(
  db: Database,
  edits: readonly Edit[],
): Promise<{ id: string; edited: boolean } | null> {
  return transaction(db, async (client) => {
    const { rows } = await client.query<{ id: string; status: string }>(
      `SELECT id, status FROM xrm.changeset WHERE origin = 'upgrade' AND created_by IS NULL AND status IN ('draft', 'publishing')
       ORDER BY created_at DESC, id DESC FOR UPDATE`,
    )
    if (rows.some(({ status }) => status === 'publishing')) return null
    const [known, ...others] = rows
    for (const { id } of edits.length === 0 ? rows : others)
      await client.query(`UPDATE xrm.changeset SET status = 'discarded' WHERE id = $1`, [id])
    if (edits.length === 0) return null
    const id = known?.id ?? (await createDraft(client))
    await client.query(`DELETE FROM xrm.changeset_edit WHERE changeset = $1 AND layer <> 'admin'`, [id])
    // What an administrator has already decided in it is kept.
    const edited = (await readEdits(client, id)).length > 0
    for (const edit of edits) await writeEdit(client, id, edit)
    return { id, edited }
  })
}

async function createDraft(client: PoolClient): Promise<string> {
  const id = uuid()
  await client.query(
    `INSERT INTO xrm.changeset (id, title, status, origin) VALUES ($1, $2, 'draft', 'upgrade')`,
    [id, title],
  )
  return id
}

async function reasonsToWait(
  db: Database,
  context: ModelContext,
  id: string,
  edited: boolean,
): Promise<string[]> {
  const plan = await planChangeset(db, context, id)
  const { rows } = await readState(db.pool)
  const overridden = overriddenBy(await readEdits(db.pool, id), rows)
  return [
    ...(edited ? ['An administrator is working on it.'] : []),
    ...reasonsOf(plan),
    ...overridden.map(
      ({ kind, name, pointer }) => `${kind} ${name}${pointer} was changed here too; what is said here stays.`,
    ),
  ]
}

function reasonsOf({ issues, retired, data, conversions, webForms, online }: PlanView): string[] {
  const place = (entity: string, field: string | null): string =>
    field === null ? `entity ${entity}` : `${entity}.${field}`
  return [
    ...issues
      .filter((issue) => issue.severity === 'error' && !breaksAlone(issue))
      .map(({ kind, name, pointer, message }) => `${kind} ${name}${pointer}: ${message}`),
    ...retired
      .filter(({ filled }) => filled > 0)
      .map(({ entity, field, filled }) => `${place(entity, field)} goes and has ${filled} values.`),
    ...data
      .filter(({ severity, check, rows }) => severity === 'error' || (check === 'type' && rows > 0))
      .map(({ entity, field, check }) => `${place(entity, field)} has values that are concerned (${check}).`),
    ...conversions.broken.map(({ name, reasons }) => `conversion ${name}: ${reasons.join(' ')}`),
    ...webForms.broken.map(({ name, reasons }) => `web form ${name}: ${reasons.join(' ')}`),
    ...(online ? ['Values have to be converted, or a large index built.'] : []),
  ]
}
