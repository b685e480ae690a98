/** What travels between server and clients. The user interface and the typed client stand on these shapes. */
import type { Form, View } from './documents/index.ts'

/** English text plus translations; pick with the user's language, fall back to `title`. */
export interface Labelled {
  title: string
  labels: Record<string, string>
  description?: string
  descriptions?: Record<string, string>
}

export interface OptionView extends Labelled {
  key: string
  color: string | null
  active: boolean
  /** Only stages: what the stage means. */
  category?: 'open' | 'won' | 'lost'
  phase?: string
  /** Stages that a user may move to from this one; absent: every one. */
  next?: string[]
  /** Fields that must have a value on entering. */
  requires?: string[]
}

/** A field as this user may see it. Fields that the user may not read are absent. */
export interface FieldView extends Labelled {
  name: string
  /** Field type, e.g. `money`. System fields have types too. */
  type: string
  required: boolean
  /** The user may write it (right and nature of the field together). */
  writable: boolean
  system: boolean
  order: number
  multiple: boolean
  sortable: boolean
  filterable: boolean
  options?: OptionView[]
  /** Target of a relation; `user` and `team` are entities too. `filter` narrows the choice (CEL on the target). */
  relation?: { entity: string; filter?: string }
  /** Entities that a relation to any may name; null means all that the user sees. */
  entities?: string[] | null
  formula?: string
  maxLength?: number
  minimum?: string
  maximum?: string
  scale?: number
  currency?: string
  default?: unknown
  /** Type of the value in expressions: `string`, `decimal`, … null: not usable in expressions. */
  valueType: unknown
}

export interface RelatedView {
  /** `contact.account`: the list of contacts whose field `account` names this record. */
  key: string
  entity: string
  field: string
  title: string
  labels: Record<string, string>
}

export interface EntityView extends Labelled {
  name: string
  plural: string
  /** Title of many, e.g. "Leads". */
  pluralTitle: string
  pluralLabels: Record<string, string>
  icon: string
  order: number
  navigation: boolean
  owner: boolean
  activities: boolean
  /** Files can be hung on records. */
  files: boolean
  /** Set for the entity whose records are files: the fields to show them by, and whether the user may add some. */
  content?: { name: string; type: string; size: string; regarding: string; add: boolean }
  /** Set for entities whose records are timeline entries. */
  timeline?: { regarding: string; kind?: string }
  search: string[]
  fields: Record<string, FieldView>
  related: RelatedView[]
  /** What every record must fulfil, in words. */
  rules: { message: string; messages: Record<string, string> }[]
  can: {
    create: boolean
    update: boolean
    delete: boolean
    convert: boolean
    import: boolean
    export: boolean
    share: boolean
  }
  /** There are rules by which records may be the same. */
  duplicates: boolean
  /** Conversions that start from this entity. */
  conversions: ConversionSummary[]
}

export interface ConversionSummary extends Labelled {
  name: string
  icon: string
  order: number
  source: string
  targets: { key: string; entity: string; title: string; labels: Record<string, string> }[]
  /** Why nobody can run it at present; null: it works. */
  broken: string | null
  /** Where it is offered; each is also checked when it is run. */
  offered: { button: boolean; list: boolean }
  /** The other outcome: the record is closed without a conversion. `reason` is the field that takes the reason. */
  decline: (Labelled & { reason: string | null; required: boolean }) | null
}

/** `GET /api/model`: the part of the model that the user may see. ETag is the model version plus the user's rights. */
export interface ModelView {
  version: number
  entities: Record<string, EntityView>
  views: (View & { name: string })[]
  forms: (Form & { name: string })[]
  me: MeView
  /** `fileMax`: bytes of a file at most. */
  settings: { currency: string; timeZone: string; languages: string[]; fileMax?: number }
}

export interface MeView {
  id: string
  name: string
  email: string
  language: string | null
  roles: string[]
  administer: boolean
  /** The name of who sees with these eyes; null: the person is there. */
  viewedBy: string | null
  /** Nothing can be changed in this session. */
  readOnly: boolean
}

/**
 * A record as flat JSON: own fields by name (relation = id, `null` when empty), expanded ones by path
 * (`"account.display": "Acme"`). System fields: id, version, display, owner, team, active, created_at, created_by,
 * updated_at, updated_by, deleted_at. Decimals and money amounts are strings, dates `YYYY-MM-DD`, instants ISO with `Z`.
 */
export type RecordData = { id: string; version: number } & Record<string, unknown>

/**
 * `GET /api/records/{entity}`. Parameters: `filter` (CEL), `search` (words), `fields` (comma list; `*` is every own field;
 * paths through to-one relations such as `account.display`), `sort` (`-created_at,name`), `limit`, `after`, `count`,
 * `deleted=true` (the bin, needs the right to delete).
 */
export interface ListAnswer {
  items: RecordData[]
  /** Cursor of the next page; null at the end. */
  next: string | null
  count?: { value: number; capped: boolean }
}

/** `POST /api/records/{entity}/aggregate`. */
export interface AggregateRequest {
  filter?: string
  search?: string
  /** Up to 4 fields or paths. Dates may be cut: `close_date:month`. */
  groupBy?: string[]
  /** name → `count`, `sum(amount)`, `avg(probability)`, `min(x)`, `max(x)`. Money sums are grouped by currency by the caller. */
  measures: Record<string, string>
}
export interface AggregateAnswer {
  rows: Record<string, unknown>[]
}

export interface ChangeActor {
  id: string
  name: string
  impersonator?: { id: string; name: string }
}

/** One change of `GET /api/records/{entity}/{id}/history`, newest first. */
export interface ChangeView {
  id: string
  at: string
  action: 'create' | 'update' | 'delete' | 'restore'
  /** Who was in their place, if somebody was: `impersonator`. */
  actor: ChangeActor | null
  cause: { kind: string; ref?: string }
  before: Record<string, unknown>
  after: Record<string, unknown>
  /** Fields whose values stood here and were erased at a person's request; they are null in `before` and `after`. */
  erased?: string[]
}
export interface HistoryAnswer {
  items: ChangeView[]
  next: string | null
}

/** `GET /api/records/{entity}/{id}/timeline?kinds=&after=`: planned first (`planned`), then what happened, newest first. */
export interface TimelineEntry {
  /** `activity`: a record that regards this one. `change`: a change of this record. `conversion`: a run it took part in. */
  type: 'activity' | 'change' | 'conversion'
  id: string
  at: string
  done: boolean
  actor: ChangeActor | null
  /** type activity: the record's entity, kind option key and display text. */
  entity?: string
  kind?: string | null
  display?: string
  /** type change. */
  change?: ChangeView
  /** type conversion. */
  run?: RunView
}
export interface TimelineAnswer {
  planned: TimelineEntry[]
  items: TimelineEntry[]
  next: string | null
}

/** A record named in an answer. `display` null: the user may not see it. */
export interface RecordRef {
  entity: string
  id: string
  display: string | null
}

/** The body of preview and run. */
export interface ConversionRequest {
  /** Id of the source record. */
  source: string
  targets?: Record<string, TargetDecision>
  /** From the preview; the run is refused with `conversion.stale-*` when anything it showed has changed. */
  planHash?: string
  /** By which way; absent: `api`. Definitions may leave ways out (`channels`). A preview that does not say looks at none. */
  channel?: 'button' | 'list' | 'api' | 'form'
}
export interface TargetDecision {
  action?: 'create' | 'link' | 'skip'
  /** With `link`: the record. */
  id?: string
  /** Link an inactive record and make it active again. */
  reactivate?: boolean
  /** Values that the user entered in the dialog, by target field. */
  values?: Record<string, unknown>
  /** Where a mapping asks (`onLink: ask`): fields of the linked record that stay as they are, and those that are replaced. */
  keep?: string[]
  take?: string[]
}

/** `POST /api/conversions/{name}/preview`: what would happen; nothing is written. */
export interface PreviewAnswer {
  conversion: string
  source: RecordRef
  targets: TargetPreview[]
  children: {
    key: string
    entity: string
    action: 'alsoLink' | 'move' | 'copy' | 'leave' | 'map'
    count: number
    to: string[]
  }[]
  sourceWrites: Record<string, { before: unknown; after: unknown }>
  /** Source fields with a value that no mapping takes. */
  staysBehind: string[]
  /** What keeps the run from succeeding, by target and field: pointer `#/targets/account/values/name`. */
  errors: { pointer: string; code: string; detail: string }[]
  planHash: string
}
export interface TargetPreview {
  /** Of a target with `each`: the target's key, `/`, and the id of the child. */
  key: string
  /** The child row that it is made for. */
  child: RecordRef | null
  entity: string
  title: string
  labels: Record<string, string>
  /** What the run would do now; `ask`: a decision is required. */
  action: 'create' | 'link' | 'skip' | 'ask'
  /** Why, e.g. `policy`, `match.by-name`, `preset`, `condition`, `user`, `denied`. */
  reason: string
  allowed: ('create' | 'link' | 'skip')[]
  /** The record that would be linked. */
  link: RecordRef | null
  candidates: CandidateView[]
  /** A certain match exists that the user may not see. */
  hiddenMatch: boolean
  /** Values by target field. On link: only those that would change. */
  values: Record<string, ValuePreview>
}
export interface ValuePreview {
  value: unknown
  /** Text to show for relations and targets, e.g. the contact's account "(new) Acme". */
  display?: string
  /** Before the run, on a linked record. */
  before?: unknown
  edit: 'hidden' | 'readonly' | 'editable' | 'required'
  /** Where it comes from: `source.company`, `constant`, `expression`, `target.account`, `input`, `user`, `default`. */
  from: string
  truncated?: boolean
  /** The linked record has another value, and the user must say which one holds (`keep` or `take`). */
  ask?: boolean
  /** An amount was converted: by this rate, of this day. */
  rate?: { from: string; to: string; rate: string; date: string }
}
export interface CandidateView {
  id: string
  display: string
  rule: string
  ruleTitle: string
  ruleLabels: Record<string, string>
  confidence: 'certain' | 'likely'
  active: boolean
  /** Mapped fields in which it differs: field → [its value, mapped value]. */
  differs: Record<string, [unknown, unknown]>
}

/** A finished run; `GET /api/conversions/runs/{id}`, and the answer of run. */
export interface RunView {
  id: string
  conversion: string
  title: string
  labels: Record<string, string>
  at: string
  actor: { id: string; name: string } | null
  /** `declined`: closed without a conversion. `reversed`: taken back. */
  status: 'standing' | 'reversed' | 'declined'
  channel: 'button' | 'list' | 'api' | 'rule' | 'import' | 'form'
  /** The trigger that started it, where it was a rule. */
  trigger: string | null
  /** The version of the model whose definition it ran with. */
  version: number
  /** Until when it can be reversed; null: it cannot. */
  reversibleUntil: string | null
  reversed: { at: string; by: { id: string; name: string } | null } | null
  source: RecordRef
  targets: {
    /** Of a target with `each`: the target's key, `/`, and the id of the child. */
    key: string
    action: 'create' | 'link' | 'skip'
    record: RecordRef | null
    fields: {
      field: string
      from: string
      before?: unknown
      after: unknown
      /** An amount was converted: by this rate, of this day. */
      rate?: { from: string; to: string; rate: string; date: string }
    }[]
  }[]
  children: { key: string; action: string; count: number }[]
  /** The run counts: its conversion cannot be run on the source again. */
  once: boolean
  /** The source is locked: it leads to its successors and is not changed any more. */
  locks: boolean
  /** Dropped, truncated or skipped: what did not come along. */
  notes: { pointer: string; code: string; detail: string; params?: Record<string, unknown> }[]
}
/** `GET /api/records/{entity}/{id}/conversions`: runs in which the record is source (`from`) or target (`into`). */
export interface RecordConversionsAnswer {
  asSource: RunView[]
  asTarget: RunView[]
}

/** `GET /api/search?q=&limit=`: over every entity with search fields, grouped. */
export interface SearchAnswer {
  groups: { entity: string; items: { id: string; display: string }[] }[]
}

/** Result of one row with `?partial=true`. */
export type RowResult =
  | { ok: true; record: RecordData }
  | { ok: false; errors: { pointer: string; code: string; detail: string }[] }
