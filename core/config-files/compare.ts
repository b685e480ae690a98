import type { DocumentKind } from '@xrm/sdk'
import type { ChangeEntry, ConflictView } from '@xrm/sdk/configuration'
import { documentKinds } from '@xrm/sdk/documents'
import { diffPatch, isEqual, type Json, patchPointers, valueAt } from '@xrm/sdk/merge'
import { mergeThree } from '../documents/merge-three.ts'

/** Effective documents by kind and name: the whole configuration of an installation. */
export type Documents = Partial<Record<DocumentKind, Record<string, Json>>>

/** One document that files and server have differently, and what it is to become. */
export interface DocumentChange {
  kind: DocumentKind
  name: string
  action: 'add' | 'change' | 'remove'
  /** Place by place, from what the server has to what it is to have. */
  changes: ChangeEntry[]
  /** Absent: it goes. */
  body?: Json
}

export interface Comparison {
  changes: DocumentChange[]
  /** Places that both sides changed since the files were pulled. */
  clashes: ConflictView[]
}

/**
 * Compares files with a server. With the base from which the files were pulled, what only the server changed since stays
 * as it is. To overwrite (and without a base) the files are what is to be. A document goes only when its file was there
 * when it was pulled: what files never knew, they cannot remove.
 */
export function compareDocuments(
  base: Documents | null,
  files: Documents,
  server: Documents,
  overwrite = base === null,
): Comparison {
  const result: Comparison = { changes: [], clashes: [] }
  for (const kind of documentKinds) {
    const names = new Set([base?.[kind], files[kind], server[kind]].flatMap((one) => Object.keys(one ?? {})))
    for (const name of [...names].toSorted()) {
      const [mine, theirs] = [own(files, kind, name), own(server, kind, name)]
      const known = base === null ? undefined : own(base, kind, name)
      if (mine === undefined && known === undefined) continue
      const { merged, clashes } = overwrite
        ? { merged: mine, clashes: [] }
        : mergeThree(known, mine, theirs, undefined)
      result.clashes.push(...clashes.map((clash) => ({ kind, name, ...clash })))
      if (clashes.length > 0 || isEqual(merged, theirs)) continue
      result.changes.push({
        kind,
        name,
        action: theirs === undefined ? 'add' : merged === undefined ? 'remove' : 'change',
        changes: changesBetween(theirs, merged),
        ...(merged === undefined ? {} : { body: merged }),
      })
    }
  }
  return result
}

function own(documents: Documents, kind: DocumentKind, name: string): Json | undefined {
  const named = documents[kind]
  return named && Object.hasOwn(named, name) ? named[name] : undefined
}

function changesBetween(before: Json | undefined, after: Json | undefined): ChangeEntry[] {
  const side = (key: 'before' | 'after', value: Json | undefined): Partial<ChangeEntry> =>
    value === undefined ? {} : { [key]: value }
  if (before === undefined || after === undefined)
    return [{ pointer: '', ...side('before', before), ...side('after', after) }]
  const patch = diffPatch(before, after)
  return (patch === undefined ? [] : patchPointers(patch)).map((pointer) => ({
    pointer,
    ...side('before', valueAt(before, pointer)),
    ...side('after', valueAt(after, pointer)),
  }))
}
