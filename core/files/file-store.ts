import { createHash } from 'node:crypto'
import { v7 as uuid } from 'uuid'
import { Problem } from '@xrm/sdk'
import type { Actor } from '../access/rights.ts'
import type { Model } from '../documents/model.ts'
import { isId } from '../fields/relation-rules.ts'
import { type Database, transaction } from '../storage/database.ts'
import { prepared } from '../storage/prepared.ts'
import { fileEntity } from './file-entity.ts'
import { judgeContent } from './media-type.ts'
import { problems } from './problems.ts'

/** In bytes. */
export interface FileLimits {
  /** Of one file. */
  max: number
  /** Of all of them; 0: any number. */
  quota: number
}

/** What came in, and by which key it is found again. */
export interface Received {
  key: string
  size: number
  digest: string
  type: string
}

const chunkSize = 256 * 1024
/** Uploads of one user at the same moment. */
const maxComing = 10
/** A file takes at least so much of the quota: rows cost too. */
const least = 4096
/** What is on its way for longer, or what no record names, is left over. */
const grace = "interval '1 hour'"
/** Any number that no other advisory lock of ours uses. */
const lock = 5_788_261

/**
 * Keeps what is in files: bytes in the database, in chunks, so that neither direction holds more than one in memory, and a backup
 * has them all. It knows no rights; whoever asks it has looked at the record.
 */
export class FileStore {
  readonly #db: Database
  readonly limits: FileLimits

  constructor(db: Database, limits: FileLimits) {
    this.#db = db
    this.limits = limits
  }

  /**
   * Takes in what comes, and breaks off as soon as it is too much or not what the name says; nothing of it stays then. No
   * connection is held meanwhile, for a client may be slow. Until {@link keep} it belongs to nobody.
   */
  async receive(
    body: AsyncIterable<Uint8Array> | null,
    { name, length, actor }: { name: string; length: number | null; actor: Actor },
  ): Promise<Received> {
    if (length === 0 || !body) throw new Problem(problems['file.empty'])
    if (length !== null && length > this.limits.max) throw this.#tooLarge()
    const chunks = chunksOf(body)
    const first = await chunks.next()
    if (first.done === true) throw new Problem(problems['file.empty'])
    const judged = await judgeContent(name, first.value)
    if ('code' in judged) throw new Problem(problems[judged.code], { detail: judged.detail })
    const key = await this.#reserve(length ?? this.limits.max, actor)
    try {
      return { key, type: judged.type, ...(await this.#take(key, first.value, chunks)) }
    } catch (error) {
      await this.discard(key)
      throw error
    }
  }

  /** Makes what came in part of the record that the same transaction writes. */
  async keep({ client, key, size }: Pick<Received, 'key' | 'size'> & { client: Query }): Promise<void> {
    const { rowCount } = await client.query(
      'UPDATE xrm.file_content SET complete = true, size = $2 WHERE id = $1',
      [key, size],
    )
    if (rowCount !== 1) throw new Problem(problems['file.aborted'])
  }

  /** Forgets what came in and belongs to nobody. */
  async discard(key: string): Promise<void> {
    await this.#db.pool.query('DELETE FROM xrm.file_content WHERE id = $1 AND NOT complete', [key])
  }

  /** What is in a file, chunk by chunk; asked for as fast as the reader takes it. */
  async *read(key: string): AsyncGenerator<Buffer, void, undefined> {
    // Of one that was erased no key is left.
    for (let n = 0; isId(key); n++) {
      const { rows } = await this.#db.pool.query<{ bytes: Buffer }>({
        ...prepared('SELECT bytes FROM xrm.file_chunk WHERE content = $1 AND n = $2'),
        values: [key, n],
      })
      if (!rows[0]) return
      yield rows[0].bytes
    }
  }

  /** Deletes what is left over: uploads that broke off with their server, and what no record names any more. */
  async sweep(model: Model): Promise<number> {
    const entity = fileEntity(model)
    // Without the entity nobody knows what is named: its records may come back.
    if (!entity) return 0
    const column = entity.content!.key.columns[0]!.sql
    const { rowCount } = await this.#db.pool.query(
      `DELETE FROM xrm.file_content c WHERE c.created_at < now() - ${grace}
         AND NOT EXISTS (SELECT FROM ${entity.table} f WHERE f.${column} = c.id::text)`,
    )
    return rowCount ?? 0
  }

  /** Room for what comes, found and taken in one step. */
  async #reserve(size: number, actor: Actor): Promise<string> {
    const key = uuid()
    await transaction(this.#db, async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1)', [lock])
      const { rows } = await client.query<{ used: number; coming: number }>(
        `SELECT coalesce(sum(greatest(size, ${least})), 0)::bigint AS used,
           count(*) FILTER (WHERE NOT complete AND created_by IS NOT DISTINCT FROM $1)::integer AS coming
         FROM xrm.file_content`,
        [actor.userId],
      )
      const { used, coming } = rows[0]!
      if (actor.userId !== null && coming >= maxComing)
        throw new Problem(problems['file.too-many'], { headers: { 'Retry-After': '30' } })
      if (this.limits.quota > 0 && Number(used) + Math.max(size, least) > this.limits.quota)
        throw new Problem(problems['file.quota'])
      await client.query('INSERT INTO xrm.file_content (id, size, created_by) VALUES ($1, $2, $3)', [
        key,
        size,
        actor.userId,
      ])
    })
    return key
  }

  async #take(
    key: string,
    first: Buffer,
    rest: AsyncGenerator<Buffer, void, undefined>,
  ): Promise<Pick<Received, 'size' | 'digest'>> {
    const hash = createHash('sha256')
    let size = 0
    for (let n = 0, chunk: Buffer | void = first; chunk; n++, chunk = (await rest.next()).value) {
      size += chunk.byteLength
      if (size > this.limits.max) throw this.#tooLarge()
      hash.update(chunk)
      await this.#db.pool.query({
        ...prepared('INSERT INTO xrm.file_chunk (content, n, bytes) VALUES ($1, $2, $3)'),
        values: [key, n, chunk],
      })
    }
    return { size, digest: hash.digest('hex') }
  }

  #tooLarge(): Problem {
    return new Problem(problems['file.too-large'], {
      detail: `At most ${Math.floor(this.limits.max / 1_000_000)} MB.`,
      extra: { max: this.limits.max },
    })
  }
}

interface Query {
  query(text: string, values: unknown[]): Promise<{ rowCount: number | null }>
}

/** Pieces of one size, whatever sizes come; the last one is what is left. */
async function* chunksOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  let parts: Uint8Array[] = []
  let size = 0
  const source = body[Symbol.asyncIterator]()
  for (;;) {
    // Only what the client did: what the database says is no broken upload.
    const next = await source.next().catch(() => {
      throw new Problem(problems['file.aborted'])
    })
    if (next.done === true) break
    for (let rest = next.value; rest.byteLength > 0;) {
      const piece = rest.subarray(0, chunkSize - size)
      parts.push(piece)
      size += piece.byteLength
      rest = rest.subarray(piece.byteLength)
      if (size < chunkSize) continue
      yield Buffer.concat(parts)
      parts = []
      size = 0
    }
  }
  if (size > 0) yield Buffer.concat(parts)
}
