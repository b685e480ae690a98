import fc from 'fast-check'
import type { ValueType } from '@xrm/sdk/expression'
import type { Model } from '../../../core/documents/model.ts'
import type { Known } from './world.ts'

export type Request = readonly [method: string, path: string, body?: unknown]

/** What requests are made of: a model, records and people that they may name, words that stand in the data. */
export interface Asked {
  model: Model
  entities: readonly string[]
  known: readonly Known[]
  users: readonly string[]
  words: readonly string[]
  /** Texts that fields are compared with. */
  texts: readonly string[]
  conversions: readonly string[]
}

const some = <T>(arbitrary: fc.Arbitrary<T>, key: string): fc.Arbitrary<[string, string][]> =>
  fc.option(arbitrary, { freq: 2 }).map((value) => (value === null ? [] : [[key, String(value)]]))

interface Path {
  path: string
  type: ValueType | null
}

/** Names of an entity's fields, what is denied included, and paths over one and two relations. */
function pathsOf(model: Model, entity: string, deep: number): Path[] {
  return [...model.entities.get(entity)!.fields.values()].flatMap(({ name, relation, valueType }) => [
    { path: name, type: valueType },
    ...(relation === null || deep === 0
      ? []
      : pathsOf(model, relation, deep - 1).map(({ path, type }) => ({ path: `${name}.${path}`, type }))),
  ])
}

const numbers = ['40', '3', '60', '0']
const days = ['2026-03-01', '2030-01-20']

/** A comparison that fits the type, so that most questions have an answer. */
function comparison({ path, type }: Path, texts: readonly string[]): fc.Arbitrary<string> {
  const isMissing = fc.constantFrom('==', '!=').map((operator) => `${path} ${operator} null`)
  const compared = (literals: readonly string[]): fc.Arbitrary<string> =>
    fc.oneof(
      isMissing,
      fc
        .tuple(fc.constantFrom('==', '!=', '<', '>'), fc.constantFrom(...literals))
        .map(([operator, literal]) => `${path} ${operator} ${literal}`),
    )
  switch (type) {
    case 'string':
      return fc.oneof(
        { weight: 3, arbitrary: compared(texts.map((text) => JSON.stringify(text))) },
        {
          weight: 1,
          arbitrary: fc
            .constantFrom(...texts)
            .map((text) => `fold(${path}).contains(fold(${JSON.stringify(text)}))`),
        },
      )
    case 'int':
    case 'decimal':
    case 'money':
      return compared(numbers)
    case 'bool':
      return fc.oneof(isMissing, fc.constantFrom(path, `!${path}`))
    case 'date':
      return compared(days.map((day) => `date("${day}")`))
    case 'timestamp':
      return compared(days.map((day) => `timestamp("${day}T00:00:00Z")`))
  }
  if (typeof type === 'object' && type !== null && 'list' in type)
    return fc.oneof(
      isMissing,
      fc.constantFrom(...texts).map((text) => `${JSON.stringify(text)} in ${path}`),
    )
  return isMissing
}

/** A question to the API, mostly by names of the entity that it is about, denied ones too, so that many have an answer. */
export function requests({
  model,
  entities,
  known,
  users,
  words,
  texts,
  conversions,
}: Asked): fc.Arbitrary<Request> {
  return fc.constantFrom(...entities, 'user').chain((name) => {
    const near = pathsOf(model, name, 0)
    const far = pathsOf(model, name, 2).filter(({ path }) => path.includes('.'))
    const path = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...near) },
      ...(far.length > 0 ? [{ weight: 2, arbitrary: fc.constantFrom(...far) }] : []),
    )
    const named = path.map((one) => one.path)
    const condition = path.chain((one) => comparison(one, texts))
    const filter = fc.oneof(
      condition,
      fc.tuple(condition, fc.constantFrom('&&', '||'), condition).map((parts) => parts.join(' ')),
    )
    const sort = fc.tuple(fc.constantFrom('', '-'), named).map((parts) => parts.join(''))
    const search = fc.constantFrom(...words)
    const fields = fc.array(named, { minLength: 1, maxLength: 3 })
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
    const measure = fc.oneof(
      fc.constant('count'),
      fc
        .tuple(fc.constantFrom('sum', 'avg', 'min', 'max', 'count'), named)
        .map(([what, of]) => `${what}(${of})`),
    )
    const related = [...model.entities.values()].flatMap((one) =>
      one.related.map(({ entity, field }) => `${entity}.${field}`),
    )
    const ofRecord = fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom(...views) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(
            fc.constantFrom(...related),
            fc.constantFrom('', '?count=exact&limit=1', '?sort=-updated_at'),
          )
          .map(([relation, more]) => `related/${relation}${more}`),
      },
    )
    const get = (address: string): Request => ['GET', address]
    const typed = fc.dictionary(
      fc.constantFrom(...model.entities.get(name)!.stored.map((field) => field.name)),
      fc.constantFrom<unknown>(...texts, ...numbers),
      { maxKeys: 4 },
    )
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
        arbitrary: fc.tuple(record, ofRecord).map(([id, what]) => get(`/api/records/${name}/${id}/${what}`)),
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(
            fc.option(filter),
            fc.array(named, { maxLength: 2 }),
            measure,
            fc.option(search, { freq: 1 }),
          )
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
      ...(conversions.length === 0
        ? []
        : [
            {
              weight: 1,
              arbitrary: fc
                .tuple(fc.constantFrom(...conversions), record)
                .map(([conversion, source]): Request => [
                  'POST',
                  `/api/conversions/${conversion}/preview`,
                  { source },
                ]),
            },
          ]),
      {
        weight: 1,
        arbitrary: typed.map((values): Request => ['POST', `/api/duplicates/${name}/check`, { values }]),
      },
      { weight: 1, arbitrary: search.map((q) => get(`/api/search?q=${q}`)) },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom('', '?status=open', '?limit=1')
          .map((q) => get(`/api/duplicates/${name}${q}`)),
      },
      { weight: 1, arbitrary: fc.constantFrom(...fixed) },
    )
  })
}

const views = [
  'history',
  'history?limit=1',
  'timeline',
  'timeline?limit=2',
  'timeline?kinds=change,activity',
  'conversions',
  'merges',
  'shares',
]

/** What is there for everybody, and what only administrators get an answer to. */
const fixed: readonly Request[] = [
  ...[
    '/api/model',
    '/api/openapi.json',
    '/api/me',
    '/api/notices',
    '/api/bulk',
    '/api/users',
    '/api/documents',
    '/api/jobs',
    '/api/audit',
    '/api/plugins',
    '/api/config',
  ].map((path): Request => ['GET', path]),
  ['POST', '/api/personal-data/find', { text: 'Word 1' }],
  ['POST', '/api/access/why', { user: '', entity: 'user', action: 'read' }],
]
