import type {
  Conversion,
  DocumentBodies,
  DocumentKind,
  Entity,
  Field,
  FieldContext,
  FieldType,
  Form,
  Role,
  View,
  WebForm,
} from '@xrm/sdk'
import type { Program, ValueType } from '@xrm/sdk/expression'

/** A physical column. `sql` is its quoted name; the name was given when the field was born and never changes. */
export interface ColumnModel {
  name: string
  sql: string
  pgType: string
}

/** A field, compiled. */
export interface FieldModel {
  name: string
  type: FieldType
  field: Field
  context: FieldContext
  system: boolean
  /** Users may write it (by nature; rights come on top). */
  writable: boolean
  required: boolean
  multiple: boolean
  order: number
  /** Type in expressions; null: not usable there. */
  valueType: ValueType | null
  /** Empty for formulas. */
  columns: readonly ColumnModel[]
  /** Formula and display: how it is computed. */
  program: Program | null
  /** The entity that a to-one relation names. */
  relation: string | null
  options: readonly OptionModel[]
  default: unknown
}

export interface OptionModel {
  key: string
  title: string
  labels: Record<string, string>
  description?: string
  descriptions?: Record<string, string>
  color: string | null
  active: boolean
  order: number
  category?: 'open' | 'won' | 'lost'
  phase?: string
  /** Stages: values taken on entering. */
  sets?: Record<string, unknown>
  /** Stages: where users may move a record from here; absent: everywhere. */
  next?: readonly string[]
  /** Stages: fields that must have a value on entering. */
  requires?: readonly string[]
}

export interface RuleModel {
  name: string
  program: Program
  pointer: string
  message: string
  messages: Record<string, string>
}

export interface RelationToMe {
  entity: string
  field: string
  onDelete: 'clear' | 'restrict' | 'cascade'
  title: string
  labels: Record<string, string>
}

/** The fields of an entity whose records are files. */
export interface ContentModel {
  name: FieldModel
  type: FieldModel
  size: FieldModel
  digest: FieldModel
  key: FieldModel
  /** What the files hang on. */
  regarding: FieldModel
}

/** An entity, compiled. */
export interface EntityModel {
  name: string
  plural: string
  body: Entity
  /** Quoted, with its schema. */
  table: string
  /** The name under which the database knows its records outside of its table; it outlives every rename. */
  key: string
  /** First columns that a field has or had before its type changed → its present name: what history is kept by. */
  fieldOfColumn: ReadonlyMap<string, string>
  fields: ReadonlyMap<string, FieldModel>
  /** Fields that are stored, in column order. */
  stored: readonly FieldModel[]
  stages: readonly FieldModel[]
  rules: readonly RuleModel[]
  unique: readonly { name: string; fields: readonly string[] }[]
  search: readonly FieldModel[]
  related: readonly RelationToMe[]
  /** Records are entries on the timelines of those they regard. */
  timeline: { regarding: FieldModel; kind: FieldModel | null; at: Program; done: Program } | null
  /** Records are files; the fields that say what is in them. */
  content: ContentModel | null
  /** Users and the like: kept by another part of the product; the write path refuses them. */
  readOnly: boolean
}

export interface MappingModel {
  field: FieldModel
  pointer: string
  from:
    | { kind: 'path'; path: string }
    /** A field of the child row that the target is made for. */
    | { kind: 'child'; path: string }
    | { kind: 'value'; value: unknown }
    | { kind: 'expression'; program: Program }
    | { kind: 'target'; target: string }
    /** Those of the other targets that the field may name. */
    | { kind: 'targets'; targets: readonly string[] }
    | { kind: 'input' }
  body: NonNullable<NonNullable<Conversion['targets'][string]>['map'][string]>
}

export interface TargetModel {
  key: string
  entity: EntityModel
  body: NonNullable<Conversion['targets'][string]>
  when: Program | null
  /** One record for every child row; null: one for the source. */
  each: EachModel | null
  mappings: readonly MappingModel[]
  /** Fields that no mapping takes, and that a stage or a rule of the entity may demand: then the user enters them. */
  askable: readonly MappingModel[]
}

export interface EachModel {
  entity: EntityModel
  /** The children's relation to the source. */
  field: FieldModel
  when: Program | null
  /** Every path of the child that the target reads. */
  paths: readonly string[]
}

/** What starts a conversion by itself, compiled. */
export interface TriggerModel {
  key: string
  body: NonNullable<Conversion['triggers']>[string]
  /** With `stage`. */
  field: FieldModel | null
  when: Program | null
  /** With `schedule`: milliseconds. */
  every: number | null
}

/** A conversion, compiled. A broken one keeps its reasons; it is refused, the others go on. */
export interface ConversionModel {
  name: string
  body: Conversion
  source: EntityModel | null
  available: Program | null
  /** In the order in which they are written: a target comes after those it refers to. */
  targets: readonly TargetModel[]
  children: readonly {
    key: string
    entity: EntityModel
    field: FieldModel
    action: 'alsoLink' | 'move' | 'copy' | 'leave' | 'map'
    to: readonly string[]
    /** Open entries of a timeline name this target alone. */
    reassignOpen: string | null
  }[]
  triggers: readonly TriggerModel[]
  /** Every source path that the conversion reads. */
  paths: readonly string[]
  broken: readonly string[]
}

/** A public form, compiled. A broken one keeps its reasons; visitors find nothing there, the others go on. */
export interface WebFormModel {
  name: string
  body: WebForm
  entity: EntityModel | null
  /** What visitors are asked for, in the order of the page. */
  fields: readonly WebFormField[]
  /** What every record gets besides. */
  values: readonly { field: FieldModel; from: { value: unknown } | { program: Program } }[]
  /** What the form may do: make such records with these fields, and nothing else. */
  role: Role
  broken: readonly string[]
}

export interface WebFormField {
  field: FieldModel
  body: WebForm['fields'][string]
  /** By the form or by the entity. */
  required: boolean
}

/** How a plugin takes part. Code that is newer than the documents is on, with its defaults. */
export interface PluginModel {
  enabled: boolean
  /** Every declared setting that has a value. */
  settings: Readonly<Record<string, unknown>>
}

/** The whole configuration, compiled; one immutable value per version. */
export interface Model {
  version: number
  entities: ReadonlyMap<string, EntityModel>
  conversions: ReadonlyMap<string, ConversionModel>
  views: ReadonlyMap<string, View>
  forms: ReadonlyMap<string, Form>
  roles: ReadonlyMap<string, Role>
  webForms: ReadonlyMap<string, WebFormModel>
  settings: Settings
  /** The plugins whose code is there, except the core's own. */
  plugins: ReadonlyMap<string, PluginModel>
  /** Effective bodies, as merged from the layers. */
  documents: ReadonlyMap<string, DocumentBodies[DocumentKind]>
  /** What has been derived from this model (plans, rights): it lives and dies with the model. */
  cache: Map<string, unknown>
}

/** The firm's settings that documents and values fall back on. */
export interface Settings {
  currency: string
  timeZone: string
  country: string
  /** Currency → what one of it is worth in the firm's own, and of which day that is. */
  rates?: Readonly<Record<string, { rate: string; date: string }>>
}

/** Looks into the model's cache, or computes and keeps. Bounded: the oldest entries go first. */
export function cached<T>(model: Model, key: string, compute: () => T): T {
  const found = model.cache.get(key)
  if (found !== undefined) return found as T
  const value = compute()
  if (model.cache.size >= 5000) model.cache.delete(model.cache.keys().next().value!)
  model.cache.set(key, value)
  return value
}
