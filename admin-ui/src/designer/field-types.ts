import type { Field } from '@xrm/sdk/documents'
import type { DesignerKey } from './i18n/index.ts'

export type FieldGroup = 'text' | 'number' | 'time' | 'choice' | 'link' | 'other'

/** A kind of field as the gallery offers it. */
export interface FieldTypeCard {
  name: string
  icon: string
  group: FieldGroup
  /** What a field document needs to be of this type. */
  template: Field
  /** The settings that mean something for it, besides those every field has. */
  settings: readonly FieldSetting[]
}

export type FieldSetting =
  | 'default'
  | 'length'
  | 'pattern'
  | 'range'
  | 'scale'
  | 'currency'
  | 'multiple'
  | 'options'
  | 'stages'
  | 'relation'
  | 'entities'
  | 'formula'
  | 'number'
  | 'index'
  | 'search'
  | 'unique'

const card = (
  name: string,
  icon: string,
  group: FieldGroup,
  template: Field,
  ...settings: FieldSetting[]
): FieldTypeCard => ({ name, icon, group, template, settings })

/** The types in the order of the gallery: what is used most comes first in each group. */
export const fieldTypes: readonly FieldTypeCard[] = [
  card(
    'text',
    'type',
    'text',
    { type: 'string', maxLength: 200 },
    'default',
    'length',
    'pattern',
    'multiple',
    'index',
    'search',
    'unique',
  ),
  card('long-text', 'text', 'text', { 'x-type': 'long-text' }, 'default', 'length', 'pattern'),
  card('email', 'mail', 'text', { type: 'string', format: 'email' }, 'multiple', 'index', 'search', 'unique'),
  card(
    'phone',
    'phone',
    'text',
    { type: 'string', format: 'phone' },
    'multiple',
    'index',
    'search',
    'unique',
  ),
  card('url', 'link', 'text', { type: 'string', format: 'uri' }, 'multiple', 'index', 'search', 'unique'),
  card('integer', 'hash', 'number', { type: 'integer' }, 'default', 'range', 'index', 'unique'),
  card('decimal', 'decimals-arrow-right', 'number', { type: 'number' }, 'default', 'range', 'scale', 'index'),
  card('money', 'banknote', 'number', { 'x-type': 'money' }, 'range', 'scale', 'currency', 'index'),
  card(
    'percent',
    'percent',
    'number',
    { 'x-type': 'percent', minimum: 0, maximum: 100 },
    'default',
    'range',
    'scale',
    'index',
  ),
  card('auto-number', 'list-ordered', 'number', { 'x-type': 'auto-number' }, 'number', 'search'),
  card('date', 'calendar', 'time', { type: 'string', format: 'date' }, 'index'),
  card('date-time', 'clock', 'time', { type: 'string', format: 'date-time' }, 'index'),
  card('boolean', 'toggle-right', 'choice', { type: 'boolean' }, 'default', 'index'),
  card(
    'select',
    'circle-chevron-down',
    'choice',
    { 'x-type': 'select', 'x-options': {} },
    'default',
    'options',
  ),
  card('multi-select', 'list-checks', 'choice', { 'x-type': 'multi-select', 'x-options': {} }, 'options'),
  card('stage', 'milestone', 'choice', { 'x-type': 'stage', 'x-stages': {} }, 'default', 'stages'),
  card('tags', 'tags', 'choice', { 'x-type': 'tags' }),
  card(
    'relation',
    'git-branch',
    'link',
    { 'x-type': 'relation', 'x-relation': { entity: '', onDelete: 'clear' } },
    'relation',
    'unique',
  ),
  card('relation-any', 'share-2', 'link', { 'x-type': 'relation-any' }, 'entities', 'multiple'),
  card('user', 'user', 'link', { 'x-type': 'user' }, 'index'),
  card('team', 'users', 'link', { 'x-type': 'team' }, 'index'),
  card('address', 'map-pin', 'other', { 'x-type': 'address' }),
  card('formula', 'sigma', 'other', { 'x-type': 'formula' }, 'formula'),
  card('json', 'braces', 'other', { 'x-type': 'json' }),
]

const byName = new Map(fieldTypes.map((type) => [type.name, type]))
const formats: Record<string, string> = {
  email: 'email',
  uri: 'url',
  phone: 'phone',
  date: 'date',
  'date-time': 'date-time',
}
const plainTypes: Record<string, string> = {
  integer: 'integer',
  number: 'decimal',
  boolean: 'boolean',
  array: 'tags',
  object: 'json',
}

/** The name of a field's type, read as the server reads it. */
export function fieldTypeName(field: Field): string {
  if (field['x-type'] !== undefined) return field['x-type']
  if (field['x-options'] !== undefined || field.enum !== undefined) return 'select'
  return plainTypes[field.type ?? ''] ?? formats[field.format ?? ''] ?? 'text'
}

/** The gallery's card of a field; a type that a plugin brings has a plain one. */
export function fieldTypeOf(field: Field): FieldTypeCard {
  const name = fieldTypeName(field)
  return (
    byName.get(name) ?? { name, icon: 'puzzle', group: 'other', template: { 'x-type': name }, settings: [] }
  )
}

/** The message keys of a type's name and of the line that explains it. */
export function fieldTypeKeys(name: string): { title: DesignerKey; about: DesignerKey } {
  return { title: `type.${name}` as DesignerKey, about: `type.${name}.about` as DesignerKey }
}

/** Keywords that belong to one type; they go when a field becomes another one. */
const typeKeywords = [
  'type',
  'format',
  'x-type',
  'x-multiple',
  'minLength',
  'maxLength',
  'pattern',
  'minimum',
  'maximum',
  'x-scale',
  'x-currency',
  'x-options',
  'x-stages',
  'x-relation',
  'x-entities',
  'x-formula',
  'x-declassified',
  'x-number',
  'default',
] as const

/** The merge patch that makes a field one of another type. Settings that both types know stay. */
export function retypePatch(field: Field, to: FieldTypeCard): Record<string, unknown> {
  const kept = new Set<string>(to.settings.flatMap((setting) => keywordsOf[setting] ?? []))
  const template = to.template as Record<string, unknown>
  const patch: Record<string, unknown> = {}
  for (const keyword of typeKeywords) {
    if (keyword in template) {
      if (!(kept.has(keyword) && keyword in field)) patch[keyword] = template[keyword]
    } else if (keyword in field && !kept.has(keyword)) patch[keyword] = null
  }
  return patch
}

const keywordsOf: Partial<Record<FieldSetting, readonly string[]>> = {
  length: ['minLength', 'maxLength'],
  pattern: ['pattern'],
  range: ['minimum', 'maximum'],
  scale: ['x-scale'],
  currency: ['x-currency'],
  multiple: ['x-multiple'],
  options: ['x-options'],
}
