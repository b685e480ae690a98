import { createHmac, timingSafeEqual } from 'node:crypto'
import { Problem } from '@xrm/sdk'
import { problems } from './problems.ts'

/**
 * Makes and reads the tokens by which pages continue. A token holds the sort values of the last row; it is signed and
 * bound to the query and the user, so that nobody reads values by handing in their own.
 */
export class Cursors {
  readonly #secret: string

  constructor(secret: string) {
    this.#secret = secret
  }

  make(values: readonly unknown[], binding: string): string {
    const payload = Buffer.from(JSON.stringify(values)).toString('base64url')
    return `${payload}.${this.#sign(payload, binding)}`
  }

  /** The sort values; throws `query.cursor` for a token that was not made for this query and user. */
  read(token: string, binding: string): unknown[] {
    const [payload = '', signature = '', ...rest] = token.split('.')
    const expected = Buffer.from(this.#sign(payload, binding))
    const given = Buffer.from(signature)
    if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new Problem(problems['query.cursor'])
    }
    return JSON.parse(Buffer.from(payload, 'base64url').toString()) as unknown[]
  }

  #sign(payload: string, binding: string): string {
    return createHmac('sha256', this.#secret)
      .update(`${binding}\n${payload}`)
      .digest('base64url')
      .slice(0, 22)
  }
}
