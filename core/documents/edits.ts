import type { PoolClient } from 'pg'
import { type DocumentKind, Problem } from '@xrm/sdk'
import type { ChangeEntry, ConflictView } from '@xrm/sdk/configuration'
import type { Database } from '../storage/database.ts'
import { bodyBelow, layerBody, type Layer, layers, type LayerRow } from './layers.ts'
import { escapePointer, isEqual, isObject, type Json, mergePatch } from '@xrm/sdk/merge'
import { mergeThree } from './merge-three.ts'
import { problems } from './problems.ts'
import type { Edit } from './publish.ts'

type Queryable = Pick<PoolClient, 'query'> | Database['pool']

/** The edits of a changeset. As text, because the driver cannot tell JSON null from SQL NULL. */
export async function readEdits(db: Queryable, changeset: string): Promise<Edit[]> {
  return (await readEditsOf(db, [changeset])).get(changeset) ?? []
}

/** The edits of several changesets. */
export async function readEditsOf(
  db: Queryable,
  changesets: readonly string[],
): Promise<Map<string, Edit[]>> {
  const { rows } = await db.query<{
    changeset: string
    layer: Layer
    kind: DocumentKind
    name: string
    plugin: string
    before: string | null
    after: string | null
  }>(
    `SELECT changeset, layer, kind, name, plugin, before::text, after::text FROM xrm.changeset_edit
     WHERE changeset = ANY($1) ORDER BY kind, name, layer, plugin`,
    [changesets],
  )
  const parse = (text: string | null): Json | undefined =>
    text === null ? undefined : (JSON.parse(text) as Json)
  const result = new Map<string, Edit[]>()
  for (const { changeset, plugin, before, after, ...row } of rows) {
    const edits = result.get(changeset) ?? []
    edits.push({ ...row, ...(plugin ? { plugin } : {}), before: parse(before), after: parse(after) })
    result.set(changeset, edits)
  }
  return result
}

/** Writes an edit. `before` of an earlier edit of the same document stays unless it is written anew. */
export async function writeEdit(
  db: Queryable,
  changeset: string,
  edit: Edit,
  { anew = false }: { anew?: boolean } = {},
): Promise<void> {
  const text = (value: Json | undefined): string | null =>
    value === undefined ? null : JSON.stringify(value)
  await db.query(
    `INSERT INTO xrm.changeset_edit (changeset, layer, kind, name, plugin, before, after) VALUES ($1, $2, $3, $4, $8, $5::jsonb, $6::jsonb)
     ON CONFLICT (changeset, layer, kind, name, plugin) DO UPDATE
     SET after = excluded.after, before = CASE WHEN $7 THEN excluded.before ELSE changeset_edit.before END`,
    [
      changeset,
      edit.layer,
      edit.kind,
      edit.name,
      text(edit.before),
      text(edit.after),
      anew,
      edit.plugin ?? '',
    ],
  )
}

/** Takes the edits of a document, or of one layer of it, out of a changeset; false when there were none. */
export async function dropEdits(
  db: Queryable,
  changeset: string,
  kind: string,
  name: string,
  layer?: Layer,
): Promise<boolean> {
  const { rowCount } = await db.query(
    'DELETE FROM xrm.changeset_edit WHERE changeset = $1 AND kind = $2 AND name = $3 AND layer = coalesce($4, layer)',
    [changeset, kind, name, layer ?? null],
  )
  return rowCount !== 0
}

/**
 * Turns edits, each based on the layer as it was when the draft began, into edits of the layers as they are: places that
 * nobody else changed merge by themselves. Throws `changeset.conflict` with every place that someone did.
 */
export function mergeOnto(edits: readonly Edit[], rows: readonly LayerRow[]): Edit[] {
  const conflicts: ConflictView[] = []
  const merged = edits.map((edit) => mergeEdit(edit, rows, conflicts))
  refuseConflicts(conflicts, 'was changed by someone else')
  return merged
}

/** The same without the refusal, for a look at what a draft with conflicts would do. */
export function mergeAnyway(edits: readonly Edit[], rows: readonly LayerRow[]): Edit[] {
  return edits.map((edit) => mergeEdit(edit, rows, []))
}

/** Edits that take others back. Throws `changeset.conflict` where their places were changed again since. */
export function invertOnto(edits: readonly Edit[], rows: readonly LayerRow[]): Edit[] {
  const conflicts: ConflictView[] = []
  const merged = edits.map((edit) =>
    mergeEdit({ ...edit, before: edit.after, after: edit.before }, rows, conflicts),
  )
  refuseConflicts(conflicts, 'was changed again since')
  return merged
}

/** The places of a draft that someone else has changed since. */
export function conflictsOf(edits: readonly Edit[], rows: readonly LayerRow[]): ConflictView[] {
  const conflicts: ConflictView[] = []
  for (const edit of edits) mergeEdit(edit, rows, conflicts)
  return conflicts
}

/**
 * A draft's edits as they are to be gone on with: based on the layers as they are now, except in places of conflict, which
 * keep what they were based on, and what the draft makes of them, until they are decided.
 */
export function rebase(edits: readonly Edit[], rows: readonly LayerRow[]): Edit[] {
  return edits.map((edit) => {
    const conflicts: ConflictView[] = []
    const merged = mergeEdit(edit, rows, conflicts)
    let { before } = merged
    for (const { pointer, base } of conflicts) before = withValueAt(before, pointer, base as Json | undefined)
    return { ...merged, before }
  })
}

function mergeEdit(edit: Edit, rows: readonly LayerRow[], conflicts: ConflictView[]): Edit {
  const { kind, name, layer, plugin, before, after } = edit
  const current = layerBody(rows, layer, kind, name, plugin)
  if (isEqual(current, before)) return edit
  const { merged, clashes } = mergeThree(before, after, current, bodyBelow(rows, layer, kind, name))
  conflicts.push(...clashes.map((clash) => ({ kind, name, ...clash })))
  return { ...edit, before: current, after: merged }
}

/**
 * Places that edits of lower layers change and that an upper layer has a say about: the upper layer holds, so this is
 * information. `base` and `theirs` are the lower layer's value before and after, `mine` the upper one's.
 */
export function overriddenBy(edits: readonly Edit[], rows: readonly LayerRow[]): ConflictView[] {
  return edits.flatMap(({ layer, kind, name, before, after }) => {
    if (layer === 'admin') return []
    const changes: ChangeEntry[] = []
    compare(before, after, '', changes)
    const uppers = layers
      .slice(layers.indexOf(layer) + 1)
      .map((upper) => layerBody(rows, upper, kind, name))
      .filter((body) => body !== undefined)
    return changes.flatMap(({ pointer, before: base, after: theirs }) => {
      const mine = uppers.map((body) => saysAt(body, pointer)).findLast((value) => value !== undefined)
      if (mine === undefined || isEqual(mine, theirs ?? null)) return []
      return [
        {
          kind,
          name,
          pointer,
          ...(base === undefined ? {} : { base }),
          mine,
          ...(theirs === undefined ? {} : { theirs }),
        },
      ]
    })
  })
}

/** What a patch says about a place: there, or about a whole of which it is a part. */
function saysAt(patch: Json, pointer: string): Json | undefined {
  if (pointer === '' || !isObject(patch)) return patch
  const end = pointer.indexOf('/', 1)
  const key = (end < 0 ? pointer.slice(1) : pointer.slice(1, end)).replaceAll('~1', '/').replaceAll('~0', '~')
  if (!Object.hasOwn(patch, key)) return undefined
  return saysAt(patch[key]!, end < 0 ? '' : pointer.slice(end))
}

function refuseConflicts(conflicts: readonly ConflictView[], detail: string): void {
  if (conflicts.length === 0) return
  throw new Problem(problems['changeset.conflict'], {
    errors: conflicts.map(({ kind, name, pointer, mine, theirs }) => ({
      pointer: `#/${kind}/${name}${pointer}`,
      code: 'changeset.conflict',
      detail,
      params: { theirs: theirs ?? null, yours: mine ?? null },
    })),
  })
}

/** What an edit makes of its document, place by place, with the layers below in view. */
export function changesOf(edit: Edit, rows: readonly LayerRow[]): ChangeEntry[] {
  const [before, after] = bothSides(edit, rows)
  const changes: ChangeEntry[] = []
  compare(before, after, '', changes)
  return changes
}

/** Whether an edit brings a document about, changes it or takes it away. */
export function actionOf(edit: Edit, rows: readonly LayerRow[]): 'add' | 'change' | 'remove' {
  const [before, after] = bothSides(edit, rows)
  return after === undefined && before !== undefined ? 'remove' : before === undefined ? 'add' : 'change'
}

function bothSides(
  { layer, kind, name, before, after }: Edit,
  rows: readonly LayerRow[],
): [Json | undefined, Json | undefined] {
  const below = bodyBelow(rows, layer, kind, name)
  const whole = (patch: Json | undefined): Json | undefined =>
    (patch === undefined ? below : mergePatch(below, patch)) ?? undefined
  return [whole(before), whole(after)]
}

function compare(
  before: Json | undefined,
  after: Json | undefined,
  at: string,
  changes: ChangeEntry[],
): void {
  if (isEqual(before, after)) return
  if (!isObject(before) || !isObject(after)) {
    changes.push({
      pointer: at,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    })
    return
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const inner = (body: { [key: string]: Json }): Json | undefined =>
      Object.hasOwn(body, key) ? body[key] : undefined
    compare(inner(before), inner(after), `${at}/${escapePointer(key)}`, changes)
  }
}

/** A body with another value at a place; undefined takes it out. */
export function withValueAt(
  body: Json | undefined,
  pointer: string,
  value: Json | undefined,
): Json | undefined {
  if (pointer === '') return value
  const [, part = ''] = pointer.split('/', 2)
  const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
  const { [key]: present, ...others } = isObject(body) ? body : {}
  const next = withValueAt(present, pointer.slice(part.length + 1), value)
  return next === undefined ? others : { ...others, [key]: next }
}
