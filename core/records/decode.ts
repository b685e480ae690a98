import type { RecordData } from '@xrm/sdk/api'
import type { Selected } from './select-builder.ts'

/** Turns rows of column values into flat records; compiled once a plan. */
export function decoder(selected: readonly Selected[]): (row: readonly unknown[]) => RecordData {
  const steps: { path: string; at: number; to: number; decode: Selected['decode'] }[] = []
  let start = 0
  for (const { path, columns, decode } of selected) {
    steps.push({ path, at: start, to: start + columns.length, decode })
    start += columns.length
  }
  return (row) => {
    const record: Record<string, unknown> = {}
    for (const { path, at, to, decode } of steps)
      record[path] = decode === null ? row[at] : decode(row.slice(at, to))
    return record as RecordData
  }
}
