import type { ContextName } from '@xrm/sdk/expression'
import type { Actor } from '../access/rights.ts'
import type { Settings } from '../documents/model.ts'

/** Where the value of a parameter comes from: the text of the query, the one who asks, or the single call. */
export type Param =
  | { kind: 'literal'; value: unknown }
  | { kind: 'context'; name: AskerName }
  | { kind: 'slot'; name: string }

/** What expressions may ask of who asks, and what the scopes of rights ask besides. */
export type AskerName = ContextName | 'branch' | 'reports' | 'grantees'

/** What the context parameters stand for in one call. */
export interface QueryContext {
  actor: Actor
  now: string
  settings: Settings
}

const contextTypes: Record<AskerName, string> = {
  now: 'timestamptz',
  timeZone: 'text',
  me: 'uuid',
  teams: 'uuid[]',
  record: 'uuid',
  branch: 'uuid[]',
  reports: 'uuid[]',
  grantees: 'uuid[]',
}

/** Collects the parameters of a statement and gives back their SQL. `before`: so many come before them in the statement. */
export class Params {
  readonly list: Param[] = []
  readonly #before: number
  readonly #named = new Map<string, string>()

  constructor(before = 0) {
    this.#before = before
  }

  literal(value: unknown, pgType: string): string {
    return this.#add({ kind: 'literal', value }, pgType)
  }

  context(name: AskerName): string {
    return this.#once(`context ${name}`, { kind: 'context', name }, contextTypes[name])
  }

  slot(name: string, pgType: string): string {
    return this.#once(`slot ${name}`, { kind: 'slot', name }, pgType)
  }

  #once(key: string, param: Param, pgType: string): string {
    let sql = this.#named.get(key)
    if (sql === undefined) this.#named.set(key, (sql = this.#add(param, pgType)))
    return sql
  }

  #add(param: Param, pgType: string): string {
    this.list.push(param)
    return `$${this.#before + this.list.length}::${pgType}`
  }
}

/** The values of the parameters for one call. */
export function bindParams(
  params: readonly Param[],
  context: QueryContext,
  slots: Record<string, unknown> = {},
): unknown[] {
  return params.map((param) => {
    if (param.kind === 'literal') return param.value
    if (param.kind === 'slot') return slots[param.name]
    switch (param.name) {
      case 'now':
        return context.now
      case 'timeZone':
        return context.settings.timeZone
      case 'me':
        return context.actor.userId
      case 'record':
        return context.actor.represents?.id ?? null
      case 'teams':
      case 'branch':
      case 'reports':
      case 'grantees':
        return context.actor[param.name]
    }
  })
}
