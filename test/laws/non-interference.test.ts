import fc from 'fast-check'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { definePlugin, type Plugin } from '@xrm/sdk'
import type { Database } from '../../core/storage/database.ts'
import { fixture } from '../support/fixture-plugin.ts'
import { testServer } from '../support/server.ts'
import { changeHidden } from './interference/change-hidden.ts'
import { copyDatabase } from './interference/copy.ts'
import { entities, randomRole } from './interference/roles.ts'
import { requests } from './interference/requests.ts'
import { fill } from './interference/world.ts'

/** Another one every day; `XRM_LAW_SEED` repeats one that failed. */
// In CI the same requests every time: what a new commit breaks is then its own doing.
const seed = Number(process.env['XRM_LAW_SEED'] ?? (process.env['CI'] ? 1 : Math.floor(Date.now() % 1e9)))
const random = fc.sample(randomRole, { seed, numRuns: 5 })
const roles = Object.fromEntries(random.map((role, index) => [`random-${index}`, role]))
const worlds = definePlugin({ name: 'worlds', title: 'Worlds', compatible: '^1.0.0', roles } satisfies Plugin)

const plugins = [fixture, worlds]
const one = await testServer({ plugins })
// What is not there for this person is gone in the other, relations of hidden records to each other included.
const other = await testServer({ plugins, leaves: 'anything' })
const sets = [
  ['seller'],
  ['deputy'],
  ['random-0'],
  ['random-1', 'random-2'],
  ['random-3'],
  ['random-4', 'seller'],
]

let world: Awaited<ReturnType<typeof fill>>
let node: Awaited<ReturnType<typeof other.node>>

beforeAll(async () => {
  world = await fill(one, roles, sets)
  await copyDatabase(one.server.db, other.server.db, false)
  // Begun on the copy, so that both sign their cursors alike.
  node = await other.node()
}, 120_000)

const batches = 105
/** At most so many at once; what differs is shrunk to the one request that does. */
const batch = 20
let asked = 0
afterEach(({ task }) => {
  if (task.result?.state === 'fail') console.error(`To repeat: XRM_LAW_SEED=${seed}`)
})

it.each(sets.map((set, index) => ({ set: set.join(' and '), index })))(
  'answers a user with the roles $set the same whatever is there that they may not read [INV-01]',
  async ({ index }) => {
    const person = world.people[index]!
    await copyDatabase(one.server.db, other.server.db, true)
    await changeHidden(other.server.db, person, seed + index)
    one.server.actors.forget()
    node.server.actors.forget()
    // There is something to tell.
    expect(await digest(other.server.db)).not.toEqual(await digest(one.server.db))
    const here = callerOf(one.app, person.id)
    const there = callerOf(node.app, person.id)
    const names = Object.fromEntries(
      [...one.server.live.current.entities.values()].map(({ name, fields }) => [name, [...fields.keys()]]),
    )
    const request = requests(
      names,
      world.known,
      world.people.map(({ id }) => id),
    )
    let answered = 0
    const compare = async ([method, path, body]: readonly [string, string, unknown?]): Promise<void> => {
      for (let address: string | null = path; address !== null;) {
        const [left, right]: [Told, Told] = await Promise.all([
          here(method, address, body),
          there(method, address, body),
        ])
        asked += 2
        expect(right, `${method} ${address} ${JSON.stringify(body)}`).toEqual(left)
        if (left.status !== 200) return
        answered++
        address = nextPage(path, address, left.text)
      }
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(request, { minLength: 1, maxLength: batch, size: 'max' }),
        async (batchOf) => {
          await Promise.all(batchOf.map(compare))
        },
      ),
      { numRuns: batches, seed },
    )
    // A role drawn at random may see little.
    expect(answered).toBeGreaterThan(batches)
  },
  120_000,
)

it('has asked ten thousand times', () => {
  expect(asked).toBeGreaterThanOrEqual(10_000)
})

async function digest({ pool }: Database): Promise<string[]> {
  return Promise.all(
    entities.map(async (entity) => {
      const { rows } = await pool.query<{ md5: string }>(
        `SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM record.${entity} t`,
      )
      return rows[0]!.md5
    }),
  )
}

/** Everything of an answer but the number of the request. */
interface Told {
  status: number
  headers: [string, string][]
  text: string
}

function callerOf(app: typeof one.app, id: string) {
  return async (method: string, path: string, body?: unknown): Promise<Told> => {
    const response = await app.request(path, {
      method,
      headers: { 'x-test-user': id, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const headers = [...response.headers].filter(([name]) => name !== 'x-request-id' && name !== 'date')
    return { status: response.status, headers, text: await response.text() }
  }
}

/** The second page of a list: places in a list must tell nothing either. */
function nextPage(path: string, address: string, text: string): string | null {
  if (!/^\/api\/records\/[a-z]+\?/.test(path) || address.includes('after=')) return null
  const { next } = JSON.parse(text) as { next?: string | null }
  return typeof next === 'string' ? `${path}&after=${encodeURIComponent(next)}` : null
}
