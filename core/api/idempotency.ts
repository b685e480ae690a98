import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { Problem } from '@xrm/sdk'
import { StaleModelError, IdempotencyRaceError } from '../records/write.ts'
import type { Env, Server } from './environment.ts'
import { problems } from './problems.ts'

export interface Key {
  key: string
  request: string
}

/**
 * Runs a writing call once per `Idempotency-Key`: a repetition gets what the first call did (`replay` makes the answer of
 * the stored result), another request under the same key is refused. The key is stored by the write's own transaction,
 * so a crash leaves both or neither. A model published in between is taken, and the call runs again on it.
 */
export async function once<T>(
  server: Server,
  c: Context<Env>,
  body: unknown,
  run: (key: Key | undefined) => Promise<T>,
  replay: (result: unknown) => Promise<T>,
): Promise<T> {
  const key = readKey(c, body)
  for (let attempt = 1; ; attempt++) {
    const stored = key && (await find(server, c, key))
    if (stored) return replay(stored.result)
    try {
      return await run(key)
    } catch (error) {
      // A call with the same key may have done it while this one was refused for being second.
      const done = key && error instanceof Problem ? await find(server, c, key) : undefined
      if (done) return replay(done.result)
      if (error instanceof StaleModelError) await takeNewModel(server, c, attempt)
      else if (!(error instanceof IdempotencyRaceError) || attempt >= attempts) throw error
    }
  }
}

/** Runs a writing call that keeps no key, and runs it again on the model that was published in between. */
export async function onCurrentModel<T>(server: Server, c: Context<Env>, run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof StaleModelError)) throw error
      await takeNewModel(server, c, attempt)
    }
  }
}

const attempts = 10

/** Goes on with the model in force; a call that is overtaken again and again may come back later. */
async function takeNewModel(server: Server, c: Context<Env>, attempt: number): Promise<void> {
  if (attempt >= attempts) throw new Problem(problems['request.busy'], { headers: { 'Retry-After': '2' } })
  c.set('model', await server.live.refresh())
}

function readKey(c: Context<Env>, body: unknown): Key | undefined {
  const key = c.req.header('idempotency-key')
  if (key === undefined) return undefined
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new Problem(problems['idempotency.key'], {
      detail: 'It must be 1 to 200 visible ASCII characters.',
    })
  }
  const request = createHash('sha256')
    .update(`${c.req.method} ${c.req.path}\n${JSON.stringify(body) ?? ''}`)
    .digest('base64url')
  return { key, request }
}

async function find(
  server: Server,
  c: Context<Env>,
  { key, request }: Key,
): Promise<{ result: unknown } | undefined> {
  const { rows } = await server.db.pool.query<{ request: string; result: unknown }>(
    'SELECT request, result FROM xrm.idempotency WHERE actor = $1 AND key = $2',
    [c.var.actor.userId, key],
  )
  if (rows[0] && rows[0].request !== request) throw new Problem(problems['idempotency.mismatch'])
  return rows[0]
}
