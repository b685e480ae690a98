import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileExpression, referencesIn, renameIn, type Scope } from './index.ts'
import { anyExpression } from './testing/expression.ts'
import { fields, scope } from './testing/record.ts'

const textOf = (text: string): string[] =>
  referencesIn(text, scope).map(
    ({ owner, name, value, start, end }) =>
      `${owner ?? ''}.${name}${value === undefined ? '' : `=${value}`}@${text.slice(start, end)}`,
  )

describe('references', () => {
  it('name each step of a path with the entity that has it', () => {
    expect(textOf('account.parent.industry == s1')).toEqual([
      '.account@account',
      'account.parent@parent',
      'account.industry@industry',
      '.s1@s1',
    ])
  })

  it('are found between brackets, comments and odd characters', () => {
    expect(textOf('("😀 s1" + ( account ) // s2\n . industry)')).toEqual([
      'account.industry=😀 s1@"😀 s1"',
      '.account@account',
      'account.industry@industry',
    ])
  })

  it('are not the variables of quantifiers, even of the same name', () => {
    expect(textOf('tags.exists(s1, s1 == s2) || s1 == ""')).toEqual([
      '.tags@tags',
      '.s2@s2',
      '.s1@s1',
      '.s1=@""',
    ])
  })

  it('give the constants that a field is used with', () => {
    expect(textOf("s1 == 'won' || s2 in ['a', 'b']")).toEqual([
      '.s1@s1',
      ".s1=won@'won'",
      '.s2@s2',
      ".s2=a@'a'",
      ".s2=b@'b'",
    ])
  })

  it('are not members that their entity does not have', () => {
    expect(textOf('account.nobody == s1')).toEqual(['.account@account', '.s1@s1'])
  })

  it('are found beside a mistake, and in no text that cannot be parsed', () => {
    expect(textOf('gone + s1 * 2 == account.industry')).toEqual([
      '.s1@s1',
      '.account@account',
      'account.industry@industry',
    ])
    expect(textOf('gone.exists(s1, s1 == s2 + 1)')).toEqual(['.s2@s2'])
    expect(textOf('s1 +')).toEqual([])
  })
})

describe('a renaming', () => {
  const renamed = (name: string): string => `new_${name}`
  const after: Scope = {
    variable: (name) => (name.startsWith('new_') ? scope.variable(name.slice(4)) : undefined),
    member: (owner, name) => (name.startsWith('new_') ? scope.member(owner, name.slice(4)) : undefined),
  }

  it('of every name gives the same expression in the new names, and back again the same text', () => {
    fc.assert(
      fc.property(anyExpression(3), (text) => {
        let program
        try {
          program = compileExpression(text, scope)
        } catch {
          return
        }
        const changed = renameIn(text, scope, ({ name, value }) =>
          value === undefined ? renamed(name) : undefined,
        )
        const paths = compileExpression(changed, after).paths
        // Names behind `me` are not among the scope's own; the generator makes none.
        expect(paths).toEqual(program.paths.map((path) => path.split('.').map(renamed).join('.')))
        expect(
          renameIn(changed, after, ({ name, value }) => (value === undefined ? name.slice(4) : undefined)),
        ).toBe(text)
      }),
      { numRuns: 1500 },
    )
  })

  it('of one name changes the text at its places alone', () => {
    fc.assert(
      fc.property(anyExpression(3), fc.constantFrom(...Object.keys(fields)), (text, path) => {
        const [first, second] = path.split('.')
        const [owner, name] = second === undefined ? [null, first] : [first, second]
        const mark = 'zz'
        const places = referencesIn(text, scope).filter(
          (found) => found.owner === owner && found.name === name && found.value === undefined,
        )
        const expected = places
          .toReversed()
          .reduce((left, { start, end }) => left.slice(0, start) + mark + left.slice(end), text)
        expect(
          renameIn(text, scope, (found) =>
            found.owner === owner && found.name === name && found.value === undefined ? mark : undefined,
          ),
        ).toBe(expected)
        for (const { start, end } of places) expect(text.slice(start, end)).toBe(name)
      }),
      { numRuns: 500 },
    )
  })
})
