import { createHash } from 'node:crypto'
import type { DBAdapter, DBTransactionAdapter, Where } from 'better-auth'

/** What the table holds instead of a session's token. Tokens are random, so a plain fast hash is enough. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/**
 * Lets better-auth work with session tokens while the table holds only their hashes, so that nobody can sign in with
 * what they read in the database or a backup. better-auth has no setting for that.
 *
 * It looks sessions up by token and expects the token back: what it asked for by token, it gets with that token. In
 * lists tokens stay hashed, so the routes that name another session by its token are closed.
 */
export function hashSessionTokens(adapter: DBAdapter): DBAdapter {
  return {
    ...adapter,
    ...hashed(adapter),
    transaction: (callback) => adapter.transaction((trx) => callback({ ...trx, ...hashed(trx) })),
  }
}

function hashed(adapter: DBTransactionAdapter): Partial<DBTransactionAdapter> {
  return {
    create: async (input) => {
      const { token } = input.data as { token?: unknown }
      if (input.model !== 'session' || typeof token !== 'string') return adapter.create(input)
      const row = await adapter.create({ ...input, data: { ...input.data, token: hashToken(token) } })
      return { ...(row as object), token } as never
    },
    findOne: async (input) => restore(input, await adapter.findOne(hideTokens(input))) as never,
    findMany: (input) => adapter.findMany(hideTokens(input)),
    count: (input) => adapter.count(hideTokens(input)),
    update: async (input) => restore(input, await adapter.update(hideTokens(input))) as never,
    updateMany: (input) => adapter.updateMany(hideTokens(input)),
    delete: (input) => adapter.delete(hideTokens(input)),
    deleteMany: (input) => adapter.deleteMany(hideTokens(input)),
    consumeOne: async (input) => restore(input, await adapter.consumeOne(hideTokens(input))) as never,
    incrementOne: (input) => adapter.incrementOne(hideTokens(input)),
  }
}

interface Query {
  model: string
  where?: Where[] | undefined
}

function hideTokens<Input extends Query>(input: Input): Input {
  if (input.model !== 'session' || !input.where) return input
  const where = input.where.map((condition) => {
    if (condition.field !== 'token') return condition
    const { value } = condition
    return {
      ...condition,
      value: Array.isArray(value) ? value.map((each) => hashToken(String(each))) : hashToken(String(value)),
    }
  })
  return { ...input, where }
}

function restore(input: Query, row: unknown): unknown {
  const asked = input.where?.find(({ field }) => field === 'token')?.value
  if (input.model !== 'session' || !row || typeof asked !== 'string') return row
  return { ...row, token: asked }
}
