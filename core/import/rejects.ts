import { createWriteStream, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import { stringify } from 'csv-stringify/sync'
import { reportPrefix } from './header.ts'
import type { Row } from './read-rows.ts'
import type { Reason } from './row-state.ts'

const columns = ['line', 'record', 'column', 'value', 'code', 'reason'].map((name) => reportPrefix + name)

/**
 * The rows that did not come in, each with its line, what is wrong and its original cells. The file is made with the first
 * of them. Corrected, it can be imported as it is: the columns that were added are passed over.
 */
export class Rejects {
  readonly path: string
  readonly #header: readonly string[]
  #stream: WriteStream | null = null
  /** The first few, to be shown at once. */
  readonly first: (Reason & { line: number })[] = []
  count = 0

  constructor(path: string, header: readonly string[]) {
    this.path = path
    this.#header = header
  }

  async add(row: Row, reason: Reason): Promise<void> {
    this.count += 1
    if (this.first.length < 10) this.first.push({ ...reason, line: row.line })
    this.#stream ??= await create(this.path, stringify([[...columns, ...this.#header]]))
    const { record, column, value, code, reason: text } = reason
    if (!this.#stream.write(stringify([[row.line, record, column, value, code, text, ...row.cells]])))
      await once(this.#stream, 'drain')
  }

  async close(): Promise<void> {
    if (!this.#stream) return
    this.#stream.end()
    await once(this.#stream, 'finish')
  }
}

async function create(path: string, start: string): Promise<WriteStream> {
  const stream = createWriteStream(path)
  await once(stream, 'open')
  stream.write(start)
  return stream
}
