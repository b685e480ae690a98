import { beforeAll, describe, expect, it } from 'vitest'
import type { EffectiveAccess, WhoAnswer, WhyAnswer } from '@xrm/sdk/access'
import { publish } from '../support/publish.ts'
import { fixture } from '../support/fixture-plugin.ts'
import { type Caller, testServer } from '../support/server.ts'

const { user } = await testServer({ plugins: [fixture] })

type User = Awaited<ReturnType<typeof user>>
interface Row {
  id: string
  [name: string]: unknown
}

let admin: Caller
const people: User[] = []
const deals: Row[] = []

async function create(values: object, call = admin, entity = 'deal'): Promise<Row> {
  const { status, body } = await call<Row>('POST', `/api/records/${entity}`, values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

const why = async (who: User, action: string, more: object = {}): Promise<WhyAnswer> => {
  const request = { user: who.id, entity: 'deal', action, ...more }
  const { status, body } = await admin<WhyAnswer>('POST', '/api/access/why', request)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

beforeAll(async () => {
  admin = (await user(['admin'])).call
  const entity = (deal: object): object => ({ title: 'Role', entities: { deal } })
  await publish(admin, {
    'role/wide': entity({
      read: 'all',
      fields: { name: 'read', owner: 'read', amount: 'read', probability: 'read' },
    }),
    'role/deep': entity({
      read: 'own',
      update: 'own',
      delete: 'own',
      create: 'all',
      fields: { '*': 'write' },
    }),
    'role/teamed': entity({ read: 'team', update: 'team', fields: { name: 'write', secret: 'read' } }),
    'role/open': entity({
      read: { when: "stage == 'open'" },
      update: { when: "stage == 'open'" },
      fields: { secret: 'write' },
    }),
    'role/heir': { title: 'Heir', inherits: ['deep'], entities: {} },
    'role/blind': entity({ update: 'all', fields: { '*': 'write' } }),
  })
  const team = await create({ name: 'Why' }, admin, 'team')
  for (const roles of [
    ['wide'],
    ['deep'],
    ['teamed'],
    ['open'],
    ['heir'],
    ['blind'],
    ['wide', 'deep'],
    ['teamed', 'open'],
    [],
  ])
    people.push(await user(roles, [team.id]))
  const owners = [people[1]!, people[4]!, people[6]!]
  for (const stage of ['open', 'won'])
    for (const more of [{}, { team: team.id }, ...owners.map(({ id }) => ({ owner: id }))])
      deals.push(
        await create({
          name: `${stage} ${deals.length}`,
          stage,
          secret: 's',
          amount: '5',
          probability: '50',
          ...more,
        }),
      )
  const shares = [
    { grantee: { kind: 'user', id: people[1]!.id }, level: 'read' },
    { grantee: { kind: 'team', id: team.id }, level: 'update' },
  ]
  await admin('PUT', `/api/records/deal/${deals[0]!.id}/shares`, { shares })
}, 120_000)

describe('why', () => {
  it('says what the product does, for every person, record and field [ACL-02]', async () => {
    const wrong: unknown[] = []
    let allowed = 0
    for (const person of people)
      for (const deal of deals) {
        const path = `/api/records/deal/${deal.id}`
        const record = { record: deal.id }
        const seen = (await person.call('GET', path)).status === 200
        if ((await why(person, 'read', record)).allowed !== seen) wrong.push([person.id, deal, 'read'])
        for (const field of ['name', 'secret', 'expected']) {
          const { status, body } = await person.call<Row>('GET', `${path}?fields=${field}`)
          const real = status === 200 && body[field] !== null
          if ((await why(person, 'read', { ...record, field })).allowed !== real)
            wrong.push([person.id, deal, field])
          if (real) allowed++
        }
        for (const field of ['name', 'secret']) {
          // What a record may not become is another question: the value stays what it is.
          const real = (await person.call('PATCH', path, { [field]: deal[field] })).status === 200
          if ((await why(person, 'update', { ...record, field })).allowed !== real)
            wrong.push([person.id, deal, 'update', field])
          if (real) allowed++
        }
      }
    expect(wrong).toEqual([])
    expect(allowed).toBeGreaterThan(50)
  })

  it('names the role, the way to it and the scope', async () => {
    const own = deals.find(({ owner }) => owner === people[4]!.id)!
    expect(await why(people[4]!, 'update', { record: own.id, field: 'secret' })).toMatchObject({
      allowed: true,
      reasons: [{ code: 'grants', role: 'deep', via: ['heir'], scope: 'own', field: 'secret' }],
    })
  })

  it('names what is missing, of each role by itself', async () => {
    const foreign = deals[0]!
    expect(await why(people[6]!, 'read', { record: deals[1]!.id, field: 'secret' })).toMatchObject({
      allowed: false,
      reasons: [
        { code: 'scope-misses', role: 'deep', scope: 'own' },
        { code: 'field-denied', role: 'wide', scope: 'all', field: 'secret' },
      ],
    })
    expect((await why(people[5]!, 'update', { record: foreign.id })).reasons).toMatchObject([
      { code: 'no-grant', role: 'blind' },
    ])
    expect((await why(people[8]!, 'read')).reasons).toMatchObject([{ code: 'no-grant', role: null }])
    expect((await why(people[0]!, 'delete')).reasons).toMatchObject([{ code: 'no-grant', role: 'wide' }])
  })

  it('names the share where nothing else gives it', async () => {
    const { allowed, reasons } = await why(people[1]!, 'read', { record: deals[0]!.id })
    expect(allowed).toBe(true)
    expect(reasons).toMatchObject([
      { code: 'grants', role: 'deep', scope: 'shared', share: { level: 'read' } },
    ])
  })

  it('names the input of a formula that is withheld', async () => {
    const { reasons } = await why(people[2]!, 'read', { field: 'expected' })
    expect(reasons).toMatchObject([{ code: 'field-denied', field: 'amount' }])
  })

  it('knows records in the bin, records that are none, and accounts that are closed', async () => {
    const gone = await create({ name: 'Gone' })
    await admin('DELETE', `/api/records/deal/${gone.id}`)
    expect((await why(people[0]!, 'read', { record: gone.id })).reasons).toMatchObject([{ code: 'deleted' }])
    for (const record of ['x', '0190c9a0-0000-7000-8000-000000000000'])
      expect((await why(people[0]!, 'read', { record })).reasons).toMatchObject([{ code: 'no-such-record' }])
    const closed = await user(['wide'])
    await admin('PATCH', `/api/users/${closed.id}`, { active: false })
    expect(await why(closed, 'read')).toMatchObject({ allowed: false, reasons: [{ code: 'inactive' }] })
    expect((await admin('GET', `/api/access/users/${closed.id}`)).body).toEqual({ entities: [] })
  })

  it('knows what everybody has, and who has nothing of it', async () => {
    expect((await why(people[8]!, 'read', { entity: 'user' })).reasons).toMatchObject([{ code: 'everyone' }])
    const stranger = await user([])
    await admin('PATCH', `/api/users/${stranger.id}`, { external: true })
    expect(await why(stranger, 'read', { entity: 'user' })).toMatchObject({
      allowed: false,
      reasons: [{ code: 'external' }],
    })
  })

  it('says of a user what the model says to them', async () => {
    for (const person of people) {
      const { body } = await admin<EffectiveAccess>('GET', `/api/access/users/${person.id}`)
      const { body: model } = await person.call<{
        entities: Record<string, { fields: object; can: Record<string, boolean> }>
      }>('GET', '/api/model')
      expect(body.entities.map(({ entity }) => entity).toSorted()).toEqual(
        Object.keys(model.entities).toSorted(),
      )
      const deal = body.entities.find(({ entity }) => entity === 'deal')
      for (const action of ['create', 'update', 'delete', 'convert', 'export', 'share'] as const)
        expect((deal?.actions[action].length ?? 0) > 0).toBe(model.entities['deal']?.can[action] ?? false)
    }
  })

  it('is for administrators, and asks for what is there', async () => {
    expect(
      (
        await people[0]!.call('POST', '/api/access/why', {
          user: people[0]!.id,
          entity: 'deal',
          action: 'read',
        })
      ).status,
    ).toBe(403)
    expect((await people[0]!.call('GET', `/api/access/users/${people[0]!.id}`)).status).toBe(403)
    for (const [more, pointer, status] of [
      [{ action: 'fly' }, '#/action', 400],
      [{ action: 'create', record: deals[0]!.id }, '#/record', 400],
      [{ field: 'nosuch' }, '#/field', 404],
      [{ user: 'nobody' }, '#/user', 404],
      [{ extra: 1 }, '#/extra', 400],
    ] as const)
      expect(
        await admin('POST', '/api/access/why', {
          user: people[0]!.id,
          entity: 'deal',
          action: 'read',
          ...more,
        }),
      ).toMatchObject({ status, body: { errors: [{ pointer }] } })
  })
})

describe('who may', () => {
  const who = (request: object) => admin<WhoAnswer>('POST', '/api/access/who', request)
  const users = (): string[] => people.map(({ id }) => id)

  it('is answered for all at once as it is for each: actions, fields, owners, teams, conditions, shares', async () => {
    const gone = await create({ name: 'Gone', stage: 'open' })
    expect((await admin('DELETE', `/api/records/deal/${gone.id}`)).status).toBe(204)
    for (const record of [...deals, gone])
      for (const action of ['read', 'update', 'delete', 'convert', 'export', 'share'])
        for (const field of [undefined, 'name', 'secret', 'expected']) {
          if (field !== undefined && !['read', 'update', 'export'].includes(action)) continue
          const more = { record: record.id, ...(field ? { field } : {}) }
          const { status, body } = await who({ entity: 'deal', action, ...more, users: users() })
          expect(status, JSON.stringify(body)).toBe(200)
          const each = await Promise.all(people.map((one) => why(one, action, more)))
          expect(body.allowed, `${action} ${field} ${String(record['name'])}`).toEqual(
            users().filter((_, index) => each[index]!.allowed),
          )
        }
  })

  it('leaves out who has no account any more', async () => {
    const gone = await user(['wide'])
    const request = { entity: 'deal', action: 'read', record: deals[0]!.id, users: [gone.id] }
    expect((await who(request)).body.allowed).toEqual([gone.id])
    expect((await admin('PATCH', `/api/users/${gone.id}`, { active: false })).status).toBe(200)
    expect((await who(request)).body.allowed).toEqual([])
  })

  it('is for administrators, and asks for what is there', async () => {
    const request = { entity: 'deal', action: 'read', record: deals[0]!.id, users: users() }
    expect((await people[0]!.call('POST', '/api/access/who', request)).status).toBe(403)
    for (const [more, pointer, status] of [
      [{ action: 'create' }, '#/record', 400],
      [{ action: 'delete', field: 'name' }, '#/field', 400],
      [{ users: [] }, '#/users', 400],
      [{ users: ['nobody'] }, '#/users/0', 400],
      [{ users: Array.from({ length: 101 }, () => people[0]!.id) }, '#/users', 400],
      [{ field: 'nosuch' }, '#/field', 404],
      [{ extra: 1 }, '#/extra', 400],
    ] as const)
      expect(await who({ ...request, ...more })).toMatchObject({ status, body: { errors: [{ pointer }] } })
    expect((await who({ ...request, record: 'x' })).status).toBe(404)
    expect((await who({ ...request, entity: 'nosuch' })).status).toBe(404)
  })
})
