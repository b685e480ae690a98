import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DocumentKind } from '@xrm/sdk'
import { documentKinds, keyPattern, namePattern } from '@xrm/sdk/documents'
import type { Json } from '@xrm/sdk/merge'
import { isDocumentKind } from '../documents/shape.ts'
import { StartError } from '../start-error.ts'
import type { Documents } from './compare.ts'
import { documentOf, formatDocument, formatSchema } from './format.ts'

/** What the files were when they were pulled: the common ground of a three-way merge. */
export interface Base {
  version: number
  documents: Documents
}

const baseFile = '.xrm.json'
const schemaFolder = '.schema'

/** Writes a configuration as files, `<folder>/<kind>/<name>.json`, and takes away those of documents that are gone. */
export async function writeFolder(folder: string, { version, documents }: Base): Promise<void> {
  // Reads first: a folder with something else in it is left as it is.
  await readFolder(folder).catch((error: unknown) => {
    if ((error as { cause?: { code?: string } }).cause?.code !== 'ENOENT') throw error
  })
  await mkdir(join(folder, schemaFolder), { recursive: true })
  for (const kind of documentKinds) {
    await writeFile(join(folder, schemaFolder, `${kind}.json`), formatSchema(kind))
    await mkdir(join(folder, kind), { recursive: true })
    const bodies = documents[kind] ?? {}
    for (const [name, body] of Object.entries(bodies))
      await writeFile(join(folder, kind, `${name}.json`), formatDocument(kind, body))
    for (const file of await readdir(join(folder, kind)))
      if (!Object.hasOwn(bodies, file.slice(0, -'.json'.length))) await rm(join(folder, kind, file))
  }
  await writeFile(join(folder, baseFile), `${JSON.stringify({ version, documents })}\n`)
}

/** Reads the files of a folder. Whatever it does not know is an error that names the file. */
export async function readFolder(folder: string): Promise<{ base: Base | null; files: Documents }> {
  const files: Documents = {}
  let base: Base | null = null
  for (const entry of await list(folder)) {
    if (entry === baseFile) base = (await readJson(join(folder, entry))) as unknown as Base
    else if (isDocumentKind(entry)) files[entry] = await readKind(join(folder, entry), entry)
    // What starts with a dot belongs to editors and version control.
    else if (!entry.startsWith('.') && entry !== 'README.md')
      throw new StartError(
        `${join(folder, entry)} is not a kind of document.`,
        `The kinds are ${documentKinds.join(', ')}.`,
      )
  }
  return { base, files }
}

async function readKind(folder: string, kind: DocumentKind): Promise<Record<string, Json>> {
  const bodies: Record<string, Json> = {}
  const pattern = new RegExp(kind === 'entity' ? namePattern : keyPattern)
  for (const file of await list(folder)) {
    if (file.startsWith('.')) continue
    const name = file.slice(0, -'.json'.length)
    if (!file.endsWith('.json') || !pattern.test(name))
      throw new StartError(
        `${join(folder, file)} is not named like a document: <name>.json, ${pattern.source}.`,
      )
    bodies[name] = documentOf(await readJson(join(folder, file)))
  }
  return bodies
}

async function readJson(path: string): Promise<Json> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Json
  } catch (error) {
    throw new StartError(`${path} is not readable JSON: ${(error as Error).message}`)
  }
}

async function list(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).toSorted()
  } catch (cause) {
    throw new StartError(`The folder ${folder} cannot be read: ${(cause as Error).message}`, undefined, {
      cause,
    })
  }
}
