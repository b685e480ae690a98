import { describe, expect, it } from 'vitest'
import {
  compileExpression,
  defineFunction,
  ExpressionError,
  extendFunctionTable,
  functionTable,
  type Scope,
} from './index.ts'
import { scope } from './testing/record.ts'

function errorOf(text: string, names = scope): ExpressionError {
  try {
    compileExpression(text, names)
  } catch (error) {
    if (error instanceof ExpressionError) return error
    throw error
  }
  throw new Error(`${text} was accepted`)
}

describe('the checker', () => {
  it.each([
    ['1 +', 'expression.syntax'],
    ['"a', 'expression.syntax'],
    ['"\ud800"', 'expression.syntax'],
    ['"a\\u0000b"', 'expression.literal'],
    ['nobody', 'expression.unknown-name'],
    ['account.nobody', 'expression.unknown-name'],
    ['s1.nobody', 'expression.unknown-name'],
    ['nothing(1)', 'expression.unknown-function'],
    ['s1 + 1', 'expression.type'],
    ['b1 && s1', 'expression.type'],
    ['account == team', 'expression.type'],
    ['[1, "a"]', 'expression.type'],
    ['tags == tags', 'expression.type'],
    ['account == "12"', 'expression.literal'],
    ['day1 == "2026-02-31"', 'expression.literal'],
    ['date("31.12.2026")', 'expression.literal'],
    ['duration("1ms")', 'expression.literal'],
    ['me == account', 'expression.type'],
    ['duration("3 days")', 'expression.literal'],
    ['9007199254740992', 'expression.literal'],
    ['1e400', 'expression.syntax'],
    ['1e-400', 'expression.literal'],
    ['round(d1, 13)', 'expression.literal'],
    ['s1.matches("a**")', 'expression.pattern'],
    ['s1.matches(s2)', 'expression.type'],
    ['tags.exists(a, tags.all(b, a == b))', 'expression.nested'],
    ['{"a": 1}', 'expression.unsupported'],
    ['b"a"', 'expression.unsupported'],
    ['5u', 'expression.unsupported'],
    ['tags[0]', 'expression.unsupported'],
    ['tags[?0]', 'expression.syntax'],
    ['account.?industry', 'expression.syntax'],
    ['m1.nobody', 'expression.unknown-name'],
    ['s1.amount', 'expression.unknown-name'],
    ['coalesce(account, account).industry', 'expression.unknown-name'],
    ['tags.exists(t, true, true)', 'expression.unknown-function'],
    ['tags.exists("t", true)', 'expression.syntax'],
    ['tags.map(t, t)', 'expression.unknown-function'],
    ['cel.bind(a, 1, a)', 'expression.unknown-function'],
    ['[account, "12"]', 'expression.type'],
    ['s1.exists(t, t == "a")', 'expression.type'],
    ['m1.all(t, t == "a")', 'expression.type'],
    ['tags.exists(t, t)', 'expression.type'],
  ])('refuses %s with %s', (text, code) => {
    expect(errorOf(text).code).toBe(code)
  })

  it.each([
    ['9007199254740992', 'an integer goes up to 9007199254740991'],
    ['1e-400', 'a number has up to 30 digits before and 20 after the point'],
    ['tags.exists(a, tags.all(b, a == b))', 'exists and all cannot be nested'],
    ['s1.exists(t, t == "a")', 'expected a list, but this is string'],
    ['tags.exists(t, t)', 'expected a condition'],
    ['account.nobody', 'has no nobody'],
    ['[1, "a"]', 'not every element is int'],
    ['[1, true]', 'a list holds plain values of one type'],
    ['[m1, m1]', 'a list holds plain values of one type'],
    ['[[1], [2]]', 'a list holds plain values of one type'],
    ['[account, "12"]', 'not every element is record<'],
    ['"a\\u0000b"', 'a text holds no NUL and no half surrogate pair'],
    ['nobody', 'unknown name: nobody'],
    ['tags[0]', 'maps, indexes and optional members are not supported'],
    ['5u', 'bytes and unsigned numbers are not supported'],
    ['s1 + i1', 'no +(string, int); there is '],
    ['round(s1, i1)', 'no round(string, int); there is '],
    ['me.nobody', 'record<user> has no nobody'],
  ])('says what is wrong with %s', (text, message) => {
    expect(errorOf(text).message).toContain(message)
  })

  it('follows four relations, and refuses a fifth by its place', () => {
    const firms: Scope = {
      variable: (name) => (name === 'parent' ? { type: { record: 'firm' } } : undefined),
      member: (_, name) =>
        name === 'parent' ? { type: { record: 'firm' } } : name === 'name' ? { type: 'string' } : undefined,
    }
    const four = 'parent.parent.parent.parent'
    expect(compileExpression(`${four}.name`, firms).paths).toEqual([`${four}.name`])
    const error = errorOf(`${four}.parent.name`, firms)
    expect(error.code).toBe('expression.too-large')
    expect(error.message).toContain('a path follows up to 4 relations')
  })

  it('says what was expected of the whole', () => {
    expect(() => compileExpression('i1', scope, { expect: 'bool' })).toThrow(
      expect.objectContaining({
        code: 'expression.type',
        position: expect.objectContaining({ offset: 0, length: 2 }),
      }),
    )
  })

  it('says where the error is', () => {
    expect(errorOf('1 +\n  nobody').position).toEqual({ offset: 6, line: 2, column: 3, length: 6 })
    expect(errorOf('day1 > "2026-02-31"').position).toMatchObject({ offset: 7, length: 12 })
    expect(errorOf('account.nobody').position).toMatchObject({ offset: 8, length: 6 })
  })

  it('knows no name that objects inherit, whatever the scope answers [EXPR-01]', () => {
    const open = {
      variable: () => ({ type: { record: 'account' } }) as const,
      member: () => ({ type: 'string' }) as const,
    }
    for (const text of [
      'constructor',
      '__proto__',
      'toString',
      's1.constructor',
      's1.__proto__',
      'has(s1.toString)',
      's1["constructor"]',
      's1.constructor("a")',
      's1.hasOwnProperty(s1)',
      'valueOf()',
    ])
      expect(errorOf(text, open).code).toMatch(/unknown|unsupported|syntax/)
    expect(errorOf('"x".constructor').code).toBe('expression.unknown-name')
    expect(errorOf('tags.constructor').code).toBe('expression.unknown-name')
  })

  it('refuses what is too large before it costs anything [EXPR-04]', () => {
    const started = performance.now()
    for (const text of [
      `${'('.repeat(4000)}1${')'.repeat(4000)}`,
      `${'('.repeat(33)}1${')'.repeat(33)}`,
      `${'!'.repeat(9000)}b1`,
      `${'-'.repeat(600)}i1`,
      Array(600).fill('i1').join('+'),
      `s1${'.trim()'.repeat(40)}`,
      `"${'x'.repeat(1_000_000)}"`,
      `"${'ä'.repeat(6000)}"`,
      `i1 in [${Array(1001).fill('1').join(',')}]`,
      `i1 in [${Array(600).fill('i2').join(',')}]`,
      'account.parent.parent.parent.parent.industry',
    ])
      expect(errorOf(text, { variable: scope.variable, member: memberOfTree }).code).toBe(
        'expression.too-large',
      )
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it('refuses what would be too much SQL, which functions of plugins may make of little', () => {
    const tenfold = defineFunction({
      signature: 'tenfold(string): string',
      description: 'The text ten times.',
      js: (text: string) => text.repeat(10),
      sql: (_, text) => Array(10).fill(text).join(' || '),
    })
    const functions = extendFunctionTable(functionTable, [tenfold])
    const nested = (depth: number) => `s1${'.tenfold()'.repeat(depth)}`
    expect(compileExpression(nested(3), scope, { functions }).type).toBe('string')
    expect(() => compileExpression(nested(5), scope, { functions })).toThrow('too much for one statement')
  })

  it('accepts a long but flat condition and a long list of constants', () => {
    expect(compileExpression(Array(120).fill('i1 == 1').join(' || '), scope).type).toBe('bool')
    expect(compileExpression(`i1 in [${Array(1000).fill('1').join(',')}]`, scope).type).toBe('bool')
  })

  it('makes no text longer than it says [EXPR-05]', () => {
    const grow = `s1${'.replace("a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")'.repeat(8)}`
    const program = compileExpression(grow, scope)
    expect(program.evaluate(() => 'aaaa', { now: '', timeZone: 'UTC', me: null })).toBeNull()
  })
})

function memberOfTree(_: string, name: string) {
  return name === 'parent' ? ({ type: { record: 'account' } } as const) : ({ type: 'string' } as const)
}
