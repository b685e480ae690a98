import type { UserChange, UserView } from '@xrm/sdk/access'
import type { DocumentSummary } from '@xrm/sdk/configuration'
import { call } from '../data/client.ts'
import { queries, type QuerySpec } from '../data/queries.ts'
import { listRecords, touched } from '../data/records.ts'
import { session } from '../data/session.ts'
import { inOrder, type Team, type TeamLine } from './team-tree.ts'

/** Everybody who can sign in, by name. */
export const usersQuery: QuerySpec<UserView[]> = {
  key: ['people', 'users'],
  read: async (signal) => {
    const { items } = await call<{ items: UserView[] }>('GET', '/api/users', { signal })
    return items.toSorted((a, b) => a.name.localeCompare(b.name, session.language))
  },
}

/** The roles that can be given: those that are published. A draft may have more. */
export const rolesQuery: QuerySpec<DocumentSummary[]> = {
  key: ['people', 'roles'],
  read: async (signal) =>
    (await call<{ items: DocumentSummary[] }>('GET', '/api/documents/role', { signal })).items,
}

/** All teams, each after the one it is part of. */
export const teamsQuery: QuerySpec<TeamLine[]> = {
  key: ['team', 'tree'],
  read: async (signal) => {
    const teams: Team[] = []
    for (let after: string | null = ''; after !== null;) {
      const answer = await listRecords(
        'team',
        { fields: ['name', 'kind', 'parent'], limit: 500, count: 'none', ...(after ? { after } : {}) },
        signal,
      )
      teams.push(...(answer.items as Team[]))
      after = answer.next
    }
    return inOrder(teams, session.language)
  },
}

/** Changes a user; rights that follow from it hold at once. */
export async function changeUser(id: string, change: UserChange): Promise<UserView> {
  const user = await call<UserView>('PATCH', `/api/users/${encodeURIComponent(id)}`, { body: change })
  await peopleChanged()
  return user
}

/** Marks as stale what speaks of users: this list, and records that show them. */
export async function peopleChanged(): Promise<void> {
  await queries.invalidateQueries({ queryKey: ['people'] })
  await touched('user')
}

export function userPath(id: string, tab = ''): string {
  return `/admin/users/${encodeURIComponent(id)}${tab && `/${tab}`}`
}
