import { createHmac, generateKeyPairSync, createSign, type KeyObject } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import { afterAll, describe, expect, it } from 'vitest'
import { safePath } from '../../core/accounts/safe-path.ts'
import { TestBrowser } from '../support/browser.ts'
import { testServer } from '../support/server.ts'

const origin = 'https://crm.example.com'
const callback = `${origin}/api/auth/sso/callback`
const password = 'correct horse battery'

/** People whom the real provider knows. */
const people: Record<string, { email: string; email_verified: boolean; name: string }> = {}

function listen(server: Server): Promise<string> {
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve()).closeAllConnections()))
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    ),
  )
}

function env(issuer: string, more: Record<string, string> = {}) {
  return {
    XRM_PUBLIC_URL: origin,
    XRM_ALLOWED_HOSTS: new URL(issuer).host,
    XRM_OIDC_ISSUER: issuer,
    XRM_OIDC_CLIENT_ID: 'xrm',
    XRM_OIDC_CLIENT_SECRET: 'a secret of the client, long enough',
    XRM_OIDC_NAME: 'Example ID',
    ...more,
  }
}

/** A real one, with its development pages for signing in and consenting. */
async function realProvider(): Promise<string> {
  const http = createServer((request, response) => void provider.callback()(request, response))
  const issuer = await listen(http)
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'xrm',
        client_secret: 'a secret of the client, long enough',
        redirect_uris: [callback],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    cookies: { keys: ['test'] },
    features: { devInteractions: { enabled: true } },
  })
  return issuer
}

/** Goes through the provider's pages as a browser does, and answers where it is sent back to. */
async function atProvider(location: string, login: string): Promise<string> {
  const jar = new Map<string, string>()
  let url = location
  let form: URLSearchParams | null = null
  for (let hop = 0; hop < 20; hop++) {
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { body: form } : {}),
    })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', ...value] = line.split(';')[0]!.split('=')
      jar.set(name, value.join('='))
    }
    form = null
    const next = response.headers.get('location')
    if (next) {
      url = new URL(next, url).href
      if (url.startsWith(callback)) return url
      continue
    }
    const page = await response.text()
    const action = /action="([^"]+)"/.exec(page)?.[1]
    const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1]
    if (!action || !prompt) throw new Error(`No page to go on from: ${page.slice(0, 500)}`)
    url = new URL(action, url).href
    form = new URLSearchParams({ prompt, ...(prompt === 'login' ? { login, password: 'x' } : {}) })
  }
  throw new Error('The provider sends in circles')
}

async function begin(page: TestBrowser, returnTo = '/records/lead'): Promise<string> {
  const { status, headers } = await page.call('GET', `/api/auth/sso?returnTo=${encodeURIComponent(returnTo)}`)
  expect(status).toBe(302)
  return headers.get('location')!
}

const real = await realProvider()
const { app, server } = await testServer({ env: env(real) })

describe('single sign-on', () => {
  it('lets an existing user in whose address the provider has verified, and knows them from then on', async () => {
    const { id } = await server.accounts.createUser({
      email: 'ada@example.com',
      name: 'Ada',
      roles: ['sales'],
    })
    people['sub-ada'] = { email: 'Ada@example.com', email_verified: true, name: 'Ada L.' }
    const page = new TestBrowser(app, { origin })
    expect((await page.call('GET', '/api/auth/options')).body).toMatchObject({
      singleSignOn: { name: 'Example ID' },
    })
    const location = await begin(page)
    const asked = new URL(location).searchParams
    expect(asked.get('code_challenge_method')).toBe('S256')
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)).toMatch(/^[\w-]{43}$/)
    const back = await atProvider(location, 'sub-ada')
    const entered = await page.call('GET', back)
    expect([entered.status, entered.headers.get('location')]).toEqual([302, '/records/lead'])
    expect((await page.call('GET', '/api/me')).body).toMatchObject({ id })
    // The same answer a second time opens nothing.
    const replay = new TestBrowser(app, { origin })
    expect((await replay.call('GET', back)).headers.get('location')).toBe('/sign-in?problem=accounts.sso')
    // By the provider's name of the person, not by the address.
    people['sub-ada'] = { email: 'other@example.com', email_verified: false, name: 'Ada L.' }
    const again = new TestBrowser(app, { origin })
    await again.call('GET', await atProvider(await begin(again), 'sub-ada'))
    expect((await again.call('GET', '/api/me')).body).toMatchObject({ id })
    await server.accounts.createUser({ email: 'root@example.com', name: 'Root', roles: ['admin'] })
    await server.accounts.setActive(id, false)
    const closed = new TestBrowser(app, { origin })
    const refused = await closed.call('GET', await atProvider(await begin(closed), 'sub-ada'))
    expect(refused.headers.get('location')).toBe('/sign-in?problem=accounts.sso-unknown')
    expect((await closed.call('GET', '/api/me')).status).toBe(401)
  })

  it('links no user by an address that nobody has verified, and makes no users unasked [AUTH-14]', async () => {
    await server.accounts.createUser({ email: 'boss@example.com', name: 'Boss', password, roles: ['admin'] })
    people['sub-eve'] = { email: 'boss@example.com', email_verified: false, name: 'Boss' }
    people['sub-new'] = { email: 'new@example.com', email_verified: true, name: 'New' }
    const before = await server.accounts.listUsers()
    for (const login of ['sub-eve', 'sub-new']) {
      const page = new TestBrowser(app, { origin })
      const answer = await page.call('GET', await atProvider(await begin(page), login))
      expect(answer.headers.get('location')).toBe('/sign-in?problem=accounts.sso-unknown')
      expect((await page.call('GET', '/api/me')).status).toBe(401)
    }
    expect(await server.accounts.listUsers()).toHaveLength(before.length)
  })

  it('makes users with the roles that the operator names', async () => {
    const strict = await testServer({
      env: env(real, { XRM_OIDC_CREATE_ROLES: 'sales, support' }),
    })
    people['sub-nora'] = { email: 'nora@example.com', email_verified: true, name: 'Nora' }
    const page = new TestBrowser(strict.app, { origin })
    await page.call('GET', await atProvider(await begin(page), 'sub-nora'))
    expect((await page.call('GET', '/api/me')).body).toMatchObject({
      name: 'Nora',
      roles: ['sales', 'support'],
    })
  })

  it('is refused when the answer is not the one to this browser’s question [AUTH-14]', async () => {
    const wrong = '/sign-in?problem=accounts.sso'
    people['sub-ada'] = { email: 'ada@example.com', email_verified: true, name: 'Ada' }
    const finish = async (change: (url: URL) => void, other?: TestBrowser) => {
      const page = new TestBrowser(app, { origin })
      const back = new URL(await atProvider(await begin(page), 'sub-ada'))
      change(back)
      const answer = await (other ?? page).call('GET', back.href)
      expect((await (other ?? page).call('GET', '/api/me')).status).toBe(401)
      return answer.headers.get('location')
    }
    expect(await finish((url) => url.searchParams.delete('state'))).toBe(wrong)
    expect(await finish((url) => url.searchParams.set('state', 'x'.repeat(43)))).toBe(wrong)
    expect(await finish((url) => url.searchParams.set('code', 'made-up'))).toBe(wrong)
    expect(await finish((url) => url.searchParams.set('iss', 'https://evil.example'))).toBe(wrong)
    // Somebody else's answer put into this browser.
    const victim = new TestBrowser(app, { origin })
    await begin(victim)
    expect(await finish(() => {}, victim)).toBe(wrong)
    expect(await finish(() => {}, new TestBrowser(app, { origin }))).toBe(wrong)
  })

  it.each([
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'https:evil.example',
    'https://evil.example/',
    'javascript:alert(1)',
    '/%2f/..//evil.example',
    '\\\\evil.example',
    '',
  ])('goes on to no other place than this server, not to %j [AUTH-15]', async (returnTo) => {
    people['sub-pia'] = { email: 'pia@example.com', email_verified: true, name: 'Pia' }
    await server.accounts
      .createUser({ email: 'pia@example.com', name: 'Pia', roles: ['sales'] })
      .catch((error: { code: string }) => expect(error.code).toBe('accounts.email-taken'))
    const page = new TestBrowser(app, { origin })
    const back = await atProvider(await begin(page, returnTo), 'sub-pia')
    const where = (await page.call('GET', back)).headers.get('location')!
    expect(where.startsWith('/')).toBe(true)
    expect(new URL(where, origin).origin).toBe(origin)
    // On failure as well.
    const failed = await page.call('GET', `${back}&returnTo=${encodeURIComponent(returnTo)}`)
    expect(new URL(failed.headers.get('location')!, origin).origin).toBe(origin)
  })

  it('says so on the sign-in page when the provider is away or may not be called', async () => {
    const away = 'http://127.0.0.1:9'
    for (const more of [{}, { XRM_ALLOWED_HOSTS: '' }]) {
      const other = await testServer({ env: env(away, more) })
      const { status, headers } = await new TestBrowser(other.app, { origin }).call('GET', '/api/auth/sso')
      expect([status, headers.get('location')]).toEqual([302, '/sign-in?problem=accounts.sso'])
    }
  })

  it('keeps a path of its own with its query', () => {
    expect(safePath('/records/lead?sort=name#top')).toBe('/records/lead?sort=name#top')
  })
})

/** A provider that lies: it answers the token that a test wants. */
describe('a token of a provider', async () => {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 })
  let nonce = ''
  let token: () => string = () => ''
  const http = createServer((request, response) => {
    const answer = (body: unknown): void => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(body))
    }
    if (request.url === '/.well-known/openid-configuration') {
      answer({
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      })
    } else if (request.url === '/jwks') {
      answer({
        keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }],
      })
    } else answer({ access_token: 'a', token_type: 'Bearer', expires_in: 60, id_token: token() })
  })
  const issuer = await listen(http)
  const { app: node, server: trusting } = await testServer({ env: env(issuer) })
  await trusting.accounts.createUser({ email: 'ada@example.com', name: 'Ada', roles: ['sales'] })

  const claims = (more: object = {}): object => {
    const now = Math.floor(Date.now() / 1000)
    return {
      iss: issuer,
      aud: 'xrm',
      sub: 'ada',
      email: 'ada@example.com',
      email_verified: true,
      nonce,
      iat: now,
      exp: now + 60,
      ...more,
    }
  }
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = (body: object, key: KeyObject = keys.privateKey, header: object = {}): string => {
    const text = `${encode({ alg: 'RS256', kid: 'one', ...header })}.${encode(body)}`
    return `${text}.${createSign('RSA-SHA256').update(text).sign(key).toString('base64url')}`
  }

  const enter = async (): Promise<[location: string | null, status: number]> => {
    const page = new TestBrowser(node, { origin })
    const asked = new URL(await begin(page)).searchParams
    nonce = asked.get('nonce')!
    const { headers } = await page.call('GET', `${callback}?code=c&state=${asked.get('state')}`)
    return [headers.get('location'), (await page.call('GET', '/api/me')).status]
  }

  it('opens a session when everything is right', async () => {
    token = () => signed(claims())
    expect(await enter()).toEqual(['/records/lead', 200])
  })

  it.each<[string, () => string]>([
    ['no nonce', () => signed(claims({ nonce: undefined }))],
    ['another nonce', () => signed(claims({ nonce: 'x'.repeat(43) }))],
    ['another issuer', () => signed(claims({ iss: 'https://evil.example' }))],
    ['another audience', () => signed(claims({ aud: 'other' }))],
    ['no end', () => signed(claims({ exp: undefined }))],
    ['an end that is over', () => signed(claims({ iat: 1, exp: 2 }))],
    ['the signature of another key', () => signed(claims(), foreign.privateKey)],
    ['no signature', () => `${encode({ alg: 'none' })}.${encode(claims())}.`],
    ['no signature under a known key', () => `${encode({ alg: 'none', kid: 'one' })}.${encode(claims())}.`],
    [
      'the public key as a shared secret',
      () => {
        const text = `${encode({ alg: 'HS256', kid: 'one' })}.${encode(claims())}`
        const pem = keys.publicKey.export({ type: 'spki', format: 'pem' })
        return `${text}.${createHmac('sha256', pem).update(text).digest('base64url')}`
      },
    ],
    [
      'the client’s secret as the key',
      () => {
        const text = `${encode({ alg: 'HS256' })}.${encode(claims())}`
        const mac = createHmac('sha256', 'a secret of the client, long enough').update(text)
        return `${text}.${mac.digest('base64url')}`
      },
    ],
    [
      'claims changed after signing',
      () => signed(claims()).replace(/\.[^.]+\./, `.${encode(claims({ sub: 'eve' }))}.`),
    ],
    ['no form at all', () => 'x'],
    ['an address that is not verified', () => signed(claims({ sub: 'new', email_verified: 'true' }))],
  ])('is refused with %s [AUTH-14]', async (_what, made) => {
    token = made
    const [location, status] = await enter()
    expect(location).toMatch(/^\/sign-in\?problem=accounts\.sso(-unknown)?$/)
    expect(status).toBe(401)
  })
})
