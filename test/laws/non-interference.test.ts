import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { definePlugin, type Plugin } from '@xrm/sdk'
import { fixture } from '../support/fixture-plugin.ts'
import { fixtureShape as shape } from './interference/fixture-shape.ts'
import { casesOf, pairOfServers } from './interference/pair.ts'
import { randomRole } from './interference/roles.ts'
import { requests } from './interference/requests.ts'
import { askBoth, seed } from './interference/run.ts'
import { fill } from './interference/world.ts'

const random = fc.sample(randomRole(shape), { seed, numRuns: 5 })
const roles = Object.fromEntries(random.map((role, index) => [`random-${index}`, role]))
const worlds = definePlugin({ name: 'worlds', title: 'Worlds', compatible: '^1.0.0', roles } satisfies Plugin)

const pair = await pairOfServers([fixture, worlds], shape)
const { one } = pair
const sets = [
  ['seller'],
  ['deputy'],
  ['random-0'],
  ['random-1', 'random-2'],
  ['random-3'],
  ['random-4', 'seller'],
]

let world: Awaited<ReturnType<typeof fill>>

beforeAll(async () => {
  world = await fill(one, roles, sets)
  await pair.copy()
}, 120_000)

/** Of each of them; five thousand in all. */
const requestsEach = 850

it.each(casesOf(sets))(
  'answers a user with the roles $set the same whatever is there that they may not read [INV-01]',
  async ({ index }) => {
    const person = world.people[index]!
    await pair.changeFor(person, index)
    const request = requests({
      model: one.server.live.current,
      entities: shape.entities,
      known: world.known,
      users: world.people.map(({ id }) => id),
      words: ['secret', 'Firm', 'tax', 'Lead', 'Deal 1', 'Person 2'],
      texts: ['secret 1', 'Firm 1', 'tax 1', 'open', 'hot', 'x'],
      conversions: ['prospect-to-deal'],
    })
    const { answered } = await askBoth(request, [pair.asking({ 'x-test-user': person.id })], requestsEach)
    // A role drawn at random may see little.
    expect(answered).toBeGreaterThan(50)
  },
  120_000,
)
