import { describe, expect, it } from 'vitest'
import { testServer } from '../support/server.ts'
import { actions, made, person, type Row, worldWith } from './world.ts'

const world = worldWith({
  alone: { title: 'A person alone', source: 'prospect', targets: { person } },
  paths: {
    title: 'By paths',
    source: 'prospect',
    targets: {
      person: {
        entity: 'person',
        map: { last_name: { from: 'firm.parent.name', onTooLong: 'truncate' } },
      },
    },
  },
})
const { user } = await testServer({ plugins: [world] })
const { call: admin } = await user(['admin'])
const act = actions(admin)

describe('what was shown is what runs', () => {
  const stale = async (name: string, body: object, code: string): Promise<Record<string, unknown>> => {
    const answer = await act.tryRun(name, body)
    expect([answer.status, answer.body.code]).toEqual([409, code])
    return answer.body as unknown as Record<string, unknown>
  }

  it('a lead that was edited: refused with the fields that changed, as far as one may read them', async () => {
    const lead = await act.create('prospect', { last_name: 'Edited' })
    const { planHash } = await act.shown('prospect-to-deal', lead.id)
    await act.change('prospect', lead.id, { note: 'new', heat: 'hot' })
    const body = await stale('prospect-to-deal', { source: lead.id, planHash }, 'conversion.stale-source')
    expect(body['fields']).toEqual(['heat', 'note'])
  })

  it('a record on a path of the lead that was edited: refused with the paths', async () => {
    const parent = await act.create('firm', { name: 'Before' })
    const firm = await act.create('firm', { name: 'On the way', parent: parent.id })
    const lead = await act.create('prospect', { last_name: 'Way', firm: firm.id })
    const { planHash } = await act.shown('paths', lead.id)
    await act.change('firm', parent.id, { name: 'After' })
    const body = await stale('paths', { source: lead.id, planHash }, 'conversion.stale-source')
    expect(body['fields']).toContain('firm.parent.name')
  })

  it('a match that was merged into another: refused with the target, and only that', async () => {
    const kept = await act.create('firm', { name: 'Stays on' })
    const firm = await act.create('firm', { name: 'Merged GmbH' })
    const lead = await act.create('prospect', { last_name: 'Merge', company: 'Merged' })
    const { planHash, targets } = await act.shown('prospect-to-deal', lead.id)
    expect(targets[0]).toMatchObject({ action: 'link', link: { id: firm.id } })
    const merged = await admin('POST', '/api/records/firm/merge', {
      keep: kept.id,
      others: [firm.id],
      versions: { [kept.id]: kept.version, [firm.id]: firm.version },
    })
    expect(merged.status, JSON.stringify(merged.body)).toBe(201)
    const body = await stale('prospect-to-deal', { source: lead.id, planHash }, 'conversion.stale-match')
    expect(body['targets']).toEqual(['firm'])
  })

  it('a record that was looked up by hand and then edited: refused too', async () => {
    const firm = await act.create('firm', { name: 'Found by hand' })
    const lead = await act.create('prospect', { last_name: 'Hand', company: 'Something else' })
    const targets = { firm: { action: 'link', id: firm.id } }
    const { planHash } = await act.shown('prospect-to-deal', lead.id, targets)
    await act.change('firm', firm.id, { site: 'https://edited.example' })
    const body = await stale(
      'prospect-to-deal',
      { source: lead.id, targets, planHash },
      'conversion.stale-match',
    )
    expect(body['targets']).toEqual(['firm'])
  })

  it('a decision that comes after the preview is the user’s own, and no change', async () => {
    await act.create('person', { last_name: 'Decided', email: 'decided@hash.example' })
    const lead = await act.create('prospect', { last_name: 'Decided', email: 'decided@hash.example' })
    const { planHash } = await act.shown('prospect-to-deal', lead.id)
    await act.run('prospect-to-deal', {
      source: lead.id,
      planHash,
      targets: { person: { action: 'create' } },
    })
  })

  it('a record that is looked up after the preview is the user’s own decision too', async () => {
    const firm = await act.create('firm', { name: 'Found later' })
    const lead = await act.create('prospect', { last_name: 'Later', company: 'Later still' })
    const { planHash } = await act.shown('prospect-to-deal', lead.id)
    const targets = { firm: { action: 'link', id: firm.id } }
    const run = await act.run('prospect-to-deal', { source: lead.id, planHash, targets })
    expect(made(run, 'firm')).toBe(firm.id)
  })

  it('names what has changed alone, not what was looked up and is as it was', async () => {
    const firm = await act.create('firm', { name: 'Looked up' })
    const known = await act.create('person', { last_name: 'Stays', email: 'stays@hash.example' })
    const lead = await act.create('prospect', {
      last_name: 'Both',
      company: 'Other',
      email: 'stays@hash.example',
    })
    const targets = { firm: { action: 'link', id: firm.id } }
    const { planHash } = await act.shown('prospect-to-deal', lead.id, targets)
    await act.change('person', known.id, { first_name: 'Edited' })
    const body = await stale(
      'prospect-to-deal',
      { source: lead.id, targets, planHash },
      'conversion.stale-match',
    )
    expect(body['targets']).toEqual(['person'])
  })

  it('a definition that was published anew: refused', async () => {
    const lead = await act.create('prospect', { last_name: 'Defined', company: 'Defined' })
    const { planHash } = await act.shown('alone', lead.id)
    const { id } = (await admin<Row>('POST', '/api/changesets', { title: 'Anew' })).body
    await admin('PATCH', `/api/documents/conversion/alone?changeset=${id}`, { description: 'Anew' })
    expect((await admin('POST', `/api/changesets/${id}/publish`)).status).toBe(200)
    await stale('alone', { source: lead.id, planHash }, 'conversion.stale-definition')
  })
})
