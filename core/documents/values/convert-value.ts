import type { TextFormat } from '@xrm/sdk'
import type { ValueRule } from '@xrm/sdk/configuration'
import { addressParts } from '../../fields/address.ts'
import type { FieldModel } from '../model.ts'

/** What becomes of one value when its field takes another form. */
export type Outcome =
  | { kind: 'converts' | 'mapped' | 'blanked' | 'defaulted'; value: unknown }
  | { kind: 'fails'; reason: string }

/**
 * Carries a value (API form, never null) from one form of a field into another: as the rule's map says, else by what the
 * value reads like as text, else as the rule says of the rest. The result is in the new form's canonical form.
 */
export function convertValue(
  from: FieldModel,
  to: FieldModel,
  value: unknown,
  rule: ValueRule | null,
): Outcome {
  const text = valueText(value)
  if (rule?.map && Object.hasOwn(rule.map, text)) {
    const mapped = rule.map[text]
    if (mapped === null) return { kind: 'mapped', value: null }
    const parsed = accept(to, mapped)
    return 'reason' in parsed
      ? { kind: 'fails', reason: parsed.reason }
      : { kind: 'mapped', value: parsed.value }
  }
  const parsed = carry(from, to, value, rule)
  if (!('reason' in parsed)) return parsed
  if (rule?.onFail === 'blank') return { kind: 'blanked', value: null }
  if (rule?.onFail === 'default') {
    const accepted = accept(to, rule.default ?? null)
    if (!('reason' in accepted)) return { kind: 'defaulted', value: accepted.value }
  }
  return { kind: 'fails', reason: parsed.reason }
}

type Accepted = { value: unknown } | { reason: string }

/** Checks a value for a field. Options that are no longer offered may stay. */
export function accept(to: FieldModel, value: unknown): Accepted {
  if (value === null || value === undefined) return { value: null }
  const parsed = to.type.parse(value, to.context)
  if (!('error' in parsed)) return { value: parsed.value }
  if (parsed.error === 'field.option-inactive') return { value }
  return { reason: parsed.detail }
}

/** A value as the keys of a map write it: what it is in the API, as text. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(valueText).join('; ')
  if (value !== null && typeof value === 'object') {
    if ('amount' in value && 'currency' in value) return `${String(value.amount)} ${String(value.currency)}`
    if (addressParts.some((part) => part in value))
      return addressParts.flatMap((part) => (value as Record<string, unknown>)[part] ?? []).join(', ')
    return JSON.stringify(value)
  }
  return String(value)
}

function carry(
  from: FieldModel,
  to: FieldModel,
  value: unknown,
  rule: ValueRule | null,
): Outcome | { reason: string } {
  if (from.type.name === to.type.name && from.relation === to.relation && from.multiple === to.multiple)
    return kept(to, value, rule)
  if (to.relation !== null || from.relation !== null)
    return { reason: 'a link to a record cannot be made from, or become, another kind of value' }
  if (Array.isArray(value) && !to.multiple) {
    if (value.length !== 1) return { reason: `it holds ${value.length} values, and the field takes one` }
    return read(from, to, value[0])
  }
  if (Array.isArray(value)) return each(from, to, value, rule)
  if (to.multiple && from.type.name !== 'text' && from.type.name !== 'long-text') {
    const one = read(from, to, value)
    if (!('reason' in one)) return one
  }
  return read(from, to, value)
}

/** The same type, with other options or limits. */
function kept(to: FieldModel, value: unknown, rule: ValueRule | null): Outcome | { reason: string } {
  if (Array.isArray(value) && to.options.length > 0) return each(to, to, value, rule)
  const accepted = accept(to, value)
  // The limits of a field are for what is entered from now on; what is there stays, and only options have to exist.
  if ('reason' in accepted) return to.options.length > 0 ? accepted : { kind: 'converts', value }
  return { kind: 'converts', value: accepted.value }
}

/** Entry by entry; the map may speak of each. */
function each(
  from: FieldModel,
  to: FieldModel,
  values: readonly unknown[],
  rule: ValueRule | null,
): Outcome | { reason: string } {
  const result = new Set<unknown>()
  let mapped = false
  for (const value of values) {
    const text = valueText(value)
    if (rule?.map && Object.hasOwn(rule.map, text)) {
      mapped = true
      const target = rule.map[text]
      if (target !== null) for (const one of Array.isArray(target) ? target : [target]) result.add(one)
      continue
    }
    const one = read(from, to, value)
    if ('reason' in one) return one
    for (const entry of Array.isArray(one.value) ? one.value : [one.value])
      if (entry !== null) result.add(entry)
  }
  const accepted = accept(to, result.size === 0 ? null : [...result])
  if ('reason' in accepted) return accepted
  return { kind: mapped ? 'mapped' : 'converts', value: accepted.value }
}

/** Tries the notations in which people write; the first that the new form accepts counts. */
function read(
  from: FieldModel,
  to: FieldModel,
  value: unknown,
): { kind: 'converts'; value: unknown } | { reason: string } {
  let reason = ''
  for (const text of notations(from, value)) {
    for (const format of formats) {
      const parsed = to.type.fromText(text, { ...format, currency: to.context.defaults.currency }, to.field)
      if ('error' in parsed) {
        reason ||= parsed.detail
        continue
      }
      const accepted = accept(to, chosen(to, parsed.value))
      if (!('reason' in accepted)) return { kind: 'converts', value: accepted.value }
      reason ||= accepted.reason
    }
  }
  return { reason: reason || 'it does not fit' }
}

const formats: readonly TextFormat[] = [
  {},
  { date: 'dd.MM.yyyy', decimalSeparator: ',', listSeparator: ',' },
  { date: 'd.M.yyyy', decimalSeparator: ',' },
]

/** The texts that stand for a value, the one for people first: an option is its title before it is its key. */
function notations(from: FieldModel, value: unknown): string[] {
  const text = valueText(value).trim()
  const option = from.options.find(({ key }) => key === value)
  if (option) return [option.title, option.key]
  if (from.type.name === 'date-time') return [text, text.slice(0, 10)]
  if (from.type.name === 'date') return [text, `${text}T00:00:00Z`]
  if (from.type.name === 'money' && value !== null && typeof value === 'object' && 'amount' in value)
    return [text, String(value.amount)]
  return [text]
}

/** Options are found by key or by title, whatever the case. */
function chosen(to: FieldModel, value: unknown): unknown {
  if (to.options.length === 0) return value
  if (Array.isArray(value)) return value.map((one) => chosen(to, one))
  if (typeof value !== 'string' || to.options.some(({ key }) => key === value)) return value
  const wanted = fold(value)
  const found = to.options.filter(({ key, title, labels }) =>
    [key, title, ...Object.values(labels)].some((name) => fold(name) === wanted),
  )
  return found.length === 1 ? found[0]!.key : value
}

function fold(text: string): string {
  return text
    .normalize('NFKC')
    .trim()
    .toLocaleLowerCase('en')
    .replaceAll(/[\s_-]+/g, ' ')
}
