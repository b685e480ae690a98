import { type Context, Hono } from 'hono'
import { Problem } from '@xrm/sdk'
import type { NewApiKeyRequest } from '@xrm/sdk/access'
import { accountProblems } from '../accounts/problems.ts'
import { originOf } from '../accounts/request.ts'
import { wrongCode } from '../accounts/second-factor.ts'
import { checkApiKey } from '../accounts/api-keys.ts'
import { asked, type Env, requirePerson, type Server } from './environment.ts'
import { meView } from './model-view.ts'
import { problems } from './problems.ts'
import { noParameters, readObject } from './read-request.ts'

/**
 * `/api/me`: who one is, and one's own sessions, keys and factors. Open before a second factor that is required has been
 * set up. Everything but the first and the last is for the person alone: not for keys, and not for who is in their place.
 * What opens another way in wants to know first that it is they.
 */
export function meRoutes(server: Server): Hono<Env> {
  const { accounts } = server
  const app = new Hono<Env>()

  app.use(noParameters)
  app.get('/', (c) => c.json(meView(c.var.model, c.var.actor, c.var.session)))

  app.delete('/view-as', async (c) => {
    if (!c.var.session.impersonator) throw new Problem(accountProblems['accounts.not-found'])
    await accounts.viewAs.end(c.var.session, asked(c))
    return c.body(null, 204)
  })

  app.use(async (c, next) => {
    requirePerson(c)
    await next()
  })

  app.patch('/', async (c) => {
    const { language } = await readObject<{ language: string }>(c, { language: 'string' }, ['language'])
    if (language !== 'en' && language !== 'de') {
      throw new Problem(problems['request.body'], {
        errors: [{ pointer: '#/language', code: 'request.type', detail: 'must be en or de' }],
      })
    }
    await accounts.setLanguage(c.var.session.userId, language)
    return c.json(meView(c.var.model, c.var.actor, { ...c.var.session, language }))
  })

  sessionRoutes(server, app, (c) => c.var.session.userId)
  keyRoutes(server, app, (c) => c.var.session.userId)
  app.post('/api-keys', async (c) => {
    const wish = await readObject<NewApiKeyRequest>(c, { name: 'string', scopes: 'object', days: 'number' }, [
      'name',
      'scopes',
    ])
    checkApiKey(wish, (name) => c.var.model.entities.has(name))
    await accounts.requireConfirmed(c.var.session)
    return c.json(await accounts.keys.make(c.var.session.userId, wish, asked(c)), 201)
  })
  factorRoutes(server, app)
  passkeyRoutes(server, app)
  return app
}

/** Somebody's sessions: one's own, or for administrators those of a user. */
export function sessionRoutes(
  server: Server,
  app: Hono<Env>,
  userOf: (c: Context<Env>) => string,
  at = '',
): void {
  const { sessions } = server.accounts
  app.get(`${at}/sessions`, async (c) => {
    return c.json({ items: await sessions.list(userOf(c), c.var.session.sessionId) })
  })
  app.delete(`${at}/sessions`, async (c) => {
    return c.json({ ended: await sessions.end(userOf(c), { keep: c.var.session.sessionId }, asked(c)) })
  })
  app.delete(`${at}/sessions/:session`, async (c) => {
    await sessions.end(userOf(c), { id: c.req.param('session')! }, asked(c))
    return c.body(null, 204)
  })
}

/** Somebody's keys for programs. Making one is for the person alone. */
export function keyRoutes(
  server: Server,
  app: Hono<Env>,
  userOf: (c: Context<Env>) => string,
  at = '',
): void {
  const { keys } = server.accounts
  app.get(`${at}/api-keys`, async (c) => {
    return c.json({ items: await keys.list(userOf(c)) })
  })
  app.delete(`${at}/api-keys/:key`, async (c) => {
    await keys.remove(userOf(c), c.req.param('key')!, asked(c))
    return c.body(null, 204)
  })
}

function factorRoutes({ accounts: { factors, requireConfirmed } }: Server, app: Hono<Env>): void {
  // Who finds an open screen has no code, and cannot take the second factor away.
  const provenCode = async (c: Context<Env>): Promise<void> => {
    const { code } = await readObject<{ code: string }>(c, { code: 'string' }, ['code'])
    const given = /^[\d ]+$/.test(code) ? { code } : { recovery: code }
    if (!(await factors.check(c.var.session.userId, given))) throw wrongCode()
  }
  app.get('/second-factor', async (c) => {
    return c.json(await factors.of(c.var.session.userId))
  })
  app.post('/second-factor', async (c) => {
    await readObject(c, {})
    await requireConfirmed(c.var.session)
    return c.json(await factors.begin(c.var.session.userId, c.var.session.email))
  })
  app.post('/second-factor/confirm', async (c) => {
    const { code } = await readObject<{ code: string }>(c, { code: 'string' }, ['code'])
    return c.json({ recovery: await factors.confirm(c.var.session.userId, code, asked(c)) })
  })
  app.post('/second-factor/recovery', async (c) => {
    await provenCode(c)
    return c.json({ recovery: await factors.renewRecovery(c.var.session.userId, asked(c)) })
  })
  app.post('/second-factor/remove', async (c) => {
    await provenCode(c)
    await factors.remove(c.var.session.userId, asked(c))
    return c.body(null, 204)
  })
}

function passkeyRoutes({ accounts: { passkeys, requireConfirmed }, config }: Server, app: Hono<Env>): void {
  const origin = (c: Context<Env>): string => originOf(c.req.raw, config.publicUrl)
  app.get('/passkeys', async (c) => {
    return c.json({ items: await passkeys.list(c.var.session.userId) })
  })
  app.post('/passkeys/options', async (c) => {
    await readObject(c, {})
    await requireConfirmed(c.var.session)
    return c.json(await passkeys.creation(c.var.session, origin(c)))
  })
  app.post('/passkeys', async (c) => {
    const given = await readObject<{ name: string; response: object }>(
      c,
      { name: 'string', response: 'object' },
      ['name', 'response'],
    )
    if (given.name.trim() === '' || given.name.length > 100) {
      throw new Problem(problems['request.body'], {
        errors: [{ pointer: '#/name', code: 'length', detail: 'A name has 1 to 100 characters.' }],
      })
    }
    await requireConfirmed(c.var.session)
    return c.json(await passkeys.add(c.var.session.userId, given, origin(c), asked(c)), 201)
  })
  app.delete('/passkeys/:passkey', async (c) => {
    await requireConfirmed(c.var.session)
    await passkeys.remove(c.var.session.userId, c.req.param('passkey'), asked(c))
    return c.body(null, 204)
  })
}
