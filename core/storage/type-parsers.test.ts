import { describe, expect, it } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { parseTimestamptz } from './type-parsers.ts'

const db = await testDatabase()

async function select(expression: string): Promise<unknown> {
  const { rows } = await db.pool.query({ text: `SELECT ${expression}`, rowMode: 'array' })
  return (rows[0] as unknown[])[0]
}

describe('values from PostgreSQL', () => {
  it.each([
    ['9007199254740991::int8', 9007199254740991],
    ['9007199254740993::int8', '9007199254740993'],
    ['ARRAY[1, 2]::int8[]', [1, 2]],
    ['count(*)', 1],
    ['0.10::numeric', '0.10'],
    ['ARRAY[0.10, NULL]::numeric[]', ['0.10', null]],
    [`date '2026-02-28'`, '2026-02-28'],
    [`ARRAY[date '2026-02-28']`, ['2026-02-28']],
    [`timestamptz '2026-11-21 21:04:41.123456+00'`, '2026-11-21T21:04:41.123Z'],
    [`timestamptz '2026-11-21 21:04:41.5+02'`, '2026-11-21T19:04:41.500Z'],
    [`timestamptz '2026-11-21 21:04:41+00'`, '2026-11-21T21:04:41.000Z'],
    [`ARRAY[timestamptz '2026-11-21 21:04:41+00']`, ['2026-11-21T21:04:41.000Z']],
    [`timestamptz 'infinity'`, 'infinity'],
    [`interval '1 day 2 hours'`, 'P1DT2H'],
    [`'{"a": [1]}'::jsonb`, { a: [1] }],
    ['true', true],
    ['NULL::int8', null],
  ])('reads %s as %j', async (expression, value) => {
    expect(await select(expression)).toEqual(value)
  })

  it('reads the text of another time zone as the same moment', () => {
    expect(parseTimestamptz('2026-11-21 22:04:41.25+01')).toBe('2026-11-21T21:04:41.250Z')
    expect(parseTimestamptz('2026-11-22 02:34:41+05:30')).toBe('2026-11-21T21:04:41.000Z')
  })

  it('leaves a moment before Christ as PostgreSQL writes it', async () => {
    expect(await select(`timestamptz '0044-03-15 12:00:00+00 BC'`)).toBe('0044-03-15 12:00:00+00 BC')
  })
})
