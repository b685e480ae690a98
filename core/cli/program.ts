import { Command } from 'commander'
import { Problem } from '@xrm/sdk'
import { ImportError } from '../import/import-error.ts'
import { StartError } from '../start-error.ts'
import { backupCommand, restoreCommand } from './backup.ts'
import { configCommand } from './config.ts'
import { doctorCommand } from './doctor.ts'
import { importCommand } from './import.ts'
import { migrateCommand } from './migrate.ts'
import { typesCommand } from './types.ts'
import { userCommand } from './user.ts'

/** Runs one command. What a person can mend is said in a few lines; everything else is a bug and is thrown. */
export async function runCommand(args: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(args, { from: 'user' })
  } catch (error) {
    const lines = explain(error)
    if (!lines) throw error
    console.error([...new Set(lines)].join('\n'))
    process.exitCode = 1
  }
}

function createProgram(): Command {
  return new Command('xrm')
    .description('Works on an XRM installation: the one in DATABASE_URL, else the one in the data folder.')
    .option('--data <folder>', 'folder of the built-in database (also XRM_DATA)')
    .addCommand(
      // For the list of commands alone: the server reads its own flags, see main.ts.
      new Command('start').description('start the server; takes --demo, --port, --host and --data'),
    )
    .addCommand(migrateCommand())
    .addCommand(doctorCommand())
    .addCommand(userCommand())
    .addCommand(importCommand())
    .addCommand(configCommand())
    .addCommand(typesCommand())
    .addCommand(backupCommand())
    .addCommand(restoreCommand())
}

function explain(error: unknown): string[] | null {
  if (error instanceof StartError) return [error.message, ...(error.hint === undefined ? [] : [error.hint])]
  if (error instanceof ImportError) {
    return [error.message, ...error.places.slice(0, 50).map((place) => `  ${place}`)]
  }
  if (error instanceof Problem) {
    const details = (error.errors ?? []).map(({ detail }) => detail)
    return [error.title, ...details, ...(error.detail === undefined ? [] : [error.detail])]
  }
  return null
}
