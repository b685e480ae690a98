import { isDate } from './fields/date-rules.ts'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readSignInConfig, type SignInConfig, signInVariables } from './accounts/config.ts'
import { StartError } from './start-error.ts'

/** Everything an operator can set from outside, read and checked once at start. */
export interface Config extends SignInConfig {
  port: number
  host: string
  /** Your own PostgreSQL. Without it the server starts one in {@link Config.data}. */
  databaseUrl: string | undefined
  /** Absolute path of the folder for what the server keeps on disk. */
  data: string
  /** Absolute path of the operator's own documents, the layer `site`; see docs/operator.md. */
  documents: string | undefined
  /** The first administrator, created if the database has no user yet. */
  admin: { email: string; password: string } | undefined
  /** IANA name; what dates mean for users who chose no time zone of their own. */
  timeZone: string
  /** ISO 4217 code of the firm's own currency. */
  currency: string
  /** What one of a foreign currency is worth in the firm's own, and of which day that is. */
  rates: Record<string, { rate: string; date: string }>
  logLevel: (typeof logLevels)[number]
  /** Origin under which browsers reach the server, e.g. behind a proxy. Without it, the host that they ask for. */
  publicUrl: string | undefined
  /** Requests a minute that each user may send, or each address that has not signed in; 0: any number. */
  rateLimit: number
  /** Hosts with port in the firm's own network that the server may call, beside everything public; see `core/outgoing`. */
  allowedHosts: readonly string[]
  /** How long the security log is kept, in days; 0: for ever. */
  auditDays: number
  /** What files may take, in bytes. */
  files: { max: number; quota: number }
  /** Fill an empty database with example data. */
  demo: boolean
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

const known = [
  'XRM_DATA',
  'XRM_DOCUMENTS',
  'XRM_ADMIN_EMAIL',
  'XRM_ADMIN_PASSWORD',
  'XRM_TIME_ZONE',
  'XRM_CURRENCY',
  'XRM_CURRENCY_RATES',
  'XRM_PUBLIC_URL',
  ...signInVariables,
  'XRM_RATE_LIMIT',
  'XRM_ALLOWED_HOSTS',
  'XRM_AUDIT_DAYS',
  'XRM_FILE_MAX',
  'XRM_FILE_QUOTA',
]

/**
 * Reads the environment and the command line; a flag wins over its variable. Throws a {@link StartError} that names the
 * variable for a bad value, and for every `XRM_` name that we do not know, because a typo must not pass in silence.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env, args: string[] = []): Config {
  const flags = readFlags(args)
  const unknown = Object.keys(env).filter((name) => name.startsWith('XRM_') && !known.includes(name))
  if (unknown.length > 0) {
    throw new StartError(`Unknown variable: ${unknown.join(', ')}.`, `Known are ${known.join(', ')}.`)
  }
  const value = (name: string) => env[name]?.trim() || undefined

  return {
    port: port(flags.port ?? value('PORT') ?? '3000', flags.port === undefined ? 'PORT' : '--port'),
    host: flags.host ?? value('HOST') ?? '127.0.0.1',
    databaseUrl: databaseUrl(value('DATABASE_URL')),
    data: resolve(flags.data ?? value('XRM_DATA') ?? 'data'),
    documents: value('XRM_DOCUMENTS') === undefined ? undefined : resolve(value('XRM_DOCUMENTS')!),
    // A password may begin or end with a blank, so it is the one value that we take as it is.
    admin: admin(value('XRM_ADMIN_EMAIL'), env['XRM_ADMIN_PASSWORD'] || undefined),
    timeZone: timeZone(value('XRM_TIME_ZONE') ?? Intl.DateTimeFormat().resolvedOptions().timeZone),
    currency: currency(value('XRM_CURRENCY') ?? 'EUR'),
    rates: rates(value('XRM_CURRENCY_RATES') ?? '{}'),
    logLevel: logLevel(value('LOG_LEVEL') ?? 'info'),
    publicUrl: publicUrl(value('XRM_PUBLIC_URL')),
    ...readSignInConfig(value, publicUrl(value('XRM_PUBLIC_URL'))),
    rateLimit: rateLimit(value('XRM_RATE_LIMIT') ?? '3000'),
    allowedHosts: allowedHosts(value('XRM_ALLOWED_HOSTS') ?? ''),
    auditDays: auditDays(value('XRM_AUDIT_DAYS') ?? '730'),
    files: {
      max: megabytes('XRM_FILE_MAX', value('XRM_FILE_MAX') ?? '25', 1, 1000),
      quota: megabytes('XRM_FILE_QUOTA', value('XRM_FILE_QUOTA') ?? '10000', 0, 100_000_000),
    },
    demo: flags.demo ?? false,
  }
}

const flagTypes = {
  demo: { type: 'boolean' },
  port: { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
} as const

function readFlags(args: string[]) {
  try {
    return parseArgs({ args, options: flagTypes, strict: true }).values
  } catch (error) {
    throw new StartError((error as Error).message, 'Flags are --demo, --port, --host and --data.')
  }
}

function port(text: string, name: string): number {
  const number = Number(text)
  if (/^\d{1,5}$/.test(text) && number <= 65_535) return number
  throw new StartError(`${name} is "${text}", but must be a number from 0 to 65535.`)
}

function databaseUrl(text: string | undefined): string | undefined {
  if (text === undefined || /^postgres(ql)?:\/\//.test(text)) return text
  throw new StartError('DATABASE_URL must begin with postgres:// or postgresql://.')
}

function admin(email: string | undefined, password: string | undefined): Config['admin'] {
  if (email === undefined && password === undefined) return undefined
  if (email === undefined || password === undefined) {
    throw new StartError(
      'XRM_ADMIN_EMAIL and XRM_ADMIN_PASSWORD belong together, but only one of them is set.',
    )
  }
  return { email, password }
}

function timeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch {
    throw new StartError(`XRM_TIME_ZONE is "${text}", but must be an IANA name such as Europe/Berlin.`)
  }
}

function currency(text: string): string {
  if (Intl.supportedValuesOf('currency').includes(text)) return text
  throw new StartError(`XRM_CURRENCY is "${text}", but must be an ISO 4217 code such as EUR.`)
}

function rates(text: string): Config['rates'] {
  const wrong = new StartError(
    'XRM_CURRENCY_RATES is not what it must be.',
    'Write what one of each currency is worth in your own, with the day: {"USD": {"rate": "0.92", "date": "2026-11-20"}}.',
  )
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    throw wrong
  }
  if (given === null || typeof given !== 'object' || Array.isArray(given)) throw wrong
  return Object.fromEntries(
    Object.entries(given).map(([code, entry]: [string, Partial<Record<string, unknown>> | null]) => {
      const { rate, date, ...rest } = entry ?? {}
      const sound =
        Intl.supportedValuesOf('currency').includes(code) &&
        typeof rate === 'string' &&
        /^\d{1,12}(\.\d{1,12})?$/.test(rate) &&
        Number(rate) > 0 &&
        isDate(date) &&
        Object.keys(rest).length === 0
      if (!sound) throw wrong
      return [code, { rate, date }]
    }),
  )
}

function logLevel(text: string): Config['logLevel'] {
  const level = logLevels.find((each) => each === text)
  if (level) return level
  throw new StartError(`LOG_LEVEL is "${text}", but must be one of ${logLevels.join(', ')}.`)
}

function publicUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (
    url &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    !url.search &&
    !url.hash &&
    !url.username
  ) {
    return url.origin
  }
  throw new StartError(`XRM_PUBLIC_URL is "${text}", but must be an origin such as https://crm.example.com.`)
}

function auditDays(text: string): number {
  const days = Number(text)
  // Less than a month would be gone before anybody looks.
  if (/^\d{1,5}$/.test(text) && (days === 0 || days >= 30)) return days
  throw new StartError(
    `XRM_AUDIT_DAYS is "${text}", but must be for how many days the security log is kept, 30 or more, or 0 for ever.`,
  )
}

function rateLimit(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text)
  throw new StartError(
    `XRM_RATE_LIMIT is "${text}", but must be how many requests a minute a user may send, or 0 for any number.`,
  )
}

function allowedHosts(text: string): string[] {
  const hosts = text.split(',').map((host) => host.trim().toLowerCase())
  return hosts.filter(Boolean).map((host) => {
    const url = URL.canParse(`https://${host}/`) ? new URL(`https://${host}/`) : undefined
    if (url && (url.host === host || url.host === host.replace(/:443$/, ''))) return host
    throw new StartError(
      `XRM_ALLOWED_HOSTS holds "${host}", but must be hosts with commas between them, such as sso.corp.example or 10.0.0.5:8443.`,
    )
  })
}

function megabytes(name: string, text: string, least: number, most: number): number {
  const number = Number(text)
  if (/^\d{1,9}$/.test(text) && number >= least && number <= most) return number * 1_000_000
  throw new StartError(`${name} is "${text}", but must be whole megabytes, ${least} to ${most}.`)
}
