import { Command } from 'commander'
import { Problem } from '@xrm/sdk'
import { ImportError } from '../import/import-error.ts'
import { StartError } from '../start-error.ts'
import { doctorCommand } from './doctor.ts'
import { importCommand } from './import.ts'
import { migrateCommand } from './migrate.ts'
import { userCommand } from './user.ts'

const program = new Command('xrm')
  .description('Works on an XRM installation: the one in DATABASE_URL, else the one in the data folder.')
  .option('--data <folder>', 'folder of the built-in database (also XRM_DATA)')
  .addCommand(
    new Command('start')
      .description('start the server; takes --demo, --port, --host and --data')
      .allowUnknownOption()
      .allowExcessArguments(),
  )
  .addCommand(migrateCommand())
  .addCommand(doctorCommand())
  .addCommand(userCommand())
  .addCommand(importCommand())

/** What a person can mend is said in a few lines; everything else is a bug and shows its stack. */
function explain(error: unknown): string[] | null {
  if (error instanceof StartError) return [error.message, ...(error.hint === undefined ? [] : [error.hint])]
  if (error instanceof ImportError)
    return [error.message, ...error.places.slice(0, 50).map((place) => `  ${place}`)]
  if (error instanceof Problem) {
    return [
      error.title,
      ...(error.errors ?? []).map(({ detail }) => detail),
      ...(error.detail === undefined ? [] : [error.detail]),
    ]
  }
  return null
}

if (process.argv[2] === 'start') {
  // The server reads its own flags.
  process.argv.splice(2, 1)
  await import('../main.ts')
} else {
  try {
    await program.parseAsync()
  } catch (error) {
    const lines = explain(error)
    if (!lines) throw error
    console.error([...new Set(lines)].join('\n'))
    process.exitCode = 1
  }
}
