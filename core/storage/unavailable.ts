/**
 * Whether an error says that the database is away, overloaded or just coming back: nothing is wrong with the request, and
 * it can be sent again. A write of which the connection broke may have happened; with an `Idempotency-Key` it is safe to
 * repeat.
 */
export function isUnavailable(error: Error): boolean {
  const { code } = error as { code?: unknown }
  if (typeof code === 'string' && (codes.has(code) || /^(08(?!P01)|53|58)/.test(code))) return true
  return lost.test(error.message)
}

const codes = new Set([
  // Cancelled by a timeout; a lock that did not come; deadlock and serialisation failure after all retries.
  '57014',
  '55P03',
  '40P01',
  '40001',
  // Shutting down, crashed, starting, database dropped, idle for too long in a transaction.
  '57P01',
  '57P02',
  '57P03',
  '57P04',
  '57P05',
  '25P03',
  // A standby, before or after a failover.
  '25006',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** What the driver says in its own words, without a code. */
const lost =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Client was closed|Query read timeout|Too many wait for a connection)/
