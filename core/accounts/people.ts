import { Problem } from '@xrm/sdk'
import type { PoolClient } from 'pg'
import { accountProblems } from './problems.ts'
import { checkPerson } from './users.ts'

/** One person's outcome: the id, or what is wrong. */
export type PersonResult = { id: string } | { problem: Problem }

/**
 * Makes people known without letting them in: inactive users without password and role, so that records can belong to
 * them. An administrator can give them a password and open the account later. One statement for all of them.
 */
export async function createPeople(
  client: Pick<PoolClient, 'query'>,
  people: readonly { email: string; name: string }[],
): Promise<PersonResult[]> {
  const checked = people.map((person) => {
    try {
      return checkPerson(person)
    } catch (error) {
      if (error instanceof Problem) return error
      throw error
    }
  })
  const sound = checked.filter((one) => !(one instanceof Problem))
  const { rows } = await client.query<{ id: string; email: string }>(
    `INSERT INTO xrm."user" (email, name, active) SELECT email, name, false FROM json_to_recordset($1::json) AS p(email text, name text)
    ON CONFLICT (email) DO NOTHING RETURNING id, email`,
    [JSON.stringify(sound)],
  )
  const ids = new Map(rows.map(({ id, email }) => [email, id]))
  return checked.map((one) => {
    if (one instanceof Problem) return { problem: one }
    const id = ids.get(one.email)
    // The same address a second time among these people: the first has it.
    ids.delete(one.email)
    return id === undefined ? { problem: new Problem(accountProblems['accounts.email-taken']) } : { id }
  })
}
