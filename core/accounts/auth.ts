import { type BetterAuthOptions, type DBAdapter, betterAuth } from 'better-auth'
import { APIError } from 'better-auth/api'
import { getAdapter } from 'better-auth/db/adapter'
import { CamelCasePlugin, Kysely, type KyselyPlugin, PostgresDialect } from 'kysely'
import { Problem } from '@xrm/sdk'
import type { Database } from '../storage/database.ts'
import { addressHeader, cookiePrefix, hasSecureCookies, secondFactorNeeded } from './auth-names.ts'
import { hashPassword, passwordLength, verifyPassword } from './passwords.ts'
import { sessionLifetime } from './new-session.ts'
import { hashSessionTokens } from './session-tokens.ts'

export interface AuthOptions {
  db: Database
  secret: string
  /** Where browsers reach us, if the operator has said so. */
  publicUrl: string | undefined
  isActive: (userId: string) => Promise<boolean>
  /** True: the password alone opens no session. */
  hasSecondFactor: (userId: string) => Promise<boolean>
}

export type Auth = Awaited<ReturnType<typeof createAuth>>

/** better-auth on our tables, with our passwords and hashed session tokens. Its limiter is off: ours knows accounts. */
export async function createAuth({ db, secret, publicUrl, isActive, hasSecondFactor }: AuthOptions) {
  const dialect = new PostgresDialect({ pool: db.pool })
  const kysely = new Kysely<unknown>({ dialect, plugins: [new CamelCasePlugin(), dates] })
  const options = {
    appName: 'XRM',
    basePath: '/api/auth',
    secret,
    ...(publicUrl === undefined ? {} : { baseURL: publicUrl }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.min,
      // In UTF-16 units there; ours counts characters and is checked first.
      maxPasswordLength: passwordLength.max * 2,
      revokeSessionsOnPasswordReset: true,
      password: {
        hash: (password) => asApiError(hashPassword(password)),
        verify: (both) => asApiError(verifyPassword(both)),
      },
    },
    user: {
      additionalFields: {
        language: { type: 'string' as const, required: false },
        timeZone: { type: 'string' as const, required: false },
      },
    },
    session: { expiresIn: sessionLifetime, updateAge: 24 * 60 * 60 },
    databaseHooks: {
      session: {
        create: {
          // The same answer as to a wrong password: whether an account exists or is closed is nobody's business.
          before: async ({ userId }: { userId: string }) => {
            if (!(await isActive(userId)))
              throw new APIError('UNAUTHORIZED', { code: 'INVALID_EMAIL_OR_PASSWORD' })
            if (await hasSecondFactor(userId))
              throw new APIError('UNAUTHORIZED', { code: secondFactorNeeded })
          },
        },
      },
    },
    advanced: {
      cookiePrefix,
      useSecureCookies: hasSecureCookies(publicUrl),
      database: { generateId: 'uuid' },
      ipAddress: { ipAddressHeaders: [addressHeader] },
      // `checkOrigin` does it for all our routes, also for those that better-auth does not know.
      disableCSRFCheck: true,
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  } satisfies BetterAuthOptions

  const database = { db: kysely as never, type: 'postgres', schemaName: 'xrm', transaction: true } as const
  const adapter = (await getAdapter({ ...options, database })) as DBAdapter
  return betterAuth({ ...options, database: () => hashSessionTokens(adapter) as never })
}

/** better-auth answers errors of its own class and turns all others into 500. */
async function asApiError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Problem) throw new APIError('SERVICE_UNAVAILABLE', { code: error.code })
    throw error
  }
}

/** The pool gives moments as text; better-auth computes with `Date`. */
const dates: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  transformResult: async ({ result }) => {
    for (const row of result.rows) {
      for (const [key, value] of Object.entries(row)) {
        if (/(At|_at)$/.test(key) && typeof value === 'string') row[key] = new Date(value)
      }
    }
    return result
  },
}
