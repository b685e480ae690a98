import { type Context, Hono } from 'hono'
import { Problem } from '@xrm/sdk'
import type { NewUserRequest, UserChange } from '@xrm/sdk/access'
import type { RecordRef } from '@xrm/sdk/api'
import { readStandings, type Standing, writeStanding } from '../access/standing.ts'
import { auditNewUser, auditUserChange } from '../audit/users.ts'
import type { User } from '../accounts/accounts.ts'
import { isId } from '../fields/relation-rules.ts'
import { displaysOf } from '../records/displays.ts'
import {
  asked,
  type Env,
  reading,
  requireAdministrator,
  requireInteractive,
  type Server,
} from './environment.ts'
import { problems } from './problems.ts'
import { checkMembers, readObject, readQuery } from './read-request.ts'

const members = {
  name: 'string',
  roles: 'array',
  password: 'string',
  teams: 'array',
  // An id or null; what it names is checked where it is written.
  manager: 'any',
  external: 'boolean',
  represents: 'any',
} as const

/** `/api/users`: who can sign in, with which roles, and where they stand among the others. For administrators. */
export function userRoutes(server: Server): Hono<Env> {
  const app = new Hono<Env>()
  app.use(async (c, next) => {
    requireAdministrator(c)
    requireInteractive(c)
    await next()
  })

  app.get('/', async (c) => {
    readQuery(c, {})
    return c.json({ items: await viewUsers(server, c) })
  })

  app.post('/', async (c) => {
    readQuery(c, {})
    const request = await readObject<NewUserRequest>(c, { ...members, email: 'string' }, [
      'email',
      'name',
      'roles',
    ])
    checkRequest(c, request)
    const { email, name, password, roles, ...standing } = request
    const { id } = await server.accounts.createUser(
      { email, name, password, roles },
      async (client, user) => {
        await writeStanding(client, c.var.model, user.id, standing)
        await auditNewUser(client, c.var.model, asked(c), user)
      },
    )
    server.actors.forget()
    return c.json(
      (await viewUsers(server, c)).find((user) => user.id === id),
      201,
    )
  })

  app.patch('/:id', async (c) => {
    readQuery(c, {})
    const id = c.req.param('id')
    const change = await readObject<UserChange>(c, { ...members, active: 'boolean' })
    checkRequest(c, change)
    if (!isId(id) || !(await readStandings(server.db.pool, c.var.model, id)).has(id))
      throw new Problem(problems['request.not-found'])
    const { name, roles, active, password, ...standing } = change
    const account = {
      ...(name === undefined ? {} : { name }),
      ...(roles === undefined ? {} : { roles }),
      ...(active === undefined ? {} : { active }),
      ...(password === undefined ? {} : { password }),
    }
    const said = auditUserChange(c.var.model, asked(c), id, account)
    await server.accounts.changeUser(id, account, {
      before: said.before,
      after: async (client, before) => {
        await writeStanding(client, c.var.model, id, standing)
        await said.after(client, before)
      },
    })
    server.actors.forget()
    return c.json((await viewUsers(server, c)).find((user) => user.id === id))
  })

  return app
}

/** What makes a `UserView` of a user. */
type View = Omit<Standing, 'represents'> & { represents: RecordRef | null }

async function viewUsers(server: Server, c: Context<Env>): Promise<(User & View)[]> {
  const [users, standings] = await Promise.all([
    server.accounts.listUsers(),
    readStandings(server.db.pool, c.var.model),
  ])
  const named = [...standings.values()].flatMap(({ represents }) => represents ?? [])
  const displays = await displaysOf(reading(server, c), named)
  return users.map((user): User & View => {
    const { represents, ...standing } = standings.get(user.id)!
    const record: RecordRef | null = represents && {
      ...represents,
      display: displays.get(`${represents.entity}/${represents.id}`) ?? null,
    }
    return { ...user, ...standing, represents: record }
  })
}

function checkRequest(
  c: Context<Env>,
  { roles = [], teams = [], manager = null, represents = null }: UserChange,
): void {
  const errors = roles.flatMap((role: unknown, index) =>
    typeof role === 'string' && c.var.model.roles.has(role)
      ? []
      : [{ pointer: `#/roles/${index}`, code: 'reference.unknown', detail: 'is not a role' }],
  )
  if (!teams.every(isId))
    errors.push({ pointer: '#/teams', code: 'request.type', detail: 'must be ids of teams' })
  if (manager !== null && !isId(manager))
    errors.push({ pointer: '#/manager', code: 'request.type', detail: 'must be the id of a user, or null' })
  if (represents !== null) {
    if (typeof represents !== 'object' || Array.isArray(represents))
      errors.push({ pointer: '#/represents', code: 'request.type', detail: 'must be a record, or null' })
    else
      errors.push(
        ...checkMembers(
          { ...represents },
          { entity: 'string', id: 'string' },
          ['entity', 'id'],
          '#/represents',
        ),
      )
  }
  if (errors.length > 0) throw new Problem(problems['request.body'], { errors })
}
