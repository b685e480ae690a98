import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { fixture } from '../support/fixture-plugin.ts'
import { type Caller, testServer } from '../support/server.ts'

const { user } = await testServer({ plugins: [fixture] })

type Schema = { [key: string]: unknown }
type Parameter = { name: string; in: string; schema: Schema }
type Operation = { parameters?: Parameter[]; requestBody?: { content: Record<string, { schema: Schema }> } }
type Path = Record<string, Operation> & { parameters?: Parameter[] }
type Document = { paths: Record<string, Path>; components: { schemas: Record<string, Schema> } }

let callers: Record<string, Caller>
let documents: Record<string, Document>
const ids: string[] = []

beforeAll(async () => {
  const users = { admin: await user(['admin']), seller: await user(['seller']), guest: await user(['guest']) }
  callers = Object.fromEntries(Object.entries(users).map(([name, { call }]) => [name, call]))
  for (const values of [
    { entity: 'firm', name: 'Fuzz' },
    { entity: 'deal', name: 'Fuzz' },
    { entity: 'prospect', last_name: 'Fuzz' },
    { entity: 'person', last_name: 'Fuzz' },
  ]) {
    const { entity, ...body } = values
    ids.push((await users.admin.call<{ id: string }>('POST', `/api/records/${entity}`, body)).body.id)
  }
  ids.push(users.seller.id)
  documents = {}
  for (const [name, call] of Object.entries(callers))
    documents[name] = (await call<Document>('GET', '/api/openapi.json')).body
})

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -0,
    -1,
    1e308,
    2 ** 53,
    '',
    ' ',
    '*',
    '%',
    "'",
    '"; DROP TABLE x --',
    '\0',
    '\ud800',
    '\u202e',
    '__proto__',
    'constructor',
    'toString',
    '../../etc/passwd',
    '1e400',
    '9'.repeat(400),
    'x'.repeat(5000),
    '2026-02-31',
    '0000-00-00',
    '{{1}}',
    '((((((',
    [],
    {},
    [[]],
    [null],
    { $ne: null },
    { raw: 'x' },
    { '': '' },
    JSON.parse('{"then":1}'),
    { amount: '1', currency: 'XXX' },
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.integer(),
  fc.double(),
  fc.jsonValue({ maxDepth: 3 }),
)

/** Mostly what the schema says, and now and then something else. */
function valueOf(document: Document, schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: fitting(document, schema, depth), weight: 4 }, { arbitrary: odd, weight: 1 })
}

function fitting(document: Document, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (depth > 6) return odd
  if (typeof schema['$ref'] === 'string')
    return valueOf(document, document.components.schemas[schema['$ref'].split('/').at(-1)!]!, depth + 1)
  for (const key of ['oneOf', 'anyOf'] as const) {
    const choices = schema[key] as Schema[] | undefined
    if (choices) return fc.oneof(...choices.map((one) => valueOf(document, one, depth + 1)))
  }
  if (Array.isArray(schema['enum'])) return fc.constantFrom<unknown>(...(schema['enum'] as unknown[]))
  switch ([schema['type']].flat()[0]) {
    case 'object': {
      const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)
      const known = fc.record(
        Object.fromEntries(properties.map(([name, one]) => [name, valueOf(document, one, depth + 1)])),
        { requiredKeys: [] },
      )
      const more = fc.dictionary(
        fc.oneof(fc.constantFrom('x', '__proto__', 'id', 'name'), fc.string()),
        odd,
        {
          maxKeys: 2,
        },
      )
      return fc.tuple(known, more, fc.nat(4)).map(([a, b, n]) => (n === 0 ? { ...a, ...b } : a))
    }
    case 'array':
      return fc.array(valueOf(document, (schema['items'] ?? {}) as Schema, depth + 1), { maxLength: 4 })
    case 'integer':
      return fc.integer({ min: -3, max: 600 })
    case 'boolean':
      return fc.boolean()
    case 'string':
      return schema['format'] === 'uuid'
        ? fc.oneof(fc.constantFrom(...ids), fc.uuid())
        : fc.oneof(fc.constantFrom('name', 'a', '2026-01-01', ...ids), fc.string({ maxLength: 12 }))
  }
  return odd
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

/** One request to one operation of the document, or to one that the user is not shown. */
function requestTo(
  document: Document,
  path: string,
  method: string,
): fc.Arbitrary<[string, string, unknown]> {
  const item = document.paths[path]!
  const operation = item[method]!
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])]
  const part = ({ schema }: Parameter): fc.Arbitrary<string> =>
    valueOf(document, schema)
      .map(asText)
      .filter((text) => text.isWellFormed())
  const inPath = parameters.filter((one) => one.in === 'path')
  const inQuery = parameters.filter((one) => one.in === 'query')
  const schema = operation.requestBody?.content['application/json']?.schema
  return fc
    .tuple(
      fc.record(Object.fromEntries(inPath.map((one) => [one.name, part(one)]))),
      fc.record(Object.fromEntries(inQuery.map((one) => [one.name, part(one)])), { requiredKeys: [] }),
      schema ? valueOf(document, schema) : fc.constant(undefined),
    )
    .map(([names, query, body]) => {
      const address = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
        encodeURIComponent((names as Record<string, string>)[name] ?? 'x'),
      )
      const search = new URLSearchParams(query as Record<string, string>).toString()
      return [method.toUpperCase(), search === '' ? address : `${address}?${search}`, body]
    })
}

/** They change what all others stand on, or never end. */
const notHere = /^\/api\/(events|plugins|changesets\/\{id\}\/(publish|revert)|config\/push)/

describe('whatever is sent to any route', () => {
  it.each(['admin', 'seller', 'guest'])(
    'is answered without a fault and without a word about the inside, to %s [INV-03]',
    async (name) => {
      const document = documents['admin']!
      const operations = Object.entries(document.paths)
        .filter(([path]) => !notHere.test(path))
        .flatMap(([path, item]) =>
          Object.keys(item)
            .filter((method) => method !== 'parameters')
            .map((method) => requestTo(document, path, method)),
        )
      const found: Record<number, number> = {}
      await fc.assert(
        fc.asyncProperty(fc.oneof(...operations), async ([method, path, body]) => {
          // The harness looks at the body of every refusal, and at what it has written.
          const { status, body: answer } = await callers[name]!(method, path, body)
          expect(status, `${method} ${path} ${JSON.stringify(body)} ${JSON.stringify(answer)}`).toBeLessThan(
            500,
          )
          found[Math.floor(status / 100)] = (found[Math.floor(status / 100)] ?? 0) + 1
        }),
        { numRuns: name === 'admin' ? 1500 : 300, endOnFailure: true },
      )
      expect(found[4]).toBeGreaterThan(100)
      if (name === 'admin') expect(found[2]).toBeGreaterThan(50)
    },
    240_000,
  )
})
