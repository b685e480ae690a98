import fc from 'fast-check'
import { expect } from 'vitest'
import type { Caller, TestServer } from '../../support/server.ts'
import { seed } from '../interference/run.ts'
import type { Deal, Person } from './rules.ts'

export type Member = Person & { call: Caller }

type Row = Record<string, unknown> & { id: string }

/** Six people in teams of which A stands over B over C, and D alone; the first leads the second, who leads the third. */
export async function makePeople(admin: Caller, user: TestServer['user']): Promise<Member[]> {
  const team = async (name: string, parent: string | null): Promise<string> =>
    (await admin<Row>('POST', '/api/records/team', { name, parent })).body.id
  const a = await team('A', null)
  const b = await team('B', a)
  const c = await team('C', b)
  const d = await team('D', null)
  const under = new Map([
    [a, [b, c]],
    [b, [c]],
  ])
  const over = new Map([
    [b, [a]],
    [c, [a, b]],
  ])
  const people: Member[] = []
  for (const teams of [[a], [b], [c], [d], [b, d], []]) {
    const withAll = (more: ReadonlyMap<string, string[]>): string[] =>
      teams.flatMap((one) => [one, ...(more.get(one) ?? [])])
    const made = await user([], teams)
    people.push({ ...made, teams, branch: withAll(under), above: withAll(over), below: [] })
  }
  const [boss, lead, rep] = people as unknown as [Member, Member, Member]
  await admin('PATCH', `/api/users/${lead.id}`, { manager: boss.id })
  await admin('PATCH', `/api/users/${rep.id}`, { manager: lead.id })
  boss.below.push(lead.id, rep.id)
  lead.below.push(rep.id)
  return people
}

/** Forty deals, some of nobody, some shared. */
export async function makeDeals(admin: Caller, people: readonly Person[]): Promise<Deal[]> {
  const teams = [...new Set(people.flatMap((person) => person.teams))]
  const someone = fc.option(fc.constantFrom(...people.map(({ id }) => id)), { nil: null, freq: 4 })
  const sharedWith = fc.oneof(
    fc.constantFrom(...people.map(({ id }) => ({ kind: 'user', to: id }))),
    fc.constantFrom(...teams.map((to) => ({ kind: 'team', to }))),
  )
  const random = fc.record({
    owner: someone,
    team: fc.option(fc.constantFrom(...teams), { nil: null, freq: 3 }),
    heat: fc.constantFrom('hot', 'cold', null),
    secret: fc.constantFrom('s1', 'other', null),
    probability: fc.constantFrom('50', null),
    amount: fc.constantFrom({ amount: '10', currency: 'EUR' }, null),
    shares: fc.uniqueArray(
      fc.record({ who: sharedWith, level: fc.constantFrom('read' as const, 'update' as const) }),
      { maxLength: 2, selector: ({ who }) => who.to },
    ),
  })
  const deals: Deal[] = []
  for (const [index, { shares, ...values }] of fc.sample(random, { seed, numRuns: 40 }).entries()) {
    const name = `Deal ${index}`
    const { status, body } = await admin<Row>('POST', '/api/records/deal', { name, ...values })
    expect(status, JSON.stringify(body)).toBe(201)
    const { id } = body
    const wanted = shares.map(({ who, level }) => ({ grantee: { kind: who.kind, id: who.to }, level }))
    if (wanted.length > 0)
      expect((await admin('PUT', `/api/records/deal/${id}/shares`, { shares: wanted })).status).toBe(200)
    deals.push({
      ...values,
      id,
      name,
      // Entering the first stage sets one where none is given.
      probability: body['probability'] as string | null,
      amount: body['amount'] as Deal['amount'],
      shares: shares.map(({ who, level }) => ({ to: who.to, level })),
    })
  }
  return deals
}
