import type { PoolClient } from 'pg'
import type { EntityModel } from '../documents/model.ts'
import type { WriteContext, WriteRow } from '../records/write-types.ts'
import { audit } from './audit.ts'

/** Teams are records, but what people may do hangs on them: their changes stand in the security log too. */
export function isTeam({ key }: EntityModel): boolean {
  return key === 'team'
}

/** Says in the transaction of the write what happened to teams; the values are in their history. */
export async function auditTeams(
  { actor, asked, client }: WriteContext & { client: PoolClient },
  rows: readonly WriteRow[],
): Promise<void> {
  for (const { id, action, changed } of rows) {
    const details = { action, ...(action === 'update' ? { fields: [...changed] } : {}) }
    await audit(client, {
      kind: 'team-changed',
      ...(asked ?? { actor }),
      subject: { kind: 'team', id },
      details,
    })
  }
}
