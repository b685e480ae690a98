import { expect } from 'vitest'
import type { Role } from '@xrm/sdk'
import type { Caller, TestServer } from '../../support/server.ts'
import type { Person } from './shape.ts'

/** A record that requests may name. */
export interface Known {
  entity: string
  id: string
}

/** Fills the database: two dozen firms with people, deals, leads and calls, owned by people of three teams, and some shared. */
export async function fill(
  one: TestServer,
  roles: Record<string, Role>,
  sets: readonly string[][],
): Promise<{ known: Known[]; people: Person[] }> {
  const admin = (await one.user(['admin'])).call
  const known: Known[] = []
  const create = async (entity: string, values: object): Promise<string> => {
    const { status, body } = await admin<{ id: string }>('POST', `/api/records/${entity}`, values)
    expect(status, JSON.stringify(body)).toBe(201)
    if (entity !== 'team') known.push({ entity, id: body.id })
    return body.id
  }
  const north = await create('team', { name: 'North' })
  const below = await create('team', { name: 'North-east', parent: north })
  const south = await create('team', { name: 'South' })
  const report = await one.user(['seller'], [below])
  const stranger = await one.user(['seller'], [south])
  const users: { id: string; call: Caller; roles: string[] }[] = []
  for (const set of sets) users.push({ ...(await one.user(set, [north])), roles: set })
  for (const { id } of users.slice(0, 3))
    await one.server.db.pool.query('UPDATE xrm."user" SET manager = $1 WHERE id = $2', [id, report.id])
  one.server.actors.forget()
  const owners = [stranger.id, report.id, stranger.id, ...users.map(({ id }) => id)]
  const teams = [south, north, below, null]
  await fillRecords(admin, create, owners, teams)
  await share(
    one,
    users.map(({ id }) => id),
    north,
    known,
  )
  const people = users.map((user): Person => {
    const own = one.server.live.current.roles
    return {
      id: user.id,
      roles: user.roles.map((name) => roles[name] ?? own.get(name)!),
      teams: [north],
      branch: [north, below],
      reports: [user.id],
    }
  })
  // The last of them to whom somebody reports.
  people[2]!.reports.push(report.id)
  return { known, people }
}

async function fillRecords(
  admin: Caller,
  create: (entity: string, values: object) => Promise<string>,
  owners: string[],
  teams: (string | null)[],
): Promise<void> {
  let turn = 0
  const whose = () => ({ owner: owners[turn++ % owners.length], team: teams[(turn * 7) % teams.length] })
  for (let i = 0; i < 24; i++) {
    const firm = await create('firm', {
      ...whose(),
      name: `Firm ${i % 5}`,
      tax_number: `tax ${i}`,
      site: `https://f${i}.example`,
    })
    const person = await create('person', {
      ...whose(),
      last_name: `Person ${i % 4}`,
      firm,
      ...(i % 3 ? { email: `p${i}@example.com` } : {}),
    })
    const deal = await create('deal', {
      ...whose(),
      name: `Deal ${i % 3}`,
      amount: `${i * 10}`,
      firm,
      person,
      stage: 'open',
    })
    // One by one: a change of nothing but what is hidden must not show at all.
    for (const change of [{ secret: `secret ${i}` }, { heat: i % 2 ? 'hot' : 'cold' }])
      await admin('PATCH', `/api/records/deal/${deal}`, change)
    await admin('PATCH', `/api/records/deal/${deal}`, { stage: i % 2 ? 'won' : 'lost' })
    const lead = await create('prospect', {
      ...whose(),
      last_name: `Lead ${i}`,
      company: i % 3 ? `Firm ${i % 5}` : `New ${i}`,
      heat: i % 2 ? 'hot' : 'cold',
    })
    await create('call', {
      ...whose(),
      subject: `Call ${i}`,
      regarding: [`prospect/${lead}`, `firm/${firm}`],
      ...(i % 2 ? { happened_at: '2026-01-01T10:00:00.000Z' } : {}),
    })
    if (i % 5 === 0) await admin('POST', '/api/conversions/prospect-to-deal/run', { source: lead })
    if (i % 6 === 0) await admin('DELETE', `/api/records/call/${await create('call', { subject: 'gone' })}`)
  }
}

/** Shares every seventh record with somebody, or with the team. */
export async function share(one: TestServer, users: string[], team: string, known: Known[]): Promise<void> {
  for (const [index, { entity, id }] of known.entries()) {
    if (index % 7 !== 0) continue
    const grantee =
      index % 2 ? { kind: 'team', id: team } : { kind: 'user', id: users[index % users.length]! }
    await one.server.db.pool.query(
      `INSERT INTO xrm.share (entity, record, grantee_kind, grantee, level) VALUES ($1, $2, $3, $4, 'read')`,
      [one.server.live.current.entities.get(entity)!.key, id, grantee.kind, grantee.id],
    )
  }
  one.server.actors.forget()
}
