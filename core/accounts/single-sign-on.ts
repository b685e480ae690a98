import * as client from 'openid-client'
import { Problem } from '@xrm/sdk'
import { audit } from '../audit/audit.ts'
import type { Outgoing } from '../outgoing/outgoing.ts'
import { type Database, transaction } from '../storage/database.ts'
import { ssoLifetime } from './auth-routes.ts'
import { makeOneTime, takeOneTime } from './one-time.ts'
import { accountProblems } from './problems.ts'
import { safePath } from './safe-path.ts'
import { checkPerson, insertUser } from './users.ts'

/** The firm's identity provider, as the operator says. */
export interface ProviderConfig {
  issuer: string
  clientId: string
  clientSecret: string
  /** On the button. */
  name: string
  /** Roles of people whom nobody has made a user yet; empty: only existing users get in. */
  createRoles: string[]
}

/** Sign-in at an OpenID Connect provider: code flow with PKCE, state and nonce, the ID token's signature checked. */
export interface SingleSignOn {
  name: string
  /** Where to send the browser, and what it must bring back. */
  begin: (returnTo: string | null) => Promise<{ location: string; token: string }>
  /** Who came back; throws a `Problem` for everything that is not exactly what was asked for. */
  finish: (url: URL, token: string, address: string) => Promise<{ userId: string; returnTo: string }>
}

export function singleSignOn(
  db: Database,
  config: ProviderConfig,
  publicUrl: string,
  outgoing: Outgoing,
): SingleSignOn {
  const redirectUri = `${publicUrl}/api/auth/sso/callback`
  let found: Promise<client.Configuration> | undefined
  const provider = (): Promise<client.Configuration> => {
    found ??= discover(config, outgoing)
    // A provider that was away is asked again.
    found.catch(() => (found = undefined))
    return found
  }
  return {
    name: config.name,
    begin: async (returnTo) => {
      const verifier = client.randomPKCECodeVerifier()
      const data = {
        verifier,
        state: client.randomState(),
        nonce: client.randomNonce(),
        returnTo: safePath(returnTo),
      }
      const url = client.buildAuthorizationUrl(await provider(), {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state: data.state,
        nonce: data.nonce,
      })
      const { token } = await makeOneTime(db.pool, 'sso', ssoLifetime, { data })
      return { location: url.href, token }
    },
    finish: async (url, token, address) => {
      const begun = await takeOneTime(db.pool, 'sso', token)
      if (!begun)
        throw new Problem(accountProblems['accounts.sso'], { detail: 'This sign-in was not begun here.' })
      const { verifier, state, nonce, returnTo } = begun.data as Record<string, string>
      const claims = await claimsOf(await provider(), new URL(redirectUri + url.search), {
        pkceCodeVerifier: verifier!,
        expectedState: state!,
        expectedNonce: nonce!,
        idTokenExpected: true,
      })
      return { userId: await userOf(db, config, claims, address), returnTo: safePath(returnTo) }
    },
  }
}

async function discover(config: ProviderConfig, outgoing: Outgoing): Promise<client.Configuration> {
  const issuer = new URL(config.issuer)
  // Without https only where nobody is in between.
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(issuer.hostname)
  const found = client.discovery(
    issuer,
    config.clientId,
    undefined,
    client.ClientSecretPost(config.clientSecret),
    {
      execute: [
        // The specification lets a client trust the connection instead; a signature also tells a misled connection.
        client.enableNonRepudiationChecks,
        ...(isLocal ? [client.allowInsecureRequests] : []),
      ],
      // What the provider names as its addresses cannot lead into our own network either.
      [client.customFetch]: through(outgoing),
    },
  )
  return found.catch(refused)
}

function through(outgoing: Outgoing): client.CustomFetch {
  return async (url, { method, headers, body }) => {
    const answer = await outgoing.call(url, {
      method: method === 'POST' ? 'POST' : 'GET',
      headers,
      ...(body ? { body: String(body) } : {}),
    })
    return new Response(answer.body, { status: answer.status, headers: { ...answer.headers } })
  }
}

/** Whatever the provider or somebody in its place has sent, or not: it is not what we asked for. */
function refused(error: Error): never {
  throw new Problem(accountProblems['accounts.sso'], { detail: error.message })
}

async function claimsOf(
  provider: client.Configuration,
  url: URL,
  checks: client.AuthorizationCodeGrantChecks,
): Promise<client.IDToken> {
  const tokens = await client.authorizationCodeGrant(provider, url, checks).catch(refused)
  return tokens.claims()!
}

/**
 * The user whom the provider's person is: who came before, else who has the address that the provider vouches for, else
 * a new one if the operator wants that. An address that nobody has verified is anybody's.
 */
async function userOf(
  db: Database,
  { issuer, createRoles }: ProviderConfig,
  { sub, email, email_verified: verified, name }: client.IDToken,
  address: string,
): Promise<string> {
  const accountId = `${issuer} ${sub}`
  return transaction(db, async (trx) => {
    const { rows: known } = await trx.query<{ id: string; active: boolean }>(
      `SELECT u.id, u.active FROM xrm.account a JOIN xrm."user" u ON u.id = a.user_id
       WHERE a.provider_id = 'oidc' AND a.account_id = $1`,
      [accountId],
    )
    if (known[0]?.active) return known[0].id
    if (known[0] || typeof email !== 'string' || verified !== true)
      throw new Problem(accountProblems['accounts.sso-unknown'])
    const person = checkPerson({ email, name: typeof name === 'string' && name.trim() ? name : email })
    const { rows } = await trx.query<{ id: string; name: string; active: boolean }>(
      'SELECT id, name, active FROM xrm."user" WHERE email = $1',
      [person.email],
    )
    const [existing] = rows
    if (existing ? !existing.active : createRoles.length === 0)
      throw new Problem(accountProblems['accounts.sso-unknown'])
    const user = existing ?? (await insertUser(trx, { ...person, roles: createRoles, hash: null }))
    await trx.query(`INSERT INTO xrm.account (user_id, provider_id, account_id) VALUES ($1, 'oidc', $2)`, [
      user.id,
      accountId,
    ])
    await audit(trx, {
      kind: existing ? 'user-changed' : 'user-made',
      actor: { userId: user.id, name: user.name },
      address,
      subject: { kind: 'user', id: user.id },
      details: { provider: issuer, ...(existing ? {} : { roles: createRoles }) },
    })
    return user.id
  })
}
