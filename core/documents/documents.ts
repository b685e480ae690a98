import { createHash } from 'node:crypto'
import type { PoolClient } from 'pg'
import { type DocumentKind, Problem, type XrmDocument } from '@xrm/sdk'
import type {
  DocumentSummary,
  DocumentView,
  NewEntity,
  NewRelation,
  ReferenceView,
  Rename,
} from '@xrm/sdk/configuration'
import { keyPattern, namePattern } from '@xrm/sdk/documents'
import { type Database, transaction } from '../storage/database.ts'
import { buildModel, type BuiltModel } from './build-model.ts'
import { lockDraft, requireChangeset } from './drafts.ts'
import { dropEdits, readEdits, rebase, writeEdit } from './edits.ts'
import {
  bodyBelow,
  documentKey,
  type DocumentState,
  effectiveDocuments,
  layerBody,
  layers,
  type LayerRow,
  pluginsByDocument,
  readState,
  rowsInForce,
} from './layers.ts'
import type { Issue } from './issues.ts'
import type { LiveModel } from './live-model.ts'
import { diffPatch, isEqual, isObject, type Json, mergePatch } from '@xrm/sdk/merge'
import type { Model } from './model.ts'
import { newEntity } from './new-entity.ts'
import { newRelation } from './new-relation.ts'
import { normaliseDocument } from './normalise.ts'
import { problems } from './problems.ts'
import { applyEdits, type Edit } from './publish.ts'
import { rename } from './rename.ts'
import { type Wanted, whereUsed } from './where-used.ts'

/** A document as it is to be; `body` undefined: it goes. */
export interface WantedDocument {
  kind: DocumentKind
  name: string
  body: Json | undefined
}

/** Documents as they are published or stand in a draft, and their editing in drafts. */
export class Documents {
  readonly #db: Database
  readonly #live: LiveModel

  constructor(db: Database, live: LiveModel) {
    this.#db = db
    this.#live = live
  }

  /** A document as it is published, or as it stands in a draft. */
  async get(kind: DocumentKind, name: string, changeset?: string): Promise<DocumentView> {
    const { rows } = await this.#state(changeset)
    const view = viewOf(rows, kind, name)
    if (!view) throw new Problem(problems['document.not-found'], { detail: `${kind} ${name.slice(0, 80)}` })
    return { ...view, plugins: pluginsByDocument(rows).get(documentKey(kind, name)) ?? [] }
  }

  /** All documents of a kind, or of every kind; in a draft, those that it removes too. */
  async list(kind?: DocumentKind, changeset?: string): Promise<DocumentSummary[]> {
    const state = await this.#state(changeset)
    const plugins = pluginsByDocument(state.rows)
    const published = byKey(effectiveDocuments(state.published))
    const present = byKey(effectiveDocuments(state.rows))
    const says = new Map<string, Set<string>>()
    for (const row of state.rows) {
      const key = documentKey(row.kind, row.name)
      says.set(key, (says.get(key) ?? new Set()).add(row.layer))
    }
    const keys = [...new Set([...present.keys(), ...published.keys()])].toSorted()
    return keys.flatMap((key) => {
      const document = present.get(key) ?? published.get(key)!
      if (kind !== undefined && document.kind !== kind) return []
      return [
        {
          ...titlesOf(document),
          layers: layers.filter((layer) => says.get(key)?.has(layer)),
          plugins: plugins.get(key) ?? [],
          draft: changeset === undefined ? null : draftState(published.get(key), present.get(key)),
        },
      ]
    })
  }

  /** The model as it is published, or as a draft makes it. */
  async model(changeset?: string): Promise<Model> {
    if (changeset === undefined) return this.#live.current
    const { rows, ...state } = await this.#state(changeset)
    return buildModel(this.#live.context, state.state, { rows }).model
  }

  /** Every place that names an entity, a field, an option or an option set. */
  async whereUsed(wanted: Wanted, changeset?: string): Promise<ReferenceView[]> {
    return whereUsed(await this.model(changeset), wanted)
  }

  /** Puts a whole document into a draft. Only its difference from the layers below is kept. */
  async put(
    changeset: string,
    kind: DocumentKind,
    name: string,
    body: Json,
    revision?: string,
  ): Promise<DocumentView> {
    await this.edit(changeset, ({ rows }) => {
      requireRevision(rows, kind, name, revision)
      return [{ kind, name, body: normaliseDocument(kind, body) }]
    })
    return this.get(kind, name, changeset)
  }

  /**
   * What would be wrong with the model of a draft, or with the published one, if a document had this body. Nothing is
   * written; what could not be written is refused as {@link put} refuses it.
   */
  async check(kind: DocumentKind, name: string, body: Json, changeset?: string): Promise<readonly Issue[]> {
    const { rows, state } = await this.#state(changeset)
    const { issues } = this.#tried(rows, state, kind, name, body)
    issues.forgetWarnings(buildModel(this.#live.context, state, { rows }).issues)
    return issues.list
  }

  /** The model of a draft, or the published one, as it would be if a document had this body. Nothing is written. */
  async tryBody(kind: DocumentKind, name: string, body: Json, changeset?: string): Promise<BuiltModel> {
    const { rows, state } = await this.#state(changeset)
    return this.#tried(rows, state, kind, name, body)
  }

  #tried(
    rows: readonly LayerRow[],
    state: DocumentState,
    kind: DocumentKind,
    name: string,
    body: Json,
  ): BuiltModel {
    const wanted = normaliseDocument(kind, body)
    requireWritable(kind, name, wanted)
    const below = bodyBelow(rows, 'admin', kind, name)
    const after = below === undefined ? wanted : diffPatch(below, wanted)
    const edit: Edit = { layer: 'admin', kind, name, before: undefined, after }
    return buildModel(this.#live.context, state, { rows: applyEdits(rows, [edit]) })
  }

  /** Changes a document in a draft by a merge patch over its present form. */
  async patch(
    changeset: string,
    kind: DocumentKind,
    name: string,
    patch: Json,
    revision?: string,
  ): Promise<DocumentView> {
    if (!isObject(patch))
      throw new Problem(problems['document.invalid'], { detail: 'The patch must be an object.' })
    await this.edit(changeset, ({ rows }) => {
      requireRevision(rows, kind, name, revision)
      const present = viewOf(rows, kind, name)?.body as Json | undefined
      return [{ kind, name, body: normaliseDocument(kind, mergePatch(present, patch)) }]
    })
    return this.get(kind, name, changeset)
  }

  /** Removes a document in a draft; with `reset` it goes back to what plugin and site say. */
  async remove(
    changeset: string,
    kind: DocumentKind,
    name: string,
    { reset = false, revision }: { reset?: boolean; revision?: string | undefined } = {},
  ): Promise<void> {
    await this.edit(changeset, ({ rows }) => {
      requireRevision(rows, kind, name, revision)
      if (!reset && !viewOf(rows, kind, name))
        throw new Problem(problems['document.not-found'], { detail: `${kind} ${name.slice(0, 80)}` })
      return [{ kind, name, body: reset ? bodyBelow(rows, 'admin', kind, name) : undefined }]
    })
  }

  /** Gives an entity or a field another API name; every document of the draft follows. */
  async rename(changeset: string, request: Rename): Promise<void> {
    await this.edit(changeset, ({ rows, state }) => {
      const { model } = buildModel(this.#live.context, state, { rows })
      return rename(model, effectiveDocuments(rows), request)
    })
  }

  /** Makes an entity with its form, view and grants in a draft. */
  async newEntity(changeset: string, request: NewEntity): Promise<void> {
    await this.edit(changeset, ({ rows }) => newEntity(effectiveDocuments(rows), request))
  }

  /** Makes a relation in a draft. */
  async newRelation(changeset: string, request: NewRelation): Promise<void> {
    await this.edit(changeset, ({ rows, state }) => {
      const { model } = buildModel(this.#live.context, state, { rows })
      return newRelation(model, effectiveDocuments(rows), request)
    })
  }

  /**
   * Writes documents into a draft, all or none. One edit of a draft goes after the other, and none while it is published:
   * each builds on what is there.
   */
  async edit(changeset: string, change: (draft: DraftState) => readonly WantedDocument[]): Promise<void> {
    await requireChangeset(this.#db.pool, changeset)
    await transaction(this.#db, async (client) => {
      await lockDraft(client, changeset)
      const state = await readState(client)
      const edits = rebase(await readEdits(client, changeset), state.rows)
      const rows = applyEdits(state.rows, edits)
      for (const document of change({ rows, state }))
        await writeDocument(client, changeset, document, rows, edits, state.rows)
    })
  }

  async #state(
    changeset: string | undefined,
  ): Promise<{ rows: LayerRow[]; published: LayerRow[]; state: DocumentState }> {
    const state = await readState(this.#db.pool)
    if (changeset === undefined) return { rows: state.rows, published: state.rows, state }
    await requireChangeset(this.#db.pool, changeset)
    const rows = applyEdits(state.rows, rebase(await readEdits(this.#db.pool, changeset), state.rows))
    return { rows, published: state.rows, state }
  }
}

/** A draft while it is edited: the layers as it makes them, and what is published. */
export interface DraftState {
  rows: readonly LayerRow[]
  state: DocumentState
}

async function writeDocument(
  client: PoolClient,
  changeset: string,
  { kind, name, body }: WantedDocument,
  rows: readonly LayerRow[],
  edits: readonly Edit[],
  published: readonly LayerRow[],
): Promise<void> {
  requireWritable(kind, name, body)
  const below = bodyBelow(rows, 'admin', kind, name)
  const after = below === undefined ? body : body === undefined ? null : diffPatch(below, body)
  const known = edits.find((edit) => edit.kind === kind && edit.name === name && edit.layer === 'admin')
  // What a conflict is judged by: the layer as it was when the draft last went on from it.
  const before = known ? known.before : layerBody(published, 'admin', kind, name)
  const edit: Edit = { layer: 'admin', kind, name, before, after }
  if (isEqual(before, after)) await dropEdits(client, changeset, kind, name, 'admin')
  else await writeEdit(client, changeset, edit, { anew: true })
}

/** Refuses what no document may be called and what the database cannot hold. */
function requireWritable(kind: DocumentKind, name: string, body: Json | undefined): void {
  const identifier = kind === 'entity' ? namePattern : keyPattern
  if (!new RegExp(identifier).test(name)) {
    throw new Problem(problems['document.invalid'], {
      detail: `"${name.slice(0, 80)}" is not a name: it must match ${identifier}`,
    })
  }
  // PostgreSQL's jsonb holds neither; JSON writes both as escapes.
  if (body !== undefined && /\\u0000|\\ud[89a-f]/i.test(JSON.stringify(body)))
    throw new Problem(problems['document.invalid'], {
      detail: 'Texts must be well-formed, without NUL characters.',
    })
}

function viewOf(
  rows: readonly LayerRow[],
  kind: DocumentKind,
  name: string,
): Omit<DocumentView, 'plugins'> | undefined {
  const own = rowsInForce(rows).filter((row) => row.kind === kind && row.name === name)
  const [document] = effectiveDocuments(own)
  if (!document) return undefined
  const view: Omit<DocumentView, 'plugins'> = {
    kind,
    name,
    body: document.body,
    layers: {},
    revision: revisionOf(document.body),
  }
  for (const { layer } of own) view.layers[layer] = layerBody(own, layer, kind, name)
  return view
}

/** A digest that equal bodies share, whatever the order of their keys. */
function revisionOf(body: unknown): string {
  const text = JSON.stringify(body, (_, value: unknown) =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

/** Someone who edits what he has not seen would overwrite it. */
function requireRevision(
  rows: readonly LayerRow[],
  kind: DocumentKind,
  name: string,
  revision: string | undefined,
): void {
  if (revision === undefined) return
  const present = viewOf(rows, kind, name)
  if (present?.revision === revision) return
  throw new Problem(problems['document.changed'], {
    detail: `${kind} ${name.slice(0, 80)} is not what it was when you read it.`,
    extra: { current: present ? { body: present.body, revision: present.revision } : null },
  })
}

function byKey(documents: readonly XrmDocument[]): Map<string, XrmDocument> {
  return new Map(documents.map((document) => [documentKey(document.kind, document.name), document]))
}

function draftState(
  before: XrmDocument | undefined,
  after: XrmDocument | undefined,
): DocumentSummary['draft'] {
  if (!before) return 'added'
  if (!after) return 'removed'
  return isEqual(before.body, after.body) ? null : 'changed'
}

/** How a document is called, and the entity that it belongs to. Bodies of a draft may have any shape. */
export function titlesOf({ kind, name, body }: XrmDocument): {
  kind: DocumentKind
  name: string
  title: string
  labels: Record<string, string>
  entity: string | null
} {
  const own = body as unknown as { [key: string]: Json }
  const options = own['x-entity']
  const labels = kind === 'entity' ? (isObject(options) ? options['labels'] : undefined) : own['labels']
  const text = (value: Json | undefined): string | undefined =>
    typeof value === 'string' ? value : undefined
  const texts = Object.entries(isObject(labels) ? labels : {}).flatMap(([language, label]) => {
    const title = kind === 'entity' && isObject(label) ? text(label['one']) : text(label)
    return title === undefined ? [] : [[language, title] as const]
  })
  return {
    kind,
    name,
    title: text(own['title']) ?? name,
    labels: Object.fromEntries(texts),
    entity:
      text(kind === 'conversion' ? own['source'] : kind === 'entity' ? undefined : own['entity']) ?? null,
  }
}
