import type { Scope, ValueType } from '@xrm/sdk/expression'
import { addressParts } from '../fields/address.ts'
import type { EntityModel } from './model.ts'

/** Entities while the model is being compiled, and after. */
export type Entities = ReadonlyMap<string, Pick<EntityModel, 'fields'>>

/** What an expression about a record of `entity` may name: its fields, and through relations those of others. */
export function recordScope(entities: Entities, entity: string): Scope {
  return {
    variable: (name) => fieldType(entities, entity, name),
    member: (owner, name) => memberType(entities, owner, name),
  }
}

/** What a conversion's expressions may name: `source`, and `child` where a target is made for each child. */
export function sourceScope(entities: Entities, source: string, child?: string): Scope {
  return {
    variable: (name) => {
      if (name === 'source') return { type: { record: source } }
      return name === 'child' && child !== undefined ? { type: { record: child } } : undefined
    },
    member: (owner, name) => memberType(entities, owner, name),
  }
}

function memberType(entities: Entities, owner: string, name: string): { type: ValueType } | undefined {
  if (owner === '$address')
    return (addressParts as readonly string[]).includes(name) ? { type: 'string' } : undefined
  return fieldType(entities, owner, name)
}

function fieldType(entities: Entities, entity: string, name: string): { type: ValueType } | undefined {
  const field = entities.get(entity)?.fields.get(name)
  return field?.valueType == null ? undefined : { type: field.valueType }
}
