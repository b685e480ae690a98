import type { Row } from './read-rows.ts'

/** Why a row, or one of its values, did not come in. */
export interface Reason {
  record: string
  column: string
  value: string
  code: string
  reason: string
}

/** A row on its way in. */
export interface RowState {
  row: Row
  /** The records it has made or found, by their names in the mapping. */
  ids: Map<string, string>
  rejected: Reason | null
}

/** What became of the rows as records of one entity. */
export interface RecordCounts {
  created: number
  updated: number
  unchanged: number
}

/** Refuses a row; the first reason stays. */
export function reject(state: RowState, reason: Reason): void {
  state.rejected ??= reason
}
