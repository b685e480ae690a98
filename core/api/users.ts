import { Hono } from 'hono'
import { Problem } from '@xrm/sdk'
import { isId } from '../fields/relation-rules.ts'
import { type Env, requireAdministrator, requireInteractive, type Server } from './environment.ts'
import { problems } from './problems.ts'
import { readObject, readQuery } from './read-request.ts'

interface UserChange {
  roles?: string[]
  teams?: string[]
  active?: boolean
  password?: string
}

/** `/api/users`: who can sign in, with which roles and teams. For administrators. */
export function userRoutes(server: Server): Hono<Env> {
  const app = new Hono<Env>()
  app.use(async (c, next) => {
    requireAdministrator(c)
    requireInteractive(c)
    await next()
  })
  const withTeams = async (): Promise<unknown[]> => {
    const users = await server.accounts.listUsers()
    return Promise.all(users.map(async (user) => ({ ...user, teams: await server.teams.of(user.id) })))
  }

  app.get('/', async (c) => {
    readQuery(c, {})
    return c.json({ items: await withTeams() })
  })

  app.post('/', async (c) => {
    const { roles, ...user } = await readObject<{
      email: string
      name: string
      password?: string
      roles: string[]
    }>(c, { email: 'string', name: 'string', password: 'string', roles: 'array' }, ['email', 'name', 'roles'])
    checkRoles(c.var.model.roles, roles)
    return c.json(await server.accounts.createUser({ ...user, roles }), 201)
  })

  app.patch('/:id', async (c) => {
    const id = c.req.param('id')
    const change = await readObject<UserChange>(c, {
      roles: 'array',
      teams: 'array',
      active: 'boolean',
      password: 'string',
    })
    const known = (await server.accounts.listUsers()).some((user) => user.id === id)
    if (!known) throw new Problem(problems['request.not-found'])
    if (change.teams && !change.teams.every(isId))
      throw new Problem(problems['request.body'], {
        errors: [{ pointer: '#/teams', code: 'request.type', detail: 'must be ids of teams' }],
      })
    if (change.roles) checkRoles(c.var.model.roles, change.roles)
    const { teams, ...account } = change
    await server.accounts.changeUser(id, account, async (client) => {
      if (teams) await server.teams.set(id, teams, client)
    })
    return c.json((await withTeams()).find((user) => (user as { id: string }).id === id))
  })

  return app
}

function checkRoles(known: ReadonlyMap<string, unknown>, roles: readonly unknown[]): void {
  const errors = roles.flatMap((role, index) =>
    typeof role === 'string' && known.has(role)
      ? []
      : [{ pointer: `#/roles/${index}`, code: 'reference.unknown', detail: 'is not a role' }],
  )
  if (errors.length > 0) throw new Problem(problems['request.body'], { errors })
}
