/** As much of JSON Schema as the schemas of documents use. */
export interface Schema {
  type?: string | string[]
  title?: string
  description?: string
  enum?: unknown[]
  const?: unknown
  default?: unknown
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  items?: Schema
  required?: string[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
}

/** The schemas that a place may follow; several where alternatives allow it. */
export function schemasAt(schema: Schema, path: readonly string[]): Schema[] {
  let here = branches(schema)
  for (const part of path) here = here.flatMap((one) => step(one, part).flatMap(branches))
  return here
}

export interface KeySuggestion {
  key: string
  description: string
  required: boolean
  /** What a new value begins as. */
  value: '""' | '{}' | '[]' | ''
}

/** The keys that an object may still have, the required ones first. */
export function keysAt(schema: Schema, path: readonly string[], present: readonly string[]): KeySuggestion[] {
  const found = new Map<string, KeySuggestion>()
  for (const one of schemasAt(schema, path)) {
    for (const [key, value] of Object.entries(one.properties ?? {})) {
      if (found.has(key) || present.includes(key)) continue
      found.set(key, {
        key,
        description: describe(value),
        required: one.required?.includes(key) ?? false,
        value: beginning(value),
      })
    }
  }
  return [...found.values()].toSorted((a, b) => Number(b.required) - Number(a.required))
}

/** The values that may stand at a place, as JSON, where there are only some. */
export function valuesAt(schema: Schema, path: readonly string[]): string[] {
  const values = schemasAt(schema, path).flatMap((one) => {
    if (one.enum) return one.enum
    if (one.const !== undefined) return [one.const]
    return typesOf(one).includes('boolean') ? [true, false] : []
  })
  return [...new Set(values.map((value) => JSON.stringify(value)))]
}

/** What a place is for, in the schema's words. */
export function descriptionAt(schema: Schema, path: readonly string[]): string {
  return (
    schemasAt(schema, path)
      .map((one) => one.description ?? '')
      .find((text) => text !== '') ?? ''
  )
}

function branches(schema: Schema): Schema[] {
  const more = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]
  return [schema, ...more.flatMap(branches)]
}

function step({ properties, additionalProperties, items }: Schema, part: string): Schema[] {
  if (properties && Object.hasOwn(properties, part)) return [properties[part] ?? {}]
  if (items && /^\d+$/.test(part)) return [items]
  return typeof additionalProperties === 'object' ? [additionalProperties] : []
}

function describe(schema: Schema): string {
  return branches(schema).find(({ description }) => description)?.description ?? ''
}

function beginning(schema: Schema): KeySuggestion['value'] {
  const all = branches(schema)
  const types = new Set(all.flatMap(typesOf))
  if (types.size !== 1 || all.some((one) => one.enum)) return ''
  return types.has('string') ? '""' : types.has('object') ? '{}' : types.has('array') ? '[]' : ''
}

function typesOf({ type }: Schema): string[] {
  return type === undefined ? [] : [type].flat()
}
