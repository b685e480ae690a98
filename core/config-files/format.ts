import type { DocumentKind } from '@xrm/sdk'
import { documentSchemas } from '@xrm/sdk/documents'
import { isObject, type Json } from '@xrm/sdk/merge'

type Schema = Readonly<Record<string, unknown>>

/**
 * A document as a file holds it: the keys in the order of its schema, keyed maps in their own order, so that equal
 * documents are equal texts and a change is a line. Names its schema, for completion in an editor.
 */
export function formatDocument(kind: DocumentKind, body: Json): string {
  const ordered = order(body, documentSchemas[kind] as Schema) as Record<string, Json>
  return `${JSON.stringify({ $schema: `../.schema/${kind}.json`, ...ordered }, null, 2)}\n`
}

/** The schema of a kind, as it lies beside the documents. `$schema` is a key of files alone. */
export function formatSchema(kind: DocumentKind): string {
  const schema = documentSchemas[kind] as { properties: object }
  return `${JSON.stringify({ ...schema, properties: { $schema: { type: 'string' }, ...schema.properties } }, null, 2)}\n`
}

/** The document of a file's JSON. */
export function documentOf(content: Json): Json {
  if (!isObject(content)) return content
  const { $schema: _, ...body } = content
  return body
}

function order(value: Json, schema: Schema | undefined): Json {
  if (Array.isArray(value)) return value.map((item) => order(item, undefined))
  if (!isObject(value)) return value
  const form = formOf(schema)
  const known = isObject(form?.['properties']) ? form['properties'] : undefined
  const rest = isObject(form?.['additionalProperties']) ? form['additionalProperties'] : undefined
  const keys = known
    ? [
        ...Object.keys(known).filter((key) => Object.hasOwn(value, key)),
        ...Object.keys(value)
          .filter((key) => !Object.hasOwn(known, key))
          .toSorted(),
      ]
    : Object.keys(value).toSorted((a, b) => place(value[a]) - place(value[b]) || (a < b ? -1 : 1))
  const result: Record<string, Json> = {}
  for (const key of keys) {
    const ordered = order(value[key]!, (known?.[key] ?? rest) as Schema | undefined)
    Object.defineProperty(result, key, {
      value: ordered,
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  return result
}

/** Of alternatives, the one that describes an object. */
function formOf(schema: Schema | undefined): Record<string, Json> | undefined {
  const branches = schema?.['anyOf']
  if (!Array.isArray(branches)) return schema as Record<string, Json> | undefined
  return branches.find((branch: Schema) => branch['type'] === 'object') as Record<string, Json> | undefined
}

function place(entry: Json | undefined): number {
  if (!isObject(entry)) return 1e9
  const given = entry['order'] ?? entry['x-order']
  return typeof given === 'number' ? given : 1e9
}
