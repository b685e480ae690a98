import { type ScryptOptions, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { Problem } from '@xrm/sdk'
import { accountProblems } from './problems.ts'

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)

/** One of OWASP's equal choices for scrypt: 32 MiB and some 0.2 s, in a thread of Node's pool and not in the event loop. */
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 27 }

/** Two at once leave half of Node's four threads, to the rest of the server. */
const atOnce = 2
const queueLimit = 50

/** Lengths in characters (code points), counted after normalising. */
export const passwordLength = { min: 12, max: 256 }

let running = 0
const queue: (() => void)[] = []

/**
 * Takes a password as people type it: any characters, blanks and case count, nothing is cut. It is normalised (NFKC, as
 * NIST SP 800-63B says), because the same password typed on a Mac and on a PC may be spelled with other code points.
 */
export function checkPassword(password: string, pointer: string): void {
  const length = [...normalise(password)].length
  if (length >= passwordLength.min && length <= passwordLength.max) return
  const [code, limit, detail] =
    length < passwordLength.min
      ? ['too-short', passwordLength.min, `A password needs at least ${passwordLength.min} characters.`]
      : ['too-long', passwordLength.max, `A password has at most ${passwordLength.max} characters.`]
  throw new Problem(accountProblems['accounts.invalid-input'], {
    errors: [{ pointer, code: String(code), detail: String(detail), params: { limit } }],
  })
}

/** `scrypt$N$r$p$salt$key`. The parameters are kept, so that raising them later locks nobody out. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await bounded(() => derive(normalise(password), salt, 32, cost))
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** Takes as long for a wrong password as for the right one. */
export async function verifyPassword({
  hash,
  password,
}: {
  hash: string
  password: string
}): Promise<boolean> {
  const [scheme, N, r, p, salt, key] = hash.split('$')
  if (scheme !== 'scrypt' || !salt || !key) throw new Error('The stored password has an unknown form')
  const options = { N: Number(N), r: Number(r), p: Number(p), maxmem: cost.maxmem }
  const expected = Buffer.from(key, 'base64url')
  const actual = await bounded(() =>
    derive(normalise(password), Buffer.from(salt, 'base64url'), expected.length, options),
  )
  return timingSafeEqual(actual, expected)
}

/** Refuses instead of letting the queue grow: who waits longer than a browser does has gone. */
async function bounded<T>(work: () => Promise<T>): Promise<T> {
  if (running >= atOnce) {
    if (queue.length >= queueLimit)
      throw new Problem(accountProblems['accounts.busy'], { headers: { 'Retry-After': '10' } })
    await new Promise<void>((resolve) => queue.push(resolve))
  } else {
    running++
  }
  try {
    return await work()
  } finally {
    // The place goes to the next in line without being free in between.
    const next = queue.shift()
    if (next) next()
    else running--
  }
}

function normalise(password: string): string {
  return password.normalize('NFKC')
}
