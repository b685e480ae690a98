import type { Mapping } from '@xrm/sdk'
import type { FieldView, OptionView } from '@xrm/sdk/api'
import type { Json } from '@xrm/sdk/merge'

/** The ways in which a field of a target gets its value; a mapping has exactly one. */
export const feeds = ['from', 'value', 'expression', 'target', 'targets', 'child', 'input'] as const
export type Feed = (typeof feeds)[number]

export function feedOf(mapping: Mapping | undefined): Feed | null {
  return feeds.find((feed) => mapping?.[feed] !== undefined) ?? null
}

/** What a mapping takes its value from, as the value of a menu: `from:company`, `target:account`, `expression`. */
export function choiceOf(mapping: Mapping | undefined): string {
  const feed = feedOf(mapping)
  if (feed === null) return ''
  const named = feed === 'from' || feed === 'target' || feed === 'child'
  return named ? `${feed}:${mapping![feed]}` : feed
}

/** The choice taken apart again: `from:campaign.name` → `['from', 'campaign.name']`. */
export function readChoice(choice: string): [Feed, string] | null {
  const [feed = '', ...rest] = choice.split(':')
  return feeds.includes(feed as Feed) ? [feed as Feed, rest.join(':')] : null
}

/**
 * The merge patch that feeds a field in another way. What belongs to the former value goes along; how the dialog shows it
 * and what it does to linked records stays. A new mapping can be changed in the dialog and fills what is empty.
 */
export function feedPatch(mapping: Mapping | undefined, feed: Feed, value: Json): Record<string, Json> {
  const patch: Record<string, Json> = {}
  for (const key of [...feeds, 'values', 'onUnmapped', 'timeZone'] as const)
    if (mapping?.[key] !== undefined) patch[key] = null
  patch[feed] = value
  if (mapping) return patch
  if (feed === 'input') return { ...patch, edit: 'editable' }
  return feed === 'from' || feed === 'child' ? { ...patch, edit: 'editable', onLink: 'fillEmpty' } : patch
}

/** The patch for a source field, with the options that mean the same on both sides where they differ. */
export function fieldPatch(
  mapping: Mapping | undefined,
  path: string,
  from: FieldView | undefined,
  into: FieldView,
): Record<string, Json> {
  const patch = feedPatch(mapping, 'from', path)
  if (!from?.options || !into.options || sameOptions(from, into)) return patch
  const former = Object.keys(mapping?.values ?? {}).map((key): [string, null] => [key, null])
  return { ...patch, values: { ...Object.fromEntries(former), ...alike(from.options, into.options) } }
}

/** Options with the same key or the same title in a language: `{ hot: 'hot', warm: 'lukewarm' }`. */
function alike(from: readonly OptionView[], into: readonly OptionView[]): Record<string, string> {
  const titles = (option: OptionView) =>
    new Set([option.title, ...Object.values(option.labels)].map((text) => text.toLowerCase()))
  return Object.fromEntries(
    from.flatMap((option) => {
      const own = titles(option)
      const found =
        into.find(({ key }) => key === option.key) ??
        into.find((one) => [...titles(one)].some((title) => own.has(title)))
      return found ? [[option.key, found.key]] : []
    }),
  )
}

export function sameOptions(from: FieldView, into: FieldView): boolean {
  const keys = (field: FieldView) => new Set(field.options?.map(({ key }) => key))
  const [a, b] = [keys(from), keys(into)]
  return [...a].every((key) => b.has(key))
}

/** Whether a value probably fits as it is. For the order of menus; the server has the last word. */
export function fits(from: FieldView, into: FieldView): boolean {
  if (from.valueType === null) return false
  if (into.options && !from.options) return false
  const same = JSON.stringify(from.valueType) === JSON.stringify(into.valueType)
  return same || (from.valueType === 'int' && into.valueType === 'decimal')
}

/** Fields that a mapping may fill. */
export function takesValue(field: FieldView): boolean {
  const own = !field.system || field.name === 'owner' || field.name === 'team'
  return own && field.formula === undefined && !['auto-number', 'formula'].includes(field.type)
}

/** Fields that may name any records take those of the run, and nothing else. */
export function namesAny(field: FieldView): boolean {
  return field.type === 'relation-any'
}

/** The source paths that a mapping reads, for its lines: one, or those that its expression names. */
export function pathsOf(mapping: Mapping): string[] {
  if (mapping.from !== undefined) return [mapping.from]
  const named = mapping.expression?.matchAll(/\bsource\.([a-z][a-z0-9_]*)/g) ?? []
  return [...new Set([...named].map((match) => match[1]!))]
}
