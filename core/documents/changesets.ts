import type { PoolClient } from 'pg'
import { v7 as uuid } from 'uuid'
import { type DocumentKind, Problem } from '@xrm/sdk'
import type { ChangesetView, EditView } from '@xrm/sdk/configuration'
import { isId } from '../fields/relation-rules.ts'
import { type Database, transaction } from '../storage/database.ts'
import { titlesOf } from './documents.ts'
import { lockDraft, requireChangeset } from './drafts.ts'
import {
  actionOf,
  changesOf,
  conflictsOf,
  dropEdits,
  invertOnto,
  overriddenBy,
  readEdits,
  readEditsOf,
  withValueAt,
  writeEdit,
} from './edits.ts'
import { effectiveDocuments, type LayerRow, layerBody, readState } from './layers.ts'
import { valueAt } from '@xrm/sdk/merge'
import { problems } from './problems.ts'
import { applyEdits, type Edit } from './publish.ts'
import { readRules } from './values/rules.ts'

/** Which side of a conflict is to hold. */
export interface Choice {
  kind: DocumentKind
  name: string
  pointer: string
  take: 'mine' | 'theirs'
}

/** Drafts of configuration, and what was published. What a draft does and its publishing are the Publisher's. */
export class Changesets {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  async create(
    actor: string | null,
    title: string,
    note: string | null = null,
    origin: ChangesetView['origin'] = 'admin',
  ): Promise<ChangesetView> {
    const id = uuid()
    await this.#db.pool.query(
      `INSERT INTO xrm.changeset (id, title, note, status, created_by, origin) VALUES ($1, $2, $3, 'draft', $4, $5)`,
      [id, title, note, actor, origin],
    )
    return this.get(id)
  }

  /** The latest, newest first; what they change is left out. */
  async list(): Promise<ChangesetView[]> {
    const { rows } = await this.#db.pool.query<ChangesetRow>(
      `${selectChangesets} ORDER BY c.created_at DESC, c.id DESC LIMIT 200`,
    )
    const state = await readState(this.#db.pool)
    const edits = await readEditsOf(
      this.#db.pool,
      rows.map(({ id }) => id),
    )
    return rows.map((row) => {
      const view = changesetView(row, edits.get(row.id) ?? [], [], state.rows)
      return { ...view, edits: view.edits.map((edit) => ({ ...edit, changes: [] })) }
    })
  }

  async get(id: string): Promise<ChangesetView> {
    const { rows } = isId(id)
      ? await this.#db.pool.query<ChangesetRow>(`${selectChangesets} WHERE c.id = $1`, [id])
      : { rows: [] }
    if (!rows[0]) throw new Problem(problems['changeset.not-found'])
    const [edits, state] = [await readEdits(this.#db.pool, id), await readState(this.#db.pool)]
    return changesetView(rows[0], edits, await readRules(this.#db.pool, id), state.rows)
  }

  /** Changes title and note of a draft. */
  async update(id: string, change: { title?: string; note?: string | null }): Promise<ChangesetView> {
    await this.#inDraft(id, (client) =>
      client.query(
        `UPDATE xrm.changeset SET title = coalesce($2, title), note = CASE WHEN $3 THEN $4 ELSE note END WHERE id = $1`,
        [id, change.title ?? null, change.note !== undefined, change.note ?? null],
      ),
    )
    return this.get(id)
  }

  async discard(id: string): Promise<void> {
    await this.#inDraft(id, (client) =>
      client.query(`UPDATE xrm.changeset SET status = 'discarded' WHERE id = $1`, [id]),
    )
  }

  /** Takes what a draft does to one document out of it. */
  async dropEdit(id: string, kind: DocumentKind, name: string): Promise<void> {
    await this.#inDraft(id, async (client) => {
      if (!(await dropEdits(client, id, kind, name)))
        throw new Problem(problems['document.not-found'], {
          detail: `The draft does nothing to ${kind} ${name.slice(0, 80)}.`,
        })
    })
  }

  /** Decides conflicts: what the draft says holds against what was published meanwhile, or gives way to it. */
  async resolve(id: string, choices: readonly Choice[]): Promise<ChangesetView> {
    await this.#inDraft(id, async (client) => {
      const { rows } = await readState(client)
      const edits = await readEdits(client, id)
      const conflicts = conflictsOf(edits, rows)
      for (const [index, { kind, name, pointer, take }] of choices.entries()) {
        const same = (one: { kind: string; name: string }): boolean => one.kind === kind && one.name === name
        if (!conflicts.some((one) => same(one) && one.pointer === pointer)) {
          throw new Problem(problems['changeset.no-conflict'], {
            errors: [
              {
                pointer: `#/choices/${index}`,
                code: 'changeset.no-conflict',
                detail: `There is no conflict at ${kind} ${name.slice(0, 80)} ${pointer.slice(0, 200)}.`,
              },
            ],
          })
        }
        for (const edit of edits.filter(same)) {
          const theirs = valueAt(layerBody(rows, edit.layer, kind, name, edit.plugin), pointer)
          edit.before = withValueAt(edit.before, pointer, theirs)
          if (take === 'theirs') edit.after = withValueAt(edit.after, pointer, theirs)
        }
      }
      for (const edit of edits) await writeEdit(client, id, edit, { anew: true })
    })
    return this.get(id)
  }

  /**
   * Makes a draft with the inverse of a published changeset, also when it was not the last. Throws a conflict where the
   * same places were changed again since.
   */
  async createInverse(id: string, actor: string | null): Promise<string> {
    const original = await this.get(id)
    if (original.status !== 'published')
      throw new Problem(problems['changeset.closed'], {
        detail: 'Only a published changeset can be reverted.',
      })
    const { rows } = await readState(this.#db.pool)
    const edits = invertOnto(await readEdits(this.#db.pool, id), rows)
    const inverse = await this.create(actor, `Revert: ${original.title}`.slice(0, 200))
    await this.#db.pool.query('UPDATE xrm.changeset SET reverts = $2 WHERE id = $1', [inverse.id, id])
    for (const edit of edits) await writeEdit(this.#db.pool, inverse.id, edit)
    return inverse.id
  }

  /** Refuses what is no draft. */
  async requireDraft(id: string): Promise<void> {
    const status = await requireChangeset(this.#db.pool, id)
    if (status !== 'draft') throw new Problem(problems['changeset.closed'], { detail: `It is ${status}.` })
  }

  async #inDraft(id: string, change: (client: PoolClient) => Promise<unknown>): Promise<void> {
    await requireChangeset(this.#db.pool, id)
    await transaction(this.#db, async (client) => {
      await lockDraft(client, id)
      await change(client)
    })
  }
}

type ChangesetRow = Omit<ChangesetView, 'edits' | 'values' | 'conflicts'>

const person = (column: string): string =>
  `(SELECT json_build_object('id', u.id, 'name', u.name) FROM xrm."user" u WHERE u.id = c.${column})`

const selectChangesets = `
  SELECT c.id, c.title, c.note, c.status, ${person('created_by')} AS "createdBy", c.created_at AS "createdAt",
    ${person('published_by')} AS "publishedBy", c.published_at AS "publishedAt", c.version, c.reverts,
    (SELECT r.id FROM xrm.changeset r WHERE r.reverts = c.id AND r.status = 'published' ORDER BY r.version DESC LIMIT 1) AS "revertedBy",
    c.origin, c.job
  FROM xrm.changeset c`

function changesetView(
  row: ChangesetRow,
  edits: readonly Edit[],
  values: ChangesetView['values'],
  rows: readonly LayerRow[],
): ChangesetView {
  const titles = new Map(
    [...effectiveDocuments(rows), ...effectiveDocuments(applyEdits(rows, edits))].map((document) => [
      `${document.kind}/${document.name}`,
      titlesOf(document).title,
    ]),
  )
  return {
    ...row,
    edits: edits.map((edit): EditView => ({
      kind: edit.kind,
      name: edit.name,
      title: titles.get(`${edit.kind}/${edit.name}`) ?? edit.name,
      layer: edit.layer,
      action: actionOf(edit, rows),
      changes: changesOf(edit, rows),
    })),
    values,
    conflicts: row.status === 'draft' ? [...conflictsOf(edits, rows), ...overriddenBy(edits, rows)] : [],
  }
}
