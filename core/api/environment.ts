import type { Context } from 'hono'
import type { Logger } from 'pino'
import { Problem } from '@xrm/sdk'
import type { Actors } from '../access/actors.ts'
import { type Actor, rightsOf } from '../access/rights.ts'
import type { Accounts, Session } from '../accounts/accounts.ts'
import { accountProblems } from '../accounts/problems.ts'
import { addressOf } from '../accounts/routes.ts'
import type { Asked } from '../audit/audit.ts'
import type { Config } from '../config.ts'
import type { Configuration } from '../config-files/configuration.ts'
import type { Bulks } from '../conversions/bulk/bulks.ts'
import type { Changesets } from '../documents/changesets.ts'
import type { Documents } from '../documents/documents.ts'
import type { Publisher } from '../documents/publisher.ts'
import type { EventFeed } from '../events/feed.ts'
import type { FileStore } from '../files/file-store.ts'
import type { Retired } from '../documents/retired.ts'
import type { LiveModel } from '../documents/live-model.ts'
import type { Model } from '../documents/model.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { Outgoing } from '../outgoing/outgoing.ts'
import type { LoadedPlugins } from '../plugins/load-plugins.ts'
import type { Duplicates } from '../duplicates/groups.ts'
import type { Presets } from '../plugins/presets.ts'
import type { Cursors } from '../records/cursor.ts'
import type { ReadContext } from '../records/query.ts'
import type { HookRegistry, WriteContext } from '../records/write-types.ts'
import type { Database } from '../storage/database.ts'
import type { WebForms } from '../web-forms/web-forms.ts'
import { problems } from './problems.ts'

/** The parts of a running server that its routes use. */
export interface Server {
  config: Config
  db: Database
  /** A few connections beside those of requests, for health, sign-in and cancelling. */
  reserve: Database
  live: LiveModel
  accounts: Accounts
  outgoing: Outgoing
  actors: Actors
  changesets: Changesets
  publisher: Publisher
  configuration: Configuration
  retired: Retired
  jobs: Jobs
  documents: Documents
  plugins: LoadedPlugins
  presets: Presets
  duplicates: Duplicates
  hooks: HookRegistry
  bulks: Bulks
  cursors: Cursors
  webForms: WebForms
  files: FileStore
  feed: EventFeed
  log: Logger
}

/** What a request knows once its sender is known. */
export interface Env {
  Variables: { actor: Actor; session: Session; model: Model; now: string; requestId: string }
}

/** The context of a read, on the model that the request began with. */
export function reading(server: Server, c: Context<Env>): ReadContext {
  return { model: c.var.model, actor: c.var.actor, db: server.db.pool, now: c.var.now }
}

/** The context of a write. */
export function writing(server: Server, c: Context<Env>): WriteContext {
  return {
    model: c.var.model,
    actor: c.var.actor,
    db: server.db,
    now: c.var.now,
    // A program by its key: who made it and what it may, the security log tells.
    cause: c.var.actor.apiKey
      ? { kind: 'api-key', ref: c.var.actor.apiKey }
      : { kind: 'request', ref: c.var.requestId },
    asked: asked(c),
    hooks: server.hooks,
  }
}

/** Ends the statement that a process of the database works on. */
export function cancelIn({ reserve }: Server): (processId: number) => Promise<unknown> {
  return (processId) => reserve.pool.query('SELECT pg_cancel_backend($1)', [processId])
}

/** Who asked, for the security log. */
export function asked(c: Context<Env>): Asked {
  return { actor: c.var.actor, address: addressOf(c), request: c.var.requestId }
}

/** After records of an entity were written: what people may do hangs on teams. */
export function forgetActors(server: Server, entity: string): void {
  if (entity === 'team') server.actors.forget()
}

/** Lets only those pass who may change configuration and users. */
export function requireAdministrator(c: Context<Env>): void {
  if (!rightsOf(c.var.model, c.var.actor).administer) throw new Problem(problems['request.forbidden'])
}

/** Refuses programs with a key: some things are for people at a browser. */
export function requireInteractive(c: Context<Env>): void {
  if (c.var.session.apiKey !== undefined) throw new Problem(accountProblems['accounts.interactive'])
}

/** Refuses everybody but the person: programs, and those who are in the person's place. */
export function requirePerson(c: Context<Env>): void {
  requireInteractive(c)
  if (c.var.session.impersonator) throw new Problem(accountProblems['accounts.interactive'])
}
