import type { WebForm } from '@xrm/sdk'
import { sharedSecret } from '../../core/storage/secrets.ts'
import { tokenName } from '../../core/web-forms/read-posted.ts'
import { FormTokens } from '../../core/web-forms/tokens.ts'
import { publish } from './publish.ts'
import type { Caller, TestServer } from './server.ts'

/** An open form of the small world of the fixture. */
export const ask: WebForm = {
  title: 'Ask us',
  labels: { de: 'Fragen Sie uns' },
  open: true,
  entity: 'prospect',
  fields: { first_name: {}, last_name: { required: true }, email: {}, company: {}, note: {} },
}

export interface Sent {
  token?: string
  headers?: Record<string, string>
  lang?: string
  node?: Pick<TestServer, 'app'>
}

/** Makes forms, and posts to them as visitors' browsers do. */
export async function visitors({ app, server }: TestServer, admin: Caller) {
  const tokens = new FormTokens(await sharedSecret(server.db, 'web-forms'))
  let count = 0
  /** What a page carries after somebody has read it for a while. */
  const tokenOf = (name: string, age = 5000): string => tokens.make(name, Date.now() - age)
  return {
    tokenOf,
    /** A form of its own for a test, so that none meets what another has sent. */
    async form(body: Partial<WebForm> = {}): Promise<string> {
      const name = `ask-${++count}`
      await publish(admin, { [`web-form/${name}`]: { ...ask, ...body } })
      return name
    },
    async post(name: string, values: Record<string, string> | [string, string][], sent: Sent = {}) {
      const body = new URLSearchParams(values)
      if (sent.token !== '') body.append(tokenName, sent.token ?? tokenOf(name))
      const response = await (sent.node?.app ?? app).request(`/forms/${name}?lang=${sent.lang ?? 'en'}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...sent.headers },
        body: body.toString(),
      })
      return { status: response.status, headers: response.headers, text: await response.text() }
    },
    /** Calls as a program that has not signed in. */
    async call<T = Record<string, never>>(
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ) {
      const response = await app.request(path, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return {
        status: response.status,
        headers: response.headers,
        body: (text === '' ? undefined : JSON.parse(text)) as T,
      }
    },
  }
}
