import { beforeAll, describe, expect, it } from 'vitest'
import type { Share } from '@xrm/sdk/access'
import { publish } from '../support/publish.ts'
import { fixture } from '../support/fixture-plugin.ts'
import { type Caller, testServer } from '../support/server.ts'

const { server, user, node } = await testServer({ plugins: [fixture] })

type Row = Record<string, unknown> & { id: string; version: number }
type Level = 'read' | 'update'
type User = Awaited<ReturnType<typeof user>>

let admin: Caller
let owner: User
let guest: User

beforeAll(async () => {
  admin = (await user(['admin'])).call
  const own = {
    read: 'own',
    create: 'all',
    update: 'own',
    delete: 'own',
    share: 'own',
    export: 'own',
    fields: { '*': 'write' },
  }
  await publish(admin, {
    'role/worker': {
      title: 'Worker',
      entities: { deal: own, prospect: { ...own, convert: 'own' }, firm: own },
    },
    'role/visitor': {
      title: 'Visitor',
      entities: { deal: { read: 'shared', update: 'shared', fields: { name: 'write', owner: 'read' } } },
    },
    'role/expressive': {
      title: 'Expressive',
      entities: { deal: { read: 'all', update: { when: "name == 'Mine'" }, fields: { name: 'write' } } },
    },
    'role/nothing': { title: 'Nothing', entities: { firm: { read: 'all', fields: { name: 'read' } } } },
  })
  owner = await user(['worker'])
  guest = await user(['worker'])
}, 60_000)

async function create(values: object, call = owner.call, entity = 'deal'): Promise<Row> {
  const { status, body } = await call<Row>('POST', `/api/records/${entity}`, values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

const grant = (kind: string, id: string, level: Level, entity?: string): object => ({
  grantee: { kind, id, ...(entity ? { entity } : {}) },
  level,
})

const share = (id: string, shares: object[], call = owner.call, entity = 'deal') =>
  call<{ shares: Share[]; errors?: { pointer: string; code: string }[] }>(
    'PUT',
    `/api/records/${entity}/${id}/shares`,
    { shares },
  )

describe('a record that is shared', () => {
  it('with a user is read by them, and changed only if it is shared for that; gone at once [ACL-17]', async () => {
    const deal = await create({ name: 'Shared deal' })
    const path = `/api/records/deal/${deal.id}`
    expect((await guest.call('GET', path)).status).toBe(404)
    const given = await share(deal.id, [grant('user', guest.id, 'read')])
    expect(given).toMatchObject({
      status: 200,
      body: { shares: [{ grantee: { kind: 'user', id: guest.id }, level: 'read', by: { id: owner.id } }] },
    })
    expect((await guest.call('GET', path)).status).toBe(200)
    expect((await guest.call('PATCH', path, { name: 'X' })).status).toBe(403)
    await share(deal.id, [grant('user', guest.id, 'update')])
    expect((await guest.call('PATCH', path, { name: 'Changed by the guest' })).status).toBe(200)
    expect((await guest.call('DELETE', path)).status).toBe(403)
    expect((await share(deal.id, [], guest.call)).status).toBe(403)
    const list = await guest.call<{ items: Row[]; count: { value: number } }>(
      'GET',
      '/api/records/deal?count=exact',
    )
    expect(list.body.items.map(({ id }) => id)).toContain(deal.id)
    expect(list.body.count.value).toBe(list.body.items.length)
    await share(deal.id, [])
    for (const suffix of ['', '/history', '/timeline', '/shares'])
      expect((await guest.call('GET', path + suffix)).status).toBe(404)
    expect(
      (await guest.call<{ items: Row[] }>('GET', '/api/records/deal')).body.items.map(({ id }) => id),
    ).not.toContain(deal.id)
  })

  it('with a team is read by its members and those of teams below, until they leave or the team goes [ACL-17]', async () => {
    const area = await create({ name: 'Area' }, admin, 'team')
    const inner = await create({ name: 'Inner', parent: area.id }, admin, 'team')
    const [member, outer] = [await user(['worker'], [inner.id]), await user(['worker'], [area.id])]
    const deal = await create({ name: 'For the area' }, admin)
    const path = `/api/records/deal/${deal.id}`
    await share(deal.id, [grant('team', inner.id, 'read')], admin)
    expect([(await member.call('GET', path)).status, (await outer.call('GET', path)).status]).toEqual([
      200, 404,
    ])
    await share(deal.id, [grant('team', area.id, 'read')], admin)
    expect([(await member.call('GET', path)).status, (await outer.call('GET', path)).status]).toEqual([
      200, 200,
    ])
    await admin('PATCH', `/api/users/${outer.id}`, { teams: [] })
    expect((await outer.call('GET', path)).status).toBe(404)
    await admin('DELETE', `/api/records/team/${area.id}`)
    expect((await member.call('GET', path)).status).toBe(404)
  })

  it('with a record is read by the logins that stand for it', async () => {
    const firm = await create({ name: 'Partner firm' }, admin, 'firm')
    const partner = await user(['visitor'])
    await admin('PATCH', `/api/users/${partner.id}`, {
      external: true,
      represents: { entity: 'firm', id: firm.id },
    })
    const deal = await create({ name: 'For partners', secret: 's' }, admin)
    expect((await share(deal.id, [grant('record', firm.id, 'update', 'firm')], admin)).status).toBe(200)
    const seen = await partner.call<Row>('GET', `/api/records/deal/${deal.id}`)
    expect(seen.body).toMatchObject({ name: 'For partners' })
    expect(seen.body).not.toHaveProperty('secret')
    expect(
      (await partner.call('PATCH', `/api/records/deal/${deal.id}`, { name: 'By the partner' })).status,
    ).toBe(200)
    await admin('PATCH', `/api/users/${partner.id}`, { represents: null })
    expect((await partner.call('GET', `/api/records/deal/${deal.id}`)).status).toBe(404)
  })

  it('is not seen by somebody whose roles say nothing of its kind', async () => {
    const deal = await create({ name: 'No role' })
    const { id, call } = await user(['nothing'])
    await share(deal.id, [grant('user', id, 'update')])
    expect((await call('GET', `/api/records/deal/${deal.id}`)).status).toBe(404)
  })

  it('may be changed out of what an expression covers, and nothing else may [ACL-09]', async () => {
    const { id, call } = await user(['expressive'])
    const [mine, shared] = [await create({ name: 'Mine' }, admin), await create({ name: 'Theirs' }, admin)]
    await share(shared.id, [grant('user', id, 'update')], admin)
    expect((await call('PATCH', `/api/records/deal/${shared.id}`, { name: 'Anything' })).status).toBe(200)
    expect((await call('PATCH', `/api/records/deal/${mine.id}`, { name: 'Anything' })).status).toBe(403)
  })

  it('is known to another node within two seconds, and forgotten there at once', async () => {
    const other = (await node()).as(guest.id)
    const deal = await create({ name: 'Two nodes' })
    const path = `/api/records/deal/${deal.id}`
    expect((await other('GET', path)).status).toBe(404)
    await share(deal.id, [grant('user', guest.id, 'read')])
    await expect.poll(async () => (await other('GET', path)).status, { timeout: 30_000 }).toBe(200)
    await share(deal.id, [])
    expect((await other('GET', path)).status).toBe(404)
  })
})

describe('sharing', () => {
  it('needs the right, gives nobody more than the giver has, and is in the security log', async () => {
    const deal = await create({ name: 'Given on' }, admin)
    await share(deal.id, [grant('user', guest.id, 'read')], admin)
    expect((await share(deal.id, [], guest.call)).status).toBe(403)
    expect((await guest.call('GET', `/api/records/deal/${deal.id}/shares`)).status).toBe(403)
    await publish(admin, {
      'role/sharer': {
        title: 'Sharer',
        entities: { deal: { read: 'all', share: 'all', fields: { name: 'read' } } },
      },
    })
    const sharer = await user(['sharer'])
    expect(await share(deal.id, [grant('user', owner.id, 'update')], sharer.call)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/shares/0/level', code: 'share.level' }] },
    })
    expect((await share(deal.id, [grant('user', owner.id, 'read')], sharer.call)).status).toBe(200)
    const { rows } = await server.db.pool.query<{ kind: string; details: { grantee: { id: string } } }>(
      'SELECT kind, details FROM xrm.audit WHERE subject = $1 ORDER BY id',
      [deal.id],
    )
    expect(rows.map(({ kind, details }) => [kind, details.grantee.id])).toEqual([
      ['shared', guest.id],
      ['unshared', guest.id],
      ['shared', owner.id],
    ])
  })

  it.each([
    ['nobody', { grantee: { kind: 'user', id: '0190c9a0-0000-7000-8000-000000000000' }, level: 'read' }, 422],
    [
      'a kind that is none',
      { grantee: { kind: 'world', id: '0190c9a0-0000-7000-8000-000000000000' }, level: 'read' },
      400,
    ],
    [
      'a level that is none',
      { grantee: { kind: 'user', id: '0190c9a0-0000-7000-8000-000000000000' }, level: 'all' },
      400,
    ],
    [
      'a record without its entity',
      { grantee: { kind: 'record', id: '0190c9a0-0000-7000-8000-000000000000' }, level: 'read' },
      400,
    ],
    ['text', 'everyone', 400],
  ])('with %s is refused', async (_, wanted, status) => {
    const deal = await create({ name: 'Refused' })
    expect(
      (await owner.call('PUT', `/api/records/deal/${deal.id}/shares`, { shares: [wanted] })).status,
    ).toBe(status)
    expect((await owner.call('GET', `/api/records/deal/${deal.id}/shares`)).body).toEqual({ shares: [] })
  })

  it('with a record out of sight is refused like one with an id that was never given [ACL-04]', async () => {
    const deal = await create({ name: 'Out of sight' })
    const hidden = await create({ name: 'Hidden firm' }, admin, 'firm')
    const attempt = (id: string) => share(deal.id, [grant('record', id, 'read', 'firm')])
    const [known, never] = [await attempt(hidden.id), await attempt('0190c9a0-0000-7000-8000-000000000000')]
    expect([known.status, known.body]).toEqual([never.status, never.body])
    expect(known.status).toBe(422)
  })
})

describe('what becomes of shares', () => {
  it('in a merge: they let in to the record that stays, and no longer when it is taken back', async () => {
    const [keep, other] = [await create({ name: 'Keep' }, admin), await create({ name: 'Other' }, admin)]
    const second = await user(['worker'])
    await share(keep.id, [grant('user', guest.id, 'read')], admin)
    await share(other.id, [grant('user', guest.id, 'update'), grant('user', second.id, 'read')], admin)
    const merged = await admin<{ id: string }>('POST', '/api/records/deal/merge', {
      keep: keep.id,
      others: [other.id],
    })
    expect(merged.status, JSON.stringify(merged.body)).toBe(201)
    const path = `/api/records/deal/${keep.id}`
    expect((await second.call('GET', path)).status).toBe(200)
    expect((await guest.call('PATCH', path, { name: 'Keep it' })).status).toBe(200)
    expect((await admin('POST', `/api/merges/${merged.body.id}/undo`)).status).toBe(200)
    expect((await second.call('GET', path)).status).toBe(404)
    expect((await guest.call('PATCH', path, { name: 'No more' })).status).toBe(403)
    expect((await second.call('GET', `/api/records/deal/${other.id}`)).status).toBe(200)
  })

  it('in a merge of what logins stand for and of teams: people stay where their records went', async () => {
    const [keep, other] = [
      await create({ name: 'Firm keep' }, admin, 'firm'),
      await create({ name: 'Firm other' }, admin, 'firm'),
    ]
    const partner = await user(['visitor'])
    await admin('PATCH', `/api/users/${partner.id}`, {
      external: true,
      represents: { entity: 'firm', id: other.id },
    })
    const deal = await create({ name: 'Of the firm' }, admin)
    await share(deal.id, [grant('record', other.id, 'read', 'firm')], admin)
    await admin('POST', '/api/records/firm/merge', { keep: keep.id, others: [other.id] })
    expect((await partner.call('GET', `/api/records/deal/${deal.id}`)).status).toBe(200)
    const [stays, goes] = [
      await create({ name: 'Stays' }, admin, 'team'),
      await create({ name: 'Goes' }, admin, 'team'),
    ]
    const member = await user(['worker'], [goes.id])
    const merged = await admin<{ id: string }>('POST', '/api/records/team/merge', {
      keep: stays.id,
      others: [goes.id],
    })
    const teams = async (): Promise<string[]> =>
      (await admin<{ items: { id: string; teams: string[] }[] }>('GET', '/api/users')).body.items.find(
        ({ id }) => id === member.id,
      )!.teams
    expect(await teams()).toContain(stays.id)
    await admin('POST', `/api/merges/${merged.body.id}/undo`)
    expect(await teams()).toEqual([goes.id])
  })

  it('in a conversion: they stay with the source, and let nobody in to what becomes of it', async () => {
    const lead = await create({ last_name: 'Shared', company: 'Shared Ltd' }, admin, 'prospect')
    await share(lead.id, [grant('user', guest.id, 'read')], admin, 'prospect')
    const run = await admin<{ targets: { record: { entity: string; id: string } }[] }>(
      'POST',
      '/api/conversions/prospect-to-deal/run',
      { source: lead.id },
    )
    expect(run.status).toBe(201)
    expect((await guest.call('GET', `/api/records/prospect/${lead.id}`)).status).toBe(200)
    for (const { record } of run.body.targets)
      expect((await guest.call('GET', `/api/records/${record.entity}/${record.id}`)).status).toBe(404)
  })
})
