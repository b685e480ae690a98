import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { listenTo } from '../support/stream.ts'
import { asking } from './interference/compare.ts'
import { casesOf, pairOfServers } from './interference/pair.ts'
import { randomModel } from './interference/random-model.ts'
import { fillRandom } from './interference/random-world.ts'
import { randomRole } from './interference/roles.ts'
import { requests } from './interference/requests.ts'
import { askBoth, seed } from './interference/run.ts'
import { isNeverRead, isUnknown } from './interference/shape.ts'

const model = fc.sample(randomModel, { seed, numRuns: 1 })[0]!
const { shape } = model
const random = fc.sample(randomRole(shape), { seed, numRuns: 7 })
const roles = Object.fromEntries(random.map((role, index) => [`random-${index}`, role]))

const pair = await pairOfServers([], shape)
const { one } = pair
// The last one is of another firm.
const sets = [
  ['random-0'],
  ['random-1', 'random-2'],
  ['random-3'],
  ['random-4', 'random-5'],
  ['random-6', 'random-0'],
]

let world: Awaited<ReturnType<typeof fillRandom>>

beforeAll(async () => {
  world = await fillRandom(one, model, roles, sets)
  await world.publishAgain((await pair.other.user(['admin'])).call)
  await pair.copy()
}, 120_000)

/** Of each of them; five thousand in all. */
const requestsEach = 1000

it.each(casesOf(sets))(
  'answers a user with $set over a random model the same whatever is there that they may not read [INV-01]',
  async ({ index }) => {
    const person = world.people[index]!
    await pair.changeFor(person, index)
    const request = requests({
      model: one.server.live.current,
      entities: shape.entities,
      known: world.known,
      users: world.people.map(({ id }) => id),
      words: ['word', 'Änd', 'one', 'X', '1'],
      texts: ['Word 1', 'word 3', 'hot', 'won', 'red', 'a@one.example'],
      conversions: [],
    })
    const ways = [{ 'x-test-user': person.id }, { authorization: `Bearer ${person.key}` }]
    // The events that led here; those of nothing but hidden changes say no more than the version does.
    for (const who of ways) {
      const [left, right] = await Promise.all(pair.apps().map((app) => past(app, who)))
      expect(right).toEqual(left)
    }
    const { answered } = await askBoth(request, ways.map(pair.asking), requestsEach)
    expect(answered).toBeGreaterThan(50)
  },
  120_000,
)

/** The events since the beginning that tell more than a version. */
async function past(app: typeof one.app, who: Record<string, string>): Promise<string[]> {
  const stream = await listenTo(app, who, '?after=0-0')
  await stream.stop()
  return [...stream.told().matchAll(/^data: (\{.*"at".*)$/gm)].map(([, data]) => data!)
}

it.each(casesOf(sets))(
  'names nothing to a user with $set that they may not read: in the model and in OpenAPI [FLS-01, INV-01]',
  async ({ index }) => {
    const person = world.people[index]!
    const hidden = model.entities.flatMap(({ name, fields }) =>
      isUnknown(person, name)
        ? [name]
        : fields.filter((field) => isNeverRead(person, name, field.name)).map((field) => field.name),
    )
    for (const path of ['/api/model', '/api/openapi.json'])
      for (const who of [{ 'x-test-user': person.id }, { authorization: `Bearer ${person.key}` }]) {
        const { status, text } = await asking(one.app, who)(['GET', path])
        expect(status).toBe(200)
        expect(hidden.filter((name) => text.includes(name))).toEqual([])
      }
  },
)
