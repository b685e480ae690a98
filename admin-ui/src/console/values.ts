import type { ValueRule } from '@xrm/sdk/configuration'
import { isObject, type Json } from '@xrm/sdk/merge'

export interface Choice {
  key: string
  label: string
  /** Its title in all languages: data may be in any of them. */
  titles?: string[]
}

/** What a field of a document offers: its options or stages, in order; null when anything may be entered. */
export function choicesOf(
  field: Json | undefined,
  optionSet: Json | undefined,
  language: string,
): Choice[] | null {
  if (!isObject(field)) return null
  const own = field['x-options']
  const set = isObject(optionSet) ? optionSet['options'] : undefined
  const options = field['x-stages'] ?? (typeof own === 'string' ? set : own)
  if (!isObject(options)) return null
  return Object.entries(options)
    .filter(([, option]) => isObject(option) && option['active'] !== false)
    .toSorted(([, a], [, b]) => orderOf(a) - orderOf(b))
    .map(([key, option]) => ({ key, label: labelOf(option, key, language), titles: titlesOf(option) }))
}

/** The name of the shared option set that a field takes its options from. */
export function optionSetOf(field: Json | undefined): string | null {
  const options = isObject(field) ? field['x-options'] : undefined
  return typeof options === 'string' ? options : null
}

/** The option that an odd value most likely means: the same letters, or at most two typed wrongly; null when none is near. */
export function suggestChoice(value: string, choices: readonly Choice[]): string | null {
  const wanted = letters(value)
  if (wanted === '') return null
  const scored = choices.map((choice) => ({
    key: choice.key,
    distance: Math.min(
      ...[choice.key, choice.label, ...(choice.titles ?? [])].map((text) => distance(wanted, letters(text))),
    ),
  }))
  const best = scored.toSorted((a, b) => a.distance - b.distance)[0]
  const limit = wanted.length < 4 ? 0 : wanted.length < 7 ? 1 : 2
  return best && best.distance <= limit ? best.key : null
}

/** A rule with another decision about one value; undefined leaves that value to what holds for the rest. */
export function decide(rule: ValueRule, value: string, becomes: unknown): ValueRule {
  const map = { ...rule.map }
  if (becomes === undefined) delete map[value]
  else
    Object.defineProperty(map, value, {
      value: becomes,
      enumerable: true,
      writable: true,
      configurable: true,
    })
  return { ...rule, map }
}

/** What was typed, as the value that a field of a type holds; the server judges the rest. */
export function typedValue(text: string, field: Json | undefined): unknown {
  const body = isObject(field) ? field : {}
  const type = body['x-type'] ?? body['type']
  if (type === 'boolean') return text === 'true'
  if (type === 'integer' && /^[+-]?\d{1,15}$/.test(text.trim())) return Number(text)
  if (type === 'money' && typeof body['x-currency'] === 'string')
    return { amount: text.trim().replace(',', '.'), currency: body['x-currency'] }
  return text
}

function orderOf(option: Json): number {
  return isObject(option) && typeof option['order'] === 'number' ? option['order'] : 1e9
}

function labelOf(option: Json, key: string, language: string): string {
  if (!isObject(option)) return key
  const label = isObject(option['labels']) ? option['labels'][language] : undefined
  return typeof label === 'string' ? label : typeof option['title'] === 'string' ? option['title'] : key
}

function titlesOf(option: Json): string[] {
  if (!isObject(option)) return []
  const labels = isObject(option['labels']) ? Object.values(option['labels']) : []
  return [option['title'], ...labels].filter((text) => typeof text === 'string')
}

function letters(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase()
}

/** Levenshtein's distance, with two neighbours swapped counted as one. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, before[j - 2]! + 1)
      row.push(best)
    }
    before = last
    last = row
  }
  return last[b.length]!
}
