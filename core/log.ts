import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino'
import type { Config } from './config.ts'

/** Longer texts are cut: a line is for reading, and what is sent to us must not fill the disk. */
const maxLength = 2000

const secret = ['password', 'token', 'cookie', 'secret', 'authorization']

/**
 * Structured lines on standard error; standard output is for what people at the keyboard read. One event is one line,
 * whatever its texts hold, for JSON has no raw line breaks or escape sequences.
 */
export function createLog(
  level: Config['logLevel'],
  destination: DestinationStream = pino.destination(2),
): Logger {
  return pino(
    {
      level,
      redact: [...secret, ...secret.map((name) => `*.${name}`)],
      serializers: { err: readable },
      formatters: { log: (line) => shortened(line) as Record<string, unknown> },
    },
    destination,
  )
}

/**
 * An error without the values that PostgreSQL adds to its own: `detail` shows the whole row that was refused, and `where`
 * what stood in it.
 */
function readable(error: Error): object {
  const {
    detail: _row,
    where: _values,
    internalQuery: _query,
    ...rest
  } = stdSerializers.err(error) as unknown as Record<string, unknown>
  return shortened(rest) as object
}

function shortened(value: unknown, depth = 0): unknown {
  if (typeof value === 'string')
    return value.length > maxLength ? `${value.slice(0, maxLength)} … (${value.length} characters)` : value
  if (value === null || typeof value !== 'object' || depth > 4 || value instanceof Error) return value
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => shortened(item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shortened(item, depth + 1)]))
}
