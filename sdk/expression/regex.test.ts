import { describe, expect, it } from 'vitest'
import { PatternError, portablePattern } from './regex.ts'

describe('a portable pattern', () => {
  it.each([
    ['a(?=b)'],
    ['(?i)a'],
    ['(a)\\1'],
    ['\\bword\\b'],
    ['\\p{L}'],
    ['[[:alpha:]]'],
    ['a*?'],
    ['a**'],
    ['^*'],
    ['*a'],
    ['a{256}'],
    ['(a{100}){100}'],
    ['a{2,1}'],
    ['a|'],
    ['()'],
    ['(a'],
    ['a)'],
    ['[a'],
    ['[z-a]'],
    ['[]a]'],
    ['a{'],
    ['\\'],
    ['***:a'],
    ['('.repeat(40)],
  ])('refuses %s', (text) => {
    expect(() => portablePattern(text)).toThrow(PatternError)
  })

  it('answers in linear time [EXPR-02]', () => {
    const started = performance.now()
    expect(portablePattern('^(a+)+$').test(`${'a'.repeat(50_000)}!`)).toBe(false)
    expect(performance.now() - started).toBeLessThan(500)
  })

  it('finds anywhere, minds case, and lets . be a line break', () => {
    expect(portablePattern('b').test('abc')).toBe(true)
    expect(portablePattern('B').test('abc')).toBe(false)
    expect(portablePattern('a.c').test('a\nc')).toBe(true)
    expect(portablePattern('a$').test('a\n')).toBe(false)
  })
})
