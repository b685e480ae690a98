import { expect } from 'vitest'
import type { Role } from '@xrm/sdk'
import { publish } from '../../support/publish.ts'
import type { Caller, TestServer } from '../../support/server.ts'
import type { MadeEntity, RandomModel } from './random-model.ts'
import type { Person } from './shape.ts'
import { type Known, share } from './world.ts'

const perEntity = 16

/** Somebody who asks, with a key that is good for some of what they may read. */
export interface KeyHolder extends Person {
  key: string
}

/**
 * Publishes a random model with its roles as an administrator does, and fills it: records of three teams that name each
 * other, with a past, some in the bin and some shared. The last of the people is of another firm.
 */
export async function fillRandom(
  one: TestServer,
  { entities, documents }: RandomModel,
  roles: Record<string, Role>,
  sets: readonly string[][],
): Promise<{
  admin: Caller
  known: Known[]
  people: KeyHolder[]
  publishAgain: (admin: Caller) => Promise<void>
}> {
  const admin = (await one.user(['admin'])).call
  const published = {
    ...documents,
    ...Object.fromEntries(Object.entries(roles).map(([name, role]) => [`role/${name}`, role])),
  }
  await publish(admin, published)
  const create = async (entity: string, rows: object[]): Promise<string[]> => {
    const { status, body } = await admin<{ id: string }[]>('POST', `/api/records/${entity}`, rows)
    expect(status, JSON.stringify(body)).toBe(201)
    return body.map(({ id }) => id)
  }
  const [north, south] = (await create('team', [{ name: 'North' }, { name: 'South' }])) as [string, string]
  const [below] = (await create('team', [{ name: 'North-east', parent: north }])) as [string]
  const report = await one.user([], [below])
  const stranger = await one.user([], [south])
  const users: Awaited<ReturnType<TestServer['user']>>[] = []
  for (const set of sets) users.push(await one.user(set, [north]))
  await one.server.db.pool.query('UPDATE xrm."user" SET manager = $1 WHERE id = $2', [
    users[1]!.id,
    report.id,
  ])
  const owners = [stranger.id, report.id, stranger.id, ...users.map(({ id }) => id)]
  const known = await fillRecords(admin, create, entities, owners, [south, north, below, null])
  const represents = known[3]!
  await one.server.db.pool.query(
    'UPDATE xrm."user" SET external = true, represents_entity = $2, represents = $3 WHERE id = $1',
    [users.at(-1)!.id, represents.entity, represents.id],
  )
  await share(
    one,
    users.map(({ id }) => id),
    north,
    known,
  )
  for (const { entity, id } of known.filter((_, index) => index % 9 === 4))
    await one.server.db.pool.query(
      `INSERT INTO xrm.share (entity, record, grantee_kind, grantee, level) VALUES ($1, $2, 'record', $3, 'read')`,
      [entity, id, represents.id],
    )
  for (const { name } of entities) {
    const ids = known.filter(({ entity }) => entity === name).map(({ id }) => id)
    for (const [index, id] of ids.slice(0, -1).entries())
      await one.server.db.pool.query(
        `INSERT INTO xrm.duplicate_group (id, entity, records, score, reasons, found_at) VALUES (gen_random_uuid(), $1, $2, 0.9, $3, now())`,
        [
          name,
          [id, ids[index + 1]!].toSorted(),
          JSON.stringify([
            { rule: index % 3 ? 'certain' : 'other' },
            ...(index % 4 ? [] : [{ rule: 'other' }]),
          ]),
        ],
      )
  }
  one.server.actors.forget()
  const people: KeyHolder[] = []
  for (const [index, { id, call }] of users.entries()) {
    const external = index === users.length - 1
    const { status, body } = await call<{ key: string }>('POST', '/api/me/api-keys', {
      name: 'Some of it',
      scopes: { access: 'read', entities: entities.slice(index % 3).map(({ name }) => name) },
    })
    expect(status, JSON.stringify(body)).toBe(201)
    people.push({
      id,
      roles: sets[index]!.map((name) => roles[name]!),
      teams: [north],
      branch: [north, below],
      reports: index === 1 ? [id, report.id] : [id],
      ...(external ? { external, represents: represents.id } : {}),
      key: body.key,
    })
  }
  return { admin, known, people, publishAgain: (other) => publish(other, published) }
}

async function fillRecords(
  admin: Caller,
  create: (entity: string, rows: object[]) => Promise<string[]>,
  entities: readonly MadeEntity[],
  owners: readonly string[],
  teams: readonly (string | null)[],
): Promise<Known[]> {
  let turn = 0
  const ids = new Map<string, string[]>(entities.map(({ name }) => [name, []]))
  for (const { name, fields } of entities) {
    const rows = Array.from({ length: perEntity }, (_, n) => ({
      owner: owners[turn++ % owners.length],
      team: teams[(turn * 7) % teams.length],
      ...Object.fromEntries(
        fields
          .filter(({ kind }) => !kind.names)
          .map(({ name: field, kind }, place) => [field, kind.value(n + place, [])]),
      ),
    }))
    ids.set(name, await create(name, rows))
  }
  // One field at a time, so that some changes are of nothing but what is hidden; relations when all records are there.
  for (const { name, fields } of entities) {
    for (const [place, { name: field, kind, target }] of fields.entries()) {
      const named = ids.get(target)!.map((id) => (kind.names === 'any' ? `${target}/${id}` : id))
      const rows = ids
        .get(name)!
        .map((id, n) => ({ id, [field]: kind.value(n * 3 + place + 1, named) }))
        .filter((row, n) => row[field] !== undefined && (kind.names !== undefined || n % 3 === 0))
      if (rows.length === 0) continue
      const { status, body } = await admin('PATCH', `/api/records/${name}`, rows)
      expect(status, JSON.stringify(body)).toBe(200)
    }
    const gone = await create(name, [{}, {}])
    for (const id of gone) expect((await admin('DELETE', `/api/records/${name}/${id}`)).status).toBe(204)
  }
  return [...ids].flatMap(([entity, all]) => all.map((id) => ({ entity, id })))
}
