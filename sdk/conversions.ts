/** What travels between server and clients about conversions beyond one preview and one run; those are in `api.ts`. */
import type { Conversion, DocumentKind } from './documents/index.ts'
import type { ConversionRequest, Labelled, PreviewAnswer, RecordRef, RunView, TargetDecision } from './api.ts'
import type { IssueView } from './configuration.ts'

/** The way by which a run came about. A rule is named by its key: `rule`, with `trigger`. */
export type Channel = 'button' | 'list' | 'api' | 'rule' | 'import' | 'form'

/** `POST /api/conversions/{name}/decline`: the other outcome. Answers with the run, whose `status` is `declined`. */
export interface DeclineRequest {
  source: string
  /** Goes into the field that the definition names as `decline.reason`. */
  reason?: unknown
  /** Absent: `api`. */
  channel?: ConversionRequest['channel']
}

/**
 * `POST /api/conversions/runs/{id}/reverse`, and with `?dry=true` only what it would do. A blocked one is refused with
 * `conversion.reverse-blocked`, whose problem carries `blocks`.
 */
export interface ReverseAnswer {
  run: RunView
  /** Until when it can be reversed; null: the definition that it ran with does not allow it. */
  until: string | null
  /** What keeps it from being reversed; empty: nothing. */
  blocks: ReverseBlock[]
  /** What happens, or happened, record by record. */
  steps: ReverseStep[]
}

export interface ReverseBlock {
  /** `expired`, `not-reversible`, `reversed`, `touched` (changed since), `used` (something new names it), `forbidden`. */
  code: 'expired' | 'not-reversible' | 'reversed' | 'touched' | 'used' | 'forbidden'
  /** The record that is in the way; for `used` the one that names it. */
  record: RecordRef | null
  /** Fields that were changed since. */
  fields?: string[]
  detail: string
}

export interface ReverseStep {
  record: RecordRef
  /** `remove`: goes to the bin. `archive`: becomes inactive. `restore`: gets the values from before. `reopen`: the source. */
  action: 'remove' | 'archive' | 'restore' | 'reopen' | 'return'
  /** Field → before and after the reversal. */
  fields: Record<string, { before: unknown; after: unknown }>
}

/** `POST /api/conversions/{name}/bulk`: all at once, each for itself. Ids, or everything that a list shows. */
export interface BulkRequest {
  ids?: string[]
  /** CEL; with `search` as in a list. */
  filter?: string
  search?: string
  /** Decisions that hold for every item; an item's own come before them. */
  targets?: ConversionRequest['targets']
  /** Absent: convert. */
  outcome?: 'convert' | 'decline'
  /** With `decline`. */
  reason?: unknown
}

/** `GET /api/bulk/{id}`; `GET /api/bulk` lists those of the user, for administrators all. */
export interface BulkView {
  id: string
  conversion: string
  title: string
  labels: Record<string, string>
  outcome: 'convert' | 'decline'
  /** With `decline`: what was given for all. */
  reason: unknown
  status: 'running' | 'paused' | 'done' | 'cancelled' | 'failed'
  total: number
  counts: Record<BulkItemStatus, number>
  actor: { id: string; name: string } | null
  at: string
  endedAt: string | null
  /** The job that works on it. */
  job: string | null
  error: { code: string; title: string } | null
}

/** `held`: waits for a decision. `failed`: can be tried again. `skipped`: was converted already or cannot be converted. */
export type BulkItemStatus = 'pending' | 'done' | 'held' | 'failed' | 'skipped'

/** `GET /api/bulk/{id}/items?status=&after=&limit=`: `{ items, next }`. */
export interface BulkItemView {
  id: string
  source: RecordRef
  status: BulkItemStatus
  run: string | null
  /** Why it waits or failed, with the candidates where a decision is needed. */
  problem: { code: string; title: string; errors: { pointer: string; code: string; detail: string }[] } | null
  /** What was decided for it. */
  targets: Record<string, TargetDecision>
}

/** What becomes of an item that is held. Without `outcome` it is the one of the bulk. */
export interface BulkDecision extends Pick<ConversionRequest, 'targets' | 'planHash'> {
  outcome?: 'convert' | 'decline'
  /** With `decline`; absent: what was given for all. */
  reason?: unknown
}

/*
 * POST /api/bulk/{id}/pause · /resume · /cancel · /retry (the failed ones; `{ items?: string[] }`)
 * POST /api/bulk/{id}/items/{item}/decide: a `BulkDecision`; converts or declines the item at once, and answers with it.
 * GET  /api/bulk/{id}/result.csv: source, status, run, targets, error codes, one row an item.
 */

/** `POST /api/conversions/report`. Only over sources that the user may read. */
export interface ConversionReportRequest {
  /** Days, `YYYY-MM-DD`, in the time zone of the firm: when the sources were created. */
  from?: string
  to?: string
  conversion?: string
  /** The entity whose records are counted; every conversion that starts from it counts. */
  source: string
  /** A field or path of the source (`lead_source`, `campaign`, `owner`), or `created_at:month`. */
  by?: string
}
export interface ConversionReport {
  rows: ConversionReportRow[]
  total: ConversionReportRow
}
export interface ConversionReportRow {
  /** The group's value; null: none. */
  key: unknown
  display: string | null
  sources: number
  converted: number
  declined: number
  reversed: number
  open: number
  /** Converted of all, from 0 to 1; null without sources. */
  rate: number | null
  /** Days from creation to conversion. */
  medianDays: number | null
  averageDays: number | null
}

/**
 * `POST /api/conversions/check?changeset=`: a definition as it stands in the designer, which need not be saved. Everything
 * that the server says on publishing, and what helps to write it.
 */
export interface ConversionCheckRequest {
  name: string
  body: Conversion
}
export interface ConversionCheck {
  issues: IssueView[]
  /** By target. */
  targets: Record<string, TargetCheck>
  /** Source fields that no mapping takes. */
  staysBehind: string[]
  /** Relations to the source that have no rule: `activity.regarding`. */
  unruledChildren: { relation: string; entity: string; title: string; labels: Record<string, string> }[]
}
export interface TargetCheck {
  /** Fields that could be mapped and are not, with what would fit, best first. */
  suggestions: { field: string; from: string; why: 'same-name' | 'same-meaning' | 'same-type' }[]
  /** Required fields of the target that nothing feeds. */
  missing: string[]
}

/**
 * `POST /api/conversions/test?changeset=`: what a definition would do with a record, without writing anything; with the
 * model as it stands in the draft, where that needs no change of a table.
 */
export interface ConversionTestRequest {
  name: string
  body: Conversion
  source: string
  targets?: ConversionRequest['targets']
}
export type ConversionTestAnswer = PreviewAnswer

/** `GET /api/conversions/{name}/versions`: every published form, newest first. */
export interface ConversionVersion {
  version: number
  changeset: string
  title: string
  at: string
  by: { id: string; name: string } | null
  body: Conversion
  /** Runs that were made with it. */
  runs: number
}

/** A notice to a person: what the system did in their name, or wants them to see. `GET /api/notices`. */
export interface NoticeView {
  id: string
  at: string
  read: boolean
  /** `conversion.declined`, `conversion.converted`, `conversion.trigger-failed`, `conversion.loop`, `bulk.ended`, … */
  kind: string
  /** The record that it is about. */
  record: RecordRef | null
  /** For the text of the kind. */
  params: Record<string, unknown>
  /** Where it leads, a path of the interface. */
  href: string | null
}

/** What a way of working changes; shipped by plugins, applied as a draft. `GET /api/presets`, `POST /api/presets/{name}/draft`. */
export interface PresetView extends Labelled {
  name: string
  plugin: string
  order: number
  /** `add`: a document of its own; `missing`: one to change that is not there, so it is left out. */
  documents: {
    kind: DocumentKind
    name: string
    title: string
    labels: Record<string, string>
    does: 'change' | 'add' | 'remove' | 'missing'
  }[]
}
