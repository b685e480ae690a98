import type { FieldView } from '@xrm/sdk/api'
import type { FilterKind } from '../list/filter.ts'

export interface CellContext {
  field: FieldView
  /** Path of the column; expanded values stand beside it, e.g. `account.display`. */
  path: string
  record: Record<string, unknown>
  locale: string
}

export interface EditorContext {
  field: FieldView
  /** Distinct among the fields of a page, so that labels and errors find their control. */
  id: string
  label: string
  help: string
  value: unknown
  /** What the record holds on the server; absent for one that is not there yet. */
  saved?: unknown
  /** Text of the record that the value names, for relations. */
  display: string | null
  error: string | null
  required: boolean
  readonly: boolean
  locale: string
  autofocus: boolean
  /** Takes the new value in API form. `problem`: what was typed is no value of this type. */
  change: (value: unknown, extra?: { display?: string; problem?: string }) => void
}

/** How one field type is shown, filtered and edited. Editors only name their controls; `controls.ts` loads those. */
export interface FieldKind {
  /** Width of a new column in pixels. */
  width: number
  /** Numbers stand at the end of their cell. */
  end?: boolean
  filter: FilterKind | null
  /** What a filled value looks like in a list, in highlights and in changes. */
  cell: (value: unknown, context: CellContext) => unknown
  /** Null: the type cannot be edited by people. */
  editor: ((context: EditorContext) => unknown) | null
}
