import { beforeAll, describe, expect, it } from 'vitest'
import type { IssueView } from '@xrm/sdk/configuration'
import type { ConversionCheck } from '@xrm/sdk/conversions'
import { type Caller, testServer } from '../support/server.ts'
import { actions, type Failure, type Row, worldWith } from './world.ts'

const heats = { hot: { title: 'Hot' }, cold: { title: 'Cold' } }
const origin = {
  title: 'Origin',
  type: 'object',
  'x-entity': { name: 'origin', plural: 'origins', display: 'short', activities: true },
  properties: {
    short: { type: 'string', maxLength: 300 },
    long: { 'x-type': 'long-text' },
    many: { type: 'string', 'x-multiple': true },
    whole: { type: 'integer' },
    exact: { 'x-type': 'decimal' },
    price: { 'x-type': 'money' },
    day: { type: 'string', format: 'date' },
    moment: { type: 'string', format: 'date-time' },
    yes: { type: 'boolean' },
    heat: { 'x-type': 'select', 'x-options': heats },
    region: { 'x-type': 'select', 'x-options': 'region' },
    firm: { 'x-type': 'relation', 'x-relation': { entity: 'firm' } },
    deal: { 'x-type': 'relation', 'x-relation': { entity: 'deal' } },
    place: { 'x-type': 'address' },
  },
}
const goal = {
  title: 'Goal',
  type: 'object',
  required: ['name'],
  'x-entity': { name: 'goal', plural: 'goals', display: 'name' },
  properties: {
    name: { type: 'string', maxLength: 255 },
    memo: { 'x-type': 'long-text' },
    tags: { 'x-type': 'multi-select', 'x-options': heats },
    count: { type: 'integer' },
    exact: { 'x-type': 'decimal' },
    price: { 'x-type': 'money' },
    day: { type: 'string', format: 'date' },
    moment: { type: 'string', format: 'date-time' },
    heat: { 'x-type': 'select', 'x-options': { ...heats, warm: { title: 'Warm' } } },
    region: { 'x-type': 'select', 'x-options': 'region' },
    number: { 'x-type': 'auto-number' },
    twice: { 'x-type': 'formula', 'x-formula': 'count * 2' },
    firm: { 'x-type': 'relation', 'x-relation': { entity: 'firm' } },
    parent: { 'x-type': 'relation', 'x-relation': { entity: 'goal' } },
  },
}
const world = {
  ...worldWith({}, [origin, goal]),
  optionSets: {
    region: { title: 'Region', options: { north: { title: 'North' }, south: { title: 'South' } } },
  },
}
const { user } = await testServer({ plugins: [world] })
let admin: Caller
let act: ReturnType<typeof actions>
beforeAll(async () => {
  admin = (await user(['admin'])).call
  act = actions(admin)
})

const conversionOf = (map: object, more: object = {}) => ({
  title: 'Tried',
  source: 'origin',
  targets: { goal: { entity: 'goal', map: { name: { value: 'Goal' }, ...map }, ...more } },
})

async function issuesOf(body: object): Promise<ConversionCheck['issues']> {
  const { status, body: answer } = await admin<ConversionCheck & Failure>('POST', '/api/conversions/check', {
    name: 'tried',
    body,
  })
  expect(status, JSON.stringify(answer)).toBe(200)
  return answer.issues
}

describe('a mapping', () => {
  it.each<[string, object]>([
    ['text into shorter text, with a rule', { name: { from: 'short', onTooLong: 'truncate' } }],
    ['text into long text', { memo: { from: 'short' } }],
    ['an integer into a decimal', { exact: { from: 'whole' } }],
    [
      'one choice into a list of choices of the same keys',
      { tags: { from: 'heat', values: { hot: 'hot', cold: 'cold' } } },
    ],
    ['a choice by a total value map', { heat: { from: 'heat', values: { hot: 'warm', cold: 'cold' } } }],
    [
      'a choice by a value map that says what else',
      { heat: { from: 'heat', values: { hot: 'hot' }, onUnmapped: 'blank' } },
    ],
    ['a choice of the same option set', { region: { from: 'region' } }],
    ['several values through a function', { name: { expression: "join(source.many, ', ')" } }],
    [
      'a day into an instant, in the time zone of the firm',
      { moment: { from: 'day', timeZone: 'business' } },
    ],
    [
      'an instant into a day, in the time zone of the firm',
      { day: { from: 'moment', timeZone: 'business' } },
    ],
    ['an amount with its currency', { price: { from: 'price' } }],
    ['a number with a currency', { price: { expression: "money(source.exact, 'EUR')" } }],
    ['a relation to the same kind', { firm: { from: 'firm' } }],
    ['a relation on a path', { firm: { from: 'deal.firm' } }],
    ['a part of an address', { memo: { from: 'place.city' } }],
    ['a field of a related record', { memo: { from: 'firm.name' } }],
  ])('may carry %s', async (_, map) => {
    expect((await issuesOf(conversionOf(map))).filter(({ severity }) => severity === 'error')).toEqual([])
  })

  it.each<[string, object, string, string]>([
    ['text into shorter text without a rule', { name: { from: 'short' } }, '/name/from', 'conversion.type'],
    ['long text into text without a rule', { name: { from: 'long' } }, '/name/from', 'conversion.type'],
    ['several values into one', { name: { from: 'many' } }, '/name/from', 'conversion.type'],
    ['a decimal into an integer', { count: { from: 'exact' } }, '/count/from', 'conversion.type'],
    ['a bare number into an amount', { price: { from: 'exact' } }, '/price/from', 'conversion.type'],
    ['an amount into a number', { exact: { from: 'price' } }, '/exact/from', 'conversion.type'],
    ['a day into an instant', { moment: { from: 'day' } }, '/moment/from', 'conversion.type'],
    ['an instant into a day', { day: { from: 'moment' } }, '/day/from', 'conversion.type'],
    ['a choice of other options', { heat: { from: 'heat' } }, '/heat/from', 'conversion.type'],
    [
      'a choice by a map with holes',
      { heat: { from: 'heat', values: { hot: 'hot' } } },
      '/heat/from',
      'conversion.type',
    ],
    [
      'a choice to an option that is not there',
      { heat: { from: 'heat', values: { hot: 'boiling', cold: 'cold' } } },
      '/heat/from',
      'conversion.type',
    ],
    [
      'a choice from an option that is not there',
      { heat: { from: 'heat', values: { hot: 'hot', cold: 'cold', mild: 'warm' } } },
      '/heat/from',
      'conversion.type',
    ],
    ['a number into a choice', { heat: { from: 'whole', values: {} } }, '/heat/from', 'conversion.type'],
    [
      'a value map into a text',
      { memo: { from: 'short', values: { a: 'b' } } },
      '/memo/from',
      'conversion.type',
    ],
    ['a relation to another kind', { firm: { from: 'deal' } }, '/firm/from', 'conversion.type'],
    ['a text into a relation', { firm: { from: 'short' } }, '/firm/from', 'conversion.type'],
    ['a truth into a text', { memo: { from: 'yes' } }, '/memo/from', 'conversion.type'],
    [
      'a result of another type',
      { count: { expression: 'source.short' } },
      '/count/expression',
      'conversion.type',
    ],
    ['what is computed', { twice: { from: 'whole' } }, '/twice', 'conversion.read-only'],
    ['what is numbered by itself', { number: { from: 'short' } }, '/number', 'conversion.read-only'],
    ['what is the system’s own', { version: { from: 'whole' } }, '/version', 'conversion.read-only'],
    ['a field from two places', { memo: { from: 'short', value: 'x' } }, '/memo', 'conversion.mapping'],
    ['a field from nowhere', { memo: { onLink: 'append' } }, '/memo', 'conversion.mapping'],
    [
      'an input that nobody sees',
      { memo: { input: true, edit: 'hidden' } },
      '/memo/edit',
      'conversion.mapping',
    ],
    ['a field that the target has not', { nope: { from: 'short' } }, '/nope', 'reference.unknown'],
    ['a field that the source has not', { memo: { from: 'nope' } }, '/memo/from', 'reference.unknown'],
    ['a path that leads nowhere', { memo: { from: 'firm.nope' } }, '/memo/from', 'reference.unknown'],
    [
      'an expression of unknown names',
      { memo: { expression: 'source.nope' } },
      '/memo/expression',
      'expression.unknown-name',
    ],
    ['a target that is not there', { parent: { target: 'nobody' } }, '/parent/target', 'reference.unknown'],
    ['a target of another kind', { firm: { target: 'goal' } }, '/firm/target', 'conversion.type'],
    [
      'all records of the run into a relation to one kind',
      { firm: { targets: true } },
      '/firm/targets',
      'conversion.type',
    ],
    ['a constant that does not fit', { count: { value: 'many' } }, '/count/value', 'field.integer'],
    [
      'a default that does not fit',
      { count: { from: 'whole', default: 'x' } },
      '/count/default',
      'field.integer',
    ],
  ])('must not carry %s', async (_, map, at, code) => {
    const errors = (await issuesOf(conversionOf(map))).filter(({ severity }) => severity === 'error')
    expect(errors.map((issue) => [issue.pointer, issue.code])).toContainEqual([
      `/targets/goal/map${at}`,
      code,
    ])
  })
})

describe('a definition', () => {
  it.each<[string, object, string, string]>([
    [
      'of a source that is not there',
      { ...conversionOf({}), source: 'nobody' },
      '/source',
      'reference.unknown',
    ],
    [
      'with a target that is not there',
      conversionOf({}, { entity: 'nobody' }),
      '/targets/goal/entity',
      'reference.unknown',
    ],
    [
      'with a required field that nothing feeds',
      { ...conversionOf({}), targets: { goal: { entity: 'goal', map: {} } } },
      '/targets/goal/map',
      'conversion.required',
    ],
    [
      'whose preset is a relation to something else',
      conversionOf({}, { preset: 'firm' }),
      '/targets/goal/preset',
      'conversion.preset',
    ],
    [
      'that matches by what nothing is mapped to',
      conversionOf(
        {},
        { policy: 'matchOrCreate', match: { memo: { fields: { memo: 'exact' }, confidence: 'certain' } } },
      ),
      '/targets/goal/match/memo/fields/memo',
      'conversion.match',
    ],
    [
      'that needs an unknown field',
      { ...conversionOf({}), available: { require: ['nope'] } },
      '/available/require/0',
      'reference.unknown',
    ],
    [
      'with a condition that is none',
      { ...conversionOf({}), available: { when: 'whole' } },
      '/available/when',
      'expression.type',
    ],
    [
      'that writes an unknown field of the source',
      { ...conversionOf({}), 'source-writes': { converted: { nope: 1 } } },
      '/source-writes/converted/nope',
      'reference.unknown',
    ],
    [
      'with children by no relation',
      { ...conversionOf({}), children: { calls: { relation: 'call.subject', action: 'leave' } } },
      '/children/calls/relation',
      'reference.unknown',
    ],
    [
      'that moves children to two places',
      {
        ...conversionOf({}),
        children: { calls: { relation: 'call.regarding', action: 'move', to: ['goal', 'goal2'] } },
      },
      '/children/calls/to',
      'conversion.children',
    ],
    [
      'that copies children to nowhere',
      { ...conversionOf({}), children: { calls: { relation: 'call.regarding', action: 'copy' } } },
      '/children/calls/to',
      'conversion.children',
    ],
  ])('%s is refused at that place', async (_, body, pointer, code) => {
    const errors = (await issuesOf(body)).filter(({ severity }) => severity === 'error')
    expect(errors.map((issue) => [issue.pointer, issue.code])).toContainEqual([pointer, code])
  })

  it('tells which fields stay behind and which children have no rule', async () => {
    const issues = await issuesOf(
      conversionOf({ memo: { from: 'short' }, count: { expression: 'source.whole' } }),
    )
    const behind = issues.filter(({ code }) => code === 'conversion.stays-behind')
    expect(behind.every(({ severity }) => severity === 'warning')).toBe(true)
    const told = behind.map(({ message }) => message).join(' ')
    expect(told).toContain('"price"')
    for (const taken of ['"short"', '"whole"']) expect(told).not.toContain(taken)
    expect(issues).toContainEqual(
      expect.objectContaining({
        severity: 'warning',
        code: 'conversion.child-without-rule',
        message: expect.stringContaining('call.regarding'),
      }),
    )
  })
})

describe('an option that is added to the source', () => {
  const body = conversionOf({
    heat: { from: 'heat', values: { hot: 'hot', cold: 'cold' }, onUnmapped: 'error' },
    tags: { from: 'heat', values: { hot: 'hot', cold: 'cold' }, onUnmapped: 'default', default: ['cold'] },
    memo: { from: 'heat' },
  })
  const changed = async (documents: Record<string, object>): Promise<string> => {
    const { id } = (await admin<Row>('POST', '/api/changesets', { title: 'Options' })).body
    for (const [path, patch] of Object.entries(documents)) {
      const answer = await admin('PATCH', `/api/documents/${path}?changeset=${id}`, patch)
      expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    }
    return id
  }

  it('is warned of when it is saved, and what happens to it at run time is as the mapping says', async () => {
    const first = await changed({
      'conversion/strict': body,
      'conversion/blank': conversionOf({
        heat: { from: 'heat', values: { hot: 'hot', cold: 'cold' }, onUnmapped: 'blank' },
      }),
      'conversion/default': conversionOf({
        heat: { from: 'heat', values: { hot: 'hot', cold: 'cold' }, onUnmapped: 'default', default: 'warm' },
      }),
    })
    expect((await admin('POST', `/api/changesets/${first}/publish`)).status).toBe(200)
    const id = await changed({
      'entity/origin': { properties: { heat: { 'x-options': { mild: { title: 'Mild' } } } } },
    })
    const { body: checked } = await admin<{ issues: IssueView[] }>('POST', `/api/changesets/${id}/check`)
    const warned = checked.issues.filter(({ code }) => code === 'conversion.unmapped-option')
    expect(warned.map(({ severity, name, pointer }) => [severity, name, pointer]).toSorted()).toEqual([
      ['warning', 'blank', '/targets/goal/map/heat/values'],
      ['warning', 'default', '/targets/goal/map/heat/values'],
      ['warning', 'strict', '/targets/goal/map/heat/values'],
      ['warning', 'strict', '/targets/goal/map/tags/values'],
    ])
    expect(warned[0]!.message).toContain('"mild"')
    expect((await admin('POST', `/api/changesets/${id}/publish`)).status).toBe(200)

    const source = await act.create('origin', { short: 'Mild', heat: 'mild' })
    const refused = await act.tryRun('strict', { source: source.id })
    expect([refused.status, refused.body.code]).toEqual([422, 'conversion.invalid'])
    expect(refused.body.errors).toEqual([
      expect.objectContaining({ pointer: '#/targets/goal/values/heat', code: 'conversion.unmapped' }),
    ])
    const blank = await act.run('blank', { source: source.id })
    expect(blank.notes).toContainEqual(
      expect.objectContaining({ pointer: '#/targets/goal/values/heat', code: 'conversion.unmapped' }),
    )
    expect((await act.read('goal', blank.targets[0]!.record!.id))['heat']).toBeNull()
    const other = await act.create('origin', { short: 'Mild too', heat: 'mild' })
    const filled = await act.run('default', { source: other.id })
    expect((await act.read('goal', filled.targets[0]!.record!.id))['heat']).toBe('warm')
  })
})
