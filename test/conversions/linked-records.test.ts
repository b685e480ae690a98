import { describe, expect, it } from 'vitest'
import type { RunView } from '@xrm/sdk/api'
import { testServer } from '../support/server.ts'
import { actions, byName, made, type Row, worldWith } from './world.ts'

const firmBy = (more: object, map: object = {}) => ({
  title: 'Firm',
  source: 'prospect',
  once: false,
  after: 'editable',
  targets: {
    firm: {
      entity: 'firm',
      policy: 'matchOrCreate',
      match: byName,
      map: { name: { from: 'company', onTooLong: 'truncate' }, ...map },
      ...more,
    },
  },
})

const world = worldWith({
  keeps: firmBy(
    {},
    { site: { from: 'site', onLink: 'keep' }, tax_number: { from: 'note', onTooLong: 'truncate' } },
  ),
  fills: firmBy({}, { site: { from: 'site', onLink: 'fillEmpty' } }),
  writes: firmBy({}, { site: { from: 'site', onLink: 'overwrite' } }),
  appends: firmBy({}, { tax_number: { from: 'note', onTooLong: 'truncate', onLink: 'append' } }),
  unites: firmBy({}, { roles: { value: ['prospect'], onLink: 'union' } }),
  likely: firmBy({ match: { name: { fields: { name: 'companyName' }, confidence: 'likely' } } }),
})
const { user } = await testServer({ plugins: [world] })
const act = actions((await user(['admin'])).call)

describe('a linked record', () => {
  /** Converts a lead onto a firm that is there, and gives the firm afterwards and what the run says of it. */
  async function linked(
    name: string,
    firm: object,
    lead: object,
  ): Promise<{ firm: Row; run: RunView; version: number }> {
    const made_ = await act.create('firm', firm)
    const source = await act.create('prospect', { last_name: 'Linker', ...lead })
    const run = await act.run(name, { source: source.id })
    expect(run.targets[0]).toMatchObject({ action: 'link', record: { id: made_.id } })
    return { firm: await act.read('firm', made_.id), run, version: made_.version }
  }

  it('keeps what it has: not even a new version comes about', async () => {
    const { firm, run, version } = await linked(
      'keeps',
      { name: 'Keeps GmbH' },
      { company: 'Keeps', site: 'https://other.example', note: 'DE 1' },
    )
    expect(firm).toMatchObject({ name: 'Keeps GmbH', site: null, tax_number: null, version })
    expect(run.targets[0]!.fields).toEqual([])
  })

  it('is filled where it is empty, and only there', async () => {
    const empty = await linked(
      'fills',
      { name: 'Fills AG' },
      { company: 'Fills', site: 'https://new.example' },
    )
    expect(empty.firm['site']).toBe('https://new.example')
    expect(empty.run.targets[0]!.fields).toEqual([
      { field: 'site', from: 'source.site', before: null, after: 'https://new.example' },
    ])
    const full = await linked(
      'fills',
      { name: 'Full AG', site: 'https://old.example' },
      { company: 'Full', site: 'https://new.example' },
    )
    expect(full.firm['site']).toBe('https://old.example')
  })

  it('is overwritten, with what it was before in the trace; never with nothing', async () => {
    const { firm, run } = await linked(
      'writes',
      { name: 'Writes AG', site: 'https://old.example' },
      { company: 'Writes', site: 'https://new.example' },
    )
    expect(firm['site']).toBe('https://new.example')
    expect(run.targets[0]!.fields).toEqual([
      { field: 'site', from: 'source.site', before: 'https://old.example', after: 'https://new.example' },
    ])
    const nothing = await linked(
      'writes',
      { name: 'Void AG', site: 'https://old.example' },
      { company: 'Void' },
    )
    expect(nothing.firm['site']).toBe('https://old.example')
  })

  it('gets text appended, once', async () => {
    const { firm } = await linked(
      'appends',
      { name: 'Appends AG', tax_number: 'DE 1' },
      { company: 'Appends', note: 'DE 2' },
    )
    expect(firm['tax_number']).toBe('DE 1\nDE 2')
    const again = await act.create('prospect', { last_name: 'Again', company: 'Appends', note: 'DE 2' })
    await act.run('appends', { source: again.id })
    expect((await act.read('firm', firm.id))['tax_number']).toBe('DE 1\nDE 2')
  })

  it('gets lists united', async () => {
    const { firm } = await linked('unites', { name: 'Unites AG', roles: ['customer'] }, { company: 'Unites' })
    expect(firm['roles']).toEqual(['customer', 'prospect'])
  })
})

describe('matches that are only likely', () => {
  it('are all named, with the rule and where they differ; nothing is decided for the user', async () => {
    const firms = await Promise.all(
      ['Maybe GmbH', 'Maybe AG', 'Maybe KG'].map((name) => act.create('firm', { name })),
    )
    const lead = await act.create('prospect', { last_name: 'Maybe', company: 'Maybe' })
    const { body } = await act.tryRun('likely', { source: lead.id })
    expect(body.code).toBe('conversion.decision-required')
    const [item] = body.errors as unknown as { pointer: string; params: { candidates: object[] } }[]
    expect(item!.pointer).toBe('#/targets/firm')
    expect(item!.params.candidates).toHaveLength(3)
    expect(item!.params.candidates).toEqual(
      expect.arrayContaining(
        firms.map(({ id, name }) =>
          expect.objectContaining({
            id,
            display: name,
            rule: 'name',
            confidence: 'likely',
            active: true,
            differs: { name: [name, 'Maybe'] },
          }),
        ),
      ),
    )
    const run = await act.run('likely', {
      source: lead.id,
      targets: { firm: { action: 'link', id: firms[1]!.id } },
    })
    expect(made(run, 'firm')).toBe(firms[1]!.id)
  })
})
