import type { EntityDefinition } from './define.ts'
import type {
  Conversion,
  DocumentKind,
  Field,
  Form,
  OptionSet,
  Role,
  View,
  WebForm,
} from './documents/index.ts'
import type { FieldType } from './field-type.ts'
import type { ProblemDefinition } from './problem.ts'

/** One record that is about to be saved, as a hook sees it. */
export interface HookRow {
  action: 'create' | 'update'
  id: string
  /** The record as stored; null for a new one. Frozen. */
  before: Readonly<Record<string, unknown>> | null
  /** The record as it will be. Read from here. Frozen; change it with `set`. */
  next: Readonly<Record<string, unknown>>
  /** Changes a field; the value is validated like any other. */
  set(field: string, value: unknown): void
  /** Refuses the row with one of the plugin's problems, at a field if given (`/rating`). */
  fail(problem: ProblemDefinition, pointer?: string, detail?: string): void
}

export interface HookContext {
  /** The acting user; null when the system acts. */
  actor: { id: string; name: string } | null
  /** What caused the write: `request`, `conversion`, `import`, … */
  cause: { kind: string; ref?: string }
  /** Start of the write; the same for all its rows. */
  now: string
  /** The plugin's settings as they are in force: what administrators and site say, else the defaults. Frozen. */
  settings: Readonly<Record<string, unknown>>
}

export interface EntityHooks {
  /** Runs before validation, inside the write. Takes the whole batch; it must finish within two seconds. */
  beforeSave?(batch: readonly HookRow[], context: HookContext): void | Promise<void>
}

/** Writes records of demo data; every row passes the one write path. */
export interface DemoContext {
  /** Creates records and returns their ids in order. */
  create(entity: string, rows: Record<string, unknown>[]): Promise<string[]>
  /** Hangs a text file on records, each as `entity/id`. */
  attach(name: string, text: string, regarding: readonly string[]): Promise<void>
  /** Ids that earlier plugins created, by entity. */
  ids(entity: string): readonly string[]
  /** Ids of the demo users by role. */
  users(role: string): readonly string[]
  /** The team of the demo users with that role. */
  team(role: string): string
  /** Deterministic pseudo-random number in [0, 1). */
  random(): number
  /** One of the list, by `random`. */
  pick<T>(list: readonly T[]): T
  /** The date so many days from today; negative: before. */
  day(offset: number): string
  /** Runs a conversion with its default decisions. Refused where a person would have to decide. */
  convert(conversion: string, source: string): Promise<void>
  /** Publishes patches of documents under a title, as an administrator would. */
  publish(title: string, documents: Preset['documents']): Promise<void>
}

/**
 * A way of working that a firm may choose: patches (RFC 7396) of documents, its own and those of other plugins, and
 * documents that it adds. Choosing it makes a draft; what of it is not there is left out, and said.
 */
export interface Preset {
  title: string
  labels?: Record<string, string>
  description: string
  descriptions?: Record<string, string>
  order?: number
  /** Kind → name → patch; null removes the document. */
  documents: Partial<Record<DocumentKind, Record<string, Record<string, unknown> | null>>>
}

/** Everything one plugin declares. It can be listed, checked and shown before any of its code runs. */
export interface Plugin {
  /** Kebab-case, unique. Prefix of its problems. */
  name: string
  title: string
  labels?: Record<string, string>
  description?: string
  /** Range of SDK versions it works with, e.g. `^1.0.0`. */
  compatible: string
  /** Plugins that must be loaded before it, with their version ranges. */
  requires?: Record<string, string>
  version?: string
  entities?: readonly EntityDefinition[]
  optionSets?: Record<string, OptionSet>
  conversions?: Record<string, Conversion>
  views?: Record<string, View>
  forms?: Record<string, Form>
  roles?: Record<string, Role>
  webForms?: Record<string, WebForm>
  fieldTypes?: readonly FieldType[]
  problems?: Record<string, ProblemDefinition>
  /** What administrators may set, as fields in the vocabulary of entities. Hooks read the values in `context.settings`. */
  settings?: Record<string, Field>
  hooks?: Record<string, EntityHooks>
  /** Ways of working for administrators to choose from. */
  presets?: Record<string, Preset>
  /** Realistic demo data; runs after the demo data of the plugins it requires. */
  demo?: (context: DemoContext) => Promise<void>
}

/** Declares a plugin; the default export of its `index.ts`. */
export function definePlugin<const P extends Plugin>(plugin: P): P {
  return plugin
}
