import * as fc from 'fast-check'
import type { Scope, ValueType } from '../types.ts'

/** The fields of the entity that the laws are tested on: two or more of each type. */
export const fields: Readonly<Record<string, ValueType>> = {
  s1: 'string',
  s2: 'string',
  b1: 'bool',
  b2: 'bool',
  i1: 'int',
  i2: 'int',
  d1: 'decimal',
  d2: 'decimal',
  m1: 'money',
  m2: 'money',
  day1: 'date',
  day2: 'date',
  t1: 'timestamp',
  t2: 'timestamp',
  p1: 'duration',
  tags: { list: 'string' },
  counts: { list: 'int' },
  account: { record: 'account' },
  'account.industry': 'string',
  'account.parent': { record: 'account' },
  team: { record: 'team' },
}

/** Names mean the {@link fields}; `account` is a relation whose members are listed by path. */
export const scope: Scope = {
  variable: (name) => typed(fields[name]),
  member: (entity, name) => (entity === 'account' ? typed(fields[`account.${name}`]) : undefined),
}

function typed(type: ValueType | undefined): { type: ValueType } | undefined {
  return type && { type }
}

export type TestRecord = Readonly<Record<string, unknown>>

export const ids = [
  '01900000-0000-7000-8000-000000000001',
  '01900000-0000-7000-8000-000000000002',
  '01900000-0000-7000-8000-00000000abcd',
] as const

export const zones = [
  'Europe/Berlin',
  'UTC',
  'America/Sao_Paulo',
  'Asia/Kolkata',
  'America/Havana',
  'Pacific/Apia',
]

const letters = [
  ...'aBzZ019.-+ %_\\\'"$&[](){}^|*?äÖüßẞéñÅøŁÆœđİıΣςσАяﬁ½Ǆ',
  '\t',
  '\n',
  '\u00a0',
  '\u3000',
  'e\u0301',
  '\u0301',
  '😀',
  '𝒳',
  '\ue000',
  '\ufb03',
  '\uffee',
  'straße',
  '12',
]

export const text = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: fc.constantFrom(...letters), maxLength: 6 }) },
  fc.string({
    // U+019B got its capital in Unicode 16; PostgreSQL's ICU may be older than that.
    unit: fc
      .oneof(
        fc.integer({ min: 0x20, max: 0x24f }).filter((point) => point !== 0x19b),
        fc.integer({ min: 0x370, max: 0x4ff }),
      )
      .map(String.fromCodePoint),
    maxLength: 8,
  }),
  fc.constantFrom(
    '',
    'EUR',
    'USD',
    '12',
    '-7',
    '12.50',
    '9007199254740993',
    '0001',
    '1e5',
    'abc ',
    ' abc',
    'ΑΣ',
    'ΑΣ Β',
  ),
)

export const int = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -20, max: 20 }) },
  fc.integer(),
  fc.constantFrom(0, 1, -1, 12, 9007199254740991, -9007199254740991, 94906267, 4503599627370496),
)

export const decimal = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: 0, max: 4 })).map(scaled),
  },
  fc.tuple(fc.integer(), fc.integer({ min: 0, max: 12 })).map(scaled),
  fc.constantFrom(
    '0',
    '0.1',
    '0.2',
    '0.30',
    '2.5',
    '-2.5',
    '0.5',
    '1.005',
    '19.99',
    '999999999999999999999999999999',
    '-999999999999999999999999999999.99999999999999999999',
    '0.00000000000000000001',
    '9007199254740991.5',
    '9007199254740992',
    '3',
    '7',
  ),
)

/** Digits with the point moved, trailing zeros kept: "12.50". */
function scaled([digits, places]: readonly [number, number]): string {
  if (places === 0) return String(digits)
  const padded = String(Math.abs(digits)).padStart(places + 1, '0')
  return `${digits < 0 ? '-' : ''}${padded.slice(0, -places)}.${padded.slice(-places)}`
}

export const money = fc.record({
  amount: decimal,
  currency: fc.oneof({ weight: 3, arbitrary: fc.constant('EUR') }, fc.constantFrom('USD', 'JPY')),
})

const instants = [
  '0001-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
  '1969-12-31T23:59:59.999Z',
  '1893-03-31T23:06:32.000Z',
  '2026-03-29T00:59:59.999Z',
  '2026-03-29T01:00:00.000Z',
  '2026-10-25T00:30:00.000Z',
  '2026-10-25T01:30:00.000Z',
  '2027-03-28T01:30:00.000Z',
  '2018-11-04T02:59:59.999Z',
  '2018-11-04T03:00:00.000Z',
  '2011-12-30T10:00:00.000Z',
  '2026-11-21T22:59:59.999Z',
  '2026-11-21T23:00:00.000Z',
]

const between = (min: string, max: string) =>
  fc.date({ min: new Date(min), max: new Date(max), noInvalidDate: true }).map((date) => date.toISOString())

export const timestamp = fc.oneof(
  fc.constantFrom(...instants),
  between('2020-01-01T00:00:00Z', '2030-01-01T00:00:00Z'),
  between('1900-01-01T00:00:00Z', '2100-01-01T00:00:00Z'),
)

export const date = fc.oneof(
  fc.constantFrom(
    ...instants.map((instant) => instant.slice(0, 10)),
    '2024-02-29',
    '2026-01-31',
    '2018-11-04',
    '2026-11-01',
    '2011-12-30',
    '2000-12-31',
  ),
  between('0001-01-01T00:00:00Z', '9999-12-31T00:00:00Z').map((instant) => instant.slice(0, 10)),
  between('2025-01-01T00:00:00Z', '2028-01-01T00:00:00Z').map((instant) => instant.slice(0, 10)),
)

export const duration = fc.oneof(
  fc.integer({ min: -400_000, max: 400_000 }),
  fc.constantFrom(0, 86_400, -86_400, 3600, 400_000_000_000, -400_000_000_000, 315_537_811_200),
)

const id = fc.constantFrom(...ids)

function valueOf(type: ValueType): fc.Arbitrary<unknown> {
  if (typeof type === 'object') return 'list' in type ? fc.array(valueOf(type.list), { maxLength: 4 }) : id
  const arbitraries: Record<string, fc.Arbitrary<unknown>> = {
    string: text,
    bool: fc.boolean(),
    int,
    decimal,
    money,
    date,
    timestamp,
    duration,
  }
  return arbitraries[type] ?? fc.constant(null)
}

/** A record with every field, each missing one time in six. */
export const record: fc.Arbitrary<TestRecord> = fc.record(
  Object.fromEntries(
    Object.entries(fields).map(([name, type]) => [name, fc.option(valueOf(type), { freq: 6, nil: null })]),
  ),
)

/** The one record and moment of the golden file. */
export const goldenRecord: TestRecord = {
  s1: 'Müller & Söhne',
  s2: 'e\u0301 50% 😀 ',
  b1: true,
  b2: null,
  i1: 7,
  i2: -3,
  d1: '12.50',
  d2: '-0.333',
  m1: { amount: '19.99', currency: 'EUR' },
  m2: { amount: '1000', currency: 'EUR' },
  day1: '2026-01-31',
  day2: '2024-02-29',
  t1: '2026-03-29T00:59:59.999Z',
  t2: '2026-10-25T00:30:00.000Z',
  p1: 93_784,
  tags: ['vip', 'Norden', ''],
  counts: [1, 7, 12],
  account: ids[0],
  'account.industry': 'Stahl',
  'account.parent': ids[1],
  team: null,
}

export const goldenContext = {
  now: '2026-11-21T23:30:00.000Z',
  timeZone: 'Europe/Berlin',
  me: ids[0],
  teams: [ids[2]],
  record: ids[0],
}
