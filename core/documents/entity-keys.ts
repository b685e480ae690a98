import { quoteText } from '../storage/names.ts'
import { cached, type EntityModel, type FieldModel, type Model } from './model.ts'

/**
 * What the database keeps about records outside of their table (history, runs, values `entity/id`) names their entity by
 * a key that outlives renames. These translate where such values enter and leave.
 */
interface EntityKeys {
  nameOf: ReadonlyMap<string, string>
  keyOf: ReadonlyMap<string, string>
}

function entityKeys(model: Model): EntityKeys {
  return cached(model, 'entity-keys', () => {
    const renamed = [...model.entities.values()].filter(({ name, key }) => name !== key)
    return {
      nameOf: new Map(renamed.map(({ name, key }) => [key, name])),
      keyOf: new Map(renamed.map(({ name, key }) => [name, key])),
    }
  })
}

/** The present name of an entity that the database knows by this key. */
export function nameOfKey(model: Model, key: string): string {
  return entityKeys(model).nameOf.get(key) ?? key
}

/** The present name of the field that keeps a column; what was written down by column survives renames. */
export function fieldOfColumn(entity: EntityModel, column: string): string | null {
  for (const field of entity.stored) if (field.columns[0]!.name === column) return field.name
  return entity.fieldOfColumn.get(column) ?? null
}

/** Values of a field in the form in which they are kept. */
export function toStored(model: Model, field: FieldModel, value: unknown): unknown {
  return translate(entityKeys(model).keyOf, field, value)
}

/** Values of a field as they are kept, in API form. */
export function fromStored(model: Model, field: FieldModel, value: unknown): unknown {
  return translate(entityKeys(model).nameOf, field, value)
}

function translate(names: ReadonlyMap<string, string>, { type }: FieldModel, value: unknown): unknown {
  if (names.size === 0 || type.name !== 'relation-any') return value
  const one = (text: unknown): unknown => {
    if (typeof text !== 'string') return text
    const slash = text.indexOf('/')
    const name = names.get(text.slice(0, slash))
    return name === undefined ? text : name + text.slice(slash)
  }
  return Array.isArray(value) ? value.map(one) : one(value)
}

/** SQL that gives the kept values of a field in API form. No index serves it: where one must, compare what is kept. */
export function fromStoredSql(model: Model, { type, multiple }: FieldModel, sql: string): string {
  const { nameOf } = entityKeys(model)
  if (nameOf.size === 0 || type.name !== 'relation-any') return sql
  const cases = [...nameOf].map(
    ([key, name]) => `WHEN ${quoteText(key)} THEN ${quoteText(name)} || '/' || split_part(e, '/', 2)`,
  )
  const one = `CASE split_part(e, '/', 1) ${cases.join(' ')} ELSE e END`
  return multiple
    ? `(CASE WHEN ${sql} IS NOT NULL THEN ARRAY(SELECT ${one} FROM unnest(${sql}) WITH ORDINALITY AS x(e, n) ORDER BY n) END)`
    : `(SELECT ${one} FROM (SELECT ${sql} AS e) x)`
}
