import { describe, expect, it } from 'vitest'
import {
  compileExpression,
  defineFunction,
  extendFunctionTable,
  functionTable,
  type Scope,
  type ValueType,
} from './index.ts'
import { ids, scope } from './testing/record.ts'

const context = { now: '2026-11-21T23:30:00Z', timeZone: 'Europe/Berlin', me: ids[0], teams: [ids[1]] }

const values: Record<string, unknown> = {
  s1: 'Müller',
  b1: true,
  i1: 7,
  i2: 0,
  d1: '12.50',
  m1: { amount: '19.99', currency: 'EUR' },
  m2: { amount: '5', currency: 'USD' },
  day1: '2026-01-31',
  day2: '2026-02-28',
  t1: '2026-03-29T00:59:59.999Z',
  p1: 90_000,
  tags: ['vip', 'north'],
  account: ids[1],
  'account.industry': 'steel',
}

function typeOf(text: string, type: ValueType): ValueType {
  return compileExpression(text, scope, { expect: type }).type
}

function evaluate(text: string): unknown {
  return compileExpression(text, scope).evaluate((path) => values[path], context)
}

describe('an expression', () => {
  const cases: Record<string, [string, unknown][]> = {
    'treats null as SQL does': [
      ['b2', null],
      ['s1 + s2', null],
      ['s2 == null', true],
      ['s1 != null', true],
      ['null == null', true],
      ['s2 == "a"', null],
      ['b2 && false', false],
      ['b2 || true', true],
      ['b2 || false', null],
      ['!b2', null],
      ['b2 ? 1 : 2', 2],
      ['"a" in ["b", s2]', null],
      ['"b" in ["b", s2]', true],
      ['s2 in []', false],
      ['concat(s1, " ", s2, "!")', 'Müller !'],
      ['coalesce(s2, s1)', 'Müller'],
      ['has(s2)', false],
    ],
    'computes with exact numbers': [
      ['0.1 + 0.2 == 0.3', true],
      ['i1 / 2', '3.5'],
      ['1 / 3', '0.333333333333'],
      ['2 / 3', '0.666666666667'],
      ['i1 / i2', null],
      ['i1 % i2', null],
      ['-7 % 2', -1],
      ['0 * -1', 0],
      ['d1 + i1', '19.5'],
      ['string(d1)', '12.5'],
      ['round(2.5)', 3],
      ['round(-2.5)', -3],
      ['round(1.005, 2)', '1.01'],
      ['round(1250.0, -2)', '1300'],
      ['floor(-0.5)', -1],
      ['int("12")', 12],
      ['int("12.5")', null],
      ['decimal("1e5")', null],
      ['9007199254740991 + 1', null],
      ['max(2, 2.5)', '2.5'],
    ],
    'computes with money': [
      ['m1 * 3', { amount: '59.97', currency: 'EUR' }],
      ['m1 + m2', null],
      ['m1 == m2', null],
      ['m1 > 10', true],
      ['m1 / m1', '1'],
      ['m1.amount', '19.99'],
      ['m1.currency', 'EUR'],
      ['money(10, "EUR") - m1', { amount: '-9.99', currency: 'EUR' }],
      ['money(10, "eur")', null],
      ['round(m1 / 3, 2)', { amount: '6.66', currency: 'EUR' }],
    ],
    'computes with dates in the business time zone': [
      ['today()', '2026-11-22'],
      ['date(t1)', '2026-03-29'],
      ['hour(t1)', 1],
      ['timestamp(day1)', '2026-01-30T23:00:00.000Z'],
      ['days(day2 - day1)', 28],
      ['day1 + days(1)', '2026-02-01'],
      ['day1 + duration("36h")', '2026-02-01'],
      ['addMonths(day1, 1)', '2026-02-28'],
      ['addMonths(day1, -11)', '2025-02-28'],
      ['startOfMonth(day1)', '2026-01-01'],
      ['startOfWeek(day1)', '2026-01-26'],
      ['quarter(day2)', 1],
      ['weekday(day1)', 6],
      ['day1 < "2026-02-01"', true],
      ['date("9999-12-31") + days(1)', null],
      ['t1 + seconds(1)', '2026-03-29T01:00:00.999Z'],
      ['p1 > duration("1d")', true],
      ['days(p1)', 1],
    ],
    'reads texts as characters': [
      ['size("😀é")', 2],
      ['substring("a😀b", 1, 2)', '😀'],
      ['substring("abc", -5)', 'abc'],
      ['"\\ue000" < "😀"', true],
      ['s1.contains("ü")', true],
      ['"50% off".contains("0%")', true],
      ['"500 off".contains("0%")', false],
      ['replace("a.a", ".", "$&")', 'a$&a'],
      ['fold("Łódź Straße ΣΟΦΟΣ œuvre")', 'lodz strasse σοφοσ oeuvre'],
      ['trim("\\u00a0 a ")', 'a'],
      ['s1.matches("^M.{4}r$")', true],
      ['join(tags, ", ")', 'vip, north'],
    ],
    'looks into lists': [
      ['size(tags)', 2],
      ['"vip" in tags', true],
      ['tags.exists(t, t.startsWith("n"))', true],
      ['tags.all(t, t.size() > 3)', false],
      ['tags.all(t, t != s2)', null],
      ['hasAny(tags, ["vip", "x"])', true],
      ['hasAll(tags, [])', true],
    ],
    'knows who asks and what is related': [
      [`me == "${ids[0]}"`, true],
      ['team in myTeams()', null],
      [`account in ["${ids[1].toUpperCase()}"]`, true],
      ['account.industry', 'steel'],
    ],
  }

  for (const [behaviour, rows] of Object.entries(cases))
    it.each(rows)(`${behaviour}: %s`, (text, expected) => {
      expect(evaluate(text)).toEqual(expected)
    })

  it('takes a malformed value for a missing one', () => {
    const program = compileExpression('d1 == null && i1 == null && day1 == null && m1 == null', scope)
    const broken: Record<string, unknown> = { d1: '1,5', i1: 1.5, day1: '2026-02-31', m1: { amount: 'x' } }
    expect(program.evaluate((path) => broken[path], context)).toBe(true)
  })

  it('tells which fields it reads, each once, and whether time or user matter', () => {
    const program = compileExpression('account.industry == s1 || s1 == "x" || b1', scope)
    expect(program.paths).toEqual(['account.industry', 's1', 'b1'])
    expect(program.volatile).toBe(false)
    expect(compileExpression('day1 < today()', scope).volatile).toBe(true)
    expect(compileExpression('me == null', scope).volatile).toBe(true)
    expect(compileExpression('day1 in [day2, today()]', scope).volatile).toBe(true)
    expect(compileExpression('tags.exists(tag, tag == string(today()))', scope).volatile).toBe(true)
    expect(compileExpression('["a", string(today())].exists(tag, tag == s1)', scope).volatile).toBe(true)
    expect(compileExpression('tags.exists(tag, tag == s1)', scope).volatile).toBe(false)
    const mine: Scope = {
      ...scope,
      member: (entity, name) =>
        entity === 'user' && name === 'city' ? { type: 'string' } : scope.member(entity, name),
    }
    expect(compileExpression('me.city == s1', mine).paths).toEqual(['me.city', 's1'])
    expect(compileExpression('me.city == s1', mine).volatile).toBe(true)
    expect(compileExpression('date(t1)', scope).volatile).toBe(false)
  })

  it('gives the expected type, and an int where a decimal is expected', () => {
    expect(typeOf('i1', 'decimal')).toBe('decimal')
    expect(typeOf('null', 'date')).toBe('date')
    expect(typeOf('"2026-01-01"', 'date')).toBe('date')
    expect(() => typeOf('i1', 'bool')).toThrow('expected bool, but this is int')
  })

  it('can use the functions that a plugin adds', () => {
    const initial = defineFunction({
      signature: 'initial(string): string',
      description: 'The first character.',
      js: (text: string) => [...text][0] ?? '',
      sql: (_, text) => `left(${text}, 1)`,
    })
    const functions = extendFunctionTable(functionTable, [initial])
    expect(compileExpression('s1.initial()', scope, { functions }).evaluate(() => 'Ää', context)).toBe('Ä')
    expect(() => compileExpression('s1.initial()', scope)).toThrow('unknown function: initial')
    expect(() => extendFunctionTable(functions, [initial])).toThrow('exists already')
  })

  it('answers in microseconds once it is compiled', () => {
    const program = compileExpression('i1 > 3 && s1 == "Müller"', scope)
    const start = performance.now()
    for (let round = 0; round < 20_000; round++) program.evaluate((path) => values[path], context)
    expect((performance.now() - start) / 20_000).toBeLessThan(0.02)
  })
})

describe('the function table', () => {
  it('has a signature and one line of description for every row', () => {
    for (const { signature, description } of functionTable.rows) {
      expect(signature).toMatch(/^\S+\(.*\): \S+$/)
      expect(description).toMatch(/^[A-Z].*\.$/)
    }
  })
})
