import { beforeAll, describe, expect, it } from 'vitest'
import { publish } from '../support/publish.ts'
import { fixture } from '../support/fixture-plugin.ts'
import { type Caller, testServer } from '../support/server.ts'
import { listenTo } from '../support/stream.ts'

const { app, server, user } = await testServer({ plugins: [fixture] })

type Row = Record<string, unknown> & { id: string; version: number }
type User = Awaited<ReturnType<typeof user>>

let admin: Caller
let seller: User
let other: User

beforeAll(async () => {
  admin = (await user(['admin'])).call
  await publish(admin, {
    'role/portal': {
      title: 'Portal',
      entities: {
        firm: { read: 'all', fields: { name: 'read' } },
        prospect: { read: 'all', convert: 'all', fields: { '*': 'read' } },
        user: { read: 'own', fields: { name: 'read' } },
      },
    },
  })
  seller = await user(['seller'])
  other = await user(['seller'])
}, 60_000)

async function create(entity: string, values: object, call = admin): Promise<Row> {
  const { status, body } = await call<Row>('POST', `/api/records/${entity}`, values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

describe('a field that may not be read', () => {
  it('and that a rule looks at is pointed out to the administrator who writes the rule [FLS-10]', async () => {
    const draft = await admin<{ id: string }>('POST', '/api/changesets', { title: 'A telling rule' })
    await admin('PATCH', `/api/documents/entity/deal?changeset=${draft.body.id}`, {
      'x-rules': { 'not-poor': { check: 'secret != "poor"', message: 'Not allowed.' } },
    })
    const { body } = await admin<{ issues: { kind: string; name: string; code: string; message: string }[] }>(
      'POST',
      `/api/changesets/${draft.body.id}/check`,
    )
    const telling = body.issues.filter(({ code }) => code === 'role.telling-rule')
    expect(telling.map(({ name }) => name)).toEqual(['seller'])
    expect(telling[0]!.message).toContain('"not-poor" looks at "secret"')
  })

  it('keeps its value whatever somebody else saves of the record [FLS-08]', async () => {
    const deal = await create('deal', { name: 'Kept', secret: 'kept', owner: seller.id })
    const { body } = await seller.call<Row>('GET', `/api/records/deal/${deal.id}`)
    const { name, stage, probability } = body
    const whole = { name: `${String(name)}!`, stage, probability }
    expect((await seller.call('PATCH', `/api/records/deal/${deal.id}`, whole)).status).toBe(200)
    expect((await admin<Row>('GET', `/api/records/deal/${deal.id}`)).body).toMatchObject({
      secret: 'kept',
      name: 'Kept!',
    })
    await seller.call('DELETE', `/api/records/deal/${deal.id}`)
    await seller.call('POST', `/api/records/deal/${deal.id}/restore`)
    expect((await admin<Row>('GET', `/api/records/deal/${deal.id}`)).body).toMatchObject({ secret: 'kept' })
  })

  it.each([
    't0.secret',
    'secret as name',
    'SECRET',
    'Secret',
    'firm.deal.secret',
    'secret.x',
    'secret"',
    'name,secret',
    'display.secret',
  ])('is not reached as %j [FLS-05]', async (path) => {
    await create('deal', { name: 'Aliased', secret: 'never told', owner: seller.id })
    for (const query of [
      `fields=${encodeURIComponent(path)}`,
      `sort=${encodeURIComponent(path)}`,
      `filter=${encodeURIComponent(`${path} != null`)}`,
    ]) {
      const { status, body } = await seller.call('GET', `/api/records/deal?${query}`)
      expect([query, status]).toEqual([query, 400])
      expect(JSON.stringify(body)).not.toContain('never told')
    }
  })

  it('is found by no word of a search [FLS-04]', async () => {
    await publish(admin, {
      'role/searcher': {
        title: 'Searcher',
        entities: { person: { read: 'all', fields: { last_name: 'read', first_name: 'read' } } },
      },
    })
    const { call } = await user(['searcher'])
    await create('person', { last_name: 'Found', email: 'onlyhere@example.com' })
    const groups = async (who: Caller, q: string): Promise<number> =>
      (await who<{ groups: { items: object[] }[] }>('GET', `/api/search?q=${q}`)).body.groups.flatMap(
        ({ items }) => items,
      ).length
    expect(await groups(admin, 'onlyhere')).toBe(1)
    expect(await groups(call, 'onlyhere')).toBe(0)
    expect(await groups(call, 'found')).toBe(1)
    const { body } = await call<{ count: { value: number } }>(
      'GET',
      '/api/records/person?search=onlyhere&count=exact',
    )
    expect(body.count.value).toBe(0)
  })

  it('takes the formulas with it that are made of it, and their filters [FLS-11]', async () => {
    await publish(admin, {
      'role/halved': {
        title: 'Halved',
        entities: { deal: { read: 'all', fields: { name: 'read', probability: 'read', expected: 'read' } } },
      },
    })
    const { call } = await user(['halved'])
    await create('deal', { name: 'Formula', amount: '10', probability: '50' })
    const { body } = await call<{ items: Row[] }>('GET', '/api/records/deal?limit=500')
    expect(body.items.some((item) => 'expected' in item)).toBe(false)
    expect((await call('GET', `/api/records/deal?filter=${encodeURIComponent('expected > 1')}`)).status).toBe(
      400,
    )
    expect((await call('GET', '/api/records/deal?sort=expected')).status).toBe(400)
  })

  it('is in no formula where the record behind it is hidden, or a relation on the way to it [FLS-11]', async () => {
    const draft = await admin<{ id: string }>('POST', '/api/changesets', { title: 'Houses' })
    const change = (method: string, place: string, body: object): ReturnType<Caller> =>
      admin(method, `/api/documents/${place}?changeset=${draft.body.id}`, body)
    await change('PATCH', 'entity/deal', {
      properties: {
        house: { 'x-type': 'formula', 'x-formula': 'firm.name' },
        group: { 'x-type': 'formula', 'x-formula': 'firm.parent.name' },
      },
    })
    const sees = (fields: object): object => ({
      title: 'Sees',
      entities: {
        firm: { read: { when: "name != 'Hidden house'" }, fields },
        deal: { read: 'all', fields: { name: 'read', firm: 'read', house: 'read', group: 'read' } },
      },
    })
    await change('PUT', 'role/near', sees({ name: 'read' }))
    await change('PUT', 'role/far', sees({ name: 'read', parent: 'read' }))
    await change('PUT', 'role/nameless', sees({ parent: 'read' }))
    const published = await admin('POST', `/api/changesets/${draft.body.id}/publish`)
    expect(published.status, JSON.stringify(published.body)).toBe(200)
    const hidden = await create('firm', { name: 'Hidden house' })
    const open = await create('firm', { name: 'Open house', parent: hidden.id })
    const below = await create('firm', { name: 'Small house', parent: open.id })
    for (const firm of [hidden, open, below]) await create('deal', { name: 'House', firm: firm.id })

    const [near, far, nameless] = [await user(['near']), await user(['far']), await user(['nameless'])]
    const get = (call: Caller, query: string) => call<{ items: Row[] }>('GET', `/api/records/deal?${query}`)
    const list = async (call: Caller, fields: string, filter = 'name == "House"'): Promise<unknown[]> => {
      const { status, body } = await get(
        call,
        `filter=${encodeURIComponent(filter)}&fields=${fields}&sort=${fields}`,
      )
      expect(status, JSON.stringify(body)).toBe(200)
      return body.items.map((row) => row[fields]).toSorted()
    }
    expect(await list(near.call, 'house')).toEqual(['Open house', 'Small house', null])
    expect(await list(near.call, 'house', 'house == "Hidden house"')).toEqual([])
    expect((await get(near.call, 'fields=group')).status).toBe(400)
    expect((await get(nameless.call, 'fields=house')).status).toBe(400)
    expect((await get(nameless.call, 'fields=group')).status).toBe(400)
    expect(await list(far.call, 'group')).toEqual(['Open house', null, null])
    expect(await list(far.call, 'group', 'group == "Hidden house"')).toEqual([])
    expect(await list(admin, 'group')).toEqual(['Hidden house', 'Open house', null])
    const unknown = await near.call<{ errors: object[] }>('GET', '/api/records/deal?fields=group')
    expect(unknown.body.errors).toMatchObject([{ pointer: '#/group', code: 'query.unknown-field' }])
  })

  it('shows in a formula that an administrator lets out, to those who have a right to that [FLS-11]', async () => {
    const draft = await admin<{ id: string }>('POST', '/api/changesets', { title: 'Let out' })
    const change = (place: string, body: object): ReturnType<Caller> =>
      admin('PATCH', `/api/documents/${place}?changeset=${draft.body.id}`, body)
    await change('entity/firm', {
      properties: {
        taxed: { 'x-type': 'formula', 'x-formula': 'tax_number != null', 'x-declassified': true },
      },
    })
    await admin('PUT', `/api/documents/role/assessor?changeset=${draft.body.id}`, {
      title: 'Assessor',
      entities: {
        firm: { read: { when: "name != 'Out of sight'" }, fields: { name: 'read', taxed: 'read' } },
        deal: { read: 'all', fields: { name: 'read', firm: 'read' } },
      },
    })
    const { body: check } = await admin<{ issues: { code: string; message: string }[] }>(
      'POST',
      `/api/changesets/${draft.body.id}/check`,
    )
    expect(check.issues.find(({ code }) => code === 'field.declassified')?.message).toContain('"tax_number"')
    expect((await admin('POST', `/api/changesets/${draft.body.id}/publish`)).status).toBe(200)
    const { rows } = await server.db.pool.query<{ out: string[] }>(
      `SELECT details->'declassified' AS out FROM xrm.audit WHERE kind = 'published' ORDER BY id DESC LIMIT 1`,
    )
    expect(rows[0]!.out).toEqual(['firm.taxed'])

    const assessor = await user(['assessor'])
    const [paying, hidden] = [
      await create('firm', { name: 'Pays', tax_number: 'DE-1234' }),
      await create('firm', { name: 'Out of sight', tax_number: 'DE-1235' }),
    ]
    for (const firm of [paying, hidden]) await create('deal', { name: 'Let out', firm: firm.id })
    const list = async (query: string): Promise<Row[]> =>
      (await assessor.call<{ items: Row[] }>('GET', `/api/records/${query}`)).body.items
    const filter = encodeURIComponent('taxed && name == "Pays"')
    expect(await list(`firm?filter=${filter}&fields=taxed`)).toMatchObject([{ id: paying.id, taxed: true }])
    expect(
      (await list(`deal?filter=${encodeURIComponent('name == "Let out"')}&fields=firm.taxed`))
        .map((row) => row['firm.taxed'])
        .toSorted(),
    ).toEqual([null, true])
    expect((await assessor.call('GET', '/api/records/firm?fields=tax_number')).status).toBe(400)
    expect(JSON.stringify((await assessor.call('GET', '/api/model')).body)).not.toContain('tax_number')
    const guest = await user(['guest'])
    expect((await guest.call('GET', '/api/records/firm?fields=taxed')).status).toBe(400)
    const { body: why } = await admin('POST', '/api/access/why', {
      user: assessor.id,
      entity: 'firm',
      action: 'read',
      record: paying.id,
      field: 'taxed',
    })
    expect(why).toMatchObject({ allowed: true })
  })

  it('is no way to a record by which it is the same: only that a certain one exists is told [FLS-01, FLS-02]', async () => {
    const draft = await admin<{ id: string }>('POST', '/api/changesets', { title: 'Taxed' })
    await admin('PATCH', `/api/documents/entity/firm?changeset=${draft.body.id}`, {
      'x-duplicates': { taxed: { fields: { tax_number: 'exact' }, confidence: 'certain' } },
    })
    expect((await admin('POST', `/api/changesets/${draft.body.id}/publish`)).status).toBe(200)
    const firm = await create('firm', { name: 'Taxed', tax_number: 'DE-0815' })
    const check = async (call: Caller): Promise<unknown> =>
      (
        await call<{ candidates: Row[]; hidden: boolean }>('POST', '/api/duplicates/firm/check', {
          values: { tax_number: 'DE-0815' },
        })
      ).body
    expect(await check(admin)).toMatchObject({ hidden: false, candidates: [{ id: firm.id }] })
    expect(await check(seller.call)).toEqual({ hidden: true, candidates: [] })
    const twin = await create('firm', { name: 'Twin', tax_number: 'DE-0816' })
    await server.db.pool.query(
      `INSERT INTO xrm.duplicate_group (id, entity, records, score, reasons, found_at) VALUES (gen_random_uuid(), 'firm', $1, 0.9, '[{"rule":"taxed"}]', now())`,
      [[firm.id, twin.id].toSorted()],
    )
    const groups = async (call: Caller): Promise<number> =>
      (await call<{ items: object[] }>('GET', '/api/duplicates/firm')).body.items.length
    expect([await groups(admin), await groups(seller.call)]).toEqual([1, 0])
  })

  it('on some rows leads nowhere there, as a step of a path too [ACL-05, ACL-12]', async () => {
    await publish(admin, {
      'role/lister': { title: 'Lister', entities: { deal: { read: 'all', fields: { name: 'read' } } } },
      'role/keeper': {
        title: 'Keeper',
        entities: {
          deal: { read: 'own', fields: { name: 'read', firm: 'read' } },
          firm: { read: 'all', fields: { name: 'read' } },
        },
      },
    })
    const { id, call } = await user(['lister', 'keeper'])
    const firm = await create('firm', { name: 'Way to' })
    await create('deal', { name: 'Way mine', firm: firm.id, owner: id })
    await create('deal', { name: 'Way theirs', firm: firm.id })
    const list = (query: string) =>
      call<{ items: Row[] }>('GET', `/api/records/deal?${query}&sort=name`).then(({ body }) => body.items)
    const way = encodeURIComponent('name.startsWith("Way")')
    expect((await list(`fields=name,firm,firm.name&filter=${way}`)).map((row) => row['firm.name'])).toEqual([
      'Way to',
      null,
    ])
    const filter = encodeURIComponent('firm.name == "Way to"')
    expect((await list(`filter=${filter}`)).map((row) => row['name'])).toEqual(['Way mine'])
  })

  it('is hidden in its parts as in whole, as an amount is with its currency [FLS-01, ACL-12]', async () => {
    const nameOnly = { read: 'all', fields: { name: 'read' } }
    await publish(admin, {
      'role/namer': { title: 'Namer', entities: { firm: nameOnly, deal: nameOnly } },
      'role/seater': {
        title: 'Seater',
        entities: {
          firm: { read: 'own', fields: { name: 'read', seat: 'read' } },
          deal: { read: 'own', fields: { name: 'read', amount: 'read', firm: 'read' } },
        },
      },
    })
    const { id, call } = await user(['namer', 'seater'])
    const seat = { street: 'Markt 1', postal_code: '07743', city: 'Jena', country: 'DE' }
    for (const [name, more] of [
      ['Seat mine', { owner: id }],
      ['Seat theirs', {}],
    ] as const) {
      const { id: firm } = await create('firm', { name, seat, ...more })
      await create('deal', { name, amount: { amount: '5', currency: 'USD' }, firm, ...more })
    }
    const list = async (entity: string, query: string): Promise<Row[]> => {
      const own = encodeURIComponent('name.startsWith("Seat")')
      const { status, body } = await call<{ items: Row[] }>(
        'GET',
        `/api/records/${entity}?sort=name&filter=${own}&${query}`,
      )
      expect(status, JSON.stringify(body)).toBe(200)
      return body.items
    }
    expect(await list('firm', 'fields=name,seat,seat.city,seat.street')).toMatchObject([
      { name: 'Seat mine', seat, 'seat.city': 'Jena', 'seat.street': 'Markt 1' },
      { name: 'Seat theirs', seat: null, 'seat.city': null, 'seat.street': null },
    ])
    expect(await list('deal', 'fields=name,amount,firm.seat.city,firm.seat')).toMatchObject([
      { amount: { amount: '5', currency: 'USD' }, 'firm.seat.city': 'Jena', 'firm.seat': seat },
      { amount: null, 'firm.seat.city': null, 'firm.seat': null },
    ])
    const found = async (entity: string, filter: string): Promise<unknown[]> =>
      (
        await call<{ items: Row[] }>('GET', `/api/records/${entity}?filter=${encodeURIComponent(filter)}`)
      ).body.items.map((row) => row['name'])
    expect(await found('firm', 'seat.city == "Jena"')).toEqual(['Seat mine'])
    expect(await found('deal', 'firm.seat.city == "Jena"')).toEqual(['Seat mine'])
    expect(await found('deal', "amount != null && name.startsWith('Seat')")).toEqual(['Seat mine'])
  })

  it('leads nowhere behind a relation either: unknown to sort, filter and select alike [ACL-05]', async () => {
    await publish(admin, {
      'role/no-firms': { title: 'No firms', entities: { deal: { read: 'all', fields: { '*': 'read' } } } },
    })
    const { call } = await user(['no-firms'])
    for (const name of ['name', 'nope']) {
      for (const query of [`sort=firm.${name}`, `fields=firm.${name}`])
        expect(await call('GET', `/api/records/deal?${query}`), query).toMatchObject({
          status: 400,
          body: { code: 'query.invalid', errors: [{ pointer: `#/firm.${name}` }] },
        })
      const filter = encodeURIComponent(`firm.${name} == "x"`)
      expect(await call('GET', `/api/records/deal?filter=${filter}`)).toMatchObject({
        status: 400,
        body: { code: 'query.invalid', errors: [{ pointer: '#/filter' }] },
      })
    }
  })

  it.each([
    'where=1',
    'select=secret',
    '_q=x',
    'raw=1',
    'fields[]=secret',
    'filter=true&filter=true',
    'Fields=secret',
  ])('is not reached by the parameter %j, which is refused [FLS-06]', async (query) => {
    expect(await seller.call('GET', `/api/records/deal?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'request.parameter' },
    })
  })
})

describe('fields of the system', () => {
  it('are refused by name, alone, in a batch and in a part of one, and nothing else is written [FLS-07]', async () => {
    const deal = await create('deal', { name: 'System', owner: seller.id })
    const system = {
      created_at: '2020-01-01T00:00:00Z',
      updated_by: seller.id,
      version: 7,
      deleted_at: null,
      display: 'x',
      expected: null,
    }
    for (const [name, value] of Object.entries(system)) {
      const { status, body } = await seller.call<{ errors: { pointer: string }[] }>(
        'PATCH',
        `/api/records/deal/${deal.id}`,
        {
          name: 'Changed',
          [name]: value,
        },
      )
      expect([name, status, body.errors.map(({ pointer }) => pointer)]).toEqual([name, 422, [`#/${name}`]])
    }
    const batch = await seller.call('PATCH', '/api/records/deal', [
      { id: deal.id, name: 'Changed', created_at: '2020-01-01T00:00:00Z' },
    ])
    expect(batch.status).toBe(422)
    expect((await admin<Row>('GET', `/api/records/deal/${deal.id}`)).body).toMatchObject({
      name: 'System',
      version: 1,
    })
  })
})

describe('values that must be unique', () => {
  it('are told to be taken, not by which record, and who asks is in the log [FLS-09]', async () => {
    const hidden = await create('firm', { name: 'Has it', tax_number: 'DE-4711' })
    await publish(admin, {
      'role/blindfold': {
        title: 'Blindfold',
        entities: { firm: { read: 'own', create: 'all', fields: { '*': 'write' } } },
      },
    })
    const { id, call } = await user(['blindfold'])
    for (const path of ['', '?partial=true']) {
      const { body } = await call('POST', `/api/records/firm${path}`, {
        name: 'Wants it',
        tax_number: 'DE-4711',
      })
      expect(JSON.stringify(body)).toContain('record.unique')
      expect(JSON.stringify(body)).not.toContain(hidden.id)
      expect(JSON.stringify(body)).not.toContain('Has it')
    }
    const { rows } = await server.db.pool.query<{ details: object }>(
      `SELECT details FROM xrm.audit WHERE kind = 'unique-conflict' AND actor = $1`,
      [id],
    )
    expect(rows.map(({ details }) => details)).toEqual([
      { entity: 'firm', fields: ['tax_number'], count: 1 },
      { entity: 'firm', fields: ['tax_number'], count: 1 },
    ])
    expect(JSON.stringify(rows)).not.toContain('4711')
  })
})

describe('cursors', () => {
  it('are good for the query and the user that they were made for, and for nothing else [FLS-12]', async () => {
    for (const name of ['a', 'b', 'c']) await create('deal', { name: `Cursor ${name}`, owner: seller.id })
    const { body } = await seller.call<{ next: string }>('GET', '/api/records/deal?sort=name&limit=1')
    const [payload = '', signature = ''] = body.next.split('.')
    const edited = Buffer.from(JSON.stringify(['zzz', seller.id])).toString('base64url')
    for (const [who, query] of [
      [seller.call, `sort=name&limit=1&after=${edited}.${signature}`],
      [seller.call, `sort=-name&limit=1&after=${body.next}`],
      [seller.call, `sort=name&limit=1&filter=true&after=${body.next}`],
      [seller.call, `sort=name&limit=1&after=${payload}`],
      [other.call, `sort=name&limit=1&after=${body.next}`],
    ] as const)
      expect(await who('GET', `/api/records/deal?${query}`)).toMatchObject({
        status: 400,
        body: { code: 'query.cursor' },
      })
    expect((await seller.call('GET', `/api/records/deal?sort=name&limit=1&after=${body.next}`)).status).toBe(
      200,
    )
  })
})

describe('names of people', () => {
  it('are not told in passing to those who may not see them: in history, timeline and runs', async () => {
    const lead = await create('prospect', { last_name: 'Names', company: 'Names Ltd' }, seller.call)
    await admin('PATCH', `/api/records/prospect/${lead.id}`, { note: 'by the administrator' })
    await admin('POST', '/api/conversions/prospect-to-deal/run', { source: lead.id })
    const person = await user(['portal'])
    await admin('PATCH', `/api/users/${person.id}`, { external: true })
    for (const what of ['history', 'timeline', 'conversions']) {
      const { status, body } = await person.call('GET', `/api/records/prospect/${lead.id}/${what}`)
      expect(status).toBe(200)
      expect(JSON.stringify(body)).not.toMatch(/admin 1|seller \d/)
      expect(JSON.stringify((await admin('GET', `/api/records/prospect/${lead.id}/${what}`)).body)).toMatch(
        /admin 1/,
      )
    }
  })
})

/** The changes that a stream has told of. */
const told = (stream: { told(): string }): Row[] =>
  [...stream.told().matchAll(/^data: (\{.*)$/gm)].map(([, data]) => JSON.parse(data!) as Row)

describe('the stream of events', () => {
  it('stops telling of a record when it is no longer shared [FLS-20, ACL-17]', async () => {
    await publish(admin, {
      'role/guest2': { title: 'Guest', entities: { deal: { read: 'shared', fields: { name: 'read' } } } },
    })
    const guest = await user(['guest2'])
    const deal = await create('deal', { name: 'Streamed', secret: 'never in the stream' })
    const share = (shares: object[]) => admin('PUT', `/api/records/deal/${deal.id}/shares`, { shares })
    await share([{ grantee: { kind: 'user', id: guest.id }, level: 'read' }])
    const stream = await listenTo(app, { 'x-test-user': guest.id })
    // That it was made may still be on its way when the stream begins.
    const versions = (): unknown[] =>
      told(stream)
        .filter(({ id, version }) => id === deal.id && version !== 1)
        .map(({ version }) => version)
    await admin('PATCH', `/api/records/deal/${deal.id}`, { name: 'First' })
    await expect.poll(versions, { timeout: 30_000 }).toEqual([2])
    await share([])
    await admin('PATCH', `/api/records/deal/${deal.id}`, { name: 'Second', secret: 'still never' })
    const mine = await create('deal', { name: 'After it' })
    await admin('PUT', `/api/records/deal/${mine.id}/shares`, {
      shares: [{ grantee: { kind: 'user', id: guest.id }, level: 'read' }],
    })
    await admin('PATCH', `/api/records/deal/${mine.id}`, { name: 'Third' })
    await expect.poll(stream.told, { timeout: 30_000 }).toContain(mine.id)
    expect(versions()).toEqual([2])
    expect(stream.told()).not.toContain('never')
    await stream.stop()
  })

  it('says of a change of nothing but hidden fields only that the version has gone on [FLS-20, FLS-13]', async () => {
    const deal = await create('deal', { name: 'Quiet', owner: seller.id })
    const stream = await listenTo(app, { 'x-test-user': seller.id })
    await admin('PATCH', `/api/records/deal/${deal.id}`, { secret: 'not even when, not even who' })
    await admin('PATCH', `/api/records/deal/${deal.id}`, { name: 'Loud' })
    await expect.poll(stream.told, { timeout: 30_000 }).toContain('"version":3')
    const events = told(stream).filter(({ version }) => version !== 1)
    expect(events.map(({ at: _, actor: __, ...event }) => event)).toEqual(
      [2, 3].map((version) => ({ entity: 'deal', id: deal.id, version, action: 'update' })),
    )
    expect(events.map((event) => 'at' in event || 'actor' in event)).toEqual([false, true])
    await stream.stop()
  })

  it('tells a key of the entities that it names, and of no others [AUTH-13]', async () => {
    const { body: key } = await admin<{ key: string }>('POST', '/api/me/api-keys', {
      name: 'Firms',
      scopes: { access: 'read', entities: ['firm'] },
    })
    const stream = await listenTo(app, { authorization: `Bearer ${key.key}` })
    const deal = await create('deal', { name: 'Beyond the key' })
    const firm = await create('firm', { name: 'Within the key' })
    await expect.poll(stream.told, { timeout: 30_000 }).toContain(firm.id)
    expect(stream.told()).not.toContain(deal.id)
    await stream.stop()
  })
})
