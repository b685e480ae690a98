import { coreFieldTypes } from '../core/fields/index.ts'
import { describe, expect, it } from 'vitest'
import { type FieldTypeSamples, testFieldType } from './contracts/field-type.ts'

const id = '0190c9a0-1111-7222-8333-444455556666'
const options = new Map([
  ['hot', { active: true }],
  ['cold', { active: true }],
  ['old', { active: false }],
])
const german = { decimalSeparator: ',' as const }

const samples: Record<string, FieldTypeSamples> = {
  text: {
    field: { minLength: 2, maxLength: 5, pattern: '^[^x]' },
    valid: [
      ['Jörg', 'Jörg'],
      ['Jo\u0308rg', 'Jörg'],
      ['', null],
      ['ab😀😀😀', 'ab😀😀😀'],
    ],
    invalid: [
      ['a', 'field.too-short'],
      ['abcdef', 'field.too-long'],
      ['xyz', 'field.pattern'],
      [7, 'field.type'],
      [['ab'], 'field.type'],
      [{}, 'field.type'],
      [true, 'field.type'],
    ],
    texts: [['Weg', {}, 'Weg']],
  },
  'long-text': {
    field: {},
    valid: [['a\nb', 'a\nb']],
    invalid: [
      [1, 'field.type'],
      ['x'.repeat(100_001), 'field.too-long'],
    ],
    texts: [['x', {}, 'x']],
  },
  email: {
    field: { 'x-multiple': true },
    valid: [
      [['Ada@Example.COM', 'Ada@example.com'], ['Ada@example.com']],
      [['jörg@müller.example'], ['jörg@müller.example']],
      [[], null],
    ],
    invalid: [
      ['a@b.example', 'field.type'],
      [['a'], 'field.email'],
      [['a@b'], 'field.email'],
      [['a b@c.example'], 'field.email'],
      [['a@b.example\nBcc: x@y.example'], 'field.email'],
      [['@b.example'], 'field.email'],
      [[`${'a'.repeat(100_000)}@b.example`], 'field.too-long'],
      [Array(101).fill('a@b.example'), 'field.too-many'],
    ],
    texts: [['a@b.example; c@d.example', {}, ['a@b.example', 'c@d.example']]],
    badTexts: [['nobody', {}]],
  },
  phone: {
    field: {},
    valid: [
      ['+49 3641 / 12-34', '+49 3641 / 12-34'],
      ['030-0074321', '030-0074321'],
      ['(5) 555-4729', '(5) 555-4729'],
      ['0171 123  ext. 12', '0171 123 ext. 12'],
    ],
    invalid: [
      ['call me', 'field.phone'],
      ['12', 'field.phone'],
      ['javascript:1', 'field.phone'],
      [123456, 'field.type'],
    ],
  },
  url: {
    field: {},
    valid: [
      ['example.com/a?b=1', 'https://example.com/a?b=1'],
      ['http://x.example', 'http://x.example'],
    ],
    invalid: [
      ['javascript:alert(1)', 'field.url'],
      ['JaVaScRiPt:alert(1)', 'field.url'],
      ['data:text/html,x', 'field.url'],
      ['ftp://x.example', 'field.url'],
      ['#CAJUN.HTM#', 'field.url'],
      ['java\tscript:x', 'field.url'],
      ['x y.example', 'field.url'],
    ],
  },
  integer: {
    field: { minimum: -10, maximum: 1e15 },
    valid: [
      [5, 5],
      [-0, 0],
    ],
    invalid: [
      ['5', 'field.integer'],
      [1.5, 'field.integer'],
      [-11, 'field.minimum'],
      [2 ** 53, 'field.integer'],
      [1e308, 'field.integer'],
    ],
    texts: [
      ['1.234', german, 1234],
      ['-3', {}, -3],
    ],
    badTexts: [
      ['1,5', german],
      ['12.34', german],
      ['zwei', {}],
    ],
  },
  decimal: {
    field: { 'x-scale': 2, minimum: '0', maximum: '1000000' },
    valid: [
      ['19.990', '19.99'],
      [0.1, '0.1'],
      ['-0', '0'],
      ['007', '7'],
      [1e-2, '0.01'],
    ],
    invalid: [
      ['1,5', 'field.decimal'],
      ['1e5', 'field.decimal'],
      ['0.001', 'field.scale'],
      ['-1', 'field.minimum'],
      ['0x10', 'field.decimal'],
      [' 1', 'field.decimal'],
      [2 ** 60, 'field.decimal'],
    ],
    texts: [
      ['1.234,50', german, '1234.5'],
      ['1,234.50', {}, '1234.5'],
    ],
    badTexts: [
      ['1.23,4.5', german],
      ['', {}],
      ['12,34', {}],
    ],
  },
  percent: {
    field: {},
    valid: [
      ['12.5', '12.5'],
      [50, '50'],
    ],
    invalid: [['50 %', 'field.decimal']],
    texts: [['12,5 %', german, '12.5']],
    badTexts: [['half', {}]],
  },
  money: {
    field: { 'x-currency': 'USD' },
    valid: [
      [
        { amount: '12.50', currency: 'EUR' },
        { amount: '12.5', currency: 'EUR' },
      ],
      ['7', { amount: '7', currency: 'USD' }],
      [{ amount: 0.1 }, { amount: '0.1', currency: 'USD' }],
    ],
    invalid: [
      [{ amount: '1', currency: 'euro' }, 'field.currency'],
      [{ amount: '1', currency: 'EUR', x: 1 }, 'field.money'],
      [{ currency: 'EUR' }, 'field.money'],
      [[], 'field.money'],
      [{ amount: '1.1234567', currency: 'EUR' }, 'field.scale'],
    ],
    texts: [
      ['1.234,56 €', { ...german, currency: 'EUR' }, { amount: '1234.56', currency: 'EUR' }],
      ['CHF 5', {}, { amount: '5', currency: 'CHF' }],
      ['5', {}, { amount: '5', currency: 'USD' }],
    ],
    badTexts: [['viel', german]],
  },
  boolean: {
    field: {},
    valid: [
      [true, true],
      [false, false],
    ],
    invalid: [
      ['true', 'field.boolean'],
      [1, 'field.boolean'],
    ],
    texts: [
      ['Ja', {}, true],
      ['0', {}, false],
    ],
    badTexts: [['maybe', {}]],
  },
  date: {
    field: {},
    valid: [
      ['2024-02-29', '2024-02-29'],
      ['0001-01-01', '0001-01-01'],
      ['9999-12-31', '9999-12-31'],
    ],
    invalid: [
      ['2026-02-29', 'field.date'],
      ['0000-01-01', 'field.date'],
      ['2026-1-1', 'field.date'],
      ['2026-01-01T00:00:00Z', 'field.date'],
      [20260101, 'field.date'],
      ['2026-13-01', 'field.date'],
    ],
    texts: [
      ['24.12.2026', { date: 'dd.MM.yyyy' }, '2026-12-24'],
      ['1/2/2026', { date: 'd/M/yyyy' }, '2026-02-01'],
    ],
    badTexts: [
      ['24.12.26', { date: 'dd.MM.yyyy' }],
      ['31.02.2026', { date: 'dd.MM.yyyy' }],
      ['44927', {}],
    ],
  },
  'date-time': {
    field: {},
    valid: [
      ['2026-03-29T02:30:00+01:00', '2026-03-29T01:30:00.000Z'],
      ['2026-01-01T00:00Z', '2026-01-01T00:00:00.000Z'],
      ['2026-01-01T00:00:00.123456Z', '2026-01-01T00:00:00.123Z'],
    ],
    invalid: [
      ['2026-01-01T00:00:00', 'field.date-time'],
      ['2026-01-01T24:00:00Z', 'field.date-time'],
      ['2026-02-30T00:00:00Z', 'field.date-time'],
      ['2026-01-01', 'field.date-time'],
      [0, 'field.date-time'],
      ['2026-01-01T00:00:60Z', 'field.date-time'],
    ],
    texts: [['24.12.2026', { date: 'dd.MM.yyyy' }, '2026-12-24T00:00:00.000Z']],
  },
  select: {
    field: { 'x-options': 'set' },
    options,
    valid: [['hot', 'hot']],
    invalid: [
      ['nope', 'field.option'],
      ['old', 'field.option-inactive'],
      [['hot'], 'field.type'],
      ['toString', 'field.option'],
    ],
    texts: [[' hot ', {}, 'hot']],
  },
  'multi-select': {
    field: { 'x-options': 'set' },
    options,
    valid: [
      [
        ['cold', 'hot', 'cold'],
        ['cold', 'hot'],
      ],
      [[], null],
    ],
    invalid: [
      ['hot', 'field.type'],
      [['nope'], 'field.option'],
      [[1], 'field.type'],
    ],
    texts: [['hot;cold', {}, ['hot', 'cold']]],
  },
  tags: {
    field: {},
    valid: [
      [
        ['  VIP', 'VIP', 'a b'],
        ['VIP', 'a b'],
      ],
      [[' '], null],
    ],
    invalid: [
      [['x'.repeat(61)], 'field.too-long'],
      ['x', 'field.type'],
    ],
    texts: [['a; b', {}, ['a', 'b']]],
  },
  stage: {
    field: { 'x-stages': { hot: { title: 'H', category: 'open' } } },
    options,
    valid: [['hot', 'hot']],
    invalid: [['nope', 'field.option']],
  },
  relation: {
    field: { 'x-relation': { entity: 'firm' } },
    valid: [
      [id, id],
      [id.toUpperCase(), id],
    ],
    invalid: [
      ['1', 'field.relation'],
      [{ id }, 'field.relation'],
      [`${id}' OR 1=1`, 'field.relation'],
    ],
  },
  'relation-any': {
    field: { 'x-multiple': true, 'x-entities': { firm: true } },
    valid: [[[`firm/${id}`], [`firm/${id}`]]],
    invalid: [
      [[id], 'field.relation'],
      [[`deal/${id}`], 'field.relation'],
      [['firm/1'], 'field.relation'],
      [['__proto__/x'], 'field.relation'],
    ],
  },
  user: { field: {}, valid: [[id, id]], invalid: [['me', 'field.relation']] },
  team: { field: {}, valid: [[id, id]], invalid: [[5, 'field.relation']] },
  address: {
    field: {},
    valid: [
      [
        { city: 'Jena', country: 'DE' },
        { street: null, postal_code: null, city: 'Jena', region: null, country: 'DE' },
      ],
      [{}, null],
      [{ city: '' }, null],
    ],
    invalid: [
      [{ town: 'x' }, 'field.address'],
      [{ country: 'Germany' }, 'field.country'],
      ['Jena', 'field.address'],
      [{ city: 5 }, 'field.type'],
      [{ city: 'x'.repeat(201) }, 'field.too-long'],
    ],
  },
  'auto-number': { field: {}, valid: [], invalid: [['L-1', 'field.read-only']], badTexts: [['1', {}]] },
  formula: {
    field: { 'x-formula': '1' },
    valid: [],
    invalid: [[1, 'field.read-only']],
    badTexts: [['1', {}]],
  },
  json: {
    field: {},
    valid: [
      [{ a: [1, 'x', null] }, { a: [1, 'x', null] }],
      ['text', 'text'],
    ],
    invalid: [
      ['x'.repeat(70_000), 'field.too-long'],
      ['a\0', 'field.text'],
      [JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`), 'field.json'],
    ],
    texts: [['{"a":1}', {}, { a: 1 }]],
    badTexts: [['{a}', {}]],
  },
}

for (const type of coreFieldTypes) testFieldType(type, samples[type.name]!)

describe('the field types of the core', () => {
  it('are each held by the contract', () => {
    expect(Object.keys(samples).toSorted()).toEqual(coreFieldTypes.map((type) => type.name).toSorted())
  })
})
