import { isEqual } from '@xrm/sdk/merge'
import type { BuiltModel } from '../build-model.ts'
import type { EntityModel, FieldModel, Model } from '../model.ts'
import type { ColumnMove } from '../../storage/plan-storage.ts'

/** A stored field whose values may not be what the next model takes them for. */
export interface ValueChange {
  /** Entity and field as the next model has them. */
  entity: EntityModel
  field: FieldModel
  /** The field as it is published. */
  old: FieldModel
  /** It goes over to other columns; null: the same columns serve. */
  move: ColumnMove | null
  kind: 'type' | 'options'
}

/** A field that asks more of its values than before. What is there may stay; it is counted. */
export interface TightenedField {
  entity: EntityModel
  field: FieldModel
  check: 'required' | 'length' | 'pattern' | 'range'
}

/** Fields that no two records may share from now on. */
export interface NewUnique {
  entity: EntityModel
  name: string
  fields: readonly FieldModel[]
}

export interface DataChanges {
  values: ValueChange[]
  tightened: TightenedField[]
  unique: NewUnique[]
}

/** Compares what is published with what a changeset would make of it: everything that existing values have to do with. */
export function findChanges(before: Model, { model, plan }: BuiltModel): DataChanges {
  const changes: DataChanges = { values: [], tightened: [], unique: [] }
  const entityByTable = new Map([...before.entities.values()].map((entity) => [entity.table, entity]))
  for (const entity of model.entities.values()) {
    const known = entityByTable.get(entity.table)
    if (entity.readOnly || !known) continue
    const byColumn = new Map(known.stored.map((field) => [field.columns[0]!.name, field]))
    for (const field of entity.stored) {
      if (field.system) continue
      const move = plan.moves.find((one) => one.entity === entity.name && one.field === field.name) ?? null
      const old = byColumn.get(move ? move.from.columns[0]! : field.columns[0]!.name)
      if (!old) continue
      const kind = changeOf(old, field, move)
      if (kind) changes.values.push({ entity, field, old, move, kind })
      else changes.tightened.push(...tightened(entity, old, field))
    }
    for (const { name, fields } of entity.unique) {
      const models = fields.flatMap((key) => entity.fields.get(key) ?? [])
      if (known.unique.some((other) => isSameUnique(known, other.fields, models))) continue
      // A field that is new has no values yet, and one that changes its form is judged when its values are converted.
      if (
        models.length === fields.length &&
        models.every((field) => byColumn.has(field.columns[0]?.name ?? ''))
      )
        changes.unique.push({ entity, name, fields: models })
    }
  }
  return changes
}

function changeOf(old: FieldModel, field: FieldModel, move: ColumnMove | null): 'type' | 'options' | null {
  const sameType =
    old.type.name === field.type.name &&
    isEqual(old.valueType, field.valueType) &&
    old.multiple === field.multiple
  if (!sameType) return 'type'
  const kept = new Set(field.options.map(({ key }) => key))
  if (old.options.some(({ key }) => !kept.has(key))) return 'options'
  return move ? (old.options.length > 0 ? 'options' : 'type') : null
}

function tightened(entity: EntityModel, old: FieldModel, field: FieldModel): TightenedField[] {
  const [was, is] = [old.field, field.field]
  const differs = (...keys: ('maxLength' | 'minLength' | 'pattern' | 'minimum' | 'maximum' | 'x-scale')[]) =>
    keys.some((key) => is[key] !== undefined && is[key] !== was[key])
  const checks: TightenedField['check'][] = []
  if (field.required && !old.required) checks.push('required')
  if (differs('maxLength', 'minLength')) checks.push('length')
  if (differs('pattern')) checks.push('pattern')
  if (differs('minimum', 'maximum', 'x-scale')) checks.push('range')
  return checks.map((check) => ({ entity, field, check }))
}

function isSameUnique(known: EntityModel, names: readonly string[], fields: readonly FieldModel[]): boolean {
  const columns = (list: readonly (FieldModel | undefined)[]): string =>
    list.map((field) => field?.columns[0]?.name ?? '').join()
  return columns(names.map((name) => known.fields.get(name))) === columns(fields)
}
