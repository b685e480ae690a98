import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ImportMapping } from './mapping.ts'

type Encoding = NonNullable<NonNullable<ImportMapping['file']>['encoding']>

/** The file as UTF-8: itself, or a copy in a temporary folder that `remove` takes away. */
export interface Utf8File {
  path: string
  encoding: Encoding
  /** Nobody named the encoding; it was found out. */
  detected: boolean
  remove(): Promise<void>
}

/** Finds out the encoding where the mapping does not name it, and makes the file readable as UTF-8. */
export async function asUtf8(path: string, given: Encoding | undefined): Promise<Utf8File> {
  const encoding = given ?? (await detect(path))
  const detected = given === undefined
  if (encoding === 'utf-8') return { path, encoding, detected, remove: async () => {} }
  const folder = await mkdtemp(join(tmpdir(), 'xrm-import-'))
  const copy = join(folder, 'utf-8.csv')
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    // As the Web has it, latin1 is Windows-1252: what such files are in truth.
    await pipeline(createReadStream(path), (chunks) => decode(chunks, encoding), createWriteStream(copy))
  } catch (error) {
    await remove()
    throw error
  }
  return { path: copy, encoding, detected, remove }
}

async function* decode(chunks: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding)
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}

async function detect(path: string): Promise<Encoding> {
  const file = await open(path)
  const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0).finally(() => file.close())
  if (buffer[0] === 0xff && buffer[1] === 0xfe) return 'utf-16le'
  if (buffer[0] === 0xfe && buffer[1] === 0xff) return 'utf-16be'
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>)
      decoder.decode(chunk, { stream: true })
    decoder.decode()
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}
