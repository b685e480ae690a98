import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { Command } from 'commander'
import { audit } from '../audit/audit.ts'
import type { Manifest } from '../backup/manifest.ts'
import { restoreBackup } from '../backup/restore-backup.ts'
import { writeBackup } from '../backup/write-backup.ts'
import { StartError } from '../start-error.ts'
import { commandConfig } from './command-config.ts'
import { isPrepared, openDatabase } from './open-node.ts'

/** `xrm backup`: everything that the database holds at one moment, in one file, while everybody works. */
export function backupCommand(): Command {
  return new Command('backup')
    .description('write everything into one file, while the server runs')
    .argument('<file>', 'such as xrm-2026-11-22.zip; it must not be there yet')
    .action(async (file: string, _, command: Command) => {
      if (existsSync(file)) throw new StartError(`${file} is there already.`, 'Give another name.')
      const { db, url, stop } = await openDatabase(commandConfig(command))
      try {
        if (!(await isPrepared(db))) throw new StartError('The database holds nothing yet.')
        console.log(`${describe(await writeBackup(url, resolve(file)))} are in ${file}.`)
      } finally {
        await stop()
      }
    })
}

/** `xrm restore`: what a backup holds, into a database that holds nothing yet. */
export function restoreCommand(): Command {
  return new Command('restore')
    .description('bring a backup into an empty database')
    .argument('<file>')
    .action(async (file: string, _, command: Command) => {
      if (!existsSync(file)) throw new StartError(`There is no file ${file}.`)
      const { db, url, beside, stop } = await openDatabase(commandConfig(command))
      try {
        if (beside)
          throw new StartError(
            'A server runs on this data folder.',
            'Stop it, or restore into another folder with --data.',
          )
        const manifest = await restoreBackup(db, url, resolve(file))
        const { at, release, model } = manifest
        const details = { file: basename(file).slice(0, 200), at, release, model }
        await audit(db.pool, { kind: 'restored', actor: null, details })
        console.log(`Restored ${describe(manifest)}; counts and checksums are right.`)
        console.log('Everybody signs in anew, and links that were sent do not work any more.')
      } finally {
        await stop()
      }
    })
}

function describe({ tables, at, model, release }: Manifest): string {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  return `${rows} rows of ${tables.length} tables as of ${at} (configuration version ${model}, release ${release})`
}
