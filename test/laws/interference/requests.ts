import fc from 'fast-check'
import type { Known } from './world.ts'

export type Request = readonly [method: string, path: string, body?: unknown]

const entities = ['firm', 'person', 'deal', 'prospect', 'call', 'user']
const hops = [
  'firm.name',
  'firm.tax_number',
  'person.last_name',
  'person.firm.name',
  'owner.name',
  'owner.email',
]
const literal = fc.constantFrom('null', '"secret 1"', '"Firm 1"', '"tax 1"', '"open"', '"hot"', '60', '"x"')
const some = <T>(arbitrary: fc.Arbitrary<T>, key: string): fc.Arbitrary<[string, string][]> =>
  fc.option(arbitrary, { freq: 2 }).map((value) => (value === null ? [] : [[key, String(value)]]))

/** A question to the API, mostly by names of the entity that it is about, denied ones too, so that many have an answer. */
export function requests(
  names: Record<string, string[]>,
  known: readonly Known[],
  users: readonly string[],
): fc.Arbitrary<Request> {
  return fc.constantFrom(...entities).chain((name) => {
    const path = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...names[name]!) },
      { weight: 1, arbitrary: fc.constantFrom(...hops) },
    )
    const condition = fc
      .tuple(path, fc.constantFrom('==', '!=', '<', '>'), literal)
      .map((parts) => parts.join(' '))
    const filter = fc.oneof(
      condition,
      fc.tuple(condition, fc.constantFrom('&&', '||'), condition).map((parts) => parts.join(' ')),
    )
    const sort = fc.tuple(fc.constantFrom('', '-'), path).map((parts) => parts.join(''))
    const search = fc.constantFrom('secret', 'Firm', 'tax', 'Lead', 'Deal 1', 'Person 2')
    const fields = fc.array(path, { minLength: 1, maxLength: 3 })
    const asked = (...more: fc.Arbitrary<[string, string][]>[]): fc.Arbitrary<string> =>
      fc
        .tuple(some(filter, 'filter'), some(sort, 'sort'), some(fields, 'fields'), ...more)
        .map((pairs) => new URLSearchParams(pairs.flat()).toString())
    const query = asked(
      some(search, 'search'),
      some(fc.constantFrom('exact', 'capped'), 'count'),
      some(fc.constantFrom(1, 3, 50), 'limit'),
      fc.option(fc.constant('true'), { freq: 9 }).map((all) => (all ? [['deleted', all]] : [])),
    )
    const own = known.filter((one) => one.entity === name).map(({ id }) => id)
    const record = fc.constantFrom(...(name === 'user' ? users : own))
    const measure = fc.constantFrom(
      'count',
      'sum(amount)',
      'avg(amount)',
      'max(secret)',
      'count(tax_number)',
      'min(name)',
      'max(last_name)',
      'count(secret)',
    )
    const get = (address: string): Request => ['GET', address]
    return fc.oneof(
      { weight: 4, arbitrary: query.map((q) => get(`/api/records/${name}?${q}`)) },
      {
        weight: 1,
        arbitrary: asked(some(search, 'search')).map((q) => get(`/api/records/${name}/export?${q}`)),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(record, some(fields, 'fields'))
          .map(([id, q]) => get(`/api/records/${name}/${id}?${new URLSearchParams(q).toString()}`)),
      },
      {
        weight: 3,
        arbitrary: fc
          .tuple(record, fc.constantFrom(...ofRecord))
          .map(([id, what]) => get(`/api/records/${name}/${id}/${what}`)),
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.option(filter), fc.array(path, { maxLength: 2 }), measure, fc.option(search, { freq: 1 }))
          .map(([f, groupBy, m, s]): Request => [
            'POST',
            `/api/records/${name}/aggregate`,
            {
              groupBy,
              measures: { m },
              ...(f === null ? {} : { filter: f }),
              ...(s === null ? {} : { search: s }),
            },
          ]),
      },
      {
        weight: 1,
        arbitrary: record.map((source): Request => [
          'POST',
          '/api/conversions/prospect-to-deal/preview',
          { source },
        ]),
      },
      { weight: 1, arbitrary: search.map((q) => get(`/api/search?q=${q}`)) },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom('', '?status=open', '?limit=1')
          .map((q) => get(`/api/duplicates/${name}${q}`)),
      },
      { weight: 1, arbitrary: fc.constantFrom(...fixed).map(get) },
    )
  })
}

const ofRecord = [
  'history',
  'history?limit=1',
  'timeline',
  'timeline?limit=2',
  'timeline?kinds=change,activity',
  'conversions',
  'merges',
  'shares',
  'related/deal.firm',
  'related/deal.firm?count=exact&limit=1',
  'related/deal.person?sort=-amount',
  'related/person.firm',
  'related/firm.parent',
]

const fixed = [
  '/api/model',
  '/api/openapi.json',
  '/api/me',
  '/api/notices',
  '/api/bulk',
  '/api/users',
  '/api/documents',
  '/api/jobs',
]
