import { describe, expect, it } from 'vitest'
import { testServer } from '../support/server.ts'
import { actions, made } from './world.ts'

const { user, server } = await testServer()
const admin = (await user(['admin'])).call
const act = actions(admin)

describe('the first touch', () => {
  it('comes along from the lead, and a later one does not replace it', async () => {
    const fair = await act.create('campaign', { name: 'Fair' })
    const mailing = await act.create('campaign', { name: 'Mailing' })
    const first = await act.create('lead', {
      last_name: 'Touched',
      email: 'touched@first.example',
      lead_source: 'fair',
      campaign: fair.id,
    })
    const run = await act.run('lead-to-customer', { source: first.id })
    expect(await act.read('opportunity', made(run, 'opportunity'))).toMatchObject({
      lead_source: 'fair',
      campaign: fair.id,
    })
    expect(await act.read('contact', made(run, 'contact'))).toMatchObject({ lead_source: 'fair' })

    const second = await act.create('lead', {
      last_name: 'Touched',
      email: 'touched@first.example',
      lead_source: 'web_form',
      campaign: mailing.id,
    })
    const later = await act.run('lead-to-customer', { source: second.id })
    expect(made(later, 'contact')).toBe(made(run, 'contact'))
    expect(await act.read('contact', made(run, 'contact'))).toMatchObject({ lead_source: 'fair' })
    // The second deal has a first touch of its own.
    expect(await act.read('opportunity', made(later, 'opportunity'))).toMatchObject({ campaign: mailing.id })
    expect(await act.read('lead', first.id)).toMatchObject({ lead_source: 'fair', campaign: fair.id })
  })

  it('of a campaign stays with its member, who is the contact from now on', async () => {
    const campaign = await act.create('campaign', { name: 'Webinar' })
    const lead = await act.create('lead', { last_name: 'Member' })
    const member = await act.create('campaign_member', { campaign: campaign.id, member: `lead/${lead.id}` })
    const run = await act.run('lead-to-customer', { source: lead.id })
    expect(await act.read('campaign_member', member.id)).toMatchObject({
      campaign: campaign.id,
      member: `contact/${made(run, 'contact')}`,
    })
  })
})

describe('the history of stages', () => {
  it('stays with the lead, and the deal begins its own', async () => {
    const lead = await act.create('lead', { last_name: 'Staged' })
    for (const status of ['assigned', 'in_process']) await act.change('lead', lead.id, { status })
    const run = await act.run('lead-to-customer', { source: lead.id })
    const events = async (record: string) =>
      (
        await server.db.pool.query(
          `SELECT before, after FROM xrm.stage_event WHERE record = $1 AND field LIKE '%sta%' ORDER BY id`,
          [record],
        )
      ).rows
    expect(await events(lead.id)).toEqual([
      { before: null, after: 'new' },
      { before: 'new', after: 'assigned' },
      { before: 'assigned', after: 'in_process' },
      { before: 'in_process', after: 'converted' },
    ])
    expect(await events(made(run, 'opportunity'))).toEqual([{ before: null, after: 'prospecting' }])
  })
})
