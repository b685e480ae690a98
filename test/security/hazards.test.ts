import { afterEach, describe, expect, it } from 'vitest'
import type { ChangesetView, JobView, PlanView } from '@xrm/sdk/configuration'
import { fixture } from '../support/fixture-plugin.ts'
import { schemaDifferences } from '../support/schema-matches-model.ts'
import { testServer } from '../support/server.ts'

const { app, server, user } = await testServer({ plugins: [fixture] })
const admin = (await user(['admin'])).call
type Row = Record<string, unknown> & { id: string }

async function draft(): Promise<string> {
  return (await admin<ChangesetView>('POST', '/api/changesets', { title: 'Hazards' })).body.id
}

/** What publishing a firm with these properties answers. */
async function publish(properties: object | string, more: object = {}) {
  const id = await draft()
  const body = typeof properties === 'string' ? properties : { properties, ...more }
  const patched = await admin('PATCH', `/api/documents/entity/firm?changeset=${id}`, body)
  if (patched.status !== 200) return patched
  return admin<{ errors: { pointer: string; code: string }[] }>('POST', `/api/changesets/${id}/publish`)
}

async function published(properties: object): Promise<void> {
  const answer = await publish(properties)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
}

const schemasAreIntact = async (): Promise<void> =>
  expect(await schemaDifferences(server.db, await server.live.refresh())).toEqual([])

// Checked after each: what is polluted once changes the meaning of every test behind it.
afterEach(() => {
  const added = Object.keys(Object.prototype)
  for (const key of added) delete (Object.prototype as Record<string, unknown>)[key]
  if (added.length > 0) throw new Error(`Every object inherits ${added.join(', ')} now`)
})

describe('a pattern', () => {
  it('that would take a backtracking engine for ever answers, and one with look-around is refused [META-01]', async () => {
    await published({ code: { type: 'string', pattern: '^(a+)+$', maxLength: 5000 } })
    const evil = await admin('POST', '/api/records/firm', { name: 'Evil', code: `${'a'.repeat(4000)}!` })
    expect(evil).toMatchObject({ status: 422, body: { errors: [{ code: 'field.pattern' }] } })
    const good = await admin('POST', '/api/records/firm', { name: 'Good', code: 'a'.repeat(4000) })
    expect(good.status).toBe(201)
    for (const pattern of ['(?=a)b', '(?!a)b', '(?<=a)b', '(a)\\1', '('.repeat(400)])
      expect(await publish({ bad: { type: 'string', pattern } }), pattern).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: '#/entity/firm/properties/bad', code: 'field.invalid' }] },
      })
  })
})

describe('the vocabulary of documents', () => {
  const strange: [string, unknown][] = [
    ['patternProperties', { '^a': { type: 'string' } }],
    ['$ref', 'https://evil.example/schema.json'],
    ['$ref', 'file:///etc/passwd'],
    ['$ref', '#'],
    ['$dynamicRef', '#x'],
    ['$dynamicAnchor', 'x'],
    ['$id', 'entity.json'],
    ['$schema', 'https://json-schema.org/draft/2020-12/schema'],
    ['$defs', { x: {} }],
    ['$data', '1/x'],
    ['if', {}],
    ['then', {}],
    ['allOf', [{}]],
    ['anyOf', [{}]],
    ['not', {}],
    ['propertyNames', {}],
    ['additionalProperties', true],
    ['unevaluatedProperties', true],
    ['dependentSchemas', {}],
    ['contentMediaType', 'text/html'],
    ['multipleOf', 0.01],
    ['uniqueItems', true],
    ['const', 1],
    ['examples', ['*/ alert(1) /*']],
    ['tsType', 'string; alert(1)'],
    ['tsEnumNames', ['a']],
    ['tsImport', 'evil'],
    ['x-anything', 1],
  ]
  it.each(strange)('is closed: %s (%j) is refused at its place [META-02]', async (keyword, value) => {
    expect(await publish({ odd: { type: 'string', [keyword]: value } })).toMatchObject({
      status: 422,
      body: {
        errors: expect.arrayContaining([
          expect.objectContaining({
            pointer: '#/entity/firm/properties/odd',
            detail: `Unknown key "${keyword}".`,
          }),
        ]),
      },
    })
    expect(await publish({}, { [keyword]: value })).toMatchObject({ status: 422 })
  })

  it('refuses a maximum by reference, as Ajv would read with $data [META-02]', async () => {
    expect(await publish({ odd: { type: 'integer', maximum: { $data: '1/x' } } })).toMatchObject({
      status: 422,
    })
  })
})

describe('a document without measure', () => {
  const many = (count: number, value: unknown): Record<string, unknown> =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, value]))
  const nested = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels)

  it('is refused: 501 fields, 5,001 options, 101 stages, 13 levels, 2 MB [META-03]', async () => {
    const tooMuch: [object, string][] = [
      [many(501, { type: 'string' }), '#/entity/firm/properties'],
      [
        { x: { 'x-type': 'select', 'x-options': many(5001, { title: 'X' }) } },
        '#/entity/firm/properties/x/x-options',
      ],
      [
        { x: { 'x-type': 'stage', 'x-stages': many(101, { title: 'X', category: 'open' }) } },
        '#/entity/firm/properties/x/x-stages',
      ],
      [{ x: { default: JSON.parse(nested(13)) as unknown } }, '#/entity/firm'],
      [{ x: { type: 'string', default: 'x'.repeat(2_000_001) } }, '#/entity/firm'],
    ]
    for (const [properties, pointer] of tooMuch)
      expect(await publish(properties), pointer).toMatchObject({
        status: 422,
        body: { errors: expect.arrayContaining([expect.objectContaining({ pointer })]) },
      })
    expect((await publish(`{"properties":${nested(500)}}`)).status).toBe(400)
    expect((await publish({ x: { default: 'x'.repeat(8_000_001) } })).status).toBe(413)
    await schemasAreIntact()
  })

  it('with 20,000 mistakes is answered with a hundred [META-03]', async () => {
    const id = await draft()
    const keys = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}`, 1]))
    const put = await admin<{ errors: unknown[] }>('PUT', `/api/documents/view/wrong?changeset=${id}`, {
      entity: 'firm',
      title: 'Wrong',
      ...keys,
    })
    const answer =
      put.status === 200 ? await admin<{ errors: unknown[] }>('POST', `/api/changesets/${id}/publish`) : put
    expect(answer.status).toBe(422)
    expect(answer.body.errors.length).toBeLessThanOrEqual(100)
  })
})

describe('what objects inherit', () => {
  it('is neither a field that is there nor one that may be required [META-04]', async () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
      const text = `{"required":[${JSON.stringify(name)}],"properties":{${JSON.stringify(name)}:{"type":"string","default":"x"}}}`
      expect((await publish(text)).status, name).toBe(422)
      expect((await publish({}, { required: [name] })).status, name).toBe(422)
      const written = await admin('POST', '/api/records/firm', `{"name":"A",${JSON.stringify(name)}:"x"}`)
      expect(written, name).toMatchObject({ status: 422 })
      for (const query of [`fields=${name}`, `sort=${name}`, `filter=${name} == 'x'`])
        expect((await admin('GET', `/api/records/firm?${encodeURI(query)}`)).status, query).toBe(400)
    }
  })
})

describe('a number', () => {
  it('that a double does not hold exactly is refused, never rounded, never lost [META-07]', async () => {
    await published({
      whole: { type: 'integer' },
      exact: { 'x-type': 'decimal' },
      price: { 'x-type': 'money' },
      extra: { 'x-type': 'json' },
    })
    const refused = [
      '"whole":9007199254740993',
      '"whole":1e400',
      '"whole":1.5',
      '"whole":"NaN"',
      '"exact":9007199254740993',
      '"exact":123456789012.123456',
      '"exact":1e400',
      '"exact":-1e400',
      `"exact":${'9'.repeat(400)}`,
      '"exact":"1e5"',
      '"exact":"NaN"',
      '"exact":"Infinity"',
      '"price":{"amount":1e400,"currency":"EUR"}',
      '"extra":{"a":[9007199254740993]}',
      '"extra":{"a":1e400}',
      '"extra":NaN',
    ]
    for (const member of refused) {
      const { status } = await admin('POST', '/api/records/firm', `{"name":"N",${member}}`)
      expect([400, 422], member).toContain(status)
    }
    const { body } = await admin<Row>(
      'POST',
      '/api/records/firm',
      '{"name":"Exact","whole":-0,"exact":"90071992547409931234.000000000001","price":{"amount":"19.99","currency":"EUR"},"extra":{"a":1e2}}',
    )
    expect(body).toMatchObject({
      whole: 0,
      exact: '90071992547409931234.000000000001',
      price: { amount: '19.99', currency: 'EUR' },
      extra: { a: 100 },
    })
    expect(Object.is(body['whole'], 0)).toBe(true)
    const found = await admin<{ items: Row[] }>(
      'GET',
      `/api/records/firm?filter=${encodeURIComponent('price * 3 == money(59.97, "EUR")')}`,
    )
    expect(found.body.items).toMatchObject([{ id: body.id }])
  })

  it('out of range in a document is refused, not taken for null, which would remove the bound [META-07]', async () => {
    await published({ bounded: { type: 'integer', maximum: 10 } })
    const id = await draft()
    const path = `/api/documents/entity/firm?changeset=${id}`
    for (const number of ['1e400', '-1e400', `1${'0'.repeat(309)}`])
      expect(await admin('PATCH', path, `{"properties":{"bounded":{"maximum":${number}}}}`)).toMatchObject({
        status: 400,
        body: { code: 'request.json' },
      })
    expect((await admin('POST', '/api/records/firm', { name: 'B', bounded: 11 })).status).toBe(422)
  })

  it('list of a field has a bound [META-07]', async () => {
    await published({ marks: { 'x-type': 'tags' } })
    const marks = Array.from({ length: 3000 }, (_, index) => `mark ${index}`)
    expect(await admin('POST', '/api/records/firm', { name: 'M', marks })).toMatchObject({
      status: 422,
      body: { errors: [{ code: 'field.too-many' }] },
    })
  })
})

describe('a package of another installation', () => {
  it('with unknown keys, a missing entity or a circle is refused whole, each mistake at its place [META-13]', async () => {
    const { body: config } = await admin<{ documents: Record<string, Record<string, object>> }>(
      'GET',
      '/api/config',
    )
    const broken = [
      { 'x-entity': { plural: 'ghosts', display: 'name', since: 'v9' } },
      { properties: { x: { 'x-type': 'relation', 'x-relation': { entity: 'of_no_plugin' } } } },
      { properties: { x: { 'x-type': 'type-of-a-plugin' } } },
      {
        properties: {
          a: { 'x-type': 'formula', 'x-formula': 'b' },
          b: { 'x-type': 'formula', 'x-formula': 'a' },
        },
      },
    ]
    for (const change of broken) {
      const documents = structuredClone(config.documents)
      documents['entity']!['ghost'] = {
        title: 'Ghost',
        type: 'object',
        'x-entity': { plural: 'ghosts', display: "'x'" },
        properties: {},
        ...change,
      }
      const answer = await admin('POST', '/api/config/push', { documents })
      expect(answer.status, JSON.stringify(change)).toBe(422)
      expect(JSON.stringify(answer.body)).toContain('#/entity/ghost')
    }
    expect((await admin('GET', '/api/config')).body).toEqual(config)
    // Two entities that relate to each other are no circle.
    const documents = structuredClone(config.documents)
    for (const [name, other] of [
      ['hen', 'egg'],
      ['egg', 'hen'],
    ] as const)
      documents['entity']![name] = {
        title: name,
        type: 'object',
        'x-entity': { plural: `${name}s`, display: "'x'" },
        properties: { other: { 'x-type': 'relation', 'x-relation': { entity: other } } },
      }
    const answer = await admin('POST', '/api/config/push', { base: config.documents, documents })
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    await schemasAreIntact()
  })
})

describe('a table that has had almost all columns it can have', () => {
  it('says so when it takes no more, and lives on with the columns of purged fields [META-11]', async () => {
    await server.db.pool.query(`
      DO $$ BEGIN
        FOR i IN 1..100 LOOP
          EXECUTE (SELECT 'ALTER TABLE record.call ' || string_agg(format('ADD COLUMN spent%s_%s int', i, j), ', ') FROM generate_series(1, 15) j);
          EXECUTE (SELECT 'ALTER TABLE record.call ' || string_agg(format('DROP COLUMN spent%s_%s', i, j), ', ') FROM generate_series(1, 15) j);
        END LOOP;
      END $$`)
    const change = async (properties: object) => {
      const id = await draft()
      await admin('PATCH', `/api/documents/entity/call?changeset=${id}`, { properties })
      const plan = await admin<PlanView>('POST', `/api/changesets/${id}/plan`)
      expect(plan.status).toBe(200)
      return admin<{ code: string }>('POST', `/api/changesets/${id}/publish`)
    }
    const fields = (prefix: string, count: number, field: object | null): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, field]))
    expect((await change(fields('a', 50, { type: 'string' }))).status).toBe(200)
    const { body: row } = await admin<Row>('POST', '/api/records/call', { subject: 'Lives', a0: 'kept' })
    expect(await change(fields('b', 60, { type: 'string' }))).toMatchObject({
      status: 422,
      body: { code: 'entity.too-many-columns' },
    })
    await schemasAreIntact()
    expect(await admin('PATCH', `/api/records/call/${row.id}`, { a1: 'still writable' })).toMatchObject({
      status: 200,
      body: { a0: 'kept', a1: 'still writable' },
    })
    expect((await change(fields('a', 50, null))).status).toBe(200)
    for (let index = 0; index < 50; index++) {
      const { body } = await admin<JobView>('POST', '/api/documents/retired/purge', {
        entity: 'call',
        field: `a${index}`,
      })
      for (let job = body; job.status !== 'done';) {
        expect(['waiting', 'running']).toContain(job.status)
        await new Promise((resolve) => setTimeout(resolve, 20))
        job = (await admin<JobView>('GET', `/api/jobs/${body.id}`)).body
      }
    }
    expect((await change(fields('c', 50, { type: 'string' }))).status).toBe(200)
    expect(await admin('PATCH', `/api/records/call/${row.id}`, { c49: 'as new' })).toMatchObject({
      status: 200,
      body: { c0: null, c49: 'as new' },
    })
    await schemasAreIntact()
  }, 120_000)
})

describe('a field, its schema in OpenAPI and its column', () => {
  it('agree on what they take [META-20]', async () => {
    await published({
      v_text: { type: 'string', minLength: 2, maxLength: 5, pattern: '^[a-z]' },
      v_int: { type: 'integer', minimum: -5, maximum: 5 },
      v_bool: { type: 'boolean' },
      v_date: { type: 'string', format: 'date' },
      v_select: { 'x-type': 'select', 'x-options': { hot: { title: 'Hot' } } },
      v_tags: { 'x-type': 'tags' },
      v_mail: { type: 'string', format: 'email' },
      v_decimal: { 'x-type': 'decimal' },
      v_address: { 'x-type': 'address' },
    })
    const { Ajv2020 } = await import('ajv/dist/2020.js')
    const { body: api } = await admin<{ components: { schemas: Record<string, { properties: object }> } }>(
      'GET',
      '/api/openapi.json',
    )
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    const texts =
      'a ab Ab abcdef 1 hot cold 2026-02-28 2026-02-31 2026-2-1 a@b.example 1.5 -0 0x10 😀a'.split(' ')
    const numbers = [0, -0, 1, -5, 5, 6, 1.5, 9007199254740991]
    const lists = [[], ['a'], ['a', 'a'], [1], [null], [[]]]
    const others = [null, true, false, {}, { city: 'Jena' }, { nothing: 1 }, '', '\u0000', '\ud800']
    const values = [texts, numbers, lists, others].flat(1)
    const disagreements: string[] = []
    for (const [name, schema] of Object.entries(api.components.schemas['firm']!.properties) as [
      string,
      object,
    ][]) {
      if (!name.startsWith('v_')) continue
      const isStored = ajv.compile(schema)
      for (const value of values) {
        const made = await admin<Row>('POST', '/api/records/firm', { name: 'V', [name]: value })
        if (made.status !== 201) {
          expect(made.status, `${name} ${JSON.stringify(value)}`).toBe(422)
          continue
        }
        const { body: row } = await admin<Row>('GET', `/api/records/firm/${made.body.id}`)
        const stored = row[name]
        if (!isStored(stored))
          disagreements.push(`${name}: ${JSON.stringify(value)} was stored as ${JSON.stringify(stored)}`)
        // What is stored may be given again, and is the same then.
        const again = await admin<Row>('POST', '/api/records/firm', { name: 'V', [name]: stored })
        if (again.status !== 201 || JSON.stringify(again.body[name]) !== JSON.stringify(stored))
          disagreements.push(`${name}: ${JSON.stringify(stored)} is not taken as it was given`)
      }
    }
    expect(disagreements).toEqual([])
  })
})

describe('the app', () => {
  it('still answers', async () => {
    expect((await app.request('/healthz')).status).toBe(200)
  })
})
