import { type JobWithMetadata, PgBoss } from 'pg-boss'
import type { PoolClient } from 'pg'
import type { Logger } from 'pino'
import { v7 as uuid } from 'uuid'
import { Problem } from '@xrm/sdk'
import type { JobView } from '@xrm/sdk/configuration'
import { isId } from '../fields/relation-rules.ts'
import type { Database } from '../storage/database.ts'
import { isUnavailable } from '../storage/unavailable.ts'
import { problems } from './problems.ts'

/** What a handler may tell and ask while it works. */
export interface JobRun {
  id: string
  actor: string | null
  /** Says how far the work is. Throws {@link JobCancelled} or {@link JobInterrupted} when it should end: tidy up, rethrow. */
  progress(at: { done?: number; total?: number; step?: string; canCancel?: boolean }): Promise<void>
  log: Logger
}

/** How one kind of job is done. */
export interface JobKind<Data> {
  /**
   * Does the work. It may be called again for the same job, when a node died or lost the database in the middle, so it goes
   * on where it finds things. A `Problem` ends the job as failed; every other error is tried again.
   */
  run(data: Data, run: JobRun): Promise<void>
  /** Tidies up before a job ends without success. May be called again too. */
  undo?(data: Data): Promise<void>
}

/** Somebody asked for the end of the job. */
export class JobCancelled extends Error {}

/** The node stops; another one, or this one later, goes on with the job. */
export class JobInterrupted extends Error {}

export interface NewJob {
  kind: string
  title: string
  data: Record<string, unknown>
  actor: string | null
  changeset?: string
}

const queue = 'xrm'
/** After so many the error is ours and not the moment's. */
const maxTries = 3
/** A node that says nothing for so long is taken for dead, and its job goes to another. The least that pg-boss takes. */
const heartbeatSeconds = 10

/**
 * Work that outlasts a request. pg-boss decides who does it and what happens after a crash; the table `xrm.job` holds what
 * people see of it.
 */
export class Jobs {
  readonly #db: Database
  readonly #log: Logger
  readonly #boss: PgBoss
  readonly #kinds = new Map<string, JobKind<never>>()
  #worker: string | undefined
  #stopping = false

  constructor(db: Database, url: string, log: Logger) {
    this.#db = db
    this.#log = log
    this.#boss = new PgBoss({
      connectionString: url,
      application_name: 'xrm jobs',
      max: 2,
      schedule: false,
      superviseIntervalSeconds: 5,
      monitorIntervalSeconds: 5,
    })
    this.#boss.on('error', (error) => log.warn({ error: error.message }, 'jobs: the database is away'))
  }

  /** Names who does the jobs of a kind. Before {@link start}. */
  handle<Data>(name: string, kind: JobKind<Data>): void {
    this.#kinds.set(name, kind as JobKind<never>)
  }

  async start(): Promise<void> {
    await this.#open()
    this.#worker = await this.#boss.work(
      queue,
      {
        pollingIntervalSeconds: 1,
        localConcurrency: 2,
        heartbeatRefreshSeconds: 3,
        includeMetadata: true,
      } as const,
      async ([job]: JobWithMetadata<{ id: string }>[]) => this.#work(job!.data.id, job!.retryCount),
    )
  }

  /** Gives a new queue the jobs that are not done, after a restore; without {@link start}, for this process does none of them. */
  async putBack(): Promise<void> {
    await this.#open()
    // Indexes are no job of the queue; who finds them missing builds them.
    const { rows } = await this.#db.pool.query<{ id: string }>(
      `UPDATE xrm.job SET status = 'waiting' WHERE status IN ('waiting', 'running') AND kind <> 'indexes' RETURNING id`,
    )
    for (const { id } of rows) await this.#boss.send(queue, { id })
  }

  async #open(): Promise<void> {
    await this.#boss.start()
    await this.#boss.createQueue(queue, {
      heartbeatSeconds,
      retryLimit: 20,
      retryDelay: 1,
      expireInSeconds: 23 * 3600,
      deleteAfterSeconds: 7 * 24 * 3600,
    })
  }

  /** Lets running work end at its next step; it goes on elsewhere, or after the next start. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#boss.stop({ graceful: true, timeout: 10_000 })
  }

  /** Puts a job down in the caller's transaction: it is there when that commits. Call {@link wake} afterwards. */
  async add(client: PoolClient, { kind, title, data, actor, changeset }: NewJob): Promise<string> {
    const id = uuid()
    await client.query(
      `INSERT INTO xrm.job (id, kind, title, data, actor, changeset) VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, kind, title, JSON.stringify(data), actor, changeset ?? null],
    )
    const db = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) }
    await this.#boss.send(queue, { id }, { db })
    return id
  }

  /** Looks for work now instead of a moment later. */
  wake(): void {
    if (this.#worker !== undefined) this.#boss.notifyWorker(this.#worker)
  }

  async list(): Promise<JobView[]> {
    const { rows } = await this.#db.pool.query<JobView>(`${selectJobs} ORDER BY j.created_at DESC LIMIT 200`)
    return rows
  }

  async get(id: string): Promise<JobView> {
    const { rows } = isId(id)
      ? await this.#db.pool.query<JobView>(`${selectJobs} WHERE j.id = $1`, [id])
      : { rows: [] }
    if (!rows[0]) throw new Problem(problems['job.not-found'])
    return rows[0]
  }

  /** Asks a job to end; it does so at its next step, and leaves things as they were before it. */
  async cancel(id: string): Promise<JobView> {
    await this.get(id)
    const { rowCount } = await this.#db.pool.query(
      `UPDATE xrm.job SET cancel = true WHERE id = $1 AND can_cancel AND status IN ('waiting', 'running')`,
      [id],
    )
    if (rowCount === 0) throw new Problem(problems['job.ended'])
    this.wake()
    return this.get(id)
  }

  async #work(id: string, tries: number): Promise<void> {
    const { rows } = await this.#db.pool.query<{ kind: string; data: never; actor: string | null }>(
      `UPDATE xrm.job SET status = 'running', started_at = coalesce(started_at, now()) WHERE id = $1 AND status IN ('waiting', 'running') RETURNING kind, data, actor`,
      [id],
    )
    const [job] = rows
    // Done or ended by a run whose last word to pg-boss was lost.
    if (!job) return
    const kind = this.#kinds.get(job.kind)
    if (!kind) throw new Error(`Nobody does jobs of the kind "${job.kind}"`)
    try {
      await kind.run(job.data, this.#run(id, job.actor))
      await this.#end(id, 'done')
    } catch (error) {
      if (error instanceof JobInterrupted) throw error
      const why = this.#whyEnd(error, tries)
      if (!why) {
        this.#log.error({ err: error, job: id, kind: job.kind }, 'job broke off; it is tried again')
        throw error
      }
      await kind.undo?.(job.data)
      if (error instanceof JobCancelled) return await this.#end(id, 'cancelled')
      this.#log.warn({ err: error, job: id, kind: job.kind }, 'job failed')
      await this.#end(id, 'failed', why)
    }
  }

  /** What people are told when a job ends without success; null: it is worth another try. */
  #whyEnd(error: unknown, tries: number): { code: string; title: string; detail?: string } | null {
    if (error instanceof JobCancelled) return { code: 'job.cancelled', title: 'Cancelled' }
    if (error instanceof Problem) {
      const detail = [error.detail, ...(error.errors ?? []).map((item) => item.detail)].filter(Boolean)
      return { code: error.code, title: error.title, detail: detail.join(' ') }
    }
    if (tries < maxTries || (error instanceof Error && isUnavailable(error))) return null
    return { code: 'job.failed', title: problems['job.failed'].title }
  }

  #run(id: string, actor: string | null): JobRun {
    return {
      id,
      actor,
      log: this.#log,
      progress: async ({ done, total, step, canCancel }) => {
        if (this.#stopping) throw new JobInterrupted()
        const { rows } = await this.#db.pool.query<{ cancel: boolean }>(
          `UPDATE xrm.job SET done = coalesce($2, done), total = coalesce($3, total), step = coalesce($4, step),
             can_cancel = coalesce($5, can_cancel) WHERE id = $1 RETURNING cancel`,
          [id, done ?? null, total ?? null, step ?? null, canCancel ?? null],
        )
        if (rows[0]?.cancel === true) throw new JobCancelled()
      },
    }
  }

  async #end(id: string, status: 'done' | 'cancelled' | 'failed', error: unknown = null): Promise<void> {
    await this.#db.pool.query(
      `UPDATE xrm.job SET status = $2, error = $3, finished_at = now() WHERE id = $1 AND status IN ('waiting', 'running')`,
      [id, status, error === null ? null : JSON.stringify(error)],
    )
  }
}

const selectJobs = `
  SELECT j.id, j.kind, j.title, j.status, j.done, j.total, j.step, j.created_at AS "createdAt", j.started_at AS "startedAt",
    j.finished_at AS "finishedAt", CASE WHEN u.id IS NULL THEN NULL ELSE json_build_object('id', u.id, 'name', u.name) END AS actor,
    j.error, j.changeset, j.can_cancel AND j.status IN ('waiting', 'running') AS "canCancel"
  FROM xrm.job j LEFT JOIN xrm."user" u ON u.id = j.actor`
