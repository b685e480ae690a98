import fc from 'fast-check'
import { expect } from 'vitest'
import type { Database } from '../../../core/storage/database.ts'
import { type Ask, compare } from './compare.ts'
import type { Request } from './requests.ts'

/** Another one every day; `XRM_LAW_SEED` repeats one that failed. In CI the same requests every time: what a new commit breaks is then its own doing. */
export const seed = Number(
  process.env['XRM_LAW_SEED'] ?? (process.env['CI'] ? 1 : Math.floor(Date.now() % 1e9)),
)

/** At most so many at once; what differs is shrunk to the one request that does. */
const batch = 20

/** Asks both worlds the same, in batches, until the number is reached; tells how many were asked and how many had an answer. */
export async function askBoth(
  request: fc.Arbitrary<Request>,
  sides: readonly (readonly [here: Ask, there: Ask])[],
  atLeast: number,
): Promise<{ asked: number; answered: number }> {
  const total = { asked: 0, answered: 0 }
  const some = fc.array(fc.tuple(request, fc.constantFrom(...sides)), {
    minLength: 1,
    maxLength: batch,
    size: 'max',
  })
  for (let round = 0; total.asked < atLeast; round++)
    await fc.assert(
      fc.asyncProperty(some, async (batchOf) => {
        const counts = await Promise.all(batchOf.map(([one, [here, there]]) => compare(here, there, one)))
        for (const { asked, answered } of counts) {
          total.asked += asked
          total.answered += answered
        }
      }),
      { numRuns: 15, seed: seed + round },
    )
  return total
}

/** The worlds differ: there is something to tell. */
export async function expectOther(
  one: Database,
  other: Database,
  entities: readonly string[],
): Promise<void> {
  expect(await digest(other, entities)).not.toEqual(await digest(one, entities))
}

function digest({ pool }: Database, entities: readonly string[]): Promise<string[]> {
  return Promise.all(
    entities.map(async (entity) => {
      const { rows } = await pool.query<{ md5: string }>(
        `SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM record.${entity} t`,
      )
      return rows[0]!.md5
    }),
  )
}
