import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileExpression, foldFunctionSql, type Program } from './index.ts'
import { anyExpression } from './testing/expression.ts'
import { connect, type TestDatabase } from './testing/postgres.ts'
import { fields, ids, record, scope, type TestRecord, timestamp, zones } from './testing/record.ts'
import { pgType, type ValueType } from './types.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await connect()
  await database.pool.query(`CREATE SCHEMA xrm; ${foldFunctionSql}`)
})

afterAll(() => database?.stop())

interface Setting {
  now: string
  timeZone: string
  me: string | null
  teams: readonly string[]
}

const quote = (name: string) => `"${name}"`

const columns = Object.entries(fields).flatMap(([name, type]) =>
  type === 'money'
    ? [`${quote(name)} numeric`, `${quote(`${name}_currency`)} text`]
    : [`${quote(name)} ${type === 'timestamp' ? 'timestamptz(3)' : pgType(type)}`],
)

function rowOf(values: TestRecord): unknown[] {
  return Object.entries(fields).flatMap(([name, type]) => {
    const value = values[name]
    if (type === 'money') {
      const money = value as { amount: string; currency: string } | null
      return [money?.amount ?? null, money?.currency ?? null]
    }
    return [type === 'duration' && value !== null ? `${String(value)} seconds` : value]
  })
}

/** The value as one text, so that what comes from JavaScript and from PostgreSQL can be compared. */
function comparable(type: ValueType, sql: string): string {
  if (typeof type !== 'string') return 'list' in type ? `to_json(${sql})::text` : `(${sql})::text`
  if (type === 'decimal') return `trim_scale(${sql})::text`
  if (type === 'date') return `to_char(${sql}, 'YYYY-MM-DD')`
  if (type === 'timestamp') return `to_char(${sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  if (type === 'duration') return `trim_scale(extract(epoch FROM ${sql}))::text`
  return `(${sql})::text`
}

async function inSql(
  programs: readonly Program[],
  rows: readonly TestRecord[],
  setting: Setting,
): Promise<(string | null)[][]> {
  const parameters: unknown[] = []
  const add = (value: unknown, type: string) => `$${parameters.push(value)}::${type}`
  const context: Record<string, string> = {}
  const contextTypes = { now: 'timestamptz', timeZone: 'text', me: 'uuid', teams: 'uuid[]' } as const
  const target: Parameters<Program['sql']>[0] = {
    field: (path) =>
      fields[path] === 'money'
        ? { amount: quote(path), currency: quote(`${path}_currency`) }
        : { sql: quote(path) },
    literal: add,
    context: (name) => (context[name] ??= add(setting[name], contextTypes[name])),
  }
  const selected = programs.map((program) => {
    const value = program.sql(target)
    if ('sql' in value) return comparable(program.type, value.sql)
    return `(CASE WHEN ${value.amount} IS NOT NULL THEN trim_scale(${value.amount})::text || ' ' || ${value.currency} END)`
  })
  const client = await database.pool.connect()
  try {
    await client.query('BEGIN; SET LOCAL jit = off')
    await client.query(`CREATE TEMPORARY TABLE data (row int, ${columns.join(', ')}) ON COMMIT DROP`)
    for (const [index, row] of rows.entries()) {
      const values = [index, ...rowOf(row)]
      await client.query(`INSERT INTO data VALUES (${values.map((_, i) => `$${i + 1}`).join(', ')})`, values)
    }
    const result = await client.query<(string | null)[]>({
      text: `SELECT ${selected.join(',\n')} FROM data ORDER BY row`,
      values: parameters,
      rowMode: 'array',
    })
    return result.rows
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
}

function inJavaScript(program: Program, row: TestRecord, setting: Setting): string | null {
  const value = program.evaluate((path) => row[path], setting)
  if (value === null) return null
  if (typeof program.type === 'object' && 'list' in program.type) return JSON.stringify(value)
  if (program.type === 'money') {
    const { amount, currency } = value as { amount: string; currency: string }
    return `${amount} ${currency}`
  }
  return String(value)
}

const setting: fc.Arbitrary<Setting> = fc.record({
  now: timestamp,
  timeZone: fc.constantFrom(...zones),
  me: fc.constantFrom(null, ids[0]),
  teams: fc.subarray([...ids]),
})

describe('JavaScript and PostgreSQL', () => {
  it('give every expression the same value', async () => {
    let compared = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyExpression(3), { minLength: 250, maxLength: 300, size: 'max' }),
        fc.array(record, { minLength: 8, maxLength: 12, size: 'max' }),
        setting,
        async (texts, rows, at) => {
          const programs = texts.map((text) => compileExpression(text, scope))
          const results = await inSql(programs, rows, at)
          const differences = new Map<string, string>()
          for (const [index, row] of rows.entries())
            for (const [column, program] of programs.entries()) {
              compared += 1
              const js = inJavaScript(program, row, at)
              const sql = results[index]?.[column] ?? null
              const values = Object.fromEntries(program.paths.map((path) => [path, row[path]]))
              if (js !== sql) differences.set(program.text, JSON.stringify({ js, sql, values, at }))
            }
          const shortest = [...differences].toSorted(([a], [b]) => a.length - b.length)
          expect(shortest.slice(0, 6).map((difference) => difference.join(' => '))).toEqual([])
        },
      ),
      { numRuns: Number(process.env.XRM_EXPRESSION_RUNS ?? 15), endOnFailure: true },
    )
    expect(compared).toBeGreaterThan(20_000)
  })
})
