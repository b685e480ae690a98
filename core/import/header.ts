import { open } from 'node:fs/promises'
import { fold, type Scope } from '@xrm/sdk/expression'
import { ImportError } from './import-error.ts'

/** Columns that the rejects file adds; a corrected rejects file can be imported as it is. */
export const reportPrefix = 'xrm.'

/** The columns of a file by name. */
export class Header {
  readonly names: readonly string[]
  readonly #places = new Map<string, number>()
  /** The name in expressions → places; several mean that it cannot be used. */
  readonly #aliases = new Map<string, number[]>()

  constructor(cells: readonly string[]) {
    this.names = cells.map((cell, index) => cell.trim() || `#${index + 1}`)
    const twice = new Set<string>()
    this.names.forEach((name, place) => {
      if (this.#places.has(name)) twice.add(name)
      this.#places.set(name, place)
      const alias = aliasOf(name)
      this.#aliases.set(alias, [...(this.#aliases.get(alias) ?? []), place])
    })
    if (twice.size > 0) {
      throw new ImportError(
        'The header names columns twice.',
        [...twice].slice(0, 20).map((name) => `"${name}"`),
      )
    }
    if (this.names.some((name) => name.includes('\0')))
      throw new ImportError('The header has NUL characters; is this a CSV file?')
  }

  /** The place of a column, or undefined. */
  find(name: string): number | undefined {
    return this.#places.get(name)
  }

  /** The place of the column that an expression calls so. */
  alias(name: string): number | undefined {
    const places = this.#aliases.get(name)
    return places?.length === 1 ? places[0] : undefined
  }

  /** What expressions may name: every column, as a text that may be missing. */
  get scope(): Scope {
    return {
      variable: (name) => (this.alias(name) === undefined ? undefined : { type: 'string' }),
      member: () => undefined,
    }
  }
}

/** `Company Name` → `company_name`, `Straße` → `strasse`. */
function aliasOf(name: string): string {
  return fold(name)
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
}

/** The delimiter that the first line has most of; a comma when it has none. */
export async function detectDelimiter(path: string): Promise<string> {
  const file = await open(path)
  const { buffer, bytesRead } = await file
    .read(Buffer.alloc(65_536), 0, 65_536, 0)
    .finally(() => file.close())
  const [line = ''] = buffer
    .subarray(0, bytesRead)
    .toString('utf8')
    .replace(/"[^"]*"/g, '')
    .split(/\r|\n/, 1)
  const count = (delimiter: string): number => line.split(delimiter).length
  return [',', ';', '\t', '|'].reduce((best, one) => (count(one) > count(best) ? one : best))
}
