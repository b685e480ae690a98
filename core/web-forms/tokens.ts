import { createHmac, timingSafeEqual } from 'node:crypto'
import { v4 as uuid } from 'uuid'

/** Nobody reads and fills in a form faster, in milliseconds. */
export const fastest = 2000
/** How long a page may stand open, in milliseconds. */
const longest = 24 * 3_600_000

/** Why a token is worth nothing. */
export type TokenRefusal = 'token' | 'too-soon' | 'expired'

/**
 * Makes and reads the tokens that a form's page carries: signed, for one form, for a time, and with an id by which an entry
 * that is sent twice is taken once. They keep programs from posting that have not asked for the page.
 */
export class FormTokens {
  readonly #secret: string

  constructor(secret: string) {
    this.#secret = secret
  }

  make(form: string, now = Date.now()): string {
    const payload = `${uuid()}.${now.toString(36)}`
    return `${payload}.${this.#sign(form, payload)}`
  }

  /** The id of the entry, or why there is none. */
  read(form: string, token: string, now = Date.now()): { id: string } | { refused: TokenRefusal } {
    const [id = '', made = '', signature = '', ...rest] = token.split('.')
    const expected = Buffer.from(this.#sign(form, `${id}.${made}`))
    const given = Buffer.from(signature)
    if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected))
      return { refused: 'token' }
    const age = now - Number.parseInt(made, 36)
    if (age > longest) return { refused: 'expired' }
    return age < fastest ? { refused: 'too-soon' } : { id }
  }

  #sign(form: string, payload: string): string {
    return createHmac('sha256', this.#secret).update(`${form}\n${payload}`).digest('base64url').slice(0, 22)
  }
}
