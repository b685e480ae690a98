import type { DocumentKind } from '@xrm/sdk'
import { isObject, type Json } from '@xrm/sdk/merge'

/**
 * Brings a plugin author's document into the form in which layers merge by key: `required` becomes flags at the fields,
 * `enum` keyed options, and the entity's own name leaves the body.
 */
export function normaliseDocument(kind: DocumentKind, body: unknown): Json {
  const copy = structuredClone(body) as Json
  if (!isObject(copy)) return copy
  for (const path of orderedMaps[kind]) for (const map of mapsAt(copy, path)) orderKeys(map)
  return kind === 'entity' ? normaliseEntity(copy) : copy
}

/** Keyed maps in which order means something; `*` stands for every key. */
const orderedMaps: Record<DocumentKind, string[][]> = {
  entity: [
    ['properties', '*', 'x-options'],
    ['properties', '*', 'x-stages'],
  ],
  'option-set': [['options']],
  conversion: [['targets'], ['targets', '*', 'match']],
  view: [['columns'], ['sort']],
  form: [['highlights'], ['tabs'], ['sections'], ['sections', '*', 'fields'], ['related']],
  role: [],
  'web-form': [['fields']],
  plugin: [],
}

function mapsAt(value: Json | undefined, path: string[]): (Json | undefined)[] {
  const [key, ...rest] = path
  if (key === undefined) return [value]
  if (!isObject(value)) return []
  return key === '*' ? Object.values(value).flatMap((child) => mapsAt(child, rest)) : mapsAt(value[key], rest)
}

function normaliseEntity({ required, ...entity }: { [key: string]: Json }): Json {
  const properties = isObject(entity['properties']) ? entity['properties'] : {}
  if (Array.isArray(required)) {
    for (const name of required) {
      // Own fields alone: `required: ["__proto__"]` would set the flag at everything that is an object (META-04).
      const field = typeof name === 'string' && Object.hasOwn(properties, name) ? properties[name] : undefined
      if (isObject(field)) field['x-required'] = true
      // Left in place, so that the check names the field that does not exist.
      else entity['required'] = required
    }
  }
  for (const [index, field] of Object.values(properties).entries()) {
    if (!isObject(field)) continue
    field['x-order'] ??= (index + 1) * 10
    if (Array.isArray(field['enum'])) {
      field['x-options'] = Object.fromEntries(
        field['enum'].map((key, place) => [String(key), { title: String(key), order: (place + 1) * 10 }]),
      )
      delete field['enum']
    }
  }
  if (isObject(entity['x-entity'])) delete entity['x-entity']['name']
  return entity
}

/** Gives keyed entries the order in which they were written, where they name none. */
function orderKeys(entries: Json | undefined): void {
  if (!isObject(entries)) return
  for (const [index, entry] of Object.values(entries).entries())
    if (isObject(entry)) entry['order'] ??= (index + 1) * 10
}

/** Keys of a keyed map in the order of their entries. */
export function orderedKeys(entries: Record<string, { order?: number }>): string[] {
  return Object.keys(entries).toSorted((a, b) => (entries[a]!.order ?? 1e9) - (entries[b]!.order ?? 1e9))
}
