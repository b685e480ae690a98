import { type Context, Hono } from 'hono'
import { Problem, type ProblemItem } from '@xrm/sdk'
import type { WebFormAnswer, WebFormDescription, WebFormRequest } from '@xrm/sdk/web-forms'
import { isOwn } from '../accounts/request.ts'
import { addressOf } from '../accounts/routes.ts'
import type { Server } from '../api/environment.ts'
import type { AnyRequest } from '../api/every-answer.ts'
import { problems as requestProblems } from '../api/problems.ts'
import { readForm, readObject, readQuery, text } from '../api/read-request.ts'
import type { WebFormModel } from '../documents/model.ts'
import { isUnavailable } from '../storage/unavailable.ts'
import { describeForm } from './describe.ts'
import { formPage, missingPage, type PageState, thanksPage } from './page.ts'
import { problems } from './problems.ts'
import { consentName, readPosted, tokenName, trapName, valuesOf } from './read-posted.ts'
import { formStyle } from './style.ts'
import { fixedText, languageOf, type PageLanguage, say } from './texts.ts'

type C = Context<AnyRequest>

/** More than anybody writes into a form. */
const maxBody = 200_000

/** `/forms/…`: the pages that visitors see. Nobody has to be signed in, and whoever is gets nothing by it. */
export function formPages(server: Server): Hono<AnyRequest> {
  const { webForms } = server
  const app = new Hono<AnyRequest>()

  app.get('/style.css', (c) =>
    c.body(formStyle, 200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'max-age=3600' }),
  )

  app.get('/:name', (c) => {
    const language = languageFor(c)
    return withForm(c, server, language, (form) =>
      page(c, form, 200, { language, token: webForms.tokens.make(form.name) }),
    )
  })

  app.get('/:name/thanks', (c) => {
    const language = languageFor(c)
    return withForm(c, server, language, (form) => c.html(thanksPage(form, language)))
  })

  app.post('/:name', (c) => {
    const language = languageFor(c)
    return withForm(c, server, language, async (form) => {
      await requireKnownOrigin(c, server, form)
      const posted = readPosted(form, await readForm(c, maxBody))
      const given = posted.get(tokenName)?.[0] ?? ''
      const back = (status: 422 | 429 | 500 | 503, state: Partial<PageState>): Response | Promise<Response> =>
        page(c, form, status, { language, token: given, posted, ...state })
      try {
        await webForms.count(form, addressOf(c))
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        const seconds = error.headers['Retry-After'] ?? '60'
        c.header('Retry-After', seconds)
        return back(429, { note: say(language, 'busy', { seconds }) })
      }
      // Who fills in what nobody sees is told that all is well.
      if ((posted.get(trapName)?.[0] ?? '') !== '') {
        await webForms.refusals.note(form.name, 'trap', addressOf(c))
        return leave(c, form, language)
      }
      const token = webForms.tokens.read(form.name, given)
      if ('refused' in token) {
        const { refused } = token
        if (refused !== 'expired') await webForms.refusals.note(form.name, refused, addressOf(c))
        // Sent again, the same page is old enough.
        const fresh = refused === 'too-soon' ? given : webForms.tokens.make(form.name)
        return back(422, { note: say(language, 'again'), token: fresh })
      }
      try {
        const entry = { values: valuesOf(form, posted), agreed: posted.has(consentName), language }
        await webForms.take(form.name, token.id, entry)
      } catch (error) {
        if (error instanceof Problem && error.status === 422) return back(422, { errors: error.errors ?? [] })
        // Closed while it was on its way.
        if (error instanceof Problem && error.status === 404) return c.html(missingPage(language), 404)
        if (error instanceof Problem && error.status < 500) throw error
        server.log.error({ err: error, request: c.var.requestId, form: form.name }, 'an entry was not taken')
        const isBusy = error instanceof Error && isUnavailable(error)
        return back(isBusy ? 503 : 500, { note: say(language, 'failed') })
      }
      return leave(c, form, language)
    })
  })

  return app
}

/** `/api/forms/…`: the same for programs and for scripts of the sites that a form names. */
export function formRoutes(server: Server): Hono<AnyRequest> {
  const { webForms } = server
  const app = new Hono<AnyRequest>()

  app.options('/:name', (c) => {
    const form = webForms.find(c.req.param('name'))
    allowOrigin(c, form)
    c.header('Access-Control-Allow-Methods', 'GET, POST')
    c.header('Access-Control-Allow-Headers', 'content-type')
    c.header('Access-Control-Max-Age', '600')
    return c.body(null, 204)
  })

  app.get('/:name', (c) => {
    const language = languageFor(c)
    const form = webForms.find(c.req.param('name'))
    allowOrigin(c, form)
    const description: WebFormDescription = {
      ...describeForm(form, language),
      token: webForms.tokens.make(form.name),
    }
    return c.json(description)
  })

  app.post('/:name', async (c) => {
    const language = languageFor(c)
    const form = webForms.find(c.req.param('name'))
    allowOrigin(c, form)
    await requireKnownOrigin(c, server, form)
    await webForms.count(form, addressOf(c))
    const members = { token: 'string', values: 'object', consent: 'boolean' } as const
    const request = await readObject<WebFormRequest>(c, members, ['token', 'values'], maxBody)
    refuseUnknown(form, request.values)
    const token = webForms.tokens.read(form.name, request.token)
    if ('refused' in token) {
      if (token.refused !== 'expired') await webForms.refusals.note(form.name, token.refused, addressOf(c))
      throw new Problem(problems['web-form.refused'])
    }
    const entry = { values: request.values, agreed: request.consent === true, language }
    await webForms.take(form.name, token.id, entry)
    const { thanks, redirect = null } = form.body
    const message = thanks ? fixedText(language, thanks.message, thanks.messages) : say(language, 'thanks')
    const answer: WebFormAnswer = { message, redirect }
    return c.json(answer)
  })

  return app
}

function languageFor(c: C): PageLanguage {
  const { lang } = readQuery(c, { lang: text })
  return languageOf(lang, c.req.header('accept-language'))
}

/** Answers with the form, or with the one page for all that are not there. */
async function withForm(
  c: C,
  { webForms }: Server,
  language: PageLanguage,
  answer: (form: WebFormModel) => Response | Promise<Response>,
): Promise<Response> {
  let form: WebFormModel
  try {
    form = webForms.find(c.req.param('name') ?? '')
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return c.html(missingPage(language), 404)
  }
  const { redirect, origins = {} } = form.body
  // Browsers hold a redirect after a form against the same list as the form.
  const targets = ["'self'", ...(redirect === undefined ? [] : [new URL(redirect).origin])]
  const frames = Object.keys(origins)
  c.set('ownHeaders', {
    'content-security-policy': [
      "default-src 'none'",
      "style-src 'self'",
      `form-action ${targets.join(' ')}`,
      "base-uri 'none'",
      `frame-ancestors ${frames.length > 0 ? frames.join(' ') : "'none'"}`,
    ].join('; '),
    // It knows no list; what browsers do in its place is said above.
    ...(frames.length > 0 ? { 'x-frame-options': null } : {}),
  })
  return answer(form)
}

function page(c: C, form: WebFormModel, status: 200 | 422 | 429 | 500 | 503, state: PageState) {
  return c.html(formPage(form, state), status)
}

function leave(c: C, { name, body }: WebFormModel, language: PageLanguage): Response {
  const to =
    body.redirect === undefined ? `/forms/${name}/thanks?lang=${language}` : new URL(body.redirect).href
  return c.redirect(to, 303)
}

/** Only sites that the form names may make browsers send it. Programs say no origin, and have no visitor to use. */
async function requireKnownOrigin(c: C, { webForms, config }: Server, form: WebFormModel): Promise<void> {
  const origin = c.req.header('origin')
  if (origin === undefined || isOwn(origin, c.req.raw, config.publicUrl)) return
  if (Object.hasOwn(form.body.origins ?? {}, origin)) return
  await webForms.refusals.note(form.name, 'origin', addressOf(c))
  throw new Problem(problems['web-form.foreign-origin'])
}

/** Without credentials: there is nothing that a cookie would open. */
function allowOrigin(c: C, { body }: WebFormModel): void {
  c.header('Vary', 'Origin')
  const origin = c.req.header('origin')
  if (origin !== undefined && Object.hasOwn(body.origins ?? {}, origin))
    c.header('Access-Control-Allow-Origin', origin)
}

function refuseUnknown(form: WebFormModel, values: Readonly<Record<string, unknown>>): void {
  const asked = new Set(form.fields.map(({ field }) => field.name))
  const errors = Object.keys(values)
    .filter((name) => !asked.has(name))
    .map((name): ProblemItem => ({
      pointer: `#/values/${name.slice(0, 60)}`,
      code: 'request.unknown',
      detail: 'is not known',
    }))
  if (errors.length > 0) throw new Problem(requestProblems['request.body'], { errors: errors.slice(0, 100) })
}
