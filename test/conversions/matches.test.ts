import { beforeAll, describe, expect, it } from 'vitest'
import type { TargetPreview } from '@xrm/sdk/api'
import { type Caller, testServer } from '../support/server.ts'
import { actions, worldWith } from './world.ts'

const rules = {
  site: { fields: { site: 'urlHost' }, confidence: 'certain' },
  name: { fields: { name: 'companyName' }, confidence: 'likely' },
}
/** `policy` and `onMatch` of the firm, by the name of the conversion. */
const policies = {
  plain: { policy: 'matchOrCreate' },
  'asks-one': { policy: 'matchOrCreate', onMatch: { one: 'ask' } },
  'makes-one': { policy: 'matchOrCreate', onMatch: { one: 'create' } },
  'makes-many': { policy: 'matchOrCreate', onMatch: { many: 'create' } },
  'skips-none': { policy: 'matchOrCreate', onMatch: { none: 'skip' } },
  'asks-none': { policy: 'matchOrCreate', onMatch: { none: 'ask' } },
  'ignores-inactive': { policy: 'matchOrCreate', onMatch: { inactive: 'ignore' } },
  links: { policy: 'link' },
  creates: { policy: 'create', onMatch: { none: 'skip' } },
  skips: { policy: 'skip' },
} as const
type Name = keyof typeof policies

const conversions = Object.fromEntries(
  Object.entries(policies).map(([name, more]) => [
    name,
    {
      title: name,
      source: 'prospect',
      once: false,
      after: 'editable',
      targets: {
        firm: {
          entity: 'firm',
          userMay: ['create', 'link', 'skip'],
          preset: 'firm',
          match: rules,
          map: { name: { from: 'company', onTooLong: 'truncate' }, site: { from: 'site' } },
          ...more,
        },
      },
    },
  ]),
)
const { user } = await testServer({ plugins: [worldWith(conversions)] })
let admin: Caller
let act: ReturnType<typeof actions>
const leads: Record<string, string> = {}
beforeAll(async () => {
  admin = (await user(['admin'])).call
  act = actions(admin)
  await act.create('firm', { name: 'Sure GmbH', site: 'https://sure.example' })
  await act.create('firm', { name: 'Likely GmbH' })
  await act.create('firm', { name: 'Twin A', site: 'https://twin.example' })
  await act.create('firm', { name: 'Twin B', site: 'https://www.twin.example/en' })
  await act.create('firm', { name: 'Asleep AG', site: 'https://asleep.example', active: false })
  const named = await act.create('firm', { name: 'Named by hand' })
  const lead = async (key: string, values: object): Promise<void> => {
    leads[key] = (await act.create('prospect', { last_name: key, ...values })).id
  }
  await lead('one', { company: 'Other', site: 'https://sure.example/about' })
  await lead('likely', { company: 'LIKELY' })
  await lead('two', { company: 'Twin', site: 'https://twin.example' })
  await lead('inactive', { company: 'Other', site: 'https://asleep.example' })
  await lead('none', { company: 'Nobody knows' })
  await lead('preset', { company: 'Other', site: 'https://sure.example', firm: named.id })
})

async function firmOf(name: string, lead: string): Promise<TargetPreview> {
  const { status, body } = await admin<{ targets: TargetPreview[] }>(
    'POST',
    `/api/conversions/${name}/preview`,
    { source: leads[lead] },
  )
  expect(status, JSON.stringify(body)).toBe(200)
  return body.targets[0]!
}

describe('what becomes of a target', () => {
  it.each<[Name, string, string, string]>([
    ['plain', 'one', 'link', 'match.site'],
    ['plain', 'likely', 'ask', 'many'],
    ['plain', 'two', 'ask', 'many'],
    ['plain', 'inactive', 'ask', 'inactive'],
    ['plain', 'none', 'create', 'policy'],
    ['plain', 'preset', 'link', 'preset'],
    ['asks-one', 'one', 'ask', 'match.site'],
    ['makes-one', 'one', 'create', 'match.site'],
    ['makes-many', 'two', 'create', 'many'],
    ['makes-many', 'likely', 'create', 'many'],
    ['skips-none', 'none', 'skip', 'policy'],
    ['asks-none', 'none', 'ask', 'policy'],
    ['ignores-inactive', 'inactive', 'create', 'policy'],
    ['links', 'one', 'link', 'match.site'],
    ['links', 'none', 'skip', 'policy'],
    ['creates', 'one', 'create', 'policy'],
    ['creates', 'preset', 'link', 'preset'],
    ['skips', 'one', 'skip', 'policy'],
  ])('of "%s" with %s match: %s', async (name, lead, action, reason) => {
    expect(await firmOf(name, lead)).toMatchObject({ action, reason })
    if (action !== 'ask') return
    const { status, body } = await act.tryRun(name, { source: leads[lead] })
    expect([status, body.code]).toEqual([422, 'conversion.decision-required'])
  })

  it('of candidates the certain one is linked, and the likely ones are still shown', async () => {
    await act.create('firm', { name: 'Both GmbH' })
    const certain = await act.create('firm', { name: 'Another', site: 'https://both.example' })
    leads['both'] = (
      await act.create('prospect', { last_name: 'Both', company: 'Both', site: 'https://both.example' })
    ).id
    const firm = await firmOf('plain', 'both')
    expect(firm).toMatchObject({ action: 'link', link: { id: certain.id } })
    expect(firm.candidates.map(({ display, confidence }) => [display, confidence])).toEqual([
      ['Another', 'certain'],
      ['Both GmbH', 'likely'],
    ])
  })

  it('a record named by hand counts before what matches, and before what the source names', async () => {
    const firm = await act.create('firm', { name: 'By hand' })
    const run = await act.run('plain', {
      source: leads['preset'],
      targets: { firm: { action: 'link', id: firm.id } },
    })
    expect(run.targets[0]).toMatchObject({ action: 'link', record: { id: firm.id } })
  })

  it('a link to nothing, to the bin or to what one may not see is refused alike', async () => {
    const gone = await act.create('firm', { name: 'Gone' })
    await admin('DELETE', `/api/records/firm/${gone.id}`)
    const hidden = await act.create('firm', { name: 'Hidden GmbH' })
    const { call: deputy } = await user(['deputy'])
    const answers = [
      await act.tryRun('plain', {
        source: leads['none'],
        targets: { firm: { action: 'link', id: gone.id } },
      }),
      await actions(deputy).tryRun('plain', {
        source: leads['none'],
        targets: { firm: { action: 'link', id: hidden.id } },
      }),
      await act.tryRun('plain', {
        source: leads['none'],
        targets: { firm: { action: 'link', id: '018f0000-0000-7000-8000-000000000000' } },
      }),
    ]
    for (const { status, body } of answers) {
      expect(status).toBe(422)
      expect(body.errors).toEqual(answers[0]!.body.errors)
      expect(body.errors).toMatchObject([{ pointer: '#/targets/firm', code: 'record.not-found' }])
    }
    const missing = await act.tryRun('plain', {
      source: leads['none'],
      targets: { firm: { action: 'link' } },
    })
    expect(missing.body.code).toBe('conversion.decision-required')
  })
})
