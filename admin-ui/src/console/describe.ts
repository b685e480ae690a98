import type { DocumentKind } from '@xrm/sdk'
import type { ChangeEntry } from '@xrm/sdk/configuration'
import { isObject, type Json, patchPointers, valueAt } from '@xrm/sdk/merge'
import { fieldTypeOf } from './field-type.ts'
import { patchAt, pointerKeys } from './layers.ts'

/** What a reader of changes is told: the words, and the language for titles and names of languages. */
export interface Words {
  /** The text of a key, such as `place.field` or `place.maxLength`; undefined where there is none. */
  find(key: string): string | undefined
  language: string
  /** The title of a field that the document names as a key but does not hold, e.g. the column of a view. */
  field?(path: string): string | undefined
}

/** Changes of one thing inside a document, e.g. of one field, under its name. */
export interface ChangeGroup {
  /** E.g. `['Field “E-mail”']`; empty for the document itself. */
  place: string[]
  pointer: string
  what: 'added' | 'removed' | 'changed'
  lines: { name: string; change: ChangeEntry }[]
}

/** Maps of named things: the word for one of them. Keys of the map itself are not said. */
const things: Record<string, string> = {
  properties: 'field',
  'x-stages': 'stage',
  'x-options': 'option',
  options: 'option',
  'x-rules': 'rule',
  'x-unique': 'unique',
  sections: 'section',
  fields: 'field',
  highlights: 'highlight',
  related: 'related',
  columns: 'column',
  sort: 'sort',
  targets: 'target',
  map: 'mapping',
  match: 'match',
  children: 'children',
  entities: 'entity',
}

/** Maps from languages to texts. */
const translations = new Set(['labels', 'x-labels', 'descriptions', 'x-descriptions', 'messages'])

interface Step {
  word: string
  /** Length of the pointer up to and including a named thing; 0 for plain keys. */
  thing: boolean
  keys: number
}

/** The place of a pointer in words, from the outside in: `['Field “E-mail”', 'Title']`. */
export function describePlace(
  kind: DocumentKind,
  pointer: string,
  bodies: readonly unknown[],
  words: Words,
): string[] {
  return stepsOf(kind, pointer, bodies, words).map((step) => step.word)
}

/** Sorts changes by the thing that they belong to, so that a new field is one entry and not ten. */
export function groupChanges(
  kind: DocumentKind,
  changes: readonly ChangeEntry[],
  bodies: readonly unknown[],
  words: Words,
): ChangeGroup[] {
  const groups = new Map<string, ChangeGroup>()
  // What comes or goes is named by itself where no document holds it.
  const named = changes.flatMap(({ pointer, after, before }) =>
    [after, before].filter(isObject).map((value) => patchAt(pointer, value)),
  )
  for (const change of changes.flatMap(leavesOf)) {
    const steps = stepsOf(kind, change.pointer, [...bodies, ...named], words)
    const last = steps.findLastIndex((step) => step.thing)
    const keys = pointerKeys(change.pointer)
    const pointer = change.pointer
      .split('/')
      .slice(0, (steps[last]?.keys ?? 0) + 1)
      .join('/')
    const group = groups.get(pointer) ?? {
      place: steps.slice(0, last + 1).map((step) => step.word),
      pointer,
      what: 'changed' as const,
      lines: [],
    }
    group.lines.push({
      name:
        steps
          .slice(last + 1)
          .map((step) => step.word)
          .join(' › ') || (last < 0 ? (keys.at(-1) ?? '') : ''),
      change,
    })
    groups.set(pointer, group)
  }
  for (const group of groups.values()) {
    group.what = whatHappened(group)
    if (/^\/properties\/[^/]+$/.test(group.pointer)) joinType(group, bodies, words)
  }
  return [...groups.values()]
}

/** A value in one line; `json` says that it is code rather than words. */
export function describeValue(value: unknown, words: Words): { text: string; json: boolean } {
  if (value === undefined || value === null) return { text: '–', json: false }
  if (typeof value === 'boolean')
    return { text: words.find(value ? 'place.yes' : 'place.no') ?? String(value), json: false }
  if (typeof value === 'string' || typeof value === 'number') return { text: String(value), json: false }
  if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
    return { text: value.join(', '), json: false }
  const title = isObject(value) ? titleOf(value as Json, words.language) : undefined
  return title === undefined ? { text: JSON.stringify(value), json: true } : { text: title, json: false }
}

/** JSON Schema says the type of a field with up to three keywords; people know one word for it. */
function joinType(group: ChangeGroup, bodies: readonly unknown[], words: Words): void {
  const keywords = ['x-type', 'format', 'type']
  const changed = new Map(
    group.lines.flatMap((line) => {
      const keyword = line.change.pointer.slice(group.pointer.length + 1)
      return keywords.includes(keyword) ? [[keyword, line] as const] : []
    }),
  )
  const [first] = changed.values()
  if (!first) return
  const typeOn = (side: 'before' | 'after'): string | undefined => {
    const values = keywords.map((keyword) => {
      const line = changed.get(keyword)
      if (line) return line.change[side]
      return bodies
        .map((body) => valueAt(body as Json | undefined, `${group.pointer}/${keyword}`))
        .find(Boolean)
    })
    return fieldTypeOf({ 'x-type': values[0], format: values[1], type: values[2] })
  }
  const change: ChangeEntry = { pointer: `${group.pointer}/x-type` }
  for (const side of ['before', 'after'] as const) {
    const type = typeOn(side)
    if (type !== undefined) change[side] = words.find(`type.${type}`) ?? type
  }
  const others = group.lines.filter((line) => ![...changed.values()].includes(line))
  const line = { name: words.find('place.type') ?? 'type', change }
  group.lines = change.before === change.after ? others : [line, ...others]
}

/** Something whole that came or went, value by value. */
function leavesOf(change: ChangeEntry): ChangeEntry[] {
  const { pointer, before, after } = change
  const side = before == null ? 'after' : 'before'
  const value = (before ?? after) as Json | undefined
  if ((before != null && after != null) || !isObject(value)) return [change]
  return patchPointers(value).map((leaf) => ({ pointer: pointer + leaf, [side]: valueAt(value, leaf) }))
}

function stepsOf(kind: DocumentKind, pointer: string, bodies: readonly unknown[], words: Words): Step[] {
  const keys = pointerKeys(pointer)
  const steps: Step[] = []
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] ?? ''
    const next = keys[at + 1]
    // The settings of an entity lie in `x-entity`, which says nothing to a reader.
    if (key === 'x-entity' && kind === 'entity' && next !== undefined) continue
    const thing = things[key]
    if (next !== undefined && thing !== undefined) {
      const path = pointer
        .split('/')
        .slice(0, at + 3)
        .join('/')
      const title = bodies
        .map((body) => titleOf(valueAt(body as Json | undefined, path), words.language))
        .find((one) => one !== undefined)
      const name = title ?? (next === '*' ? words.find('place.all') : words.field?.(next)) ?? next
      steps.push({
        word: words.find(`place.${thing}`)?.replace('{name}', name) ?? name,
        thing: true,
        keys: at + 2,
      })
      at++
    } else if (next !== undefined && translations.has(key)) {
      steps.push({ word: translated(key, next, words), thing: false, keys: at + 2 })
      at++
    } else {
      const plain = key.replace(/^x-/, '')
      steps.push({ word: words.find(`place.${plain}`) ?? plain, thing: false, keys: at + 1 })
    }
  }
  return steps
}

function translated(key: string, language: string, words: Words): string {
  const base = key.includes('description') ? 'description' : key === 'messages' ? 'message' : 'title'
  const name = /^[a-z]{2,3}(-[A-Z]{2})?$/.test(language)
    ? new Intl.DisplayNames(words.language, { type: 'language' }).of(language)
    : language
  return `${words.find(`place.${base}`) ?? base} (${name ?? language})`
}

function titleOf(value: Json | undefined, language: string): string | undefined {
  if (!isObject(value)) return undefined
  const labels = value['labels'] ?? value['x-labels']
  const label = isObject(labels) ? labels[language] : undefined
  if (typeof label === 'string') return label
  return typeof value['title'] === 'string' ? value['title'] : undefined
}

/** A thing came or went when everything of it did and its whole or its title was among that. */
function whatHappened({ pointer, lines }: ChangeGroup): ChangeGroup['what'] {
  const core = lines.some(({ change }) =>
    [pointer, `${pointer}/title`, `${pointer}/order`].includes(change.pointer),
  )
  if (pointer === '' || !core) return 'changed'
  if (lines.every(({ change }) => change.before == null)) return 'added'
  return lines.every(({ change }) => change.after == null) ? 'removed' : 'changed'
}
