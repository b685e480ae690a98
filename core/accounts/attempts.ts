import { isIPv6 } from 'node:net'
import { Problem } from '@xrm/sdk'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import { accountProblems } from './problems.ts'

export interface AttemptLimits {
  /** Wrong tries from one address at one account, until the window ends. */
  perAccount: number
  /** Wrong tries from one address at any account: many people may share an address. */
  perAddress: number
  /** Seconds. */
  window: number
}

/** Counts wrong tries. */
export interface Attempts {
  /**
   * Runs `attempt`, or refuses with `Retry-After` if too many before it were wrong. Right ones (it resolves to true) are
   * not counted, wrong ones are counted before they run, so that many at once get no free tries. Another address is
   * another count: nobody can lock somebody else out for good.
   */
  try: (address: string, account: string, attempt: () => Promise<boolean>) => Promise<void>
}

/** Keeps its counts in memory: each node counts for itself, and a restart forgets. */
export function countAttempts({ perAccount, perAddress, window }: AttemptLimits): Attempts {
  const addresses = new RateLimiterMemory({ points: perAddress, duration: window })
  const accounts = new RateLimiterMemory({ points: perAccount, duration: window })
  return {
    try: async (rawAddress, account, attempt) => {
      const address = networkOf(rawAddress)
      const pair = `${address} ${account.toLowerCase()}`
      try {
        await accounts.consume(pair)
        await addresses.consume(address)
      } catch (refused) {
        throw tooMany(refused)
      }
      if (!(await attempt())) return
      await accounts.delete(pair)
      await addresses.reward(address)
    },
  }
}

function tooMany(refused: unknown): unknown {
  if (refused instanceof Error) return refused
  const seconds = Math.max(1, Math.ceil((refused as RateLimiterRes).msBeforeNext / 1000))
  return new Problem(accountProblems['accounts.too-many-attempts'], {
    detail: `Try again in ${seconds} seconds.`,
    headers: { 'Retry-After': String(seconds) },
  })
}

/** One home has a whole /64 of IPv6 addresses; and an IPv4 address may come written as an IPv6 one. */
export function networkOf(address: string): string {
  const plain = address.toLowerCase().replace(/%.*$/, '')
  if (!isIPv6(plain)) return plain
  // URL brings every spelling into one form.
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::')
  const zeros = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length
  const all = [...groups(head), ...Array<string>(zeros).fill('0'), ...groups(tail)]
  if (all.slice(0, 6).join(':') === '0:0:0:0:0:ffff') {
    return all
      .slice(6)
      .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])
      .join('.')
  }
  return `${all.slice(0, 4).join(':')}::/64`
}

function groups(part: string | undefined): string[] {
  return part ? part.split(':') : []
}
