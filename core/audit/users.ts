import { isDeepStrictEqual } from 'node:util'
import type { PoolClient } from 'pg'
import type { AccountChange, AroundChange, User } from '../accounts/users.ts'
import { readStandings, type Standing } from '../access/standing.ts'
import type { Model } from '../documents/model.ts'
import { type Asked, audit } from './audit.ts'

/** What the security log says of a user: everything that rights follow from. */
type State = Pick<User, 'name' | 'roles' | 'active'> & Standing

/** Who changes users: somebody over the API, or the operator with a command, which then has the place of a name. */
export type ChangingUsers = Asked & { command?: string }

/** Says in the transaction that makes a user who it is and what they may. */
export async function auditNewUser(
  client: PoolClient,
  model: Model,
  { command, ...asked }: ChangingUsers,
  { id, email }: Pick<User, 'id' | 'email'>,
): Promise<void> {
  const details = { ...(command === undefined ? {} : { command }), email }
  const state = await stateOf(client, model, id)
  await audit(client, {
    kind: 'user-made',
    ...asked,
    subject: { kind: 'user', id },
    details: { ...details, ...state },
  })
}

/** Looks at a user before and after a change, and says in its transaction what has become another. Of a password, only that it has. */
export function auditUserChange(
  model: Model,
  { command, ...asked }: ChangingUsers,
  id: string,
  { password }: AccountChange,
): AroundChange<State> {
  return {
    before: (client) => stateOf(client, model, id),
    after: async (client, before) => {
      const details = differences(before, await stateOf(client, model, id))
      if (password !== undefined) details['password'] = true
      if (Object.keys(details).length === 0) return
      if (command !== undefined) details['command'] = command
      await audit(client, { kind: 'user-changed', ...asked, subject: { kind: 'user', id }, details })
    },
  }
}

async function stateOf(client: PoolClient, model: Model, id: string): Promise<State> {
  const { rows } = await client.query<Pick<User, 'name' | 'roles' | 'active'>>(
    `SELECT name, active, ARRAY(SELECT role FROM xrm.user_role WHERE user_id = u.id ORDER BY role) AS roles FROM xrm."user" u WHERE id = $1`,
    [id],
  )
  return { ...rows[0]!, ...(await readStandings(client, model, id)).get(id)! }
}

function differences(before: State, after: State): Record<string, unknown> {
  return Object.fromEntries(
    (Object.keys(after) as (keyof State)[])
      .filter((key) => !isDeepStrictEqual(before[key], after[key]))
      .map((key) => [key, { before: before[key], after: after[key] }]),
  )
}
