import type { PoolClient } from 'pg'
import type { EntityHooks, ProblemItem } from '@xrm/sdk'
import type { Actor } from '../access/rights.ts'
import type { Asked } from '../audit/audit.ts'
import type { EntityModel, Model } from '../documents/model.ts'
import type { Database } from '../storage/database.ts'

/** What a write needs. With `client` it is part of a larger transaction; else it makes its own. */
export interface WriteContext {
  model: Model
  actor: Actor
  /** Whose rights count, where it is not the actor's: the engine of conversions links children on its own authority. */
  rightsOf?: Actor
  db: Database
  client?: PoolClient
  /** The instant of the write, the same for all its rows. */
  now: string
  cause: {
    kind:
      | 'request'
      | 'api-key'
      | 'conversion'
      | 'import'
      | 'demo'
      | 'system'
      | 'cascade'
      | 'merge'
      | 'web-form'
    ref?: string
  }
  hooks: HookRegistry
  /** Who asked and from where, for the security log; absent: the actor, from within. */
  asked?: Asked
  /** The records whose triggers led to this write, the first one first; absent: somebody asked for it. */
  chain?: readonly string[]
  /** Records that this transaction creates, so that references among them hold before they are written. */
  expected?: ReadonlySet<string>
  /** References that this transaction has found to hold, so that several batches ask for each once. */
  found?: Set<string>
  /** What this transaction deletes or restores, where these records go along with others. */
  cascade?: Cascade
  /** The call's Idempotency-Key with the digest of the request. */
  idempotency?: { key: string; request: string }
}

/** Records on their way to the bin or back, with the record that each goes along with. */
export interface Cascade {
  parents: Map<string, { entity: string; parent: string | null }>
  depth: number
}

export type HookRegistry = ReadonlyMap<string, readonly RegisteredHooks[]>

export interface RegisteredHooks {
  plugin: string
  hooks: EntityHooks
  /** Fields that the plugin's code gives the entity, whether they are published or not. */
  declared: ReadonlySet<string>
}

/** One row of a batch, as it was asked for. */
export type WriteOperation =
  /** `assign` are values that the engine sets, not the user: they need no right. */
  | {
      action: 'create'
      values: Readonly<Record<string, unknown>>
      id?: string
      assign?: Readonly<Record<string, unknown>>
    }
  /** `touch` makes a version even when no value changes: what was read before is then out of date. */
  | {
      action: 'update'
      id: string
      version?: number
      values: Readonly<Record<string, unknown>>
      touch?: boolean
    }
  /** `ref` is the record that it goes along with. */
  | { action: 'delete'; id: string; version?: number; ref?: string }
  | { action: 'restore'; id: string; version?: number; ref?: string }

/** One row on its way through the write path. `errors` keeps it from being written. */
export interface WriteRow {
  index: number
  action: WriteOperation['action']
  id: string
  /** Version that the caller based the change on; undefined: any. */
  expected: number | undefined
  /** Given by the caller, parsed; canonical values. */
  given: Map<string, unknown>
  /** Set by the engine. */
  assigned: Readonly<Record<string, unknown>>
  before: Record<string, unknown> | null
  version: number
  next: Record<string, unknown>
  /** Fields whose value differs from before, in API form. */
  changed: Set<string>
  touch: boolean
  /** The actor may change it by more than an expression: by whose it is, or by a share. */
  free: boolean
  /** Takes the place of the write's own `cause.ref`. */
  ref: string | undefined
  errors: ProblemItem[]
  /** A problem of the row as a whole, such as `record.not-found`. */
  failure: { code: string; detail?: string; extra?: Record<string, unknown> } | null
}

export interface WriteResult {
  id: string
  version: number
  /** The record as written, stored fields only; its reader's rights are not applied. */
  next: Readonly<Record<string, unknown>>
}

/** Refuses a field of a row. */
export function refuse(
  row: WriteRow,
  field: string,
  code: string,
  detail: string,
  params?: Record<string, unknown>,
): void {
  row.errors.push({ pointer: `/${field}`, code, detail, ...(params ? { params } : {}) })
}

/** The value of a path in a record that is being written: a field, a part of an address, or a formula. */
export function readPath(
  entity: EntityModel,
  record: Readonly<Record<string, unknown>>,
  path: string,
  evaluation: Evaluation,
): unknown {
  const dot = path.indexOf('.')
  const name = dot < 0 ? path : path.slice(0, dot)
  const field = entity.fields.get(name)
  if (field?.program)
    return field.program.evaluate((inner) => readPath(entity, record, inner, evaluation), evaluation)
  const value = record[name] ?? null
  if (dot < 0) return value
  return value === null || typeof value !== 'object'
    ? null
    : ((value as Record<string, unknown>)[path.slice(dot + 1)] ?? null)
}

export interface Evaluation {
  now: string
  timeZone: string
  me: string | null
  teams: readonly string[]
  record: string | null
}

/** What expressions are evaluated with during a write. */
export function evaluationOf(context: Pick<WriteContext, 'now' | 'actor' | 'model'>): Evaluation {
  return {
    now: context.now,
    timeZone: context.model.settings.timeZone,
    me: context.actor.userId,
    teams: context.actor.teams,
    record: context.actor.represents?.id ?? null,
  }
}
