import { Pool } from 'pg'
import * as fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { compileExpression, ExpressionError, foldFunctionSql, type Program } from './index.ts'
import { anyExpression } from './testing/expression.ts'
import { fields, ids, record, scope, type TestRecord, timestamp, zones } from './testing/record.ts'
import { PatternError, portablePattern } from './regex.ts'
import { pgType, type ValueType } from './types.ts'
import { createTestDatabase } from '../../test/support/database.ts'

const pool = new Pool({ connectionString: await createTestDatabase({ from: 'template0' }), max: 2 })
// An idle connection hears of the end of its database before `end` has closed it; that is no failure of a test.
pool.on('error', () => undefined)
await pool.query(`CREATE SCHEMA xrm; ${foldFunctionSql}`)
afterAll(() => pool.end())

interface Setting {
  now: string
  timeZone: string
  me: string | null
  teams: readonly string[]
  record: string | null
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
  const contextTypes = {
    now: 'timestamptz',
    timeZone: 'text',
    me: 'uuid',
    teams: 'uuid[]',
    record: 'uuid',
  } as const
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
  const client = await pool.connect()
  try {
    // Settings of the session must not matter.
    await client.query(
      `BEGIN; SET LOCAL jit = off; SET LOCAL timezone = 'America/New_York'; SET LOCAL datestyle = 'German, DMY';
       SET LOCAL intervalstyle = 'sql_standard'; SET LOCAL extra_float_digits = 0`,
    )
    await client.query(`CREATE TEMPORARY TABLE data (row int, ${columns.join(', ')}) ON COMMIT DROP`)
    const marks = columns.map((_, index) => `$${index + 2}`).join(', ')
    for (const [index, row] of rows.entries())
      await client.query({
        name: 'insert',
        text: `INSERT INTO data VALUES ($1, ${marks})`,
        values: [index, ...rowOf(row)],
      })
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
  record: fc.constantFrom(null, ids[0]),
})

/** A constant null fits every type, so a generated text may choose overloads that do not go together; few do. */
function compileUnlessNullIsAmbiguous(text: string): Program[] {
  try {
    return [compileExpression(text, scope)]
  } catch (error) {
    if (error instanceof ExpressionError && error.code === 'expression.type' && text.includes('null'))
      return []
    throw error
  }
}

describe('JavaScript and PostgreSQL', () => {
  it('give every expression the same value [EXPR-09]', async () => {
    let compared = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyExpression(3), { minLength: 250, maxLength: 300, size: 'max' }),
        fc.array(record, { minLength: 8, maxLength: 12, size: 'max' }),
        setting,
        async (texts, rows, at) => {
          const programs = texts.flatMap((text) => compileUnlessNullIsAmbiguous(text))
          expect(programs.length).toBeGreaterThan(texts.length * 0.95)
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
      { numRuns: Number(process.env.XRM_EXPRESSION_RUNS ?? 40), endOnFailure: true },
    )
    expect(compared).toBeGreaterThan(20_000)
  })

  it('know who asks alike', async () => {
    const texts = [
      'me == null',
      `me == "${ids[0]}"`,
      `me in ["${ids[1]}", "${ids[0]}"]`,
      'me == null ? s1 : "x"',
    ]
    const programs = texts.map((text) => compileExpression(text, scope))
    const row = { ...nothing, s1: 'nobody' }
    for (const me of [null, ids[0], ids[2]]) {
      const at = { now: '2026-11-21T00:00:00Z', timeZone: 'UTC', me, teams: [], record: null }
      const expected = programs.map((program) => inJavaScript(program, row, at))
      expect(await inSql(programs, [row], at)).toEqual([expected])
    }
  })

  it('change the case of letters alike, and fold them alike', async () => {
    // Letters whose case Unicode settled after version 10: what PostgreSQL knows of them depends on its ICU.
    const young = new Set([0x19b, 0x264, 0x282, 0x295])
    const ranges = [
      [0x20, 0x2af],
      [0x370, 0x52f],
      [0x531, 0x587],
      [0x1e00, 0x1fff],
      [0x2100, 0x218f],
      [0xfb00, 0xfb06],
      [0xff00, 0xffef],
      [0x10400, 0x1044f],
    ] as const
    const points = ranges.flatMap(([from, to]) =>
      Array.from({ length: to - from + 1 }, (_, index) => from + index),
    )
    const letters = points.filter((point) => !young.has(point)).map((point) => String.fromCodePoint(point))
    const programs = ['lower(s1)', 'upper(s1)', 'fold(s1)', 'trim(s1)'].map((text) =>
      compileExpression(text, scope),
    )
    const rows = letters.map((letter) => ({ ...nothing, s1: letter }))
    const at = { now: '2026-11-21T00:00:00Z', timeZone: 'UTC', me: null, teams: [], record: null }
    const results = await inSql(programs, rows, at)
    for (const [index, row] of rows.entries())
      expect(results[index]).toEqual(programs.map((program) => inJavaScript(program, row, at)))
  })

  it('match a pattern alike', async () => {
    const tokens = [
      'a',
      'b',
      'ä',
      '😀',
      '.',
      '^',
      '$',
      '|',
      '(',
      ')',
      '(?:',
      '[',
      '[^',
      ']',
      '-',
      '\\d',
      '\\w',
      '\\S',
      '\\s',
      '\\.',
      '\\[',
      '\\n',
      '*',
      '+',
      '?',
      '{2}',
      '{1,3}',
      '1',
      ' ',
    ]
    const pattern = fc
      .string({ unit: fc.constantFrom(...tokens), minLength: 1, maxLength: 7 })
      .filter(isPortable)
    const subject = fc.string({
      unit: fc.constantFrom('a', 'b', 'ä', '😀', '1', ' ', '\n', '.', '[', '-'),
      maxLength: 6,
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(pattern, { minLength: 150, maxLength: 150, size: 'max' }),
        fc.array(subject, { minLength: 12, maxLength: 12, size: 'max' }),
        async (patterns, texts) => {
          const { rows } = await pool.query<{ p: string; s: string; met: boolean }>(
            'SELECT p.i - 1 AS p, s, s COLLATE "C" ~ p.sql AS met FROM unnest($1::text[]) WITH ORDINALITY AS p(sql, i), unnest($2::text[]) AS s',
            [patterns.map((text) => portablePattern(text).sql), texts],
          )
          const wrong = rows.filter(
            ({ p, s, met }) => portablePattern(patterns[Number(p)] ?? '').test(s) !== met,
          )
          expect(wrong.map(({ p, s, met }) => [patterns[Number(p)], s, met]).slice(0, 5)).toEqual([])
        },
      ),
      { numRuns: 8, endOnFailure: true },
    )
  })
})

describe('the SQL', () => {
  const target: Parameters<Program['sql']>[0] = {
    field: (path) => ({ sql: quote(path) }),
    literal: (value, type) =>
      `${Array.isArray(value) ? `ARRAY[${value.map(quoted).join(', ')}]` : quoted(value)}::${type}`,
    context: () => 'now()',
  }

  it('joins and compares columns whatever their collations are', async () => {
    const expressions = [
      's1 + s2 == s1',
      's1 == s2',
      's1 < s2',
      's1 in [s2, s1]',
      'concat(s1, s2) > s2',
      'lower(s1) + upper(s2) == fold(s1)',
      'coalesce(s1, s2).contains(s2)',
      '(b1 ? s1 : s2).startsWith(s1)',
      's1.endsWith(s2)',
      'replace(s1, s2, s1) == trim(s2)',
      'fold(s1) == fold(s2)',
      'hasAny(tags, [s1, s2])',
      's1 in tags',
      'tags.exists(t, t == s2)',
    ]
    const columnsSql = `'a'::text COLLATE "de-x-icu" AS s1, 'b'::text COLLATE "sv-x-icu" AS s2, true AS b1, ARRAY['a'] AS tags`
    for (const text of expressions) {
      const sql = compileExpression(text, scope).sql(target)
      const query = `SELECT ${'sql' in sql ? sql.sql : ''} FROM (SELECT ${columnsSql} OFFSET 0) AS data`
      await expect(pool.query(query)).resolves.toMatchObject({ rowCount: 1 })
    }
  })

  it('lets a trigram index serve a search, and an index on the column an equality', async () => {
    await pool.query(`
      CREATE EXTENSION IF NOT EXISTS pg_trgm;
      CREATE TABLE people (s1 text, account uuid);
      INSERT INTO people SELECT 'Müller ' || n, gen_random_uuid() FROM generate_series(1, 20000) AS n;
      CREATE INDEX people_fold ON people USING gin (xrm.fold(s1) gin_trgm_ops);
      CREATE INDEX people_s1 ON people (s1);
      CREATE INDEX people_account ON people (account);
      ANALYZE people`)
    for (const [text, index] of [
      ['fold(s1).contains(fold("MÜLLER 777"))', 'people_fold'],
      ['s1 == "Müller 5"', 'people_s1'],
      ['s1 in ["Müller 5", "x"]', 'people_s1'],
      [`account == "${ids[0]}"`, 'people_account'],
    ] as const) {
      const sql = compileExpression(text, scope).sql(target)
      const plan = await pool.query(`EXPLAIN SELECT * FROM people WHERE ${'sql' in sql ? sql.sql : ''}`)
      expect(JSON.stringify(plan.rows)).toContain(index)
    }
  })

  it('mentions every parameter it makes', () => {
    for (const text of [
      's1.contains("a")',
      'fold(s1).startsWith(fold("Ä"))',
      'round(d1, 2)',
      's1 == null',
      'd1 + 1',
      'money(1, "EUR").amount',
    ]) {
      let count = 0
      const sql = JSON.stringify(
        compileExpression(text, scope).sql({ ...target, literal: () => `$${++count};` }),
      )
      for (let n = 1; n <= count; n++) expect(sql).toContain(`$${n};`)
    }
  })
})

const quoted = (value: unknown) => `'${String(value).replaceAll("'", "''")}'`

const nothing: TestRecord = Object.fromEntries(Object.keys(fields).map((name) => [name, null]))

function isPortable(text: string): boolean {
  try {
    portablePattern(text)
    return true
  } catch (error) {
    if (error instanceof PatternError) return false
    throw error
  }
}
