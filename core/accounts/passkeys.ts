import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { Problem } from '@xrm/sdk'
import { audit } from '../audit/audit.ts'
import { type Database, transaction } from '../storage/database.ts'
import type { By } from './links.ts'
import { makeOneTime, takeOneTime } from './one-time.ts'
import { accountProblems } from './problems.ts'

/** A passkey as its owner sees it. */
export interface PasskeyView {
  id: string
  name: string
  createdAt: string
  lastUsedAt: string | null
}

/** Seconds that somebody may take to touch their device. */
const lifetime = 300

/** Loaded by the first use: certificates of all makers come along. */
const webauthn = () => import('@simplewebauthn/server')

export async function listPasskeys(db: Database, userId: string): Promise<PasskeyView[]> {
  const { rows } = await db.pool.query<PasskeyView>(
    `SELECT id, name, created_at AS "createdAt", last_used_at AS "lastUsedAt" FROM xrm.passkey
     WHERE user_id = $1 ORDER BY created_at, id`,
    [userId],
  )
  return rows
}

/** What the browser is to ask of the device for a new passkey. `origin` is the one that the browser shows. */
export async function passkeyCreation(
  db: Database,
  { userId, email, name }: { userId: string; email: string; name: string },
  origin: string,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { token } = await makeOneTime(db.pool, 'passkey', lifetime, { userId })
  const { rows } = await db.pool.query<{ id: string; transports: AuthenticatorTransport[] }>(
    'SELECT id, transports FROM xrm.passkey WHERE user_id = $1',
    [userId],
  )
  return (await webauthn()).generateRegistrationOptions({
    rpName: 'XRM',
    rpID: new URL(origin).hostname,
    userID: new TextEncoder().encode(userId),
    userName: email,
    userDisplayName: name,
    challenge: token,
    excludeCredentials: rows,
    // The device asks for a finger, a face or a number: it is a factor by itself and needs no password beside it.
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

/** Keeps a passkey that the device has made for {@link passkeyCreation}. */
export async function addPasskey(
  db: Database,
  userId: string,
  { name, response }: { name: string; response: object },
  origin: string,
  by: By,
): Promise<PasskeyView> {
  const expectedChallenge = await takeChallenge(db, response, userId)
  const { verifyRegistrationResponse } = await webauthn()
  const { registrationInfo } = await accepted(() =>
    verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge,
      expectedOrigin: origin,
      expectedRPID: new URL(origin).hostname,
      requireUserVerification: true,
    }),
  )
  const { credential } = registrationInfo!
  return transaction(db, async (client) => {
    const { rows } = await client.query<PasskeyView>(
      `INSERT INTO xrm.passkey (id, user_id, name, public_key, counter, transports) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT DO NOTHING RETURNING id, name, created_at AS "createdAt", last_used_at AS "lastUsedAt"`,
      [
        credential.id,
        userId,
        name.trim(),
        Buffer.from(credential.publicKey),
        credential.counter,
        credential.transports ?? [],
      ],
    )
    if (!rows[0]) throw new Problem(accountProblems['accounts.passkey'])
    await audit(client, {
      kind: 'passkey-added',
      ...by,
      subject: { kind: 'user', id: userId },
      details: { name: name.trim() },
    })
    return rows[0]
  })
}

export function removePasskey(db: Database, userId: string, id: string, by: By): Promise<void> {
  return transaction(db, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'DELETE FROM xrm.passkey WHERE user_id = $1 AND id = $2 RETURNING name',
      [userId, id],
    )
    if (!rows[0]) throw new Problem(accountProblems['accounts.not-found'])
    await audit(client, {
      kind: 'passkey-removed',
      ...by,
      subject: { kind: 'user', id: userId },
      details: { name: rows[0].name },
    })
  })
}

/** What the browser is to ask of the device to sign in. It names no user: the device knows whose key it holds. */
export async function passkeyRequest(
  db: Database,
  origin: string,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { token } = await makeOneTime(db.pool, 'passkey', lifetime)
  return (await webauthn()).generateAuthenticationOptions({
    rpID: new URL(origin).hostname,
    challenge: token,
    userVerification: 'required',
  })
}

/** Whose passkey has signed the challenge. */
export async function usePasskey(db: Database, response: object, origin: string): Promise<string> {
  const { id } = response as Partial<AuthenticationResponseJSON>
  const { rows } = await db.pool.query<{
    userId: string
    publicKey: Buffer
    counter: number
    transports: AuthenticatorTransport[]
  }>(
    `SELECT user_id AS "userId", public_key AS "publicKey", counter, transports FROM xrm.passkey WHERE id = $1`,
    [typeof id === 'string' && !id.includes('\0') ? id : ''],
  )
  const [passkey] = rows
  if (!passkey) throw new Problem(accountProblems['accounts.passkey'])
  const expectedChallenge = await takeChallenge(db, response, null)
  const { verifyAuthenticationResponse } = await webauthn()
  const { authenticationInfo } = await accepted(() =>
    verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge,
      expectedOrigin: origin,
      expectedRPID: new URL(origin).hostname,
      requireUserVerification: true,
      credential: {
        id: id!,
        publicKey: new Uint8Array(passkey.publicKey),
        counter: passkey.counter,
        transports: passkey.transports,
      },
    }),
  )
  await db.pool.query('UPDATE xrm.passkey SET counter = $2, last_used_at = now() WHERE id = $1', [
    id,
    authenticationInfo.newCounter,
  ])
  return passkey.userId
}

/** The challenge that was signed: our own, for the first time, and made for this person or for nobody in particular. */
async function takeChallenge(db: Database, response: object, userId: string | null): Promise<string> {
  const challenge = challengeOf(response)
  const made = await takeOneTime(db.pool, 'passkey', Buffer.from(challenge, 'base64url').toString('utf8'))
  if (made === null || made.userId !== userId) throw new Problem(accountProblems['accounts.passkey'])
  return challenge
}

function challengeOf(response: object): string {
  try {
    const { clientDataJSON } = (response as { response: { clientDataJSON: string } }).response
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8')) as {
      challenge: unknown
    }
    if (typeof challenge === 'string') return challenge
  } catch {
    // Of another form: as little ours as one that somebody made up.
  }
  throw new Problem(accountProblems['accounts.passkey'])
}

/** The library throws for whatever is wrong with an answer, and all of it is the caller's. */
async function accepted<T extends { verified: boolean }>(verify: () => Promise<T>): Promise<T> {
  const result = await verify().catch((error: Error) => {
    throw new Problem(accountProblems['accounts.passkey'], { detail: error.message.slice(0, 200) })
  })
  if (!result.verified) throw new Problem(accountProblems['accounts.passkey'])
  return result
}
