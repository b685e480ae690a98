/** What travels between server and console: documents, drafts, their plans, jobs. For administrators unless said otherwise. */
import type { DocumentKind } from './documents/index.ts'

export type Layer = 'plugin' | 'site' | 'admin'

/** `GET /api/documents?kind=&changeset=`: what there is, published or as it stands in a draft. */
export interface DocumentSummary {
  kind: DocumentKind
  name: string
  title: string
  labels: Record<string, string>
  /** The entity that a view or form belongs to and that a conversion starts from. */
  entity: string | null
  /** Layers that say something about it, from the bottom up. */
  layers: Layer[]
  /** The plugins that ship it; several may add to one role. */
  plugins: string[]
  /** What the draft does to it; null without a draft, or when the draft leaves it alone. */
  draft: 'added' | 'changed' | 'removed' | null
}

/** `GET /api/documents/{kind}/{name}?changeset=`. The ETag is `"<revision>"`; PUT and PATCH take it as `If-Match`. */
export interface DocumentView {
  kind: DocumentKind
  name: string
  /** The merge of all layers. */
  body: unknown
  /** What each layer says; a value's origin is the uppermost layer that names its place. */
  layers: Partial<Record<Layer, unknown>>
  plugins: string[]
  /** Digest of `body`: changes with every edit of the draft and with every publish that concerns it. */
  revision: string
}

/** Kinds whose errors break the document alone: it is refused, everything else goes on. */
export const breakableKinds: ReadonlySet<DocumentKind> = new Set(['conversion', 'web-form'])

/** Something wrong with the model. Errors keep a draft from being published, those of {@link breakableKinds} only until forced. */
export interface IssueView {
  severity: 'error' | 'warning'
  kind: DocumentKind
  name: string
  /** JSON pointer into the document's body. */
  pointer: string
  code: string
  message: string
}

/** A place where a document names something, e.g. a view that has the field as a column. */
export interface ReferenceView {
  kind: DocumentKind
  name: string
  title: string
  pointer: string
}

/** One place of a document that a changeset changes. Absent `before`: new; absent `after`: gone. */
export interface ChangeEntry {
  pointer: string
  before?: unknown
  after?: unknown
}

export interface EditView {
  kind: DocumentKind
  name: string
  title: string
  layer: Layer
  action: 'add' | 'change' | 'remove'
  changes: ChangeEntry[]
}

/** A place that the draft changes and that someone else has changed since. */
export interface ConflictView {
  kind: DocumentKind
  name: string
  pointer: string
  base?: unknown
  mine?: unknown
  theirs?: unknown
}

/** What becomes of values that a field cannot keep: their type changes, or their option goes. */
export interface ValueRule {
  /** Where the map says nothing and the value does not convert: refuse to publish, leave empty, or take `default`. */
  onFail: 'reject' | 'blank' | 'default'
  default?: unknown
  /** Old value as text → new value; null leaves it empty. */
  map?: Record<string, unknown>
}

/** `GET /api/changesets`, newest first; without `edits[].changes` there. */
export interface ChangesetView {
  id: string
  title: string
  note: string | null
  status: 'draft' | 'publishing' | 'published' | 'discarded'
  /** Who made it; null: the system, e.g. the upgrade of a plugin that waits for an administrator. */
  createdBy: { id: string; name: string } | null
  createdAt: string
  publishedBy: { id: string; name: string } | null
  publishedAt: string | null
  /** The version of the model that it made. */
  version: number | null
  /** Changesets that take each other back. */
  reverts: string | null
  revertedBy: string | null
  /** `admin`: edited by hand. `upgrade`: what plugins and site bring. `config`: pushed as files. */
  origin: 'admin' | 'upgrade' | 'config'
  edits: EditView[]
  values: { entity: string; field: string; rule: ValueRule }[]
  /**
   * Of a draft, against what is published now. Empty: it can go ahead. Of an upgrade, places that site or administrators
   * changed too: theirs holds, so these keep nothing from being published.
   */
  conflicts: ConflictView[]
  /** The job that publishes it. */
  job: string | null
}

/** `POST /api/changesets/{id}/plan`: what publishing would do. Nothing is written. */
export interface PlanView {
  issues: IssueView[]
  steps: { description: string; entity: string; field: string | null; lock: 'none' | 'short exclusive' }[]
  /** Indexes that are built afterwards, while everything works. */
  indexes: { entity: string; name: string; seconds: number }[]
  /** Existing values that the new model asks something of. */
  data: DataCheck[]
  /** Fields and entities (`field` null) that go; their data stays until it is purged. `filled`: rows that have a value. */
  retired: { entity: string; field: string | null; filled: number }[]
  restored: { entity: string; field: string | null }[]
  renamed: { entity: string; field: string | null; from: string; to: string }[]
  conversions: { broken: { name: string; reasons: string[] }[]; mended: string[] }
  webForms: { broken: { name: string; reasons: string[] }[]; mended: string[] }
  /** Views, forms and others that named what is gone. */
  affected: ReferenceView[]
  /** Rows that are rewritten, and about how long it takes; online means that a job does it while everything works. */
  rows: number
  seconds: number
  online: boolean
}

export interface DataCheck {
  entity: string
  field: string
  check: 'type' | 'options' | 'required' | 'unique' | 'length' | 'pattern' | 'range'
  /** Records with a value (for `required`: all records). */
  rows: number
  /** Of them, those that do not fit and that no rule takes care of. */
  failing: number
  /** An error keeps it from being published; a warning leaves such records as they are until they are next saved. */
  severity: 'error' | 'warning'
  /** The most frequent ones. */
  examples: { value: string; count: number; reason: string }[]
  /** For `type` and `options`: what is decided so far. */
  rule: ValueRule | null
}

/** `GET /api/changesets/{id}/values/{entity}/{field}`: the values under a type change, with the draft's rule applied. */
export interface ValuesPreview {
  entity: string
  field: string
  from: string
  to: string
  /** Records that have a value, and what becomes of them. */
  rows: number
  converts: number
  mapped: number
  blanked: number
  defaulted: number
  fails: number
  /** Up to 500 distinct values that do not convert by themselves, the most frequent first. */
  odd: { value: string; count: number; reason: string; becomes: unknown }[]
  /** Some that do convert. */
  samples: { value: string; count: number; becomes: unknown }[]
}

/** `POST /api/changesets/{id}/entities`: a new entity with its form and its view. */
export interface NewEntity {
  name: string
  plural: string
  title: string
  pluralTitle: string
  labels?: Record<string, { one: string; other: string }>
  description?: string
  icon?: string
  template: 'base' | 'person' | 'organisation' | 'event' | 'empty'
  /** Roles that may read, create, change and delete its records. */
  roles?: string[]
}

/** `POST /api/changesets/{id}/relations`: a relation in one of the forms that people think in. */
export interface NewRelation {
  /** `one`: a field of `entity` names one of `target`. `many`: each of `target` names one of `entity`. `both`: a link entity. */
  kind: 'one' | 'many' | 'both'
  entity: string
  target: string
  /** Name and title of the field, or with `both` of the link entity. */
  name: string
  title: string
  labels?: Record<string, string>
  onDelete?: 'clear' | 'restrict' | 'cascade'
}

/** `POST /api/changesets/{id}/rename`: an entity, or a field of it. Every reference in every document follows. */
export interface Rename {
  entity: string
  field?: string
  to: string
  /** With an entity: its new plural name. */
  plural?: string
}

/** `GET /api/jobs`, newest first; `GET /api/jobs/{id}`; `POST /api/jobs/{id}/cancel`. */
export interface JobView {
  id: string
  kind: string
  title: string
  status: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  done: number
  /** 0 while it is not known. */
  total: number
  /** What it is at, e.g. `back-fill lead.size`. */
  step: string
  createdAt: string
  startedAt: string | null
  finishedAt: string | null
  actor: { id: string; name: string } | null
  /** Why it failed. */
  error: { code: string; title: string; detail?: string } | null
  changeset: string | null
  canCancel: boolean
}

/** `GET /api/documents/retired`: what was removed and can come back. `POST /api/documents/retired/purge` ends that. */
export interface RetiredView {
  entity: string
  /** Null: the whole entity. */
  field: string | null
  type: string
  filled: number
  retiredAt: string
}

/** `GET /api/plugins`. Turn one off or on with the document `plugin/{name}` in a draft: `{ enabled: false }`. */
export interface PluginView {
  name: string
  title: string
  labels: Record<string, string>
  description: string
  version: string
  enabled: boolean
  /** Why it is not loaded. */
  error: string | null
  requires: string[]
  requiredBy: string[]
  brings: { kind: DocumentKind; name: string; title: string }[]
  /** Field types, hooks and the like, in words of the manifest. */
  code: string[]
  /** Its settings as fields, in the vocabulary of entities. */
  settings: Record<string, unknown>
  values: Record<string, unknown>
}

/** `POST /api/expressions`: checks an expression in the model, or in that of a draft, and tries it on a record. */
export interface ExpressionRequest {
  text: string
  /** The record it speaks of. */
  entity: string
  /** `record`: its fields are names. `source`: a conversion's expressions, which say `source.name`. */
  scope?: 'record' | 'source'
  expect?: 'bool' | 'string' | 'timestamp'
  changeset?: string
  /** A record to compute it for. */
  record?: string
}
export interface ExpressionAnswer {
  type: string | null
  issues: { from: number; to: number; code: string; message: string }[]
  /** Absent without a record. */
  value?: unknown
}
export interface NamedMember {
  name: string
  type: string
  /** The record type that it leads to. */
  record: string | null
  title: string
  /** What a field with a choice can hold; expressions compare it with the key as a text. */
  options?: { key: string; title: string }[]
}
/** `GET /api/expressions/names?entity=&scope=&changeset=`: what may be written, for completion. */
export interface ExpressionNames {
  /** Members by record type; the scope's own names are under `''`. */
  members: Record<string, NamedMember[]>
  functions: { name: string; signature: string; description: string }[]
}

/** `GET /api/field-types`: what the gallery offers. */
export interface FieldTypeView {
  name: string
  keywords: string[]
  /** The plugin that brings it; null: the core. */
  plugin: string | null
  /** What a field document needs to be of this type. */
  example: Record<string, unknown>
}
