import { basename, resolve } from 'node:path'
import type { PoolClient } from 'pg'
import type { Actor } from '../access/rights.ts'
import type { Model } from '../documents/model.ts'
import { evaluationOf, type HookRegistry, type WriteContext } from '../records/write-types.ts'
import { StaleModelError } from '../records/write.ts'
import { type Database, transaction } from '../storage/database.ts'
import { detectDelimiter, Header } from './header.ts'
import { ImportError } from './import-error.ts'
import { Lookups } from './lookups.ts'
import { type ImportMapping, parseMapping } from './mapping.ts'
import { type ImportPlan, planImport } from './plan-import.ts'
import { readRows, type Row } from './read-rows.ts'
import { type Deferred, RecordWriter } from './record-writer.ts'
import { Rejects } from './rejects.ts'
import type { Reason, RecordCounts, RowState } from './row-state.ts'
import { fromCell } from '../records/cell-text.ts'
import { asUtf8, type Utf8File } from './utf8-file.ts'

export interface ImportOptions {
  file: string
  mapping: unknown
  /** Only the mapping's records of this entity. */
  entity?: string
  /** Where rows go that do not come in. */
  rejects: string
  /** All rows or none. */
  atomic?: boolean
  /** Do everything, and undo it: the counts and rejects are those of the real run. */
  dryRun?: boolean
  model: Model
  actor: Actor
  db: Database
  hooks: HookRegistry
  /** Told which records rows have made or found, by entity, after each chunk. */
  imported?: (entity: string, ids: readonly string[]) => Promise<void>
  /** Told after each chunk. */
  progress?: (rows: number, rejected: number) => void
}

export interface ImportSummary {
  encoding: string
  encodingDetected: boolean
  delimiter: string
  rows: number
  /** Left out by the mapping's filter. */
  filtered: number
  rejected: number
  records: Record<string, RecordCounts>
  /** Values that the mapping let go, by `record.field`. */
  dropped: Record<string, number>
  /** Rows that came in, but without a relation that leads nowhere; they are in the rejects too. */
  incomplete: number
  /** Nothing was kept: a dry run, or an atomic one with rejects. */
  undone: boolean
  rejects: string | null
  firstRejects: Rejects['first']
  seconds: number
}

const chunkSize = 500

/**
 * Imports a CSV file. Rows that cannot come in go to a file of rejects with the reason, the others are written, in chunks,
 * by the one write path. Records with a key are found again, so that a repetition doubles nothing.
 */
export async function importFile(options: ImportOptions): Promise<ImportSummary> {
  const mapping = parseMapping(options.mapping)
  if (resolve(options.rejects) === resolve(options.file)) {
    throw new ImportError('The rejects cannot go into the file that is imported.')
  }
  const file = await asUtf8(options.file, mapping.file?.encoding)
  try {
    return await new Import(options, mapping, file).run()
  } catch (error) {
    if (!(error instanceof StaleModelError)) throw error
    throw new ImportError(
      'The configuration was changed while the import was on its way. Run it again; what has a key is not doubled.',
    )
  } finally {
    await file.remove()
  }
}

/** Undoes the transaction of an import that is not meant to last. */
class Undo extends Error {}

class Import {
  readonly #options: ImportOptions
  readonly #mapping: ImportMapping
  readonly #file: Utf8File
  readonly #began = performance.now()
  #plan!: ImportPlan
  #writers: RecordWriter[] = []
  #rejects!: Rejects
  #rows = 0
  #filtered = 0
  #incomplete = 0
  #turn = 0
  readonly #underWay: { rows: number; states: readonly RowState[]; written: Promise<void> }[] = []
  #client: PoolClient | undefined

  constructor(options: ImportOptions, mapping: ImportMapping, file: Utf8File) {
    this.#options = options
    this.#mapping = mapping
    this.#file = file
  }

  async run(): Promise<ImportSummary> {
    const delimiter = this.#mapping.file?.delimiter ?? (await detectDelimiter(this.#file.path))
    const rows = readRows(this.#file.path, { delimiter, quote: this.#mapping.file?.quote })
    const { header, rest } = await takeHeader(rows)
    const { model, actor, entity } = this.#options
    this.#plan = planImport(this.#mapping, header, model, actor, entity)
    const lookups = new Lookups()
    this.#writers = this.#plan.records.map((record) => new RecordWriter(record, this.#plan, lookups))
    this.#rejects = new Rejects(this.#options.rejects, header.names)
    let undone = false
    try {
      if (this.#options.dryRun === true || this.#options.atomic === true)
        undone = await this.#inTransaction(rest)
      else await this.#all(rest)
    } finally {
      await this.#rejects.close()
    }
    return this.#summary(delimiter, undone)
  }

  async #inTransaction(rows: AsyncIterable<Row[]>): Promise<boolean> {
    try {
      // Not again after a deadlock: the rejects have been written.
      await transaction(
        this.#options.db,
        async (client) => {
          this.#client = client
          await client.query('SET LOCAL idle_in_transaction_session_timeout = 0')
          await this.#all(rows)
          if (this.#options.dryRun === true || this.#rejects.count > 0) throw new Undo()
        },
        { retries: 0 },
      )
      return false
    } catch (error) {
      if (error instanceof Undo) return true
      throw error
    }
  }

  async #all(rows: AsyncIterable<Row[]>): Promise<void> {
    let chunk: Row[] = []
    for await (const some of rows) {
      for (const row of some) {
        chunk.push(row)
        if (chunk.length < chunkSize) continue
        await this.#begin(chunk)
        chunk = []
      }
    }
    if (chunk.length > 0) await this.#begin(chunk)
    while (this.#underWay.length > 0) await this.#end()
    for (const writer of this.#writers) await this.#finish(writer)
  }

  /** Begins with a chunk, as soon as not too many are under way: the database works on one while the next is read. */
  async #begin(rows: readonly Row[]): Promise<void> {
    while (this.#underWay.length >= this.#atOnce()) await this.#end()
    const context = this.#context()
    const states = rows.map((row): RowState => ({ row, ids: new Map(), rejected: this.#unreadable(row) }))
    const wanted = states.filter((state) => state.rejected !== null || this.#passes(state.row, context))
    this.#filtered += states.length - wanted.length
    const written = this.#write(context, wanted, this.#turn++)
    // It is waited for in its order; until then its failure is nobody's.
    written.catch(() => {})
    this.#underWay.push({ rows: rows.length, states: wanted, written })
  }

  /**
   * A transaction has one connection; and what waits for a record of the same file, or may be the same as one, must not
   * overtake it.
   */
  #atOnce(): number {
    const isOrdered = this.#plan.records.some(({ fields }) =>
      fields.some(({ lookup }) => lookup?.deferred === true),
    )
    const looksAround = this.#plan.records.some(({ duplicates }) => duplicates !== null)
    return this.#client || isOrdered || looksAround ? 1 : 2
  }

  async #write(context: WriteContext, states: readonly RowState[], turn: number): Promise<void> {
    for (const writer of this.#writers) await writer.write(context, states, turn)
  }

  /** Waits for the oldest chunk under way and reports on it. */
  async #end(): Promise<void> {
    const { rows, states, written } = this.#underWay.shift()!
    await written
    for (const { row, rejected } of states) if (rejected) await this.#rejects.add(row, rejected)
    for (const { plan } of this.#writers) {
      const ids = states.flatMap((state) => (state.rejected ? [] : (state.ids.get(plan.name) ?? [])))
      if (ids.length > 0) await this.#options.imported?.(plan.entity.name, ids)
    }
    this.#rows += rows
    this.#options.progress?.(this.#rows, this.#rejects.count)
  }

  #unreadable({ cells, error }: Row): Reason | null {
    const names = this.#plan.header.names.length
    const ragged =
      cells.length === names ? undefined : `the row has ${cells.length} cells, the header ${names}`
    const reason = error ?? ragged
    if (reason === undefined) return null
    return {
      record: '',
      column: '',
      value: '',
      code: error === undefined ? 'import.ragged' : 'import.unreadable',
      reason,
    }
  }

  #passes(row: Row, context: WriteContext): boolean {
    const { filter, header, blank } = this.#plan
    if (filter === null) return true
    const read = (alias: string): string | null => {
      const text = fromCell(row.cells[header.alias(alias)!]!.trim())
      return blank.has(text) ? null : text
    }
    return filter.evaluate(read, evaluationOf(context)) === true
  }

  /** Relations to records that came later in the file, or did not come at all. */
  async #finish(writer: RecordWriter): Promise<void> {
    const { deferred } = writer
    for (let at = 0; at < deferred.length; at += chunkSize) {
      const missing = await writer.finish(this.#context(), deferred.slice(at, at + chunkSize))
      for (const one of missing) await this.#withoutRelation(writer, one)
    }
  }

  async #withoutRelation(writer: RecordWriter, { state, field, text }: Deferred): Promise<void> {
    if (field.lookup!.onMissing === 'blank') {
      writer.dropped.set(field.path, (writer.dropped.get(field.path) ?? 0) + 1)
      return
    }
    this.#incomplete += 1
    const column = field.places.map((place) => this.#plan.header.names[place]).join(', ') || field.path
    const reason = `came in, but without ${field.field.name}: ${column} names no ${field.lookup!.entity.name} that exists`
    await this.#rejects.add(state.row, {
      record: writer.plan.name,
      column,
      value: text,
      code: 'import.not-found',
      reason,
    })
  }

  #context(): WriteContext {
    const { model, actor, db, hooks, file } = this.#options
    const ref = this.#mapping.title ?? basename(file)
    return {
      model,
      actor,
      db,
      hooks,
      now: new Date().toISOString(),
      cause: { kind: 'import', ref },
      ...(this.#client ? { client: this.#client } : {}),
    }
  }

  #summary(delimiter: string, undone: boolean): ImportSummary {
    const { count, path, first } = this.#rejects
    return {
      encoding: this.#file.encoding,
      encodingDetected: this.#file.detected,
      delimiter,
      rows: this.#rows,
      filtered: this.#filtered,
      rejected: count - this.#incomplete,
      records: Object.fromEntries(this.#writers.map(({ plan, counts }) => [plan.name, counts])),
      dropped: Object.fromEntries(
        this.#writers.flatMap(({ plan, dropped }) =>
          [...dropped].map(([field, times]) => [`${plan.name}.${field}`, times]),
        ),
      ),
      incomplete: this.#incomplete,
      undone,
      rejects: count > 0 ? path : null,
      firstRejects: first,
      seconds: (performance.now() - this.#began) / 1000,
    }
  }
}

async function takeHeader(
  rows: AsyncGenerator<Row[]>,
): Promise<{ header: Header; rest: AsyncIterable<Row[]> }> {
  for (;;) {
    const { value, done } = await rows.next()
    if (done === true) throw new ImportError('The file is empty.')
    const [first, ...others] = value
    if (!first) continue
    if (first.error !== undefined) throw new ImportError(`The header cannot be read: ${first.error}.`)
    return { header: new Header(first.cells), rest: continued(others, rows) }
  }
}

async function* continued(first: Row[], rows: AsyncGenerator<Row[]>): AsyncGenerator<Row[]> {
  yield first
  yield* rows
}
