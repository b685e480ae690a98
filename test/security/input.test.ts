import { beforeAll, describe, expect, it } from 'vitest'
import { fixture } from '../support/fixture-plugin.ts'
import { type Caller, testServer } from '../support/server.ts'

const { user } = await testServer({ plugins: [fixture] })
let admin: Caller
beforeAll(async () => {
  admin = (await user(['admin'])).call
})

type Row = Record<string, unknown> & { id: string; version: number }
type Problem = { code: string; errors?: { pointer: string; code: string }[] }

describe('a member that every object inherits', () => {
  it('is unknown like any other, at every depth and on every route [VAL-03]', async () => {
    const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'toJSON']
    for (const name of names) {
      const own = `{"name":"a","${name}":{"admin":true,"status":500}}`
      const answers = [
        await admin<Problem>('POST', '/api/records/firm', own),
        await admin<Problem>('POST', '/api/records/firm', `[${own}]`),
        await admin<Problem>('POST', '/api/records/firm', `{"name":"a","seat":{"city":"b","${name}":"c"}}`),
        await admin<Problem>('POST', '/api/records/firm/aggregate', `{"measures":{"n":"count"},"${name}":1}`),
        await admin<Problem>('PATCH', '/api/me', `{"language":"en","${name}":"de"}`),
        await admin<Problem>('GET', `/api/records/firm?${name}=1`),
        await admin<Problem>('GET', `/api/records/firm?fields=${name}`),
        await admin<Problem>('GET', `/api/records/firm?sort=${name}.${name}`),
        await admin<Problem>('GET', `/api/records/firm?filter=${name}`),
        await admin<Problem>('GET', `/api/records/${name}`),
      ]
      for (const [index, { status }] of answers.entries())
        expect([name, index, [400, 404, 422].includes(status)]).toEqual([name, index, true])
    }
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
  })
})

describe('a text', () => {
  it('comes back as it was sent, in one form of its letters, or is refused [VAL-05]', async () => {
    const kept = ['👩‍👩‍👧‍👦', '\u202eright to left', 'tab\there', 'a'.repeat(120), 'ﬁ ligature', '\u200bzero']
    for (const name of kept) {
      const { status, body } = await admin<Row>('POST', '/api/records/firm', { name })
      expect([name, status, body['name']]).toEqual([name, 201, name])
      expect((await admin<Row>('GET', `/api/records/firm/${body.id}`)).body['name']).toBe(name)
    }
    const { body: composed } = await admin<Row>('POST', '/api/records/firm', { name: 'Mu\u0308ller' })
    expect(composed['name']).toBe('M\u00fcller')
    for (const name of ['a\0b', '\ud800', 'x'.repeat(121), 'x'.repeat(7_000_000), '   '])
      expect([name.slice(0, 5), (await admin('POST', '/api/records/firm', { name })).status]).toEqual([
        name.slice(0, 5),
        422,
      ])
  })

  it('of 100 kB where an address belongs is refused as fast as a short one [VAL-08]', async () => {
    const long = [
      `${'a'.repeat(100_000)}@`,
      `${'a.'.repeat(50_000)}@b.c`,
      `a@${'b-'.repeat(50_000)}`,
      `${'@'.repeat(100_000)}`,
    ]
    for (const email of long)
      expect((await admin('POST', '/api/records/person', { last_name: 'a', email })).status).toBe(422)
    for (const site of [
      `http://${'a'.repeat(100_000)}`,
      `http://${'%'.repeat(100_000)}`,
      `${'http:'.repeat(20_000)}`,
    ])
      expect((await admin('POST', '/api/records/firm', { name: 'a', site })).status).toBe(422)
    for (const phone of [`+${'1'.repeat(100_000)}`, `+49${' ('.repeat(50_000)}`])
      expect((await admin('POST', '/api/records/prospect', { last_name: 'a', phone })).status).toBe(422)
  })
})

describe('a date', () => {
  it('is a day of the calendar, the same for every zone, or refused [VAL-06]', async () => {
    for (const close_date of ['2028-02-29', '0001-01-01', '9999-12-31', '1582-10-10']) {
      const { status, body } = await admin<Row>('POST', '/api/records/deal', { name: 'd', close_date })
      expect([close_date, status, body['close_date']]).toEqual([close_date, 201, close_date])
    }
    const bad = [
      '0000-01-01',
      '2026-02-29',
      '2026-13-01',
      '2026-1-1',
      '10000-01-01',
      '-0001-01-01',
      '20260101',
      '2026-01-01T00:00:00Z',
      20260101,
      true,
    ]
    for (const close_date of bad)
      expect([
        close_date,
        (await admin('POST', '/api/records/deal', { name: 'd', close_date })).status,
      ]).toEqual([close_date, 422])
  })
})

describe('a number', () => {
  it('is stored to the last digit or refused [VAL-07]', async () => {
    const kept = { '0.10': '0.10', '-0': '0', '123456789012.34': '123456789012.34', '0.001': '0.001' }
    for (const [amount, stored] of Object.entries(kept)) {
      const { status, body } = await admin<Row>('POST', '/api/records/deal', {
        name: 'n',
        amount: { amount, currency: 'EUR' },
      })
      expect([amount, status]).toEqual([amount, 201])
      expect(Number((body['amount'] as { amount: string }).amount)).toBe(Number(stored))
    }
    const bad = ['NaN', 'Infinity', '0x10', '1e5', '1,5', '', ' 1', '1'.repeat(60), null, true, [], {}]
    for (const amount of bad)
      expect([
        amount,
        (await admin('POST', '/api/records/deal', { name: 'n', amount: { amount, currency: 'EUR' } })).status,
      ]).toEqual([amount, 422])
    for (const text of ['{"name":"n","probability":1e400}', '{"name":"n","probability":9007199254740993}'])
      expect([400, 422]).toContain((await admin('POST', '/api/records/deal', text)).status)
  })
})

describe('an id that the client chooses', () => {
  it('makes no record and changes none [VAL-10]', async () => {
    const { body: firm } = await admin<Row>('POST', '/api/records/firm', { name: 'Chosen' })
    const ids = [firm.id, '00000000-0000-7000-8000-000000000000', 'x', 'x'.repeat(10_000), null, 1, {}]
    for (const id of ids) {
      const { status } = await admin('POST', '/api/records/firm', { id, name: 'Taken over' })
      expect([400, 409, 422]).toContain(status)
    }
    expect((await admin<Row>('GET', `/api/records/firm/${firm.id}`)).body).toMatchObject({
      name: 'Chosen',
      version: 1,
    })
  })
})
