import { createPeople } from '../accounts/people.ts'
import type { WriteContext, WriteOperation } from '../records/write-types.ts'
import type { RowOutcome } from '../records/write.ts'

/**
 * Makes people known as users who cannot sign in: inactive and without a password, so that records can name them as
 * owners. Users that exist are left as they are; an import never changes who may sign in.
 */
export async function importUsers(
  context: WriteContext,
  operations: readonly WriteOperation[],
): Promise<RowOutcome[]> {
  const created = operations.filter((operation) => operation.action === 'create')
  const people = created.map(({ values }) => ({
    email: String(values['email'] ?? ''),
    name: String(values['name'] ?? ''),
  }))
  const results = await createPeople(context.client ?? context.db.pool, people)
  return operations.map((operation) => {
    if (operation.action !== 'create') return { ok: true, result: { id: operation.id, version: 0, next: {} } }
    const result = results[created.indexOf(operation)]!
    return 'problem' in result
      ? { ok: false, problem: result.problem }
      : { ok: true, result: { id: result.id, version: 0, next: { ...operation.values } } }
  })
}
