import { createHash } from 'node:crypto'
import { matchRulesOf } from '../conversions/match-rules.ts'
import type { EntityModel, FieldModel, Model, Settings } from '../documents/model.ts'
import { normalised } from '../duplicates/normalised.ts'
import { type MatchRule, resolveRules } from '../duplicates/rules.ts'
import { quoteName } from './names.ts'

/** An index that the model wants. Its name holds a digest of its definition: equal names are equal indexes. */
export interface WantedIndex {
  entity: string
  name: string
  unique: boolean
  /** Everything after the name: `ON … USING … (…)`. */
  definition: string
}

/**
 * The indexes that lists, filters, relations, uniqueness, search and matching need. What a list sorts by is followed by
 * the id, because pages continue after (value, id).
 */
export function wantedIndexes(model: Model): WantedIndex[] {
  const wanted = new Map<string, WantedIndex>()
  const add = (entity: EntityModel, body: string, unique = false): void => {
    const definition = `ON ${entity.table} ${body}`
    const digest = createHash('sha256').update(definition).digest('hex').slice(0, 12)
    const name = `${entity.name.slice(0, 40)}_${unique ? 'key' : 'ix'}_${digest}`
    wanted.set(name, { entity: entity.name, name, unique, definition })
  }
  for (const entity of model.entities.values()) {
    if (entity.readOnly) continue
    add(entity, '(created_at, id)')
    if (hasOwner(entity)) add(entity, '(owner, created_at, id)')
    for (const field of entity.fields.values()) {
      for (const body of fieldIndexes(entity, field)) add(entity, body)
    }
    for (const { fields } of entity.unique) {
      const columns = fields.map((name) => entity.fields.get(name)!.columns[0]!.sql)
      add(entity, `(${columns.join(', ')}) WHERE deleted_at IS NULL`, true)
    }
    if (entity.search.length > 0) {
      const columns = entity.search.map((field) => `xrm.fold(${field.columns[0]!.sql}) gin_trgm_ops`)
      add(entity, `USING gin (${columns.join(', ')})`)
    }
  }
  for (const view of model.views.values()) {
    const entity = model.entities.get(view.entity)
    const [first] = Object.entries(view.sort ?? {}).toSorted((a, b) => (a[1].order ?? 0) - (b[1].order ?? 0))
    const field = first && entity?.fields.get(first[0])
    if (
      entity &&
      !entity.readOnly &&
      field &&
      !field.system &&
      field.columns.length > 0 &&
      field.options.length === 0
    ) {
      add(entity, `(${sortColumn(field)}, id)`)
    }
  }
  for (const entity of model.entities.values()) {
    if (entity.readOnly) continue
    for (const rule of resolveRules(entity, entity.body['x-duplicates'] ?? {}))
      for (const body of ruleIndexes(rule, model.settings)) add(entity, body)
  }
  for (const conversion of model.conversions.values()) {
    for (const target of conversion.targets) {
      for (const rule of resolveRules(target.entity, matchRulesOf(target)))
        for (const body of ruleIndexes(rule, model.settings)) add(target.entity, body)
    }
  }
  return [...wanted.values()]
}

function hasOwner(entity: EntityModel): boolean {
  return entity.body['x-entity'].owner === true
}

/** What a match rule looks up: the normal forms themselves, so that comparing a million records costs nothing. */
function ruleIndexes({ body, fields }: MatchRule, settings: Settings): string[] {
  // Lists are compared by overlap, which a B-tree does not serve; they are few and short.
  if (fields.some(({ field }) => field.multiple)) return []
  const forms = fields.map(({ field, normaliser }) => normalised(normaliser, field.columns[0]!.sql, settings))
  return body.similar === undefined
    ? [`(${forms.map((form) => `(${form})`).join(', ')}) WHERE deleted_at IS NULL`]
    : [`USING gin ((${forms[0]!}) gin_trgm_ops) WHERE deleted_at IS NULL`]
}

/** The column as lists sort it: text by the alphabet of people, everything else as it is. */
export function sortColumn(field: FieldModel): string {
  const column = field.columns[0]!
  return column.pgType === 'text' ? `${column.sql} COLLATE "und-x-icu"` : column.sql
}

function fieldIndexes(entity: EntityModel, field: FieldModel): string[] {
  if (field.columns.length === 0 || (field.system && field.name !== 'team')) return []
  const column = field.columns[0]!.sql
  switch (field.type.name) {
    case 'relation':
    case 'team':
      return [`(${column}, created_at, id)`]
    case 'stage':
      // Counts by stage are asked for on every board. With what scopes look at in it, they are read from the index alone.
      return [
        `(${column}, created_at, id)${hasOwner(entity) ? ' INCLUDE (owner, team)' : ''} WHERE deleted_at IS NULL`,
      ]
    case 'auto-number':
      return [`(${column})`]
    case 'relation-any':
      return [field.multiple ? `USING gin (${column})` : `(${column})`]
    default:
      if (field.field['x-index'] !== true) return []
      if (field.multiple) return [`USING gin (${column})`]
      // An index in the order of people does not serve `==`, which compares texts as they are.
      return [`(${sortColumn(field)}, id)`, ...(sortColumn(field) === column ? [] : [`(${column})`])]
  }
}

/** The statement that makes an index. */
export function createIndexSql(index: WantedIndex, concurrently: boolean): string {
  const unique = index.unique ? 'UNIQUE ' : ''
  return `CREATE ${unique}INDEX ${concurrently ? 'CONCURRENTLY ' : ''}IF NOT EXISTS ${quoteName(index.name)} ${index.definition}`
}
