import { afterEach } from 'vitest'
import type { Plugin } from '@xrm/sdk'
import { testServer } from '../../support/server.ts'
import { changeHidden } from './change-hidden.ts'
import { type Ask, asking } from './compare.ts'
import { copyDatabase } from './copy.ts'
import { expectOther, seed } from './run.ts'
import type { Person, Shape } from './shape.ts'

/** Two servers on worlds of the same shape, that differ in nothing but what somebody may not read. */
export async function pairOfServers(plugins: readonly Plugin[], shape: Shape) {
  const one = await testServer({ plugins })
  // What is not there for a person is gone in the other, relations of hidden records to each other included.
  const other = await testServer({ plugins, leaves: 'anything' })
  let node: Awaited<ReturnType<typeof other.node>>

  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.error(`To repeat: XRM_LAW_SEED=${seed}`)
  })

  return {
    one,
    other,
    /** Makes the other what the one is, when that is filled. */
    async copy(): Promise<void> {
      await copyDatabase(one.server.db, other.server.db, false)
      // Begun on the copy, so that both sign their cursors alike.
      node = await other.node()
    },
    /** Makes the other differ, wherever this person may not look and nowhere else. */
    async changeFor(person: Person, index: number): Promise<void> {
      await copyDatabase(one.server.db, other.server.db, true)
      await changeHidden(other.server.db, shape, person, seed + index)
      one.server.actors.forget()
      node.server.actors.forget()
      await expectOther(one.server.db, other.server.db, shape.entities)
    },
    apps: () => [one.app, node.app] as const,
    asking: (who: Record<string, string>): readonly [Ask, Ask] => [
      asking(one.app, who),
      asking(node.app, who),
    ],
  }
}

/** Cases of tests, one for each person, by the names of their roles. */
export function casesOf(sets: readonly (readonly string[])[]): { set: string; index: number }[] {
  return sets.map((set, index) => ({ set: set.join(' and '), index }))
}
