import { beforeAll, describe, expect, it } from 'vitest'
import type { ChangesetView } from '@xrm/sdk/configuration'
import { fixture } from '../support/fixture-plugin.ts'
import { testServer } from '../support/server.ts'

const { user } = await testServer({ plugins: [fixture] })
const admin = (await user(['admin'])).call
type Row = Record<string, unknown> & { id: string }
type Problems = { code: string; errors?: { pointer: string; code: string }[] }

async function draft(): Promise<string> {
  return (await admin<ChangesetView>('POST', '/api/changesets', { title: 'Expressions' })).body.id
}

/** What publishing answers. */
async function publish(path: string, body: object) {
  const id = await draft()
  const patched = await admin<Problems>('PATCH', `/api/documents/${path}?changeset=${id}`, body)
  if (patched.status !== 200) return patched
  return admin<Problems>('POST', `/api/changesets/${id}/publish`)
}

async function published(path: string, body: object): Promise<void> {
  const answer = await publish(path, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
}

const filtered = (filter: string) =>
  admin<{ items: Row[]; code: string }>('GET', `/api/records/firm?filter=${encodeURIComponent(filter)}`)

/** Wherever an expression comes in from outside, it is refused, and nothing is kept of it. */
async function isRefused(text: string): Promise<void> {
  const aggregate = { filter: text, measures: { n: 'count' } }
  const name = text.slice(0, 60)
  expect((await admin('POST', '/api/records/firm/aggregate', aggregate)).status, name).toBe(400)
  const documents: [string, object][] = [
    ['entity/firm', { properties: { evil: { 'x-type': 'formula', 'x-formula': text } } }],
    ['entity/firm', { 'x-rules': { evil: { check: text, message: 'No' } } }],
    ['view/evil', { entity: 'firm', title: 'Evil', filter: text, columns: { name: {} } }],
    ['role/evil', { title: 'Evil', entities: { firm: { read: { when: text } } } }],
  ]
  for (const [path, body] of documents)
    expect((await publish(path, body)).status, `${path} ${name}`).toBe(422)
}

describe('an expression that reaches for what objects inherit', () => {
  it.each([
    'name.constructor',
    'name.__proto__',
    '"x".constructor',
    'roles.constructor',
    'name["constructor"]',
    'has(name.toString)',
    'constructor',
    '__proto__',
    'parent.constructor.name',
    'name.constructor("return process")()',
    'this',
    'globalThis.process.env',
    'toString() == ""',
  ])('%s is refused everywhere [EXPR-01]', isRefused)
})

describe('an expression that would take for ever', () => {
  it('matches in linear time, in a filter as in a rule; a pattern is a constant [EXPR-02]', async () => {
    const evil = `${'a'.repeat(240)}!`
    await published('entity/firm', {
      'x-rules': { linear: { check: 'tax_number == null || !tax_number.matches("^(a+)+$")', message: 'No' } },
    })
    const name = 'Slow'
    expect((await admin('POST', '/api/records/firm', { name, tax_number: evil })).status).toBe(201)
    expect((await admin('POST', '/api/records/firm', { name, tax_number: 'aaa' })).status).toBe(422)
    expect((await filtered('tax_number.matches("^(a+)+$")')).body.items).toEqual([])
    expect((await filtered('tax_number.matches("^(a+)+!$")')).body.items).toHaveLength(1)
    for (const text of ['name.matches(site)', 'name.matches("(?=a)")', 'name.matches("(a)\\\\1")'])
      await isRefused(text)
  })

  it('is refused: quantifiers in quantifiers, and every comprehension that makes lists [EXPR-03]', async () => {
    for (const text of [
      'roles.exists(a, roles.exists(b, a == b))',
      'roles.all(a, roles.all(b, roles.all(c, a == c)))',
      'size(roles.map(a, roles.map(b, roles.map(c, a)))) > 0',
      'roles.filter(a, true) == roles',
    ])
      await isRefused(text)
  })

  it.each([
    ['parentheses', `${'('.repeat(5000)}true${')'.repeat(5000)}`],
    ['negations', `${'!'.repeat(9000)}true`],
    ['sums', `${Array(600).fill('size(name)').join('+')} > 0`],
    ['conditions', `${'name == "a" ? true : '.repeat(200)}false`],
    ['members', `parent${'.parent'.repeat(50)}.name == ''`],
    ['a literal of a megabyte', `name == "${'x'.repeat(1_000_000)}"`],
    ['a list of 1,001', `name in [${Array(1001).fill('"a"').join(',')}]`],
  ])('is refused: %s [EXPR-04]', async (_, text) => isRefused(text))

  it('makes no text beyond its limit: the value is empty, the record is kept [EXPR-05]', async () => {
    const bomb = `name${'.replace("a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")'.repeat(8)}`
    await published('entity/firm', { properties: { bomb: { 'x-type': 'formula', 'x-formula': bomb } } })
    const made = await admin<Row>('POST', '/api/records/firm', { name: 'aaaa' })
    expect(made).toMatchObject({ status: 201, body: { name: 'aaaa', bomb: null } })
    expect(await filtered(`${bomb} == 'a'`)).toMatchObject({ status: 200, body: { items: [] } })
    for (const text of ['name.pad(300000000) == ""', 'range(1000000000) == []', 'name * 1000000 == ""'])
      await isRefused(text)
  })
})

describe('a formula that has no value', () => {
  beforeAll(() =>
    published('entity/deal', {
      properties: {
        zero: { type: 'integer' },
        divided: { 'x-type': 'formula', 'x-formula': 'amount / zero' },
        rest: { 'x-type': 'formula', 'x-formula': '7 % zero' },
        huge: { 'x-type': 'formula', 'x-formula': '9007199254740991 + coalesce(zero, 0) + 1' },
        land: { 'x-type': 'formula', 'x-formula': 'firm.parent.name' },
        starts: { type: 'string', format: 'date-time' },
        hour: { 'x-type': 'formula', 'x-formula': 'hour(starts)' },
        next_day: { 'x-type': 'formula', 'x-formula': 'hour(starts + duration("24h"))' },
        third: { 'x-type': 'formula', 'x-formula': 'round(amount / 3, 2)' },
        sum: { 'x-type': 'formula', 'x-formula': '0.1 + 0.2 == 0.3' },
        half: { 'x-type': 'formula', 'x-formula': 'round(2.5) + round(-2.5)' },
        day: { 'x-type': 'formula', 'x-formula': 'today()' },
        asked: { 'x-type': 'formula', 'x-formula': 'now()' },
      },
    }),
  )

  it('is empty, and never keeps the record from being saved [EXPR-06]', async () => {
    const deal = await admin<Row>('POST', '/api/records/deal', {
      name: 'No value',
      zero: 0,
      amount: { amount: '10', currency: 'EUR' },
    })
    expect(deal).toMatchObject({
      status: 201,
      body: { divided: null, rest: null, huge: null, land: null, hour: null, third: { amount: '3.33' } },
    })
    for (const text of ['close_date == "2026-02-31"', 'close_date == date("2026-02-31")'])
      expect(
        (await admin('POST', '/api/records/deal/aggregate', { filter: text, measures: { n: 'count' } }))
          .status,
      ).toBe(400)
  })

  it('has one in the hour that the clocks skip, and in the one that they repeat [EXPR-06]', async () => {
    const hours: [string, number, number][] = [
      ['2027-03-28T00:30:00Z', 1, 2],
      ['2027-03-28T01:30:00Z', 3, 3],
      ['2027-03-27T01:30:00Z', 2, 3],
      ['2027-10-31T00:30:00Z', 2, 1],
      ['2027-10-31T01:30:00Z', 2, 2],
    ]
    for (const [starts, hour, next] of hours)
      expect(await admin('POST', '/api/records/deal', { name: 'Clock', starts }), starts).toMatchObject({
        status: 201,
        body: { hour, next_day: next },
      })
  })

  it('computes with decimals: nothing is lost, halves go away from zero, currencies never mix [EXPR-10]', async () => {
    const amount = { amount: '19.99', currency: 'EUR' }
    const { body } = await admin<Row>('POST', '/api/records/deal', { name: 'Money', amount })
    expect(body).toMatchObject({ sum: true, half: 0, third: { amount: '6.66', currency: 'EUR' } })
    const one = async (filter: string): Promise<number> => {
      const scoped = `name == 'Money' && (${filter})`
      const answer = await admin<{ items: Row[] }>(
        'GET',
        `/api/records/deal?filter=${encodeURIComponent(scoped)}`,
      )
      expect(answer.status, filter).toBe(200)
      return answer.body.items.length
    }
    expect(await one('amount * 3 == money(59.97, "EUR")')).toBe(1)
    expect(await one('amount + money(0.01, "EUR") == money(20, "EUR")')).toBe(1)
    expect(await one('amount + money(1, "USD") == null')).toBe(1)
    expect(await one('amount > money(1, "JPY")')).toBe(0)
    expect(await one('round(1.005, 2) == 1.01 && round(-1.005, 2) == -1.01')).toBe(1)
  })

  it('takes now from the moment of the request, the same in all its rows, and days from the zone of the firm [EXPR-11]', async () => {
    const today = (): string => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' }).format()
    const before = [today(), new Date().toISOString()]
    const { body } = await admin<{ items: Row[] }>('GET', '/api/records/deal?limit=100&fields=day,asked')
    expect(body.items.length).toBeGreaterThan(5)
    expect(new Set(body.items.map((row) => row['asked'])).size).toBe(1)
    expect(new Set(body.items.map((row) => row['day'])).size).toBe(1)
    const [{ day, asked }] = body.items as [Row]
    // Between the two at midnight as well.
    expect([before[0], today()]).toContain(day)
    expect(String(asked) >= before[1]! && String(asked) <= new Date().toISOString()).toBe(true)
  })
})

describe('formulas that need each other', () => {
  it('in a circle are refused, across entities too, and the circle is named [EXPR-07]', async () => {
    const formula = (text: string): object => ({ 'x-type': 'formula', 'x-formula': text })
    const id = await draft()
    await admin('PATCH', `/api/documents/entity/firm?changeset=${id}`, {
      properties: { loop: formula('parent.loop') },
    })
    expect(await admin('POST', `/api/changesets/${id}/publish`)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/entity/firm/properties/loop/x-formula', code: 'expression.circle' }] },
    })
    const two = await draft()
    await admin('PATCH', `/api/documents/entity/person?changeset=${two}`, {
      properties: { ring: formula('firm.ring') },
    })
    await admin('PATCH', `/api/documents/entity/firm?changeset=${two}`, {
      properties: {
        boss: { 'x-type': 'relation', 'x-relation': { entity: 'person' } },
        ring: formula('boss.ring'),
      },
    })
    const answer = await admin<Problems>('POST', `/api/changesets/${two}/publish`)
    expect(answer.status).toBe(422)
    expect(answer.body.errors!.map(({ code }) => code)).toContain('expression.circle')
  })
})

describe('an expression over fields that its author may not read', () => {
  it('is refused as one over fields that are not there, and again when the right is taken away [EXPR-08]', async () => {
    const seller = (await user(['seller'])).call
    const ask = (filter: string) =>
      seller<Problems>('GET', `/api/records/deal?filter=${encodeURIComponent(filter)}`)
    for (const text of [
      'X == "a"',
      'X != null',
      'size(X) > 3',
      'coalesce(X, name) == "a"',
      'true || X == "a"',
    ]) {
      const denied = await ask(text.replace('X', 'secret'))
      const absent = await ask(text.replace('X', 'absent'))
      expect([denied.status, denied.body.code], text).toEqual([absent.status, absent.body.code])
      expect(JSON.stringify(denied.body).replaceAll('secret', '').length).toBe(
        JSON.stringify(absent.body).replaceAll('absent', '').length,
      )
      expect(denied.status).toBe(400)
    }
    expect((await ask('number != null')).status).toBe(200)
    await published('role/seller', { entities: { deal: { fields: { number: 'none' } } } })
    expect((await ask('number != null')).status).toBe(400)
  })

  it('is refused in a document when it names a field that is not there [EXPR-08]', async () => {
    await isRefused('nowhere == "a"')
    await isRefused('parent.nowhere == "a"')
  })
})
