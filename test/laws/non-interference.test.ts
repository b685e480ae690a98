import fc from 'fast-check'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { definePlugin, type Plugin } from '@xrm/sdk'
import { fixture } from '../support/fixture-plugin.ts'
import { testServer } from '../support/server.ts'
import { changeHidden } from './interference/change-hidden.ts'
import { asking } from './interference/compare.ts'
import { copyDatabase } from './interference/copy.ts'
import { fixtureShape as shape } from './interference/fixture-shape.ts'
import { randomRole } from './interference/roles.ts'
import { requests } from './interference/requests.ts'
import { askBoth, expectOther, seed } from './interference/run.ts'
import { fill } from './interference/world.ts'

const random = fc.sample(randomRole(shape), { seed, numRuns: 5 })
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

afterEach(({ task }) => {
  if (task.result?.state === 'fail') console.error(`To repeat: XRM_LAW_SEED=${seed}`)
})

/** Of each of them; five thousand in all. */
const requestsEach = 850

it.each(sets.map((set, index) => ({ set: set.join(' and '), index })))(
  'answers a user with the roles $set the same whatever is there that they may not read [INV-01]',
  async ({ index }) => {
    const person = world.people[index]!
    await copyDatabase(one.server.db, other.server.db, true)
    await changeHidden(other.server.db, shape, person, seed + index)
    one.server.actors.forget()
    node.server.actors.forget()
    await expectOther(one.server.db, other.server.db, shape.entities)
    const who = { 'x-test-user': person.id }
    const request = requests({
      model: one.server.live.current,
      entities: shape.entities,
      known: world.known,
      users: world.people.map(({ id }) => id),
      words: ['secret', 'Firm', 'tax', 'Lead', 'Deal 1', 'Person 2'],
      texts: ['secret 1', 'Firm 1', 'tax 1', 'open', 'hot', 'x'],
      conversions: ['prospect-to-deal'],
    })
    const { answered } = await askBoth(request, [[asking(one.app, who), asking(node.app, who)]], requestsEach)
    // A role drawn at random may see little.
    expect(answered).toBeGreaterThan(50)
  },
  120_000,
)
