import type { Entity } from '@xrm/sdk'
import { orderedKeys } from '../documents/normalise.ts'
import type { EntityModel, FieldModel } from '../documents/model.ts'
import type { Normaliser } from './normalised.ts'

export type MatchRules = NonNullable<Entity['x-duplicates']>

/** A rule with its fields looked up. */
export interface MatchRule {
  name: string
  body: MatchRules[string]
  fields: readonly { field: FieldModel; normaliser: Normaliser }[]
}

/** The rules in their order. Those that name a field that is not there are left out: they are reported where they stand. */
export function resolveRules(entity: EntityModel, rules: MatchRules): MatchRule[] {
  return orderedKeys(rules).flatMap((name) => {
    const body = rules[name]!
    // By name: the database does not keep the order of keys, and an index knows the order of its columns.
    const named = Object.entries(body.fields).toSorted(([a], [b]) => (a < b ? -1 : 1))
    const fields = named.flatMap(([key, normaliser]) => {
      const field = entity.fields.get(key)
      return field && field.columns.length > 0 ? [{ field, normaliser }] : []
    })
    return fields.length === Object.keys(body.fields).length ? [{ name, body, fields }] : []
  })
}
