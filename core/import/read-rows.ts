import { createReadStream } from 'node:fs'
import { type CsvError, type Info, parse } from 'csv-parse'

/** One row of the file, or a line that is none. */
export interface Row {
  /** Where it begins in the file; the first line is 1. */
  line: number
  cells: string[]
  /** Why the line cannot be read; then `cells` holds its beginning. */
  error?: string
}

export interface ReadOptions {
  delimiter: string
  quote?: string | undefined
}

/** A single row may have so many bytes; what is larger is taken for a quote that was never closed. */
const maxRowSize = 2_000_000
/** How much of an unreadable line is kept for the report. */
const keptOfLine = 1000

/**
 * Reads a UTF-8 file row by row, some at a time, the header included. A line that is no CSV, such as one with a stray or
 * unclosed quote, is handed on with its error, and reading goes on with the next line. Memory does not grow with the file.
 */
export async function* readRows(path: string, options: ReadOptions): AsyncGenerator<Row[]> {
  let at = { offset: 0, line: 1 }
  for (;;) {
    const parser = new RowParser(options, at)
    let error: CsvError | null = null
    for await (const chunk of createReadStream(path, {
      start: at.offset,
      highWaterMark: 128 * 1024,
    }) as AsyncIterable<Buffer>) {
      error = await parser.write(chunk)
      const rows = parser.take()
      if (rows.length > 0) yield rows
      if (error) break
    }
    error ??= await parser.end()
    yield parser.take()
    if (!error) return
    const bad = await readLine(path, parser.position)
    yield [{ line: bad.line, cells: [bad.text], error: explain(error) }]
    at = bad.next
  }
}

interface Position {
  offset: number
  line: number
}

/** Feeds one parser and keeps what it finds, with the place after the last good row. */
class RowParser {
  readonly #parser
  readonly #start: number
  #rows: Row[] = []
  #empty = 0
  position: Position

  constructor({ delimiter, quote = '"' }: ReadOptions, start: Position) {
    this.#start = start.offset
    this.position = start
    this.#parser = parse({
      bom: start.offset === 0,
      delimiter,
      quote,
      escape: quote,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: maxRowSize,
      on_record: (cells: string[], info) => this.#keep(cells, info),
    })
    this.#parser.on('error', () => {})
    this.#parser.resume()
  }

  /** Resolves to what is wrong, if anything. */
  write(chunk: Buffer): Promise<CsvError | null> {
    return new Promise((resolve) =>
      this.#parser.write(chunk, (error) => resolve((error as CsvError | null | undefined) ?? null)),
    )
  }

  end(): Promise<CsvError | null> {
    return new Promise((resolve) => {
      this.#parser.once('end', () => resolve(null)).once('error', (error) => resolve(error as CsvError))
      this.#parser.end()
    })
  }

  take(): Row[] {
    const rows = this.#rows
    this.#rows = []
    return rows
  }

  #keep(cells: string[], info: Info): null {
    // The parser counts a line break of two characters inside quotes twice, so lines are counted here.
    const line = this.position.line + info.empty_lines - this.#empty
    this.#empty = info.empty_lines
    this.#rows.push({ line, cells })
    this.position = {
      offset: this.#start + info.bytes,
      line: line + 1 + cells.reduce((sum, cell) => sum + lineBreaks(cell), 0),
    }
    return null
  }
}

function lineBreaks(cell: string): number {
  return cell.includes('\n') || cell.includes('\r') ? (cell.match(/\r\n|\n|\r/g)?.length ?? 0) : 0
}

/** The next line that is not empty, as it stands; of a long one only the beginning. */
async function readLine(
  path: string,
  { offset, line }: Position,
): Promise<{ text: string; line: number; next: Position }> {
  const kept: Buffer[] = []
  let size = 0
  let at = offset
  for await (const chunk of createReadStream(path, { start: offset }) as AsyncIterable<Buffer>) {
    let rest = chunk
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const piece = rest.subarray(0, end)
      at += end + 1
      if (size + piece.length > 0 && !(size === 0 && piece.length === 1 && piece[0] === 13)) {
        if (size < keptOfLine) kept.push(piece.subarray(0, keptOfLine - size))
        return { text: textOf(kept), line, next: { offset: at, line: line + 1 } }
      }
      line += 1
      rest = rest.subarray(end + 1)
    }
    if (size < keptOfLine) kept.push(rest.subarray(0, keptOfLine - size))
    size += rest.length
    at += rest.length
  }
  return { text: textOf(kept), line, next: { offset: at, line: line + 1 } }
}

function textOf(pieces: readonly Buffer[]): string {
  return Buffer.concat(pieces).toString('utf8').replace(/\r$/, '')
}

function explain({ code }: CsvError): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is opened and never closed'
    case 'CSV_MAX_RECORD_SIZE':
      return `the row has more than ${maxRowSize} bytes, or a quote is opened and never closed`
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'a quoted cell goes on after its closing quote'
    case 'INVALID_OPENING_QUOTE':
      return 'a quote stands inside a cell that is not quoted'
    default:
      return `the line is not CSV (${code})`
  }
}
