import { beforeAll, describe, expect, it } from 'vitest'
import { publish } from '../support/publish.ts'
import { fixture } from '../support/fixture-plugin.ts'
import { type Caller, testServer } from '../support/server.ts'

const { server, user } = await testServer({ plugins: [fixture] })

type Row = Record<string, unknown> & { id: string; version: number }
interface List {
  items: Row[]
  count?: { value: number }
}

let admin: Caller
const fields = { '*': 'write' }
/** A role that reads and changes deals within a scope. */
const role = (scope: unknown, more: object = {}): object => ({
  title: 'Role',
  entities: { deal: { read: scope, update: scope, create: 'all', fields, ...more } },
})

beforeAll(async () => {
  admin = (await user(['admin'])).call
  await publish(admin, {
    'role/branch': role('branch'),
    'role/teamed': role('team'),
    'role/leading': role('reports'),
    'role/owning': role('own'),
    'role/portal': {
      title: 'Portal',
      entities: {
        firm: { read: { when: 'id == myRecord()' }, fields: { name: 'read' } },
        deal: { read: { when: 'firm == myRecord()' }, fields: { name: 'read', firm: 'read', owner: 'read' } },
        user: { read: 'own', fields: { name: 'read' } },
      },
    },
    'role/grandchild': {
      title: 'Grandchild',
      inherits: ['child', 'nothing'],
      entities: {},
    },
    'role/child': { title: 'Child', inherits: ['parent'], entities: {} },
    'role/nothing': { title: 'Nothing', entities: {} },
    'role/parent': {
      title: 'Parent',
      entities: { deal: { read: { when: "stage == 'open'" }, fields: { name: 'read', stage: 'read' } } },
    },
  })
}, 60_000)

async function create(entity: string, values: object, call = admin): Promise<Row> {
  const { status, body } = await call<Row>('POST', `/api/records/${entity}`, values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

const namesOf = async (call: Caller, entity = 'deal'): Promise<unknown[]> =>
  (await call<List>('GET', `/api/records/${entity}?fields=name&limit=500`)).body.items
    .map((item) => item['name'])
    .toSorted()

describe('teams are a tree', () => {
  it('whose members see what belongs to the teams below, and nobody what is above [ACL-02]', async () => {
    const sales = await create('team', { name: 'Tree sales', kind: 'department' })
    const north = await create('team', { name: 'Tree north', parent: sales.id })
    const coast = await create('team', { name: 'Tree coast', parent: north.id })
    for (const team of [sales, north, coast])
      await create('deal', { name: `D ${team['name'] as string}`, team: team.id })
    expect(await namesOf((await user(['branch'], [north.id])).call)).toEqual(['D Tree coast', 'D Tree north'])
    expect(await namesOf((await user(['teamed'], [north.id])).call)).toEqual(['D Tree north'])
    const head = await user(['branch'], [sales.id])
    expect(await namesOf(head.call)).toHaveLength(3)
    // A team that moves takes its records along, at once.
    await admin('PATCH', `/api/records/team/${north.id}`, { parent: null })
    expect(await namesOf(head.call)).toEqual(['D Tree sales'])
    // What is in the bin connects nothing.
    await admin('PATCH', `/api/records/team/${north.id}`, { parent: sales.id })
    expect(await namesOf(head.call)).toHaveLength(3)
    await admin('DELETE', `/api/records/team/${north.id}`)
    expect(await namesOf(head.call)).toEqual(['D Tree sales'])
  })

  it('and no circle, not even one that two close at once', async () => {
    const top = await create('team', { name: 'Circle top' })
    const below = await create('team', { name: 'Circle below', parent: top.id })
    expect(await admin('PATCH', `/api/records/team/${top.id}`, { parent: below.id })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/parent', code: 'team.circle' }] },
    })
    expect((await admin('PATCH', `/api/records/team/${top.id}`, { parent: top.id })).status).toBe(422)
    const [a, b] = [await create('team', { name: 'Circle a' }), await create('team', { name: 'Circle b' })]
    const answers = await Promise.all([
      admin('PATCH', `/api/records/team/${a.id}`, { parent: b.id }),
      admin('PATCH', `/api/records/team/${b.id}`, { parent: a.id }),
    ])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 422])
    const many = await admin('PATCH', '/api/records/team', [
      { id: a.id, parent: null },
      { id: b.id, parent: null },
    ])
    expect(many.status).toBe(200)
    const both = await admin('PATCH', '/api/records/team', [
      { id: a.id, parent: b.id },
      { id: b.id, parent: a.id },
    ])
    expect(both.status).toBe(422)
  })
})

describe('managers', () => {
  it('see what belongs to those below them, directly or not, and to themselves', async () => {
    const [boss, lead, rep, other] = [
      await user(['leading']),
      await user(['leading']),
      await user(['owning']),
      await user(['owning']),
    ]
    await admin('PATCH', `/api/users/${lead.id}`, { manager: boss.id })
    await admin('PATCH', `/api/users/${rep.id}`, { manager: lead.id })
    for (const { id, call } of [boss, lead, rep, other]) await create('deal', { name: `M ${id}` }, call)
    expect(await namesOf(boss.call)).toEqual([boss, lead, rep].map(({ id }) => `M ${id}`).toSorted())
    expect(await namesOf(lead.call)).toEqual([lead, rep].map(({ id }) => `M ${id}`).toSorted())
    expect(await namesOf(rep.call)).toEqual([`M ${rep.id}`])
    await admin('PATCH', `/api/users/${rep.id}`, { manager: null })
    expect(await namesOf(boss.call)).toHaveLength(2)
  })

  it('report to nobody who reports to them', async () => {
    const [a, b] = [await user([]), await user([])]
    expect((await admin('PATCH', `/api/users/${a.id}`, { manager: b.id })).status).toBe(200)
    for (const [who, manager] of [
      [b.id, a.id],
      [a.id, a.id],
    ] as const)
      expect(await admin('PATCH', `/api/users/${who}`, { manager })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '#/manager', code: 'user.circle' }] },
      })
  })
})

describe('roles', () => {
  it('have what they inherit, with its conditions, however deep [ACL-11]', async () => {
    await create('deal', { name: 'Inherited open', stage: 'open', secret: 'x' })
    await create('deal', { name: 'Inherited won', stage: 'won', secret: 'x' })
    const { call } = await user(['grandchild'])
    const { body } = await call<List>('GET', '/api/records/deal?limit=500')
    expect(body.items.map((item) => item['name'])).toContain('Inherited open')
    expect(body.items.every((item) => item['stage'] === 'open')).toBe(true)
    expect(body.items[0]).not.toHaveProperty('secret')
    expect((await call('GET', '/api/records/deal?sort=secret')).status).toBe(400)
    const { body: own } = await admin<List>(
      'GET',
      '/api/records/deal?filter=name%20%3D%3D%20%22Inherited%20open%22',
    )
    expect((await call('PATCH', `/api/records/deal/${own.items[0]!.id}`, { name: 'X' })).status).toBe(403)
  })

  it('inherit neither in circles nor from what is not there [ACL-11]', async () => {
    const { body: draft } = await admin<{ id: string }>('POST', '/api/changesets', { title: 'Circle' })
    const put = (name: string, body: object) =>
      admin('PUT', `/api/documents/role/${name}?changeset=${draft.id}`, body)
    await put('round', { title: 'Round', inherits: ['square'], entities: {} })
    await put('square', { title: 'Square', inherits: ['child', 'round'], entities: {} })
    await put('lost', { title: 'Lost', inherits: ['nobody'], entities: {} })
    const { status, body } = await admin<{ errors: { pointer: string; code: string }[] }>(
      'POST',
      `/api/changesets/${draft.id}/publish`,
    )
    expect(status).toBe(422)
    const said = body.errors.map(({ code }) => code)
    expect(said.filter((code) => code === 'role.circle')).toHaveLength(2)
    expect(JSON.stringify(body)).toContain('/inherits/1')
    expect(said).toContain('reference.unknown')
  })
})

describe('people of other firms', () => {
  it('see what they stand for and what is tied to it, and of users only themselves', async () => {
    const firm = await create('firm', { name: 'Customer' })
    const rival = await create('firm', { name: 'Rival' })
    await create('deal', { name: 'For the customer', firm: firm.id })
    await create('deal', { name: 'For the rival', firm: rival.id })
    const person = await user(['portal'])
    await admin('PATCH', `/api/users/${person.id}`, {
      external: true,
      represents: { entity: 'firm', id: firm.id },
    })
    expect(await namesOf(person.call, 'firm')).toEqual(['Customer'])
    expect(await namesOf(person.call)).toEqual(['For the customer'])
    expect((await person.call('GET', `/api/records/firm/${rival.id}`)).status).toBe(404)
    expect(await namesOf(person.call, 'user')).toHaveLength(1)
    expect((await person.call('GET', '/api/records/team')).status).toBe(404)
    const { body } = await person.call<List>('GET', '/api/records/deal?fields=name,owner,owner.name')
    expect(body.items[0]).toMatchObject({ 'owner.name': null })
    expect((await person.call('GET', '/api/search?q=admin')).body).toEqual({ groups: [] })
  })

  it('have nothing that colleagues have by the same roles and for everybody, whoever asks first', async () => {
    const [colleague, stranger] = [await user(['owning']), await user(['owning'])]
    await admin('PATCH', `/api/users/${stranger.id}`, { external: true })
    const asks = (call: Caller) => call('GET', '/api/records/team').then(({ status }) => status)
    expect(await asks(colleague.call)).toBe(200)
    expect(await asks(stranger.call)).toBe(404)
    expect(await asks(colleague.call)).toBe(200)
  })
})

describe('users', () => {
  it('are changed whole or not at all, and the security log says by whom and what', async () => {
    const { id } = await user(['owning'])
    const team = await create('team', { name: 'Logged' })
    const refused = await admin('PATCH', `/api/users/${id}`, {
      name: 'Changed',
      teams: ['0190c9a0-0000-7000-8000-000000000000'],
    })
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/teams/0' }] } })
    const answer = await admin<Row>('PATCH', `/api/users/${id}`, {
      name: 'Changed',
      teams: [team.id],
      roles: ['branch'],
    })
    expect(answer.body).toMatchObject({
      name: 'Changed',
      teams: [team.id],
      roles: ['branch'],
      external: false,
    })
    const { rows } = await server.db.pool.query<{ actor_name: string; details: object }>(
      `SELECT actor_name, details FROM xrm.audit WHERE kind = 'user-changed' AND subject = $1`,
      [id],
    )
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      actor_name: 'admin 1',
      details: { roles: { before: ['owning'], after: ['branch'] }, teams: { before: [], after: [team.id] } },
    })
    expect(JSON.stringify(rows)).not.toContain('password')
  })

  it.each([
    ['manager', 7],
    ['manager', '0190c9a0-0000-7000-8000-000000000000'],
    ['represents', 'x'],
    ['represents', { entity: 'firm' }],
    ['represents', { entity: 'nothing', id: '0190c9a0-0000-7000-8000-000000000000' }],
    ['external', 'yes'],
    ['name', ''],
    ['admin', true],
  ])('refuse %s %j', async (key, value) => {
    const { id } = await user([])
    const { status, body } = await admin<{ errors: { pointer: string }[] }>('PATCH', `/api/users/${id}`, {
      [key]: value,
    })
    expect(status).toBe(400)
    expect(body.errors[0]!.pointer).toMatch(new RegExp(`^#/${key}`))
  })
})
