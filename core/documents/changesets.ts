import type { PoolClient } from 'pg'
import { v7 as uuid } from 'uuid'
import { type DocumentKind, Problem } from '@xrm/sdk'
import { keyPattern, namePattern } from '@xrm/sdk/documents'
import { isId } from '../fields/relation-rules.ts'
import { type Database, transaction } from '../storage/database.ts'
import {
  bodyBelowAdmin,
  documentKey,
  effectiveDocuments,
  layerBody,
  type Layer,
  type LayerRow,
  readState,
} from './layers.ts'
import {
  diffPatch,
  escapePointer,
  isEqual,
  isObject,
  type Json,
  mergePatch,
  patchPointers,
  valueAt,
} from './merge.ts'
import { normaliseDocument } from './normalise.ts'
import { problems } from './problems.ts'
import { applyEdits, type Edit } from './publish.ts'

export interface Changeset {
  id: string
  title: string
  note: string | null
  status: 'draft' | 'publishing' | 'published' | 'discarded'
  /** The job that publishes it. */
  job: string | null
  createdBy: string | null
  createdAt: string
  publishedBy: string | null
  publishedAt: string | null
  version: number | null
  reverts: string | null
  /** `changes` are the places in the layer, as JSON pointers; lists leave them out. */
  edits: { kind: DocumentKind; name: string; layer: Layer; changes?: string[] }[]
}

export interface DocumentView {
  kind: DocumentKind
  name: string
  /** The merge of all layers. */
  body: Json
  /** What each layer says. */
  layers: Partial<Record<Layer, Json>>
}

/** Drafts of configuration: edited in peace, checked and planned as a whole, published as one, taken back as one. */
export class Changesets {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  async create(actor: string | null, title: string, note: string | null = null): Promise<Changeset> {
    const id = uuid()
    await this.#db.pool.query(
      `INSERT INTO xrm.changeset (id, title, note, status, created_by) VALUES ($1, $2, $3, 'draft', $4)`,
      [id, title, note, actor],
    )
    return this.get(id)
  }

  async list(): Promise<Changeset[]> {
    const { rows } = await this.#db.pool.query<Changeset>(
      `${selectChangesets} ORDER BY c.created_at DESC LIMIT 200`,
    )
    return rows
  }

  async get(id: string): Promise<Changeset> {
    const { rows } = isId(id)
      ? await this.#db.pool.query<Changeset>(`${selectChangesets} WHERE c.id = $1`, [id])
      : { rows: [] }
    if (!rows[0]) throw new Problem(problems['changeset.not-found'])
    const edits = await readEdits(this.#db.pool, id)
    return {
      ...rows[0],
      edits: edits.map(({ layer, kind, name, before, after }) => ({
        layer,
        kind,
        name,
        changes: changedPlaces(before, after),
      })),
    }
  }

  async discard(id: string): Promise<void> {
    await this.requireDraft(id)
    await this.#db.pool.query(
      `UPDATE xrm.changeset SET status = 'discarded' WHERE id = $1 AND status = 'draft'`,
      [id],
    )
  }

  /** A document as it is published, or as it stands in a draft. */
  async document(kind: DocumentKind, name: string, changeset?: string): Promise<DocumentView> {
    const rows = await this.#rows(changeset)
    const effective = effectiveDocuments(rows).find(
      (document) => document.kind === kind && document.name === name,
    )
    if (!effective) throw new Problem(problems['document.not-found'], { detail: `${kind} ${name}` })
    const view: DocumentView = { kind, name, body: effective.body as unknown as Json, layers: {} }
    for (const row of rows) if (row.kind === kind && row.name === name) view.layers[row.layer] = row.body
    return view
  }

  /** All documents of a kind, or of every kind, as they are published or stand in a draft. */
  async documents(
    kind?: DocumentKind,
    changeset?: string,
  ): Promise<{ kind: DocumentKind; name: string; title: string; changed: boolean }[]> {
    const rows = await this.#rows(changeset)
    const admin = new Set(
      rows.filter((row) => row.layer === 'admin').map((row) => documentKey(row.kind, row.name)),
    )
    return effectiveDocuments(rows)
      .filter((document) => kind === undefined || document.kind === kind)
      .map((document) => ({
        kind: document.kind,
        name: document.name,
        title: (document.body as { title?: string }).title ?? document.name,
        changed: admin.has(documentKey(document.kind, document.name)),
      }))
  }

  /** Puts a whole document into a draft. Only its difference from the layers below is kept. */
  async put(changeset: string, kind: DocumentKind, name: string, body: Json): Promise<DocumentView> {
    return this.#edit(changeset, kind, name, (below) => {
      const wanted = normaliseDocument(kind, body)
      return below === undefined ? wanted : diffPatch(below, wanted)
    })
  }

  /** Changes a document in a draft by a merge patch over its present form. */
  async patch(changeset: string, kind: DocumentKind, name: string, patch: Json): Promise<DocumentView> {
    if (!isObject(patch))
      throw new Problem(problems['document.invalid'], { detail: 'The patch must be an object.' })
    return this.#edit(changeset, kind, name, (below, effective) => {
      const wanted = normaliseDocument(kind, mergePatch(effective, patch))
      return below === undefined ? wanted : diffPatch(below, wanted)
    })
  }

  /** Removes a document in a draft; with `reset` it goes back to what plugin and site say. */
  async remove(changeset: string, kind: DocumentKind, name: string, { reset = false } = {}): Promise<void> {
    await this.document(kind, name, changeset).catch((error: unknown) => {
      if (!reset) throw error
    })
    await this.#edit(changeset, kind, name, (below) => (reset || below === undefined ? undefined : null), {
      mayVanish: true,
    })
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
    const inverse = await this.create(actor, `Revert: ${original.title}`.slice(0, 200))
    try {
      await this.#db.pool.query('UPDATE xrm.changeset SET reverts = $2 WHERE id = $1', [inverse.id, id])
      const state = await readState(this.#db.pool)
      for (const edit of await readEdits(this.#db.pool, id)) {
        const current = layerBody(state.rows, edit.layer, edit.kind, edit.name)
        await writeEdit(this.#db.pool, inverse.id, { ...edit, before: current, after: invert(edit, current) })
      }
      return inverse.id
    } catch (error) {
      await this.discard(inverse.id)
      throw error
    }
  }

  async #edit(
    changeset: string,
    kind: DocumentKind,
    name: string,
    change: (below: Json | undefined, effective: Json | undefined) => Json | undefined,
    { mayVanish = false } = {},
  ): Promise<DocumentView> {
    await this.requireDraft(changeset)
    const identifier = kind === 'entity' ? namePattern : keyPattern
    if (!new RegExp(identifier).test(name)) {
      throw new Problem(problems['document.invalid'], {
        detail: `"${name.slice(0, 80)}" is not a name: it must match ${identifier}`,
      })
    }
    // One edit of a draft after the other, and none while it is published: each builds on what is there.
    await transaction(this.#db, async (client) => {
      await lockDraft(client, changeset)
      const published = (await readState(client)).rows
      const rows = applyEdits(published, await readEdits(client, changeset))
      const effective = effectiveDocuments(rows).find(
        (document) => document.kind === kind && document.name === name,
      )
      const after = change(bodyBelowAdmin(rows, kind, name), effective?.body as Json | undefined)
      // PostgreSQL's jsonb holds neither; JSON writes both as escapes.
      if (after !== undefined && /\\u0000|\\ud[89a-f]/i.test(JSON.stringify(after)))
        throw new Problem(problems['document.invalid'], {
          detail: 'Texts must be well-formed, without NUL characters.',
        })
      // The first edit of a document fixes what it was based on; that is what a conflict is judged by.
      await writeEdit(client, changeset, {
        layer: 'admin',
        kind,
        name,
        before: layerBody(published, 'admin', kind, name),
        after,
      })
    })
    return mayVanish ? { kind, name, body: null, layers: {} } : this.document(kind, name, changeset)
  }

  async #rows(changeset: string | undefined): Promise<LayerRow[]> {
    const state = await readState(this.#db.pool)
    if (changeset === undefined) return state.rows
    await this.get(changeset)
    return applyEdits(state.rows, await readEdits(this.#db.pool, changeset))
  }

  async requireDraft(id: string): Promise<void> {
    const changeset = await this.get(id)
    if (changeset.status !== 'draft')
      throw new Problem(problems['changeset.closed'], { detail: `It is ${changeset.status}.` })
  }
}

/** Keeps a draft as it is until the transaction ends; refuses one that is none any more. */
export async function lockDraft(client: PoolClient, id: string): Promise<void> {
  const { rows } = await client.query<{ status: string }>(
    'SELECT status FROM xrm.changeset WHERE id = $1 FOR UPDATE',
    [id],
  )
  if (rows[0]?.status !== 'draft') throw new Problem(problems['changeset.closed'])
}

/** Writes down, in the transaction of the publish, that a changeset is in force. */
export async function markPublished(
  client: PoolClient,
  id: string,
  version: number,
  actor: string | null,
): Promise<void> {
  await client.query(
    `UPDATE xrm.changeset SET status = 'published', version = $2, published_by = $3, published_at = now() WHERE id = $1`,
    [id, version, actor],
  )
}

const selectChangesets = `
  SELECT c.id, c.title, c.note, c.status, c.created_by AS "createdBy", c.created_at AS "createdAt",
    c.published_by AS "publishedBy", c.published_at AS "publishedAt", c.version, c.reverts, c.job,
    coalesce((SELECT json_agg(json_build_object('layer', e.layer, 'kind', e.kind, 'name', e.name) ORDER BY e.kind, e.name) FROM xrm.changeset_edit e WHERE e.changeset = c.id), '[]') AS edits
  FROM xrm.changeset c`

/** The edits of a changeset. As text, because the driver cannot tell JSON null from SQL NULL. */
export async function readEdits(
  db: Pick<PoolClient, 'query'> | Database['pool'],
  changeset: string,
): Promise<Edit[]> {
  const { rows } = await db.query<{
    layer: Layer
    kind: DocumentKind
    name: string
    before: string | null
    after: string | null
  }>(
    'SELECT layer, kind, name, before::text, after::text FROM xrm.changeset_edit WHERE changeset = $1 ORDER BY kind, name',
    [changeset],
  )
  const parse = (text: string | null): Json | undefined =>
    text === null ? undefined : (JSON.parse(text) as Json)
  return rows.map((row) => ({ ...row, before: parse(row.before), after: parse(row.after) }))
}

/** Writes an edit; `before` of an earlier edit of the same document stays. */
export async function writeEdit(
  db: Pick<PoolClient, 'query'> | Database['pool'],
  changeset: string,
  edit: Edit,
): Promise<void> {
  const text = (value: Json | undefined): string | null =>
    value === undefined ? null : JSON.stringify(value)
  await db.query(
    `INSERT INTO xrm.changeset_edit (changeset, layer, kind, name, before, after) VALUES ($1, $2, $3, $4, $5::jsonb, $6::jsonb)
     ON CONFLICT (changeset, layer, kind, name) DO UPDATE SET after = excluded.after`,
    [changeset, edit.layer, edit.kind, edit.name, text(edit.before), text(edit.after)],
  )
}

/** The places of a layer that an edit changes. */
function changedPlaces(before: Json | undefined, after: Json | undefined): string[] {
  if (before === undefined || after === undefined) return patchPointers(before ?? after ?? null)
  const patch = diffPatch(mark(before), mark(after))
  return patch === undefined ? [] : patchPointers(patch)
}

/** Refuses edits of layers that someone else has changed since, with the differences. */
export function refuseConflicts(edits: readonly Edit[], rows: readonly LayerRow[]): void {
  const errors = edits.flatMap((edit) => {
    const current = layerBody(rows, edit.layer, edit.kind, edit.name)
    if (isEqual(current, edit.before)) return []
    const patch = current === undefined ? null : (diffPatch(edit.before, current) ?? null)
    return patchPointers(patch).map((pointer) => ({
      pointer: `#/${edit.kind}/${edit.name}${pointer}`,
      code: 'changeset.conflict',
      detail: 'was changed by someone else',
      params: {
        theirs: current === undefined ? null : (valueAt(current, pointer) ?? null),
        yours: valueAt(edit.after, pointer) ?? null,
      },
    }))
  })
  if (errors.length > 0) throw new Problem(problems['changeset.conflict'], { errors })
}

/** The layer without what the edit did; a conflict when someone has changed the same places since. */
function invert(edit: Edit, current: Json | undefined): Json | undefined {
  if (isEqual(current, edit.after)) return edit.before
  const conflict = (pointers: string[]): Problem =>
    new Problem(problems['changeset.conflict'], {
      errors: pointers.map((pointer) => ({
        pointer: `#/${edit.kind}/${edit.name}${pointer}`,
        code: 'changeset.conflict',
        detail: 'was changed again since',
      })),
    })
  if (!isObject(current) || !isObject(edit.after) || edit.before === null) throw conflict([''])
  // A layer is itself a patch, in which null means something; while layers are compared, null is a value like any other.
  const [now, after] = [mark(current), mark(edit.after)]
  const patch = diffPatch(after, withSkeleton(mark(edit.before ?? {}), after))
  if (patch === undefined) return current
  const changed = patchPointers(patch).filter(
    (pointer) => !isEqual(valueAt(now, pointer), valueAt(after, pointer)),
  )
  if (changed.length > 0) throw conflict(changed)
  const leftovers: string[] = []
  const result = withoutHollows(mergePatch(now, patch), mark(edit.before ?? {}), after, '', leftovers)
  if (leftovers.length > 0) throw conflict(leftovers)
  return unmark(result)
}

const nullMark = '\u0000null'

function mark(value: Json): Json {
  return JSON.parse(JSON.stringify(value), (_, inner: Json) => (inner === null ? nullMark : inner)) as Json
}

function unmark(value: Json): Json {
  return JSON.parse(JSON.stringify(value), (_, inner: Json) => (inner === nullMark ? null : inner)) as Json
}

/** Gives a document the objects of another, empty where it lacks them: then only their entries differ, not they. */
function withSkeleton(value: Json, other: Json): Json {
  if (!isObject(value) || !isObject(other)) return value
  const result = { ...value }
  for (const [key, inner] of Object.entries(other)) {
    if (isObject(inner)) result[key] = withSkeleton(Object.hasOwn(value, key) ? value[key]! : {}, inner)
  }
  return result
}

/**
 * Takes out the objects of the skeleton that nobody has filled since. What the edit made as a thing of its own (a field,
 * an option: something with values) and others have added to is a leftover: neither whole nor gone.
 */
function withoutHollows(value: Json, before: Json, after: Json, at: string, leftovers: string[]): Json {
  if (!isObject(value) || !isObject(after)) return value
  const result = { ...value }
  for (const [key, inner] of Object.entries(after)) {
    const present = result[key]
    if (!isObject(inner) || !isObject(present)) continue
    const known = isObject(before) && Object.hasOwn(before, key) ? before[key]! : undefined
    const pointer = `${at}/${escapePointer(key)}`
    const rest = withoutHollows(present, known ?? {}, inner, pointer, leftovers) as { [key: string]: Json }
    result[key] = rest
    if (known !== undefined) continue
    if (Object.keys(rest).length === 0) delete result[key]
    else if (Object.values(inner).some((leaf) => !isObject(leaf) && leaf !== nullMark))
      leftovers.push(pointer)
  }
  return result
}
