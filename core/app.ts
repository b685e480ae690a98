import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Problem } from '@xrm/sdk'
import type { ModelView } from '@xrm/sdk/api'
import { checkOrigin } from './accounts/request.ts'
import { accountRoutes, addressOf } from './accounts/routes.ts'
import { accessRoutes } from './api/access.ts'
import { auditRoutes } from './api/audit.ts'
import { accountProblems } from './accounts/problems.ts'
import { type Actor, rightsOf } from './access/rights.ts'
import { audit } from './audit/audit.ts'
import { meRoutes } from './api/me.ts'
import { userSignInRoutes } from './api/user-sign-in.ts'
import { bulkRoutes } from './api/bulk.ts'
import { changesetRoutes, documentRoutes } from './api/documents.ts'
import { conversionRoutes, recordConversionRoutes } from './api/conversions.ts'
import { docsRoutes } from './api/docs-page.ts'
import { cancelIn, type Env, requireAdministrator, type Server } from './api/environment.ts'
import { type AnyRequest, everyAnswer, nothingHere } from './api/every-answer.ts'
import { healthRoutes } from './api/health.ts'
import { meView, modelView } from './api/model-view.ts'
import { openApi } from './api/openapi/openapi.ts'
import { limitRate, type RateLimit } from './api/limit-rate.ts'
import { noticeRoutes } from './api/notices.ts'
import { problemRoutes } from './api/problem-pages.ts'
import { problems } from './api/problems.ts'
import { noParameters, readQuery, text } from './api/read-request.ts'
import { personalDataRoutes } from './api/personal-data.ts'
import { pluginRoutes } from './api/plugins.ts'
import { duplicateRoutes, mergeRoutes, recordMergeRoutes } from './api/duplicates.ts'
import { presetRoutes } from './api/presets.ts'
import { recordRoutes } from './api/records.ts'
import { eventRoutes } from './api/events.ts'
import { recordExportRoutes } from './api/export.ts'
import { configRoutes } from './api/config.ts'
import { expressionRoutes } from './api/expressions.ts'
import { fieldTypeRoutes } from './api/field-types.ts'
import { fileRoutes } from './api/files.ts'
import { jobRoutes } from './api/jobs.ts'
import { searchRoutes } from './api/search.ts'
import { recordShareRoutes } from './api/shares.ts'
import { staticRoutes } from './api/static.ts'
import { userRoutes } from './api/users.ts'
import { webFormRoutes } from './api/web-forms.ts'
import { CallerGone, forCaller } from './storage/cancel.ts'
import { isUnavailable } from './storage/unavailable.ts'
import { formPages, formRoutes } from './web-forms/routes.ts'

const interfaceFolder = join(import.meta.dirname, '../admin-ui/dist')

/** The HTTP face of a server; what `main` listens with and what every test calls by `app.request`. */
export async function createApp(server: Server): Promise<Hono<AnyRequest>> {
  const app = new Hono<AnyRequest>()
  app.onError(async (error, c) => {
    const refused = error instanceof Problem && error.status === 403
    if (refused) await auditRefusal(server, c, error)
    return answerError(server, error, c)
  })
  app.use(everyAnswer())
  app.route('/', healthRoutes(server))
  const limit = limitRate(server.config.rateLimit)
  // Also before anybody is signed in: what is asked here leaves challenges in the database, or comes from everywhere.
  for (const open of ['/api/auth/*', '/api/forms/*', '/forms/*'])
    app.use(open, async (c, next) => {
      await limit({ address: addressOf(c) })
      await next()
    })
  app.route('/', accountRoutes(server.accounts))
  app.route('/forms', formPages(server))
  app.route('/api/forms', formRoutes(server))
  app.route('/problems', problemRoutes(server.plugins))
  app.route('/api', signedIn(server, limit))
  app.all('/api/*', (c) => {
    throw nothingHere(app, c)
  })
  app.route('/', await staticRoutes(interfaceFolder))
  app.notFound((c) => answerProblem(c, nothingHere(app, c)))
  return app
}

/** Everything behind the sign-in. Rights are checked where records are read and written, never by path. */
function signedIn(server: Server, limit: RateLimit): Hono<Env> {
  const app = new Hono<Env>()
  app.use(async (c, next) => {
    const session = await server.accounts.session(c.req.raw.headers)
    await limit({ userId: session?.userId, apiKey: session?.apiKey, address: addressOf(c) })
    if (!session) throw new Problem(problems['request.signed-out'])
    // A key comes in a header that no other site can make a browser send.
    if (isUnsafe(c) && session.apiKey === undefined) checkOrigin(c.req.raw, server.config.publicUrl)
    const actor = await server.actors.behind(session)
    if (!actor) throw new Problem(problems['request.signed-out'])
    c.set('session', session)
    c.set('actor', actor)
    c.set('model', server.live.current)
    c.set('now', new Date().toISOString())
    await (isUnsafe(c) ? next() : forCaller(c.req.raw.signal, cancelIn(server), next))
  })
  app.route('/me', meRoutes(server))
  app.use(async (c, next) => {
    if (isUnsafe(c) && c.var.session.readOnly) throw new Problem(accountProblems['accounts.read-only'])
    requireSecondFactor(server, c)
    await next()
  })
  const { max: fileMax } = server.config.files
  const viewOf = (...of: Parameters<typeof modelView>): Omit<ModelView, 'me'> => {
    const view = modelView(...of)
    return { ...view, settings: { ...view.settings, fileMax } }
  }
  app.get('/model', async (c) => {
    const { changeset } = readQuery(c, { changeset: text })
    if (changeset !== undefined) {
      requireAdministrator(c)
      const draft = await server.documents.model(changeset)
      return c.json({ ...viewOf(draft, c.var.actor), me: meView(draft, c.var.actor, c.var.session) })
    }
    const { key } = rightsOf(c.var.model, c.var.actor)
    const seen = c.var.session.impersonator
      ? `-${c.var.session.impersonator.id}-${c.var.session.readOnly}`
      : ''
    const etag = `"${createHash('sha256')
      .update(
        `${c.var.model.version}-${c.var.actor.userId}-${c.var.session.language ?? ''}-${key}${seen}-${fileMax}`,
      )
      .digest('base64url')}"`
    if (c.req.header('if-none-match') === etag) return c.body(null, 304, { etag })
    return c.json(
      { ...viewOf(c.var.model, c.var.actor), me: meView(c.var.model, c.var.actor, c.var.session) },
      200,
      { etag },
    )
  })
  app.get('/openapi.json', noParameters, (c) => c.json(openApi(c.var.model, c.var.actor)))
  app.route('/', docsRoutes())
  app.route('/records', recordMergeRoutes(server))
  app.route('/records', recordConversionRoutes(server))
  app.route('/records', recordExportRoutes(server))
  app.route('/records', recordShareRoutes(server))
  app.route('/records', recordRoutes(server))
  app.route('/conversions', conversionRoutes(server))
  app.route('/bulk', bulkRoutes(server))
  app.route('/notices', noticeRoutes(server))
  app.route('/documents', documentRoutes(server))
  app.route('/changesets', changesetRoutes(server))
  app.route('/config', configRoutes(server))
  app.route('/expressions', expressionRoutes(server))
  app.route('/field-types', fieldTypeRoutes(server))
  app.route('/plugins', pluginRoutes(server))
  app.route('/presets', presetRoutes(server))
  app.route('/duplicates', duplicateRoutes(server))
  app.route('/merges', mergeRoutes(server))
  app.route('/jobs', jobRoutes(server))
  app.route('/events', eventRoutes(server))
  app.route('/search', searchRoutes(server))
  app.route('/users', userSignInRoutes(server))
  app.route('/users', userRoutes(server))
  app.route('/access', accessRoutes(server))
  app.route('/audit', auditRoutes(server))
  app.route('/personal-data', personalDataRoutes(server))
  app.route('/web-forms', webFormRoutes(server))
  app.route('/files', fileRoutes(server))
  return app
}

function isUnsafe(c: Context): boolean {
  return c.req.method !== 'GET' && c.req.method !== 'HEAD'
}

/** Where the installation wants one, nothing but the own account is open without. A key was made by somebody who had it. */
function requireSecondFactor({ config: { requireSecondFactor: from } }: Server, c: Context<Env>): void {
  const { session } = c.var
  if (!from || session.hasSecondFactor !== false || session.impersonator) return
  if (from === 'everyone' || rightsOf(c.var.model, c.var.actor).administer)
    throw new Problem(accountProblems['accounts.second-factor-needed'])
}

/** Who asked for what they may not do. The address tells what; what a record holds is in no address. */
async function auditRefusal(server: Server, c: Context<AnyRequest>, problem: Problem): Promise<void> {
  const actor = (c as unknown as Context<{ Variables: { actor?: Actor } }>).var.actor
  if (!actor) return
  const details = { method: c.req.method, path: c.req.path.slice(0, 300), code: problem.code }
  try {
    await audit(server.db.pool, {
      kind: 'refused',
      actor,
      address: addressOf(c),
      request: c.var.requestId,
      details,
    })
  } catch (error) {
    // Refused it is all the same.
    server.log.error({ err: error, ...details }, 'a refusal was not written to the security log')
  }
}

/** What PostgreSQL says of a statement that ran into its time limit. */
const queryCanceled = '57014'

/** Problems go out as they are; the database's own refusals are translated; everything else is ours to mend. */
function answerError(server: Server, error: Error, c: Context<AnyRequest>): Response {
  if (error instanceof Problem) return answerProblem(c, error)
  const request = { request: c.var.requestId, method: c.req.method, path: c.req.path }
  const { code } = error as { code?: string }
  if (error instanceof CallerGone || isUnavailable(error)) {
    // Whom nobody waits for any more has cancelled the statement itself.
    if (!c.req.raw.signal.aborted)
      server.log.warn({ error: error.message, ...request }, 'the database is busy or away')
    const problem = code === queryCanceled ? problems['request.too-slow'] : problems['request.busy']
    return answerProblem(c, new Problem(problem, { headers: { 'Retry-After': '2' } }))
  }
  // A value that slipped through our checks and that PostgreSQL refuses is the caller's, and still a finding for us.
  if (code?.startsWith('22')) {
    server.log.error({ err: error, ...request }, 'the database refused a value')
    return answerProblem(
      c,
      new Problem(problems['request.parameter'], {
        detail: 'A value is outside of what can be stored or compared.',
      }),
    )
  }
  server.log.error({ err: error, ...request }, 'unexpected error')
  return answerProblem(c, new Problem(problems.internal))
}

function answerProblem(c: Context, problem: Problem): Response {
  const headers = {
    ...problem.headers,
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  }
  return c.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, headers)
}
