import { describe, expect, it } from 'vitest'
import { testServer } from '../support/server.ts'
import { actions, made } from './world.ts'

const { user } = await testServer()
const admin = (await user(['admin'])).call
const act = actions(admin)

describe('the conversions that ship beside the one of leads', () => {
  it('make an employee of a contact, who stays', async () => {
    const firm = await act.create('account', { name: 'Former employer' })
    const contact = await act.create('contact', {
      first_name: 'Eva',
      last_name: 'Neu',
      email: 'eva@hire.example',
      job_title: 'Engineer',
      account: firm.id,
    })
    const note = await act.create('activity', {
      type: 'note',
      subject: 'Interview',
      regarding: [`contact/${contact.id}`],
    })
    const run = await act.run('contact-to-employee', { source: contact.id })
    const employee = made(run, 'employee')
    expect(await act.read('employee', employee)).toMatchObject({
      first_name: 'Eva',
      last_name: 'Neu',
      email: 'eva@hire.example',
      job_title: 'Engineer',
      status: 'hired',
      known_as: contact.id,
    })
    expect((await act.read('activity', note.id))['regarding']).toEqual([
      `contact/${contact.id}`,
      `employee/${employee}`,
    ])
    // The former firm is still a customer, so the contact can be worked with.
    await act.change('contact', contact.id, { job_title: 'Was engineer' })
    const again = await act.tryRun('contact-to-employee', { source: contact.id })
    expect([again.status, again.body.code]).toEqual([409, 'conversion.already-converted'])
  })

  it('make a partner of an account, with the part of its address that says where', async () => {
    const account = await act.create('account', {
      name: 'Sells With Us GmbH',
      website: 'https://sells.example',
      address: { city: 'Jena', region: 'Thüringen', country: 'DE' },
    })
    const run = await act.run('account-to-partner', { source: account.id })
    expect(await act.read('partner', made(run, 'partner'))).toMatchObject({
      name: 'Sells With Us GmbH',
      status: 'talks',
      account: account.id,
      region: 'Thüringen',
      website: 'https://sells.example',
    })
    const other = await act.create('account', { name: 'SELLS WITH US' })
    const second = await act.run('account-to-partner', { source: other.id })
    expect(made(second, 'partner')).toBe(made(run, 'partner'))
  })

  it('follow an opportunity that is closed by others, any number of them, and no open one', async () => {
    const account = await act.create('account', { name: 'Buys Again' })
    const first = await act.create('opportunity', {
      name: 'Pump',
      account: account.id,
      amount: { amount: '900', currency: 'EUR' },
    })
    const early = await act.tryRun('follow-up-opportunity', { source: first.id })
    expect([early.status, early.body.code]).toEqual([422, 'conversion.not-available'])
    await act.change('opportunity', first.id, { stage: 'won' })
    const runs = [
      await act.run('follow-up-opportunity', { source: first.id }),
      await act.run('follow-up-opportunity', {
        source: first.id,
        targets: { opportunity: { values: { name: 'Maintenance' } } },
      }),
    ]
    const [one, two] = await Promise.all(runs.map((run) => act.read('opportunity', made(run, 'opportunity'))))
    expect(one).toMatchObject({
      name: expect.stringMatching(/^Pump \d{4}$/),
      stage: 'prospecting',
      account: account.id,
      amount: { amount: '900' },
    })
    expect(two).toMatchObject({ name: 'Maintenance' })
    expect(await act.read('opportunity', first.id)).toMatchObject({ stage: 'won' })
  })

  it('take a candidate on as supplier, or reject it with a reason', async () => {
    const candidate = await act.create('supplier_candidate', {
      company: 'Makes Bolts AG',
      contact_name: 'B. Olt',
      email: 'info@bolts.example',
    })
    const run = await act.run('candidate-to-supplier', { source: candidate.id })
    expect(await act.read('supplier', made(run, 'supplier'))).toMatchObject({
      name: 'Makes Bolts AG',
      status: 'in_qualification',
      contact_name: 'B. Olt',
    })
    expect(await act.read('supplier_candidate', candidate.id)).toMatchObject({ status: 'taken' })
    const other = await act.create('supplier_candidate', { company: 'Makes Nothing' })
    const reject = (body: object) =>
      admin<{ errors: { pointer: string }[] }>('POST', '/api/conversions/candidate-to-supplier/decline', {
        source: other.id,
        ...body,
      })
    expect((await reject({})).body.errors).toMatchObject([{ pointer: '#/reason' }])
    const { status, body } = await reject({ reason: 'other' })
    expect(status, JSON.stringify(body)).toBe(201)
    expect(await act.read('supplier_candidate', other.id)).toMatchObject({ status: 'rejected' })
  })

  it('make a lead of a member of a campaign, which is the origin of the lead', async () => {
    const campaign = await act.create('campaign', { name: 'Fair visitors' })
    const member = await act.create('campaign_member', {
      campaign: campaign.id,
      first_name: 'Vera',
      last_name: 'Visitor',
      email: 'vera@fair.example',
      note: 'Wants a catalogue',
    })
    const run = await act.run('campaign-member-to-lead', { source: member.id })
    expect(await act.read('lead', made(run, 'lead'))).toMatchObject({
      last_name: 'Visitor',
      campaign: campaign.id,
      description: 'Wants a catalogue',
    })
    // Who came to two fairs is one lead, and the first fair stays its origin.
    const second = await act.create('campaign', { name: 'Second fair' })
    const again = await act.create('campaign_member', {
      campaign: second.id,
      last_name: 'Visitor',
      email: 'VERA@fair.example',
      note: 'Came back',
    })
    const later = await act.run('campaign-member-to-lead', { source: again.id })
    expect(made(later, 'lead')).toBe(made(run, 'lead'))
    expect(await act.read('lead', made(run, 'lead'))).toMatchObject({
      campaign: campaign.id,
      description: 'Wants a catalogue\nCame back',
    })
    const nobody = await act.create('campaign_member', {
      campaign: campaign.id,
      member: `lead/${made(run, 'lead')}`,
    })
    expect((await act.tryRun('campaign-member-to-lead', { source: nobody.id })).body.code).toBe(
      'conversion.not-available',
    )
  })
})
