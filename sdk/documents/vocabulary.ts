/** Pieces that several document schemas share. All vocabularies are closed: an unknown key is an error. */

/** Names seen from outside: entities, fields, options, stages. Physical names are made from them once, and quoted. */
export const namePattern = '^[a-z][a-z0-9_]{0,47}$'

/** Names of documents and of keyed entries that never become identifiers in SQL. */
export const keyPattern = '^[a-z][a-z0-9_-]{0,63}$'

export const labels = {
  description: 'The text in further languages, by language tag. The English text stands beside it.',
  type: 'object',
  propertyNames: { pattern: '^[a-z]{2,3}(-[A-Z]{2})?$' },
  additionalProperties: { type: 'string', maxLength: 2000 },
} as const

export const title = { type: 'string', minLength: 1, maxLength: 200 } as const
export const description = { type: 'string', maxLength: 4000 } as const
export const order = { description: 'Place among its siblings, ascending.', type: 'number' } as const
export const expression = {
  description: 'A CEL expression.',
  type: 'string',
  minLength: 1,
  maxLength: 10_000,
} as const
export const fieldName = { type: 'string', pattern: namePattern } as const

/** A keyed map with names that may become identifiers. */
export function namedMap<S>(schema: S, maxProperties = 500) {
  return {
    type: 'object',
    propertyNames: { pattern: namePattern },
    additionalProperties: schema,
    maxProperties,
  } as const
}

/** A keyed map with free keys. */
export function keyedMap<S>(schema: S, maxProperties = 500) {
  return {
    type: 'object',
    propertyNames: { pattern: keyPattern },
    additionalProperties: schema,
    maxProperties,
  } as const
}

/** An object with exactly these keys. */
export function closed<P extends Record<string, unknown>>(
  properties: P,
  required: readonly (keyof P & string)[] = [],
) {
  return { type: 'object', properties, required: [...required], additionalProperties: false } as const
}
