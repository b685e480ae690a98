/**
 * Writes what follows from other files: the types of the document kinds from their JSON Schemas, and the list of
 * expression functions for the docs. `npm run gen`; with `--check` it only compares.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { compile, type JSONSchema } from 'json-schema-to-typescript'
import { documentSchemas } from '../sdk/documents/index.ts'
import { functionTable, languageForms } from '../sdk/expression/index.ts'

const check = process.argv.includes('--check')
const stale: string[] = []

const constraints = new Set([
  'propertyNames',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'pattern',
  'title',
])

/** Keeps what shapes a type; constraints would become clumsy unions, titles named aliases. */
function shapeOf(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(shapeOf)
  if (schema === null || typeof schema !== 'object') return schema
  const result: Record<string, unknown> = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'properties') result[keyword] = mapValues(value as object, shapeOf)
    else if (!constraints.has(keyword)) result[keyword] = shapeOf(value)
  }
  const shapes = Object.keys(result).filter((keyword) => keyword !== 'description')
  return shapes.length === 0 ? { ...result, tsType: 'unknown' } : result
}

function mapValues(object: object, change: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))
}

for (const [kind, schema] of Object.entries(documentSchemas)) {
  const name = kind.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())
  const text = await compile(shapeOf(schema) as JSONSchema, name, {
    bannerComment: `/** Written by tools/gen.ts from ${kind}.schema.ts. Do not edit. */`,
    style: { semi: false, singleQuote: true, printWidth: 110 },
  })
  write(`sdk/documents/${kind}.gen.ts`, text)
}

const rows = [
  ...languageForms,
  ...functionTable.rows.map(({ name, signature, description }) => ({ name, signature, description })),
]
const table = rows
  .map(
    ({ signature, description }) =>
      `| \`${signature.replaceAll('|', '\\|')}\` | ${description.replaceAll('|', '\\|')} |`,
  )
  .join('\n')
const page = readFileSync(new URL('../docs/expressions.md', import.meta.url), 'utf8')
const [before] = page.split('<!-- generated -->')
write('docs/expressions.md', `${before}<!-- generated -->\n\n| signature | meaning |\n|---|---|\n${table}\n`)

function write(path: string, text: string): void {
  const file = new URL(`../${path}`, import.meta.url)
  let present = ''
  try {
    present = readFileSync(file, 'utf8')
  } catch {
    // It is not there yet.
  }
  if (present === text) return
  if (check) stale.push(path)
  else writeFileSync(file, text)
}

if (stale.length > 0) {
  console.error(`These files are stale: ${stale.join(', ')}. Run: npm run gen`)
  process.exit(1)
}
