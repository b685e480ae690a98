import { displaysOf } from '../records/displays.ts'
import type { ReadContext } from '../records/query.ts'
import { rightsOf } from './rights.ts'

/**
 * Which of these users the reader may know by name. What tells who did something asks it: people of other firms are to
 * learn of nobody in passing. Costs nothing for readers who may see all users.
 */
export async function peopleSeen(
  context: ReadContext,
  ids: readonly (string | null | undefined)[],
): Promise<(id: string) => boolean> {
  const own = rightsOf(context.model, context.actor).entity('user')
  const all = own?.rows.read.some(({ kind }) => kind === 'all') === true
  if (all && own.readField('name')?.length === 0) return () => true
  const known = [...new Set(ids)].filter((id) => id !== null && id !== undefined)
  const seen = await displaysOf(
    context,
    known.map((id) => ({ entity: 'user', id })),
  )
  return (id) => seen.has(`user/${id}`)
}
