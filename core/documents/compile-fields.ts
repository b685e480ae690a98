import type { DocumentKind, Entity, Field, FieldType, OptionSet } from '@xrm/sdk'
import type { ValueType } from '@xrm/sdk/expression'
import { fieldTypeName } from '../fields/index.ts'
import { quoteName } from '../storage/names.ts'
import type { Issues } from './issues.ts'
import { escapePointer } from '@xrm/sdk/merge'
import type { ColumnModel, FieldModel, OptionModel, Settings } from './model.ts'
import { orderedKeys } from './normalise.ts'
import { reservedNames, systemFields } from './system-fields.ts'

/** Physical column names of an entity's fields: field → column names in the order of the type's columns. */
export type ColumnNames = ReadonlyMap<string, readonly string[]>

export interface FieldSources {
  fieldTypes: ReadonlyMap<string, FieldType>
  optionSets: ReadonlyMap<string, OptionSet>
  entityNames: ReadonlySet<string>
  settings: Settings
}

/** Keywords that every field may carry. */
const commonKeywords = new Set([
  'title',
  'description',
  'type',
  'format',
  'default',
  'x-labels',
  'x-descriptions',
  'x-was',
  'x-type',
  'x-order',
  'x-required',
  'x-readonly',
  'x-personal',
  'x-index',
])

/** Compiles the fields of an entity document; formulas get their programs later, when all entities are known. */
export function compileFields(
  name: string,
  body: Entity,
  columns: ColumnNames,
  sources: FieldSources,
  issues: Issues,
): Map<string, FieldModel> {
  const place = { kind: 'entity' as DocumentKind, name }
  const fields = new Map<string, FieldModel>()
  for (const [key, { writable, ...field }] of Object.entries(systemFields)) {
    const type = sources.fieldTypes.get(fieldTypeName(field))!
    fields.set(key, {
      ...base(key, field, type, sources),
      system: true,
      writable: writable === true,
      valueType: key === 'id' ? { record: name } : type.valueType(field),
      columns: [{ name: key, sql: quoteName(key), pgType: key === 'id' ? 'uuid' : type.columns(field)['']! }],
      relation: relationOf(field, type),
      order: 1000 + fields.size,
    })
  }
  // Loading turns the list into flags; what is left names nothing, or was sent without the fields that it is about.
  for (const key of new Set(body.required)) {
    if (Object.hasOwn(body.properties, key))
      issues.error(place, '/required', 'field.required', `Say "x-required": true at the field "${key}".`)
    else issues.error(place, '/required', 'reference.unknown', `There is no field "${key}".`)
  }
  for (const key of orderedKeys(mapOrder(body.properties))) {
    const field = body.properties[key]!
    const pointer = `/properties/${escapePointer(key)}`
    if (reservedNames.has(key) || key.startsWith('pg_')) {
      issues.error(place, pointer, 'field.reserved-name', `"${key}" is a reserved name.`)
      continue
    }
    const typeName = fieldTypeName(field)
    const type = sources.fieldTypes.get(typeName)
    if (!type) {
      issues.error(place, `${pointer}/x-type`, 'field.unknown-type', `There is no field type "${typeName}".`)
      continue
    }
    lintField(field, type, pointer, place, sources, issues)
    for (const was of Object.keys(field['x-was'] ?? {})) {
      if (Object.hasOwn(body.properties, was) || reservedNames.has(was))
        issues.error(
          place,
          `${pointer}/x-was/${was}`,
          'name.taken',
          `"${was}" is the name of a present field.`,
        )
    }
    const model: FieldModel = {
      ...base(key, field, type, sources),
      columns: columnsOf(field, type, columns.get(key)),
      relation: relationOf(field, type),
    }
    if (field.default !== undefined) {
      const parsed = type.parse(field.default, model.context)
      if ('error' in parsed)
        issues.error(place, `${pointer}/default`, parsed.error, `The default ${parsed.detail}.`)
      else model.default = parsed.value
    } else if (type.name === 'stage') model.default = model.options[0]?.key
    fields.set(key, model)
  }
  return fields
}

/** A field of a type, without columns and default. */
export function base(name: string, field: Field, type: FieldType, sources: FieldSources): FieldModel {
  const options = optionsOf(field, sources)
  return {
    name,
    type,
    field,
    context: {
      name,
      field,
      options: new Map(options.map((option) => [option.key, option])),
      defaults: sources.settings,
    },
    system: false,
    writable: type.name !== 'formula' && type.name !== 'auto-number' && field['x-readonly'] !== true,
    required: field['x-required'] === true,
    multiple: field['x-multiple'] === true || type.name === 'multi-select' || type.name === 'tags',
    order: field['x-order'] ?? 1e6,
    valueType: type.valueType(field) as ValueType | null,
    columns: [],
    program: null,
    relation: null,
    options,
    default: undefined,
  }
}

function columnsOf(field: Field, type: FieldType, names: readonly string[] | undefined): ColumnModel[] {
  return Object.values(type.columns(field)).map((pgType, index) => {
    const name = names?.[index] ?? `?${index}`
    return { name, sql: quoteName(name), pgType }
  })
}

function relationOf(field: Field, type: FieldType): string | null {
  if (type.name === 'user' || type.name === 'team') return type.name
  return type.name === 'relation' ? (field['x-relation']?.entity ?? null) : null
}

function optionsOf(field: Field, sources: FieldSources): OptionModel[] {
  const named = field['x-options']
  const entries =
    field['x-stages'] ?? (typeof named === 'string' ? sources.optionSets.get(named)?.options : named) ?? {}
  const keys = orderedKeys(entries)
  return keys.map((key, index) => {
    const { title, labels = {}, description, descriptions, color = null, ...rest } = entries[key]!
    return {
      key,
      title,
      labels,
      ...(description === undefined ? {} : { description }),
      ...(descriptions === undefined ? {} : { descriptions }),
      color,
      active: !('active' in rest) || rest.active !== false,
      order: rest.order ?? index,
      ...('category' in rest && rest.category ? { category: rest.category } : {}),
      ...('phase' in rest && rest.phase ? { phase: rest.phase } : {}),
      ...('sets' in rest && rest.sets ? { sets: rest.sets } : {}),
      ...('next' in rest && rest.next
        ? {
            next: [
              ...keys.filter((other) => rest.next![other]),
              ...Object.keys(rest.next).filter((other) => !keys.includes(other)),
            ],
          }
        : {}),
      ...('requires' in rest && rest.requires ? { requires: Object.keys(rest.requires) } : {}),
    }
  })
}

export function lintField(
  field: Field,
  type: FieldType,
  pointer: string,
  place: { kind: DocumentKind; name: string },
  sources: FieldSources,
  issues: Issues,
): void {
  for (const keyword of Object.keys(field)) {
    if (!commonKeywords.has(keyword) && !type.keywords.includes(keyword)) {
      issues.error(
        place,
        `${pointer}/${keyword}`,
        'field.keyword',
        `"${keyword}" means nothing for a field of type ${type.name}.`,
      )
    }
  }
  for (const text of type.lint?.(field) ?? []) issues.error(place, pointer, 'field.invalid', text)
  const options = field['x-options']
  if (typeof options === 'string' && !sources.optionSets.has(options)) {
    issues.error(place, `${pointer}/x-options`, 'reference.unknown', `There is no option set "${options}".`)
  }
  const entity = field['x-relation']?.entity
  if (entity !== undefined && !sources.entityNames.has(entity)) {
    issues.error(
      place,
      `${pointer}/x-relation/entity`,
      'reference.unknown',
      `There is no entity "${entity}".`,
    )
  }
  for (const other of Object.keys(field['x-entities'] ?? {})) {
    if (!sources.entityNames.has(other)) {
      issues.warning(
        place,
        `${pointer}/x-entities/${other}`,
        'reference.unknown',
        `There is no entity "${other}".`,
      )
    }
  }
}

/** Field order for {@link orderedKeys}, whose keyword for fields is `x-order`. */
function mapOrder(properties: Record<string, Field>): Record<string, { order?: number }> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, field]) => [
      key,
      field['x-order'] === undefined ? {} : { order: field['x-order'] },
    ]),
  )
}
