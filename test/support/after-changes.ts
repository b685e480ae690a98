import type { DocumentChange, Documents } from '../../core/config-files/compare.ts'

/** The documents after changes, without kinds that are empty: what a push leaves on the server. */
export function afterChanges(documents: Documents, changes: readonly DocumentChange[]): Documents {
  const result = structuredClone(documents)
  for (const { kind, name, body } of changes) {
    const bodies = (result[kind] ??= {})
    if (body === undefined) delete bodies[name]
    else bodies[name] = body
  }
  return result
}
