import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { digestTables } from '../support/digest.ts'
import { fixture } from '../support/fixture-plugin.ts'
import { type Answer, type Caller, testServer } from '../support/server.ts'

const { server, user } = await testServer({ plugins: [fixture] })
const callers: Caller[] = []
const ids: Record<string, string> = {}
beforeAll(async () => {
  for (const role of ['admin', 'seller', 'guest']) callers.push((await user([role])).call)
  const rows = {
    firm: { name: 'Fuzz GmbH', site: 'https://fuzz.example', seat: { city: 'Jena', country: 'DE' } },
    person: { last_name: 'Fuzz', email: 'fuzz@example.com', phones: ['+49 3641 12345'] },
    deal: { name: 'Fuzz', amount: '12.5', heat: 'hot', close_date: '2027-01-31' },
    prospect: { last_name: 'Lead', company: 'Fuzz AG', budget: { amount: '1', currency: 'EUR' } },
    call: { subject: 'Fuzz', happened_at: '2026-01-01T10:00:00Z' },
  }
  for (const [entity, values] of Object.entries(rows)) {
    const { body } = await callers[0]!<{ id: string }>('POST', `/api/records/${entity}`, values)
    ids[entity] = body.id
  }
  const { body } = await callers[0]!<{ id: string }>('POST', '/api/changesets', { title: 'Fuzz' })
  ids['changeset'] = body.id
})

const entities = ['firm', 'person', 'deal', 'prospect', 'call', 'user', 'team']
const fields = entities.flatMap((name) => [...(server.live.current.entities.get(name)?.fields.keys() ?? [])])

const odd = fc.constantFrom<unknown>(
  '',
  ' ',
  '\0',
  '\uD800',
  '‮evil',
  '%',
  '_',
  '\\',
  "'",
  '"; DROP TABLE x; --',
  '$1',
  'x'.repeat(3000),
  '__proto__',
  'constructor',
  'toString',
  'null',
  'true',
  '1e999',
  'NaN',
  '-0',
  '0x10',
  '2027-02-31',

  '9999-12-31',
  '0001-01-01',
  '9999-12-31T23:59:59.999Z',
  '0001-01-01T00:00:00+14:00',
  'Infinity',
  'ﬁ',
  'é',

  '00000000-0000-0000-0000-000000000000',
  'EUR',
  'https://x.example',
  'javascript:alert(1)',
  'a@b.example',
  0,
  -1,
  1.5,
  1e308,
  -1e-320,
  2 ** 53,
  2 ** 31,
  -(2 ** 63),
  true,
  false,
  null,
  [],
  {},
  [[]],
  [null],
  { amount: '1', currency: 'EUR' },
  { amount: '1e5' },
  { raw: '1' },
  JSON.parse('{"then":1}'),
  { toJSON: 1 },
)
const id = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...entities).map((name) => () => ids[name] ?? 'x') },
  { weight: 1, arbitrary: odd.map((value) => () => String(value)) },
)
const reference = fc.tuple(fc.constantFrom(...entities), id).map(
  ([name, read]) =>
    () =>
      `${name}/${read()}`,
)
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: odd },
  { weight: 2, arbitrary: fc.constantFrom('hot', 'open', 'won', 'new', '12.50', '2027-01-01', 'Fuzz', 7) },
  { weight: 1, arbitrary: id },
  { weight: 1, arbitrary: reference },
  { weight: 1, arbitrary: fc.array(odd, { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
)
const fieldName = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...new Set(fields)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('__proto__', 'constructor', 'x'.repeat(300), '', 'a.b', 'id', 'é'),
  },
)
/** Members in order, so that `__proto__` is a key like any other. */
const object = fc
  .array(fc.tuple(fieldName, value), { maxLength: 6 })
  .map((entries) => () => text(entries.map(([key, inner]) => [key, inner])))

/** JSON text of entries; what is a function is read now. */
function text(entries: (readonly [string, unknown])[]): string {
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${json(inner)}`).join(',')}}`
}
function json(inner: unknown): string {
  if (typeof inner === 'function') return JSON.stringify((inner as () => unknown)())
  return JSON.stringify(inner) ?? 'null'
}

const path = fc
  .tuple(fieldName, fc.option(fc.constantFrom('name', 'owner', 'firm', 'city', 'currency', 'email', 'id')))
  .map(([name, next]) => (next === null ? name : `${name}.${next}`))
const literal = fc.constantFrom(
  '1',
  '-1',
  '1.5',
  'null',
  'true',
  '"x"',
  '"%"',
  '""',
  '[]',
  '["a", "b"]',
  '[1, null]',
  'today()',
  'now()',
  'me',
  '"\\u0000"',
  '"2027-01-01"',
  'date("2027-01-01")',
  '9999999999999999999',
  '1e5',
  'my_teams',
)
const { filter } = fc.letrec<{ filter: string; term: string }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 3 },
    path,
    literal,
    fc
      .tuple(fc.constantFrom('lower', 'year', 'length', 'size', 'string', 'days', 'fold'), tie('term'))
      .map(([fn, a]) => `${fn}(${a})`),
    fc
      .tuple(tie('term'), fc.constantFrom('+', '-', '*', '/', '%'), tie('term'))
      .map((parts) => parts.join(' ')),
  ),
  filter: fc.oneof(
    { maxDepth: 3 },
    fc
      .tuple(tie('term'), fc.constantFrom('==', '!=', '<', '>=', 'in', 'contains'), tie('term'))
      .map((parts) => parts.join(' ')),
    fc
      .tuple(path, fc.constantFrom('contains', 'startsWith', 'endsWith', 'has', 'matches'), tie('term'))
      .map(([a, fn, b]) => `${a}.${fn}(${b})`),
    fc
      .tuple(tie('filter'), fc.constantFrom('&&', '||'), tie('filter'))
      .map((parts) => `(${parts.join(' ')})`),
    tie('filter').map((inner) => `!(${inner})`),
    fc.string({ maxLength: 30 }),
  ),
}))
const parameter = fc.oneof(
  { weight: 4, arbitrary: filter.map((one) => ['filter', one] as const) },
  { weight: 3, arbitrary: path.map((one) => ['sort', one] as const) },
  { weight: 2, arbitrary: path.map((one) => ['sort', `-${one}`] as const) },
  {
    weight: 2,
    arbitrary: fc.array(path, { minLength: 1, maxLength: 4 }).map((all) => ['fields', all.join()] as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('1', '0', '-1', '1e9', '0x10', '501', 'x', '1; drop')
      .map((one) => ['limit', one] as const),
  },
  { weight: 1, arbitrary: fc.constantFrom('exact', 'capped', 'x').map((one) => ['count', one] as const) },
  { weight: 1, arbitrary: fc.constantFrom('true', 'false', '1').map((one) => ['deleted', one] as const) },
  { weight: 1, arbitrary: odd.map((one) => ['search', String(one)] as const) },
  { weight: 1, arbitrary: odd.map((one) => ['after', String(one)] as const) },
  { weight: 1, arbitrary: odd.map((one) => [String(one).slice(0, 20), 'x'] as const) },
)
const query = fc.array(parameter, { maxLength: 3 }).map((pairs) => {
  const search = new URLSearchParams(pairs.map(([key, one]): [string, string] => [key, one]))
  return search.size === 0 ? '' : `?${search.toString()}`
})
const entity = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...entities) },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'nothing', '%00', 'firm%2f..', 'x'.repeat(500)) },
)
const group = fc
  .tuple(path, fc.constantFrom('', ':month', ':currency', ':x', ':day:day'))
  .map((parts) => parts.join(''))
const measure = fc.oneof(
  fc.constant('count'),
  fc.tuple(fc.constantFrom('sum', 'avg', 'min', 'max', 'count', 'x'), path).map(([fn, of]) => `${fn}(${of})`),
)

type Call = () => [method: string, path: string, body?: string]
const call: fc.Arbitrary<Call> = fc.oneof(
  fc.tuple(entity, query).map(([e, q]): Call => () => ['GET', `/api/records/${e}${q}`]),
  fc.tuple(entity, id, query).map(([e, i, q]): Call => () => [
    'GET',
    `/api/records/${e}/${encodeURIComponent(safe(i()))}${q}`,
  ]),
  fc
    .tuple(
      entity,
      id,
      fc.constantFrom(
        'history',
        'timeline',
        'conversions',
        'related/person.firm',
        'related/deal.firm',
        'related/x',
      ),
      query,
    )
    .map(([e, i, of, q]): Call => () => [
      'GET',
      `/api/records/${e}/${encodeURIComponent(safe(i()))}/${of}${q}`,
    ]),
  fc
    .tuple(entity, fc.option(filter), fc.array(group, { maxLength: 2 }), fc.array(measure, { maxLength: 3 }))
    .map(([e, f, groupBy, measures]): Call => () => [
      'POST',
      `/api/records/${e}/aggregate`,
      JSON.stringify({
        ...(f === null ? {} : { filter: f }),
        groupBy,
        measures: Object.fromEntries(measures.map((one, index) => [`m${index}`, one])),
      }),
    ]),
  fc.tuple(entity, object).map(([e, o]): Call => () => ['POST', `/api/records/${e}`, o()]),
  fc
    .tuple(entity, fc.array(object, { maxLength: 3 }), fc.constantFrom('', '?partial=true'))
    .map(([e, all, q]): Call => () => [
      'POST',
      `/api/records/${e}${q}`,
      `[${all.map((o) => o()).join(',')}]`,
    ]),
  fc.tuple(entity, id, object).map(([e, i, o]): Call => () => [
    'PATCH',
    `/api/records/${e}/${encodeURIComponent(safe(i()))}`,
    o(),
  ]),
  fc.tuple(entity, fc.array(fc.tuple(id, object), { maxLength: 3 })).map(([e, all]): Call => () => [
    'PATCH',
    `/api/records/${e}`,
    `[${all.map(([i, o]) => o().replace(/^\{(.?)/, (_, next: string) => `{"id":${JSON.stringify(i())}${next === '}' ? '' : ','}${next}`)).join(',')}]`,
  ]),
  fc
    .tuple(fc.constantFrom('preview', 'run'), id, fieldName, value, object)
    .map(([what, i, name, v, o]): Call => () => [
      'POST',
      `/api/conversions/prospect-to-deal/${what}`,
      text([['source', i()]]).slice(0, -1) +
        `,"targets":{"firm":{"action":"create","values":${o()}},${JSON.stringify(name)}:${json(v)}}}`,
    ]),
  fc.tuple(value, object).map(([v, o]): Call => () => [
    'POST',
    '/api/conversions/prospect-to-deal/preview',
    `{"source":${JSON.stringify(ids['prospect'])},"targets":{"person":{"values":${o()}},"deal":{"action":${json(v)}}}}`,
  ]),
  fc
    .tuple(fc.constantFrom('firm', 'deal', 'x', '__proto__'), fc.constantFrom('PATCH', 'PUT'), value, object)
    .map(([name, method, v, o]): Call => () => [
      method,
      `/api/documents/entity/${name}?changeset=${ids['changeset']}`,
      `{"title":${json(v)},"properties":{"fuzz":${o()}},"x-entity":{"display":${json(v)}}}`,
    ]),
  fc
    .tuple(
      fc.constantFrom('role', 'view', 'form', 'conversion', 'options', 'x'),
      fc.constantFrom('PATCH', 'PUT'),
      object,
    )
    .map(([kind, method, o]): Call => () => [
      method,
      `/api/documents/${kind}/fuzz?changeset=${ids['changeset']}`,
      o(),
    ]),
  fc.constantFrom('check', 'plan').map((what): Call => () => [
    'POST',
    `/api/changesets/${ids['changeset']}/${what}`,
  ]),
  fc.tuple(value, value).map(([a, b]): Call => () => [
    'POST',
    '/api/changesets',
    `{"title":${json(a)},"note":${json(b)}}`,
  ]),
  fc.tuple(odd).map(([q]): Call => () => [
    'GET',
    `/api/search?${new URLSearchParams({ q: String(q) }).toString()}`,
  ]),
  fc.tuple(id, value, value).map(([i, a, b]): Call => () => [
    'PATCH',
    `/api/users/${encodeURIComponent(safe(i()))}`,
    `{"roles":${json(a)},"teams":${json(b)}}`,
  ]),
  fc.tuple(value, value).map(([a, b]): Call => () => [
    'POST',
    '/api/users',
    `{"email":${json(a)},"name":${json(b)},"password":"short","roles":["guest"]}`,
  ]),
  value.map((v): Call => () => ['PATCH', '/api/me', `{"language":${json(v)}}`]),
)

/** A lone surrogate cannot stand in an address. */
function safe(inner: string): string {
  return inner.toWellFormed().slice(0, 500)
}

const leak =
  /SELECT |INSERT |node_modules|\/core\/|at \w+ \(|\.ts:\d|pg_|relation "|column "|syntax error at or near|xrm\./

function check({ status, headers, body }: Answer<unknown>, what: string): void {
  const shown = JSON.stringify(body) ?? ''
  expect(status, `${what} → ${shown.slice(0, 400)}`).toBeLessThan(500)
  if (status < 400) return
  expect(headers.get('content-type'), what).toContain('application/problem+json')
  expect(body, what).toMatchObject({ code: expect.any(String), status, type: expect.any(String) })
  // What the caller sent may come back; what only we know may not.
  if (!what.includes('DROP TABLE'))
    expect(shown.match(leak)?.[0], `${what} → ${shown.slice(0, 400)}`).toBeUndefined()
}

const globals = (): string =>
  [Object.prototype, Array.prototype, String.prototype, Promise.prototype, Map.prototype]
    .map((one) => Object.getOwnPropertyNames(one).join())
    .join('|')

it('answers whatever it is sent without an internal error, and writes nothing when it refuses', async () => {
  const before = globals()
  let seen = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(call, fc.nat(2)), { minLength: 10, maxLength: 10 }), async (calls) => {
      const digest = await digestTables(server.db)
      let wrote = false
      for (const [make, who] of calls) {
        const [method, address, body] = make()
        const answer = await callers[who]!<unknown>(method, address, body)
        check(answer, `${method} ${address} ${(body ?? '').slice(0, 2000)}`)
        if (method !== 'GET' && answer.status < 300) wrote = true
        seen++
      }
      if (!wrote)
        expect(await digestTables(server.db), JSON.stringify(calls.map(([make]) => make()))).toBe(digest)
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 200), endOnFailure: true },
  )
  expect(seen).toBeGreaterThan(1500)
  expect(globals()).toBe(before)
}, 120_000)
