import fc from 'fast-check'
import { afterEach, beforeAll, expect, it } from 'vitest'
import type { Role } from '@xrm/sdk'
import { fixture } from '../support/fixture-plugin.ts'
import { publish } from '../support/publish.ts'
import { type Caller, testServer } from '../support/server.ts'
import { changesField, type Deal, fields, may, randomGrants, seesField } from './access/rules.ts'
import { makeDeals, makePeople, type Member } from './access/firm.ts'
import { seed } from './interference/run.ts'

const { user } = await testServer({ plugins: [fixture] })

type Row = Record<string, unknown> & { id: string }

let admin: Caller
let people: Member[]
let deals: Deal[]

beforeAll(async () => {
  admin = (await user(['admin'])).call
  people = await makePeople(admin, user)
  deals = await makeDeals(admin, people)
}, 120_000)

afterEach(({ task }) => {
  if (task.result?.state === 'fail') console.error(`To repeat: XRM_LAW_SEED=${seed}`)
})

/** Two roles, of which the second may come by inheritance alone. */
const cases = fc.record({
  first: randomGrants,
  second: fc.option(randomGrants, { nil: null }),
  inherits: fc.boolean(),
  who: fc.nat({ max: 5 }),
  /** Which deals are changed and removed. */
  picks: fc.array(fc.tuple(fc.nat({ max: 39 }), fc.constantFrom(...fields)), { minLength: 6, maxLength: 6 }),
})

/** The id of no record: what may not be seen looks the same. */
const nobody = '0190c9a0-0000-7000-8000-000000000000'

const changed = {
  name: 'Changed',
  heat: 'cold',
  secret: 'other',
  probability: '60',
  amount: { amount: '20', currency: 'EUR' },
}

it('lets everybody see, change, take out and remove what their roles say, and nothing else [ACL-02, ACL-09, ACL-11, ACL-12]', async () => {
  const all = fc.sample(cases, { seed, numRuns: 60 })
  const roles = all.flatMap(({ first, second, inherits }, index) => {
    const role = (grants: Role['entities'][string], more: object = {}): object => ({
      title: 'Random',
      entities: { deal: grants },
      ...more,
    })
    return [
      [`role/first-${index}`, role(first, second && inherits ? { inherits: [`second-${index}`] } : {})],
      ...(second ? [[`role/second-${index}`, role(second)]] : []),
    ]
  })
  await publish(admin, Object.fromEntries(roles) as Record<string, unknown>)
  for (const [index, { first, second, inherits, who, picks }] of all.entries()) {
    const person = people[who]!
    const held = [`first-${index}`, ...(second && !inherits ? [`second-${index}`] : [])]
    expect((await admin('PATCH', `/api/users/${person.id}`, { roles: held })).status).toBe(200)
    const grants = second ? [first, second] : [first]
    const told = JSON.stringify({ index, who, inherits, grants })
    await expectReads(person, grants, told)
    for (const [number, field] of picks) await expectChange(person, grants, deals[number]!, field, told)
    await expectRemoval(person, grants, deals[picks[0]![0]]!, told)
    await admin('PATCH', `/api/users/${person.id}`, { roles: [] })
  }
})

type Grants = Role['entities'][string][]

async function expectReads(person: Member, grants: Grants, told: string): Promise<void> {
  const { status, body } = await person.call<{ items: Row[] }>(
    'GET',
    '/api/records/deal?limit=100&count=exact',
  )
  const isThere = grants.some(({ read = 'none' }) => read !== 'none')
  expect(status, told).toBe(isThere ? 200 : 404)
  if (!isThere) return
  const seen = deals.filter((deal) => may(grants, 'read', deal, person))
  expect(new Set(body.items.map(({ id }) => id)), told).toEqual(new Set(seen.map(({ id }) => id)))
  expect(body, told).toMatchObject({ count: { value: seen.length } })
  for (const deal of seen) {
    const row = body.items.find(({ id }) => id === deal.id)!
    for (const name of [...fields, 'expected'] as const) {
      const value = row[name] ?? null
      const why = `${name} of ${JSON.stringify(deal)}: ${told}`
      if (!seesField(grants, name, deal, person)) expect(value, why).toBeNull()
      else if (name !== 'expected') expect(value, why).toEqual(deal[name])
      else expect(value === null, why).toBe(deal.amount === null || deal.probability === null)
    }
  }
  const file = await person.call('GET', '/api/records/deal/export?fields=id')
  const mayExport = grants.some((one) => (one.export ?? 'none') !== 'none')
  expect(file.status, told).toBe(mayExport ? 200 : 403)
  if (!mayExport) return
  const text = String(file.body)
  for (const deal of deals)
    expect(text.includes(deal.id), told).toBe(
      may(grants, 'read', deal, person) && may(grants, 'export', deal, person),
    )
}

async function expectChange(
  person: Member,
  grants: Grants,
  deal: Deal,
  field: (typeof fields)[number],
  told: string,
): Promise<void> {
  const value = changed[field]
  const after = { ...deal, [field]: value }
  const { status, body } = await person.call('PATCH', `/api/records/deal/${deal.id}`, { [field]: value })
  const why = `change of ${field} of ${JSON.stringify(deal)}: ${told}: ${JSON.stringify(body)}`
  if (!may(grants, 'read', deal, person)) {
    const missing = await person.call('PATCH', `/api/records/deal/${nobody}`, { [field]: value })
    return void expect({ status, body }, why).toEqual({ status: missing.status, body: missing.body })
  }
  const isCovered = may(grants, 'update', deal, person) && changesField(grants, field, deal, person)
  // The row must be theirs to change afterwards too.
  const stays = may(grants, 'update', after, person)
  if (!isCovered || !stays) return void expect([400, 403, 422], why).toContain(status)
  expect(status, why).toBe(200)
  const back = await admin('PATCH', `/api/records/deal/${deal.id}`, { [field]: deal[field] })
  expect(back.status).toBe(200)
}

async function expectRemoval(person: Member, grants: Grants, deal: Deal, told: string): Promise<void> {
  const { status, body } = await person.call('DELETE', `/api/records/deal/${deal.id}`)
  const why = `removal of ${JSON.stringify(deal)}: ${told}`
  if (!may(grants, 'read', deal, person)) {
    const missing = await person.call('DELETE', `/api/records/deal/${nobody}`)
    return void expect({ status, body }, why).toEqual({ status: missing.status, body: missing.body })
  }
  if (!may(grants, 'delete', deal, person)) return void expect(status, why).toBe(403)
  expect(status, why).toBe(204)
  expect((await admin('POST', `/api/records/deal/${deal.id}/restore`)).status).toBe(200)
}
