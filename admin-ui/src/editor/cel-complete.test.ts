import type { ExpressionNames } from '@xrm/sdk/configuration'
import { describe, expect, test } from 'vitest'
import { suggest } from './cel-complete.ts'

const options = [
  { key: 'open', title: 'Open' },
  { key: 'won', title: 'Won' },
]
const names: ExpressionNames = {
  members: {
    '': [
      { name: 'name', type: 'string', record: null, title: 'Name' },
      { name: 'status', type: 'string', record: null, title: 'Status', options },
      { name: 'account', type: 'record<account>', record: 'account', title: 'Account' },
      { name: 'me', type: 'record<user>', record: 'user', title: 'The signed-in user' },
    ],
    account: [
      { name: 'city', type: 'string', record: null, title: 'City' },
      { name: 'owner', type: 'record<user>', record: 'user', title: 'Owner' },
      { name: 'kind', type: 'string', record: null, title: 'Kind', options },
    ],
    user: [{ name: 'email', type: 'string', record: null, title: 'E-mail' }],
  },
  functions: [
    { name: 'upper', signature: 'upper(string): string', description: 'In capitals.' },
    { name: 'abs', signature: 'abs(int): int', description: 'Without its sign.' },
    { name: 'abs', signature: 'abs(money): money', description: 'Without its sign.' },
    { name: 'now', signature: 'now(): timestamp', description: 'This instant.' },
    { name: '.amount', signature: '.amount(money): decimal', description: 'Without the currency.' },
    { name: 'exists', signature: 'list.exists(x, condition): bool', description: 'For one at least.' },
  ],
}
const labels = (before: string, after = '') => suggest(names, before, after)?.items.map(({ label }) => label)

describe('an expression is completed', () => {
  test('by the names of the record and the functions, each once', () => {
    expect(labels('')).toEqual(['name', 'status', 'account', 'me', 'upper', 'abs', 'now'])
    expect(suggest(names, 'name + st')).toMatchObject({ from: 7 })
    const abs = suggest(names, 'a')?.items.find(({ label }) => label === 'abs')
    expect(abs?.info).toContain('abs(int): int')
    expect(abs?.info).toContain('abs(money): money')
  })

  test('after a dot by what the relation leads to, also through several', () => {
    expect(labels('account.')).toEqual(['city', 'owner', 'kind'])
    expect(labels('name + account.owner.')).toEqual(['email'])
    expect(suggest(names, 'account.owner.em')).toMatchObject({ from: 14 })
    expect(labels('me.')).toEqual(['email'])
  })

  test('after a dot by the functions that take the value first', () => {
    expect(labels('name.')).toEqual(['upper'])
    expect(labels('upper(name).')).toContain('upper')
    expect(labels('nowhere.')).toContain('upper')
  })

  test('by the options of the choice that is compared, inside quotes and without them', () => {
    expect(labels('status == "')).toEqual(['open', 'won'])
    expect(labels("account.kind != 'o")).toEqual(['open', 'won'])
    expect(labels('status in ["open", "')).toEqual(['open', 'won'])
    expect(suggest(names, 'status == "')?.items[0]?.apply).toBe('open"')
    expect(suggest(names, 'status == "', '"')?.items[0]?.apply).toBe('open')
    expect(labels('status == ')?.slice(0, 2)).toEqual(['"open"', '"won"'])
    expect(suggest(names, 'status == ')?.items[1]?.apply).toBe('"won"')
  })

  test('not inside other texts and not after a number', () => {
    expect(suggest(names, 'name == "')).toBeNull()
    expect(suggest(names, 'name + "a \\" status == ')).toBeNull()
    expect(suggest(names, '1.')).toBeNull()
    expect(suggest(names, '12')).toBeNull()
  })

  test('with the place for arguments between the parentheses', () => {
    const of = (name: string) => suggest(names, '')?.items.find(({ label }) => label === name)
    expect(of('upper')).toMatchObject({ apply: 'upper()', caret: 1 })
    expect(of('now')).toMatchObject({ apply: 'now()', caret: 0 })
  })
})
