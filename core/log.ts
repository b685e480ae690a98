import { type DestinationStream, type Logger, pino } from 'pino'
import type { Config } from './config.ts'

/** Structured lines on standard error; standard output is for what people at the keyboard read. */
export function createLog(
  level: Config['logLevel'],
  destination: DestinationStream = pino.destination(2),
): Logger {
  return pino(
    { level, redact: ['password', 'token', 'cookie', '*.password', '*.token', '*.cookie'] },
    destination,
  )
}
