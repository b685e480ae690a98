import { beforeAll, describe, expect, it } from 'vitest'
import { fixture } from './support/fixture-plugin.ts'
import { type Caller, testServer } from './support/server.ts'

const { user } = await testServer({ plugins: [fixture] })
let admin: Caller
beforeAll(async () => {
  admin = (await user(['admin'])).call
})

type Row = Record<string, unknown> & { id: string; version: number }
type List = { items: Row[]; next: string | null; count?: { value: number; capped: boolean } }

async function create(entity: string, values: object, call = admin): Promise<Row> {
  const { status, body } = await call<Row>('POST', `/api/records/${entity}`, values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

describe('a record', () => {
  it('is created, read, changed, put into the bin and taken out again', async () => {
    const firm = await create('firm', {
      name: 'Grünwerk Solar GmbH',
      site: 'gruenwerk.example',
      roles: ['prospect'],
      seat: { city: 'Jena', country: 'DE' },
    })
    expect(firm).toMatchObject({
      version: 1,
      display: 'Grünwerk Solar GmbH',
      site: 'https://gruenwerk.example',
      seat: { city: 'Jena', country: 'DE', street: null },
    })
    const path = `/api/records/firm/${firm.id}`
    const changed = await admin<Row>('PATCH', path, { name: 'Grünwerk AG' }, { 'if-match': '"1"' })
    expect(changed).toMatchObject({
      status: 200,
      body: { version: 2, name: 'Grünwerk AG', roles: ['prospect'] },
    })
    expect(changed.headers.get('etag')).toBe('"2"')
    expect((await admin('DELETE', path)).status).toBe(204)
    expect((await admin('GET', path)).status).toBe(404)
    expect((await admin('GET', `${path}?deleted=true`)).status).toBe(200)
    expect((await admin('POST', `${path}/restore`)).status).toBe(200)
    const { body } = await admin<{
      items: { action: string; before: object; after: object; actor: { name: string } }[]
    }>('GET', `${path}/history`)
    expect(body.items.map((change) => change.action)).toEqual(['restore', 'delete', 'update', 'create'])
    expect(body.items[2]).toMatchObject({
      before: { name: 'Grünwerk Solar GmbH' },
      after: { name: 'Grünwerk AG' },
      actor: { name: 'admin 1' },
    })
  })

  it('takes its stage, its probability and its number from the system', async () => {
    const deal = await create('deal', { name: 'Roof', amount: { amount: '1000.50', currency: 'EUR' } })
    expect(deal).toMatchObject({
      stage: 'open',
      probability: '20',
      amount: { amount: '1000.5', currency: 'EUR' },
      expected: { amount: '200.1', currency: 'EUR' },
    })
    expect(deal['number']).toMatch(/^D-\d{4}$/)
    const won = await admin<Row>('PATCH', `/api/records/deal/${deal.id}`, { stage: 'won' })
    expect(won.body).toMatchObject({ probability: '100', expected: { amount: '1000.5' } })
    const own = await admin<Row>('PATCH', `/api/records/deal/${deal.id}`, { stage: 'lost', probability: '5' })
    expect(own.body).toMatchObject({ probability: '5' })
  })

  it('is refused with every error at its field', async () => {
    const { status, body } = await admin<{ errors: { pointer: string; code: string }[] }>(
      'POST',
      '/api/records/person',
      { email: 'x', nonsense: 1, phones: 'abc', version: 3, firm: '0190c9a0-0000-7000-8000-000000000000' },
    )
    expect(status).toBe(422)
    expect(body).toMatchObject({ code: 'record.invalid', type: '/problems/record.invalid' })
    const codes = Object.fromEntries(body.errors.map((error) => [error.pointer, error.code]))
    expect(codes).toEqual({
      '#/email': 'field.email',
      '#/nonsense': 'record.unknown-field',
      '#/phones': 'field.type',
      '#/version': 'field.read-only',
      '#/firm': 'field.relation',
      '#/last_name': 'field.required',
    })
  })

  it('is refused by its rule, at the field that the rule names', async () => {
    const { status, body } = await admin('POST', '/api/records/prospect', { email: 'a@b.example' })
    expect({ status, body }).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/last_name', code: 'rule.named' }] },
    })
  })

  it('is not overwritten by one who saw an older version [CONC-01, VAL-12]', async () => {
    const firm = await create('firm', { name: 'Once' })
    const path = `/api/records/firm/${firm.id}`
    await admin('PATCH', path, { name: 'Twice' }, { 'if-match': '"1"' })
    const late = await admin('PATCH', path, { name: 'Thrice' }, { 'if-match': '"1"' })
    expect(late).toMatchObject({
      status: 409,
      body: { code: 'record.conflict', current: { name: 'Twice', version: 2 } },
    })
    for (const bad of ['*', 'W/"1"', '1', '"x"'])
      expect((await admin('PATCH', path, {}, { 'if-match': bad })).status).toBe(400)
  })

  it('keeps the promise of a unique field, also between rows of one batch', async () => {
    await create('firm', { name: 'A', tax_number: '123' })
    expect(await admin('POST', '/api/records/firm', { name: 'B', tax_number: '123' })).toMatchObject({
      status: 409,
      body: { code: 'record.unique', errors: [{ pointer: '#/tax_number' }] },
    })
    const batch = await admin<{ errors: { pointer: string }[] }>('POST', '/api/records/firm', [
      { name: 'C', tax_number: '777' },
      { name: 'D', tax_number: '777' },
    ])
    expect(batch).toMatchObject({ status: 422, body: { errors: [{ pointer: '#/1/tax_number' }] } })
  })

  it('gives one record and 49 conflicts when 50 create the same unique value at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        admin('POST', '/api/records/firm', { name: 'Race', tax_number: 'race' }),
      ),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(49)
  })

  it('cannot go while others need it', async () => {
    const firm = await create('firm', { name: 'Needed' })
    await create('person', { last_name: 'Muster', firm: firm.id })
    expect(await admin('DELETE', `/api/records/firm/${firm.id}`)).toMatchObject({
      status: 409,
      body: { code: 'record.referenced' },
    })
  })
})

describe('a batch', () => {
  it('is written whole or not at all', async () => {
    const { body: before } = await admin<List>('GET', '/api/records/person?count=exact&limit=1')
    const { status, body } = await admin<{ errors: { pointer: string }[] }>('POST', '/api/records/person', [
      { last_name: 'One' },
      { last_name: 'x'.repeat(21) },
      {},
    ])
    expect(status).toBe(422)
    expect(body.errors.map((error) => error.pointer)).toEqual(['#/1/last_name', '#/2/last_name'])
    const { body: after } = await admin<List>('GET', '/api/records/person?count=exact&limit=1')
    expect(after.count).toEqual(before.count)
  })

  it('answers for each row when it may be written in part', async () => {
    const { status, body } = await admin<{ ok: boolean; errors?: object[] }[]>(
      'POST',
      '/api/records/person?partial=true',
      [{ last_name: 'One' }, {}, { last_name: 'Two' }],
    )
    expect(status).toBe(207)
    expect(body.map((row) => row.ok)).toEqual([true, false, true])
  })

  it('changes many records in one call', async () => {
    const people = await Promise.all([
      create('person', { last_name: 'U1' }),
      create('person', { last_name: 'U2' }),
    ])
    const { status, body } = await admin<Row[]>(
      'PATCH',
      '/api/records/person',
      people.map(({ id, version }, index) => ({ id, version, first_name: `F${index}` })),
    )
    expect(status).toBe(200)
    expect(body.map((row) => row['first_name'])).toEqual(['F0', 'F1'])
  })
})

describe('an idempotency key', () => {
  it('makes twenty parallel repetitions one record, and refuses another body [VAL-14]', async () => {
    const headers = { 'idempotency-key': 'key-1' }
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => admin<Row>('POST', '/api/records/firm', { name: 'Idem' }, headers)),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(await admin('POST', '/api/records/firm', { name: 'Other' }, headers)).toMatchObject({
      status: 422,
      body: { code: 'idempotency.mismatch' },
    })
  })
})

describe('a list', () => {
  it('filters, sorts, expands and pages by cursor through everything exactly once', async () => {
    const firm = await create('firm', { name: 'Pager Works', seat: { city: 'Ulm' } })
    const heats = ['hot', 'cold', null]
    await admin(
      'POST',
      '/api/records/deal',
      Array.from({ length: 23 }, (_, n) => ({
        name: `P${String(n).padStart(2, '0')}`,
        firm: firm.id,
        heat: heats[n % 3],
        close_date: n % 4 === 0 ? null : `2026-01-${String((n % 5) + 1).padStart(2, '0')}`,
      })),
    )
    const filter = encodeURIComponent(`firm.name == "Pager Works" && name.startsWith("P")`)
    for (const sort of [
      'name',
      '-name',
      'close_date,-name',
      '-close_date,heat',
      'heat',
      '-created_at',
      'firm.name,-close_date',
    ]) {
      const seen: string[] = []
      let after = ''
      do {
        const { status, body } = await admin<List>(
          'GET',
          `/api/records/deal?filter=${filter}&sort=${sort}&limit=5&fields=name,firm.display,firm.seat.city,close_date&count=exact${after}`,
        )
        expect(status, JSON.stringify(body)).toBe(200)
        expect(body.count).toEqual({ value: 23, capped: false })
        seen.push(...body.items.map((item) => item['name'] as string))
        expect(body.items[0]).toMatchObject({ 'firm.display': 'Pager Works', 'firm.seat.city': 'Ulm' })
        after = body.next === null ? '' : `&after=${encodeURIComponent(body.next)}`
      } while (after !== '')
      expect(seen).toHaveLength(23)
      expect(new Set(seen).size).toBe(23)
    }
  })

  it('refuses a cursor of another query, another user or another making', async () => {
    const { body } = await admin<List>('GET', '/api/records/deal?limit=1')
    const next = encodeURIComponent(body.next!)
    expect((await admin('GET', `/api/records/deal?limit=1&after=${next}`)).status).toBe(200)
    expect((await admin('GET', `/api/records/deal?limit=1&sort=name&after=${next}`)).body).toMatchObject({
      code: 'query.cursor',
    })
    const other = (await user(['admin'])).call
    expect((await other('GET', `/api/records/deal?limit=1&after=${next}`)).status).toBe(400)
    expect((await admin('GET', `/api/records/deal?limit=1&after=${'x'.repeat(40)}`)).status).toBe(400)
  })

  it('finds words whatever their case and accents, and takes wildcards literally [INJ-08]', async () => {
    await create('firm', { name: 'Müller & Söhne 50%' })
    const names = async (search: string): Promise<unknown[]> =>
      (
        await admin<List>('GET', `/api/records/firm?fields=name&search=${encodeURIComponent(search)}`)
      ).body.items.map((item) => item['name'])
    expect(await names('MULLER sohne')).toEqual(['Müller & Söhne 50%'])
    expect(await names('0%')).toEqual(['Müller & Söhne 50%'])
    expect(await names('m_ller')).toEqual([])
  })

  it('refuses what it does not know, naming it [VAL-04]', async () => {
    for (const [query, code] of [
      ['where=1', 'request.parameter'],
      ['limit=501', 'request.parameter'],
      ['limit=1e2', 'request.parameter'],
      ['limit=5&limit=6', 'request.parameter'],
      ['fields=nope', 'query.invalid'],
      ['sort=nope', 'query.invalid'],
      ['sort=name;drop', 'query.invalid'],
      ['filter=nope%20%3D%3D%201', 'query.invalid'],
      ['filter=name%20%3D%3D', 'query.invalid'],
      ['filter=name', 'query.invalid'],
      ['fields=firm.firm.name', 'query.invalid'],
      ['fields=__proto__', 'query.invalid'],
      ['fields=constructor', 'query.invalid'],
    ]) {
      expect(await admin('GET', `/api/records/deal?${query}`), query).toMatchObject({
        status: 400,
        body: { code },
      })
    }
    expect((await admin('GET', '/api/records/nothing')).status).toBe(404)
    expect((await admin('GET', '/api/records/deal/not-an-id')).status).toBe(404)
  })

  it('counts up to a cap', async () => {
    const { body } = await admin<List>('GET', '/api/records/deal?count=capped&limit=1')
    expect(body.count!.capped).toBe(false)
  })
})

describe('aggregates', () => {
  it('count, sum and group, also by month and by the currency of money', async () => {
    const firm = await create('firm', { name: 'Sums' })
    const deal = { name: 'S', firm: firm.id, stage: 'open' }
    await admin('POST', '/api/records/deal', [
      { ...deal, amount: { amount: '10.10', currency: 'EUR' }, close_date: '2026-03-05' },
      { ...deal, amount: { amount: '20.20', currency: 'EUR' }, close_date: '2026-03-25' },
      { ...deal, amount: { amount: '5', currency: 'USD' }, close_date: '2026-04-01' },
    ])
    const filter = 'firm.name == "Sums"'
    const by = (groupBy: string[], measures: object) =>
      admin('POST', '/api/records/deal/aggregate', { filter, groupBy, measures })
    expect((await by(['close_date:month'], { n: 'count', sum: 'sum(amount)' })).body).toEqual({
      rows: [
        { 'close_date:month': '2026-03-01', n: 2, sum: { amount: '30.3', currency: 'EUR' } },
        { 'close_date:month': '2026-04-01', n: 1, sum: { amount: '5', currency: 'USD' } },
      ],
    })
    expect((await by(['amount:currency'], { n: 'count' })).body).toEqual({
      rows: [
        { 'amount:currency': 'EUR', n: 2 },
        { 'amount:currency': 'USD', n: 1 },
      ],
    })
    expect((await by([], { sum: 'sum(amount)', p: 'avg(probability)' })).body).toEqual({
      rows: [{ sum: null, p: '20' }],
    })
    expect((await by([], { x: 'sum(name)' })).status).toBe(400)
    expect((await by(['nope'], { x: 'count' })).status).toBe(400)
  })
})
