import { sdkVersion } from '../plugins/load-plugins.ts'
import { StartError } from '../start-error.ts'
import type { RecordSchema } from './record-schema.ts'

/** The layout of the file. Raised when a release could no longer read what another wrote. */
export const format = 1

/** What a backup says about itself: the entry `manifest.json`, written last. */
export interface Manifest {
  format: number
  /** Of XRM. */
  release: string
  /** Of PostgreSQL. */
  server: string
  /** Of the published model. */
  model: number
  /** When the snapshot was taken; nothing that was committed later is in the file. */
  at: string
  migrations: { name: string; checksum: string }[]
  schema: RecordSchema
  tables: TableInFile[]
  sequences: SequenceInFile[]
}

export interface TableInFile {
  /** Quoted, with its schema. */
  table: string
  /** Quoted. Generated columns are not among them. */
  columns: string[]
  /** The entry that holds the rows as `COPY` writes them. */
  entry: string
  rows: number
  /** SHA-256 of the entry before compression. */
  sha256: string
}

export interface SequenceInFile {
  /** Quoted, with its schema. */
  sequence: string
  value: string
  called: boolean
}

/** Reads what a file says about itself. Throws a `StartError` where this release could not restore what it says. */
export function readManifest(text: string): Manifest {
  const manifest = JSON.parse(text) as Manifest
  if (manifest.format !== format || major(manifest.release) !== major(sdkVersion)) {
    throw new StartError(
      `The backup is of XRM ${manifest.release} (format ${manifest.format}); this is ${sdkVersion} (format ${format}).`,
      `Restore it with a release ${major(manifest.release)}.x, then upgrade.`,
    )
  }
  return manifest
}

function major(release: string): string {
  return release.split('.', 1)[0]!
}
