import type { Actor } from '../access/rights.ts'
import type { Settings } from '../documents/model.ts'

/** Where the value of a parameter comes from: the text of the query, the one who asks, or the single call. */
export type Param =
  | { kind: 'literal'; value: unknown }
  | { kind: 'context'; name: 'now' | 'timeZone' | 'me' | 'teams' }
  | { kind: 'slot'; name: string }

/** What the context parameters stand for in one call. */
export interface QueryContext {
  actor: Actor
  now: string
  settings: Settings
}

const contextTypes = { now: 'timestamptz', timeZone: 'text', me: 'uuid', teams: 'uuid[]' }

/** Collects the parameters of a statement and gives back their SQL. */
export class Params {
  readonly list: Param[] = []
  readonly #named = new Map<string, string>()

  literal(value: unknown, pgType: string): string {
    this.list.push({ kind: 'literal', value })
    return `$${this.list.length}::${pgType}`
  }

  context(name: 'now' | 'timeZone' | 'me' | 'teams'): string {
    return this.#once(`context ${name}`, { kind: 'context', name }, contextTypes[name])
  }

  slot(name: string, pgType: string): string {
    return this.#once(`slot ${name}`, { kind: 'slot', name }, pgType)
  }

  #once(key: string, param: Param, pgType: string): string {
    let sql = this.#named.get(key)
    if (sql === undefined) {
      this.list.push(param)
      this.#named.set(key, (sql = `$${this.list.length}::${pgType}`))
    }
    return sql
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
      case 'teams':
        return context.actor.teams
    }
  })
}
