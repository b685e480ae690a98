import type { Hono } from 'hono'
import type { Answer } from './server.ts'

/** What a browser is to the server: something that keeps cookies and names its origin. Signs in for real. */
export class TestBrowser {
  readonly cookies = new Map<string, string>()
  readonly #app: Pick<Hono, 'request'>
  readonly #origin: string
  readonly #address: string

  constructor(
    app: Pick<Hono, 'request'>,
    { origin = 'http://localhost', address = '192.0.2.1' }: { origin?: string; address?: string } = {},
  ) {
    this.#app = app
    this.#origin = origin
    this.#address = address
  }

  /** As the header says it. */
  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** The same person at another node. */
  at(app: Pick<Hono, 'request'>): TestBrowser {
    const other = new TestBrowser(app, { origin: this.#origin, address: this.#address })
    for (const [name, value] of this.cookies) other.cookies.set(name, value)
    return other
  }

  async call<T = Record<string, never>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const { cookie } = this
    const response = await this.#app.request(
      new URL(path, this.#origin).href,
      {
        method,
        redirect: 'manual',
        headers: {
          ...(cookie ? { cookie } : {}),
          ...(method === 'GET' ? {} : { origin: this.#origin, 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      },
      { incoming: { socket: { remoteAddress: this.#address, remotePort: 5000, remoteFamily: 'IPv4' } } },
    )
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const [name = '', ...value] = pair.split('=')
      if (/max-age=0/i.test(line)) this.cookies.delete(name)
      else this.cookies.set(name, value.join('='))
    }
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : text) as never,
    }
  }

  signIn(email: string, password: string): Promise<Answer<{ secondFactor?: string[]; code?: string }>> {
    return this.call('POST', '/api/auth/sign-in/email', { email, password })
  }
}
