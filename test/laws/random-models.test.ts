import fc from 'fast-check'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { testServer } from '../support/server.ts'
import { listenTo } from '../support/stream.ts'
import { changeHidden } from './interference/change-hidden.ts'
import { type Ask, asking } from './interference/compare.ts'
import { copyDatabase } from './interference/copy.ts'
import { randomModel } from './interference/random-model.ts'
import { fillRandom } from './interference/random-world.ts'
import { randomRole } from './interference/roles.ts'
import { requests } from './interference/requests.ts'
import { askBoth, expectOther, seed } from './interference/run.ts'
import { isNeverRead, isUnknown } from './interference/shape.ts'

const model = fc.sample(randomModel, { seed, numRuns: 1 })[0]!
const { shape } = model
const random = fc.sample(randomRole(shape), { seed, numRuns: 7 })
const roles = Object.fromEntries(random.map((role, index) => [`random-${index}`, role]))

const one = await testServer({ plugins: [] })
const other = await testServer({ plugins: [], leaves: 'anything' })
// The last one is of another firm.
const sets = [
  ['random-0'],
  ['random-1', 'random-2'],
  ['random-3'],
  ['random-4', 'random-5'],
  ['random-6', 'random-0'],
]

let world: Awaited<ReturnType<typeof fillRandom>>
let node: Awaited<ReturnType<typeof other.node>>

beforeAll(async () => {
  world = await fillRandom(one, model, roles, sets)
  await world.publishAgain((await other.user(['admin'])).call)
  await copyDatabase(one.server.db, other.server.db, false)
  // Begun on the copy, so that both sign their cursors alike.
  node = await other.node()
}, 120_000)

afterEach(({ task }) => {
  if (task.result?.state === 'fail') console.error(`To repeat: XRM_LAW_SEED=${seed}`)
})

/** Of each of them; five thousand in all. */
const requestsEach = 1000

it.each(sets.map((set, index) => ({ set: set.join(' and '), index })))(
  'answers a user with $set over a random model the same whatever is there that they may not read [INV-01]',
  async ({ index }) => {
    const person = world.people[index]!
    await copyDatabase(one.server.db, other.server.db, true)
    await changeHidden(other.server.db, shape, person, seed + index)
    one.server.actors.forget()
    node.server.actors.forget()
    await expectOther(one.server.db, other.server.db, shape.entities)
    const both = (who: Record<string, string>): readonly [Ask, Ask] => [
      asking(one.app, who),
      asking(node.app, who),
    ]
    const request = requests({
      model: one.server.live.current,
      entities: shape.entities,
      known: world.known,
      users: world.people.map(({ id }) => id),
      words: ['word', 'Änd', 'one', 'X', '1'],
      texts: ['Word 1', 'word 3', 'hot', 'won', 'red', 'a@one.example'],
      conversions: [],
    })
    const sides = [both({ 'x-test-user': person.id }), both({ authorization: `Bearer ${person.key}` })]
    // The events that led here; those of nothing but hidden changes say no more than the version does.
    for (const who of [{ 'x-test-user': person.id }, { authorization: `Bearer ${person.key}` }]) {
      const [left, right] = await Promise.all([one.app, node.app].map((app) => past(app, who)))
      expect(right).toEqual(left)
    }
    const { answered } = await askBoth(request, sides, requestsEach)
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

it.each(sets.map((set, index) => ({ set: set.join(' and '), index })))(
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
