import { describe, expect, it } from 'vitest'
import { testServer } from './support/server.ts'

type Body = Record<string, never>
interface Run {
  targets: Record<string, { action: string; id: string | null }>
}

describe('the plugins that ship', async () => {
  const { user, server } = await testServer()
  const admin = await user(['admin'])
  const team = (await admin.call<{ id: string }>('POST', '/api/records/team', { name: 'South' })).body.id
  const sales = await user(['sales'], [team])
  const buyer = await user(['purchasing'])
  const reader = await user(['reader'])

  const make = async (caller: typeof sales, entity: string, values: object): Promise<string> => {
    const { status, body } = await caller.call<{ id: string }>('POST', `/api/records/${entity}`, values)
    expect(status, JSON.stringify(body)).toBe(201)
    return body.id
  }

  it('compile into a model without issues', async () => {
    expect(server.plugins.failures).toEqual([])
    const { rows } = await server.db.pool.query('SELECT version FROM xrm.model')
    expect(rows).toEqual([{ version: 1 }])
  })

  it('take a lead with a person or a company, reachable or not, and nobody else', async () => {
    await make(sales, 'lead', { last_name: 'Alone' })
    await make(sales, 'lead', { company: 'Only a firm' })
    const { status, body } = await sales.call<{ errors: { pointer: string; code: string }[] }>(
      'POST',
      '/api/records/lead',
      {
        email: 'a@example.com',
      },
    )
    expect([status, body.errors[0]?.code]).toEqual([422, 'rule.person-or-company'])
  })

  it('make one account of a firm that ten leads spell in three ways at the same time', async () => {
    const spellings = ['Müller & Söhne GmbH', 'MÜLLER UND SÖHNE', 'Müller & Soehne'.replace('oe', 'ö')]
    const leads = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        make(sales, 'lead', {
          last_name: `Person ${index}`,
          company: spellings[index % 3],
          email: `p${index}@mueller.example`,
        }),
      ),
    )
    const runs = await Promise.all(
      leads.map((source) => sales.call<Run>('POST', '/api/conversions/lead-to-customer/run', { source })),
    )
    expect(runs.map(({ status }) => status)).toEqual(leads.map(() => 201))
    const count = async (table: string, where: string): Promise<number> =>
      (await server.db.pool.query(`SELECT FROM record.${table} WHERE ${where}`)).rowCount ?? 0
    expect(await count('account', `name ~* 'müller'`)).toBe(1)
    expect(await count('contact', `email ~ '@mueller.example'`)).toBe(10)
    expect(await count('opportunity', `name ~* 'müller'`)).toBe(10)
    expect(await count('lead', `company ~* 'müller' AND status = 'converted'`)).toBe(10)
  })

  it('lead a lead without company and without business into the network: a contact alone', async () => {
    const source = await make(sales, 'lead', { last_name: 'Network' })
    const { status, body } = await sales.call<Run>('POST', '/api/conversions/lead-to-customer/run', {
      source,
      targets: { opportunity: { action: 'skip' } },
    })
    expect([status, body]).toEqual([201, expect.anything()])
    const { rows } = await server.db.pool.query(
      `SELECT t.entity, t.action FROM xrm.conversion_target t JOIN xrm.conversion_run r ON r.id = t.run WHERE r.source = $1 ORDER BY t.entity`,
      [source],
    )
    expect(rows.filter(({ action }) => action !== 'skip')).toEqual([{ entity: 'contact', action: 'create' }])
  })

  it('note an appointment in the same step, on the timelines of all that comes of the lead', async () => {
    const source = await make(sales, 'lead', { last_name: 'Talk', company: 'Talk AG' })
    const { status, body } = await sales.call<{ targets: { key: string; record: { id: string } }[] }>(
      'POST',
      '/api/conversions/lead-to-customer/run',
      {
        source,
        targets: { appointment: { action: 'create', values: { due_at: '2026-12-01T09:00:00Z' } } },
      },
    )
    expect(status, JSON.stringify(body)).toBe(201)
    const idOf = (key: string): string => body.targets.find((target) => target.key === key)!.record.id
    const { body: activity } = await sales.call<Body>('GET', `/api/records/activity/${idOf('appointment')}`)
    expect(activity).toMatchObject({
      type: 'meeting',
      status: 'planned',
      subject: 'Talk',
      regarding: [
        `account/${idOf('account')}`,
        `contact/${idOf('contact')}`,
        `opportunity/${idOf('opportunity')}`,
      ],
    })
  })

  it('let purchasing make a supplier of a lead, and nothing that sales makes of it', async () => {
    const source = await make(sales, 'lead', { company: 'Sells Instead AG', last_name: 'Seller' })
    expect((await buyer.call('POST', '/api/conversions/lead-to-customer/run', { source })).status).toBe(403)
    expect((await buyer.call('POST', '/api/conversions/lead-to-supplier/run', { source })).status).toBe(201)
    const { rows } = await server.db.pool.query(`SELECT name, status, contact_name FROM record.supplier`)
    expect(rows).toEqual([{ name: 'Sells Instead AG', status: 'candidate', contact_name: 'Seller' }])
    expect((await sales.call('PATCH', `/api/records/lead/${source}`, { score: 5 })).status).not.toBe(200)
  })

  it('refuse an approved supplier without an ABC class', async () => {
    const id = await make(buyer, 'supplier', { name: 'Ratingless' })
    const { status, body } = await buyer.call<{ errors: { pointer: string; code: string }[] }>(
      'PATCH',
      `/api/records/supplier/${id}`,
      {
        status: 'approved',
      },
    )
    expect(status).toBe(422)
    expect(body.errors).toEqual([
      expect.objectContaining({ pointer: '#/rating', code: 'suppliers.rating-missing' }),
    ])
    expect(
      (await buyer.call('PATCH', `/api/records/supplier/${id}`, { status: 'approved', rating: 'a' })).status,
    ).toBe(200)
  })

  it('let each role do its own work and nothing more', async () => {
    const account = await make(sales, 'account', { name: 'Rights Ltd', roles: ['customer', 'supplier'] })
    expect(
      (await sales.call('PATCH', `/api/records/account/${account}`, { active: false, owner: buyer.id, team }))
        .status,
    ).toBe(200)
    const other = await make(admin, 'account', { name: 'Of the admin' })
    expect((await sales.call('PATCH', `/api/records/account/${other}`, { phone: '123456' })).status).toBe(403)
    expect((await buyer.call('GET', `/api/records/account/${account}`)).status).toBe(200)
    expect((await buyer.call('PATCH', `/api/records/account/${account}`, { phone: '123456' })).status).toBe(
      403,
    )
    expect((await buyer.call('GET', '/api/records/opportunity')).status).toBe(404)
    for (const entity of [
      'account',
      'contact',
      'lead',
      'opportunity',
      'supplier',
      'activity',
      'campaign',
      'campaign_member',
    ]) {
      expect([entity, (await reader.call('GET', `/api/records/${entity}`)).status]).toEqual([entity, 200])
      expect([entity, (await reader.call('POST', `/api/records/${entity}`, {})).status]).toEqual([
        entity,
        403,
      ])
    }
  })

  it('take the probability from the stage and the expected revenue from both', async () => {
    const id = await make(sales, 'opportunity', {
      name: 'Big deal',
      stage: 'proposal',
      amount: { amount: '1000', currency: 'EUR' },
    })
    const read = async (): Promise<Body> => (await sales.call('GET', `/api/records/opportunity/${id}`)).body
    expect(await read()).toMatchObject({
      probability: '50',
      expected_revenue: { amount: '500', currency: 'EUR' },
    })
    await sales.call('PATCH', `/api/records/opportunity/${id}`, { stage: 'won' })
    expect(await read()).toMatchObject({
      probability: '100',
      expected_revenue: { amount: '1000', currency: 'EUR' },
    })
  })

  it('keep status and moment of an activity together, and take a note for something that happened', async () => {
    const note = await make(sales, 'activity', { type: 'note', subject: 'Seen' })
    const task = await make(sales, 'activity', { type: 'task', subject: 'Do it' })
    const read = async (id: string): Promise<Body> =>
      (await sales.call('GET', `/api/records/activity/${id}`)).body
    expect(await read(note)).toMatchObject({ status: 'done', done_at: expect.any(String) as string })
    expect(await read(task)).toMatchObject({ status: 'planned', done_at: null })
    await sales.call('PATCH', `/api/records/activity/${task}`, { status: 'done' })
    expect(await read(task)).toMatchObject({ done_at: expect.any(String) as string })
    await sales.call('PATCH', `/api/records/activity/${task}`, { status: 'planned' })
    expect(await read(task)).toMatchObject({ done_at: null })
  })
})
