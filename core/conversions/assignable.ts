import type { Mapping } from '@xrm/sdk'
import type { ValueType } from '@xrm/sdk/expression'
import type { FieldModel } from '../documents/model.ts'

const texts = new Set(['text', 'long-text', 'email', 'phone', 'url', 'auto-number'])

/**
 * Why a value of this type cannot go into the target field; null when it can. `source` is the source field where the
 * value comes straight from one: only then its options and its length are known.
 */
export function whyNotAssignable(
  type: ValueType,
  target: FieldModel,
  mapping: Mapping,
  source: FieldModel | null,
): string | null {
  if (type === 'null') return null
  if (target.options.length > 0 || target.type.name === 'select' || target.type.name === 'multi-select') {
    return whyNotChoice(type, target, mapping, source)
  }
  if (mapping.values !== undefined) return 'a value map needs a target with options'
  const from = element(type)
  const into = target.valueType === null ? null : element(target.valueType)
  if (isList(type) && !target.multiple) return 'several values do not fit into one; an expression must choose'
  if (target.type.name === 'relation-any') return 'records reach it through children, not through a mapping'
  if (typeof from === 'object' || typeof into === 'object') return whyNotRecord(from, into, target)
  if (from === into) return whyTooLong(target, mapping, source)
  if (from === 'int' && into === 'decimal') return null
  if (from === 'decimal' && into === 'money')
    return 'a bare number has no currency; use money(amount, currency)'
  if ((from === 'date' && into === 'timestamp') || (from === 'timestamp' && into === 'date')) {
    if (mapping.timeZone === 'business') return null
    return 'a day and an instant differ by the time zone; say timeZone, or use date(…) or timestamp(…)'
  }
  return `${name(from)} does not fit into ${name(into)}`
}

function whyNotChoice(
  type: ValueType,
  target: FieldModel,
  mapping: Mapping,
  source: FieldModel | null,
): string | null {
  if (element(type) !== 'string') return `${name(element(type))} is not an option`
  if (isList(type) && !target.multiple) return 'several values do not fit into one; an expression must choose'
  const keys = new Set(target.options.map((option) => option.key))
  for (const [from, to] of Object.entries(mapping.values ?? {})) {
    if (!keys.has(to)) return `"${to}" (for "${from}") is not an option of ${target.name}`
    if (source && source.options.length > 0 && !source.options.some((option) => option.key === from)) {
      return `"${from}" is not an option of the source`
    }
  }
  if (sharesOptions(source, target)) return null
  if (mapping.values === undefined) return 'options differ: a value map is needed'
  const missing =
    source?.options.filter((option) => option.active && !Object.hasOwn(mapping.values!, option.key)) ?? []
  if (missing.length > 0 && mapping.onUnmapped === undefined) {
    return `the value map does not say what ${missing.map((option) => `"${option.key}"`).join(', ')} becomes; add it or onUnmapped`
  }
  return null
}

/** True when both fields take their options from the same set. */
function sharesOptions(source: FieldModel | null, target: FieldModel): boolean {
  const [a, b] = [source?.field['x-options'], target.field['x-options']]
  return typeof a === 'string' && a === b
}

function whyNotRecord(from: ValueType, into: ValueType | null, target: FieldModel): string | null {
  const entity = typeof from === 'object' && 'record' in from ? from.record : null
  const wanted = into !== null && typeof into === 'object' && 'record' in into ? into.record : null
  if (entity !== null && entity === wanted) return null
  return wanted === null
    ? `a record does not fit into ${target.type.name}`
    : `${name(from)} is not a record of ${wanted}`
}

function whyTooLong(target: FieldModel, mapping: Mapping, source: FieldModel | null): string | null {
  if (
    !source ||
    !texts.has(target.type.name) ||
    target.type.name === 'long-text' ||
    mapping.onTooLong !== undefined
  )
    return null
  const room = target.field.maxLength ?? 255
  const length = longestText(source)
  if (target.type.name !== 'text' || length <= room) return null
  return `up to ${length} characters do not fit into ${room}; say onTooLong`
}

function longestText({ type, field, options }: FieldModel): number {
  // A choice arrives as its key.
  if (options.length > 0) return Math.max(...options.map(({ key }) => key.length))
  return field.maxLength ?? (type.name === 'long-text' ? 100_000 : 255)
}

function isList(type: ValueType): boolean {
  return typeof type === 'object' && 'list' in type
}

function element(type: ValueType): ValueType {
  return typeof type === 'object' && 'list' in type ? type.list : type
}

function name(type: ValueType | null): string {
  if (type === null) return 'nothing'
  if (typeof type === 'string') return type
  return 'list' in type ? `a list of ${name(type.list)}` : `a record of ${type.record}`
}
