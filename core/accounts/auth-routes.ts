import type { AuditKind } from '@xrm/sdk/access'
import type { Database } from '../storage/database.ts'
import type { Attempts } from './attempts.ts'
import type { Auth } from './auth.ts'
import type { LinkParts } from './links.ts'
import type { SecondFactors } from './second-factor.ts'
import type { SessionReader } from './sessions.ts'
import type { SingleSignOn } from './single-sign-on.ts'

/** What happened, for the security log. Never holds a password or a token. */
export interface AccountEvent {
  name: Extract<
    AuditKind,
    | 'signed-in'
    | 'sign-in-failed'
    | 'sign-in-refused'
    | 'signed-out'
    | 'second-factor-failed'
    | 'access-confirmed'
    | 'password-changed'
    | 'set-up'
  >
  address: string
  /** As it was typed. */
  email?: string
  userId?: string
  details?: Record<string, unknown>
}

/** What the routes below `/api/auth` work with. */
export interface AuthRoutes {
  db: Database
  /** Signs cookies. */
  secret: string
  /** Loaded by the first call: it is a third of all modules, and most requests never need it. */
  auth: () => Promise<Auth>
  sessions: SessionReader
  attempts: Attempts
  publicUrl: string | undefined
  links: LinkParts
  factors: SecondFactors
  /** Undefined: the operator named no provider. */
  singleSignOn: SingleSignOn | undefined
  report: (event: AccountEvent) => void
}

/** The answers here are for one person at one moment. */
export const noStore = { 'cache-control': 'no-store' }

/** Seconds that somebody may take at the provider. */
export const ssoLifetime = 600
