import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import { Problem } from '@xrm/sdk'
import { networkOf } from '../accounts/attempts.ts'
import { problems } from './problems.ts'

/** Who sends a request: a user, or as long as nobody is signed in, an address. */
export interface Sender {
  userId?: string | undefined
  /** A key of a program has a count of its own, so that it does not use up what the person may send. */
  apiKey?: string | undefined
  address?: string | undefined
}

/** Lets a request pass, or throws `request.too-many` with `Retry-After`. */
export type RateLimit = (sender: Sender) => Promise<void>

/** Counts requests a minute by user and key, and by network for those who are not signed in. */
export function limitRate(perMinute: number): RateLimit {
  const count = countByKey(perMinute)
  return ({ userId, apiKey, address }) => count(apiKey ?? userId ?? networkOf(address ?? 'unknown'))
}

/**
 * Counts a minute by any key; 0: everything passes. Each node counts for itself, in memory: there is no store that could
 * fail, and a restart forgets.
 */
export function countByKey(perMinute: number): (key: string) => Promise<void> {
  if (perMinute === 0) return async () => {}
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 })
  return async (key) => {
    try {
      await limiter.consume(key)
    } catch (refused) {
      if (refused instanceof Error) throw refused
      const seconds = Math.max(1, Math.ceil((refused as RateLimiterRes).msBeforeNext / 1000))
      throw new Problem(problems['request.too-many'], {
        detail: `At most ${perMinute} requests a minute; try again in ${seconds} seconds.`,
        headers: { 'Retry-After': String(seconds) },
      })
    }
  }
}
