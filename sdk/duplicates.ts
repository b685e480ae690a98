/** What travels between server and clients about records that may be the same. */
import type { CandidateView, RecordRef } from './api.ts'

/**
 * `POST /api/duplicates/{entity}/check`: who may be the same as a record that is being typed, best first. Only records that
 * the user may read; of others only that there is one.
 */
export interface DuplicateCheckRequest {
  values: Record<string, unknown>
  /** The record that is being edited: it is not its own duplicate. */
  id?: string
}
export interface DuplicateCheckAnswer {
  candidates: DuplicateCandidate[]
  /** A certain one exists that the user may not see. */
  hidden: boolean
}
export interface DuplicateCandidate extends CandidateView {
  /** From 0 to 1, over all rules that speak for it. */
  score: number
  /** The rules that speak for it, with the fields in which both agree. */
  reasons: {
    rule: string
    title: string
    labels: Record<string, string>
    confidence: 'certain' | 'likely'
    fields: string[]
  }[]
}

/** `POST /api/duplicates/{entity}/scan` starts a job over all records that the user may read: `{ job }`. */
/** `GET /api/duplicates/{entity}?status=open&after=&limit=`: pairs and groups that scans have found: `{ items, next }`. */
export interface DuplicateGroup {
  id: string
  records: RecordRef[]
  score: number
  reasons: DuplicateCandidate['reasons']
  status: 'open' | 'merged' | 'different'
}
/** `POST /api/duplicates/{entity}/{group}/dismiss`: they are different; later scans keep to that. */

/**
 * `POST /api/records/{entity}/merge`; with `?dry=true` what it would do. The others go to the bin, everything that named
 * them names `keep` instead, and reading them leads to it.
 */
export interface MergeRequest {
  keep: string
  others: string[]
  /** Field → the record whose value stays, or `{ value }`. Absent: of `keep`, and where that is empty, of the first that has one. */
  fields?: Record<string, string | { value: unknown }>
  /** Versions of the records as they were shown; another one is refused with 409. */
  versions?: Record<string, number>
}
export interface MergeAnswer {
  id: string
  entity: string
  record: RecordRef
  others: RecordRef[]
  /** Field → what it becomes, and from whom. */
  values: Record<string, { value: unknown; from: string | null; before: unknown }>
  /** How many records of each relation (`contact.account`) change over. */
  moved: Record<string, number>
  at: string
  actor: { id: string; name: string } | null
  undone: boolean
}
/** `POST /api/merges/{id}/undo` (and `?dry=true`): all as before; what was changed since stays, and is named in `left`. */
export interface UnmergeAnswer {
  merge: MergeAnswer
  left: { record: RecordRef; field: string; detail: string }[]
}
/** `GET /api/records/{entity}/{id}/merges`: those in which the record was kept or given up. */
