import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, existsSync, readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { StartError } from '../start-error.ts'

/** How to run a PostgreSQL program so that it does not run as root, which it refuses. */
export interface DatabaseUser {
  /** Command that the program is put behind; empty if it can be run as it is. */
  prefix: string[]
  /** Set if Node has to switch the user when it starts the program. */
  ids: { uid: number; gid: number } | undefined
  /** Gives a file or folder to that user. */
  own: (path: string) => void
  /** Whether that user can run a program, or enter a folder, that lies there. */
  canReach: (path: string) => boolean
}

const hint = 'Start as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.'

/**
 * Decides as whom PostgreSQL runs. An ordinary user runs it as themselves. Root runs it as the owner of `cluster` if
 * that exists, else as the system user `postgres`, which is created if missing.
 *
 * Where that user cannot reach the data `folder` because one above belongs to root alone (a checkout in /root), it gets
 * one capability: to pass and read folders. Changing the modes of folders that are not ours is no alternative.
 */
export function databaseUser(cluster: string, folder: string): DatabaseUser {
  if (process.getuid?.() !== 0) {
    nameOfSelf()
    return { prefix: [], ids: undefined, own: () => {}, canReach: () => true }
  }
  const ids = ownerOf(cluster) ?? systemUser()
  const own = (path: string) => chownSync(path, ids.uid, ids.gid)
  // Asks the system instead of reading modes, so that ACLs and mounts count too.
  const canReach = (path: string) => spawnSync('test', ['-x', path], { ...ids, cwd: '/' }).status === 0
  if (canReach(folder)) return { prefix: [], ids, own, canReach }

  const prefix = setpriv(ids)
  const [command = '', ...args] = [...prefix, 'test', '-d', `${folder}/.`]
  if (spawnSync(command, args, { cwd: '/' }).status !== 0) {
    throw new StartError(
      `The built-in database cannot run as root, and its user may not enter ${folder}.`,
      `Let XRM_DATA name a folder that all users may enter. ${hint}`,
    )
  }
  return { prefix, ids: undefined, own, canReach }
}

/** PostgreSQL looks up the name of the user it runs as; a container with a made-up number has none. */
function nameOfSelf(): void {
  try {
    userInfo()
  } catch (cause) {
    throw new StartError(`The user ${process.getuid?.()} has no name on this machine.`, hint, { cause })
  }
}

function ownerOf(path: string): { uid: number; gid: number } | undefined {
  if (!existsSync(path)) return undefined
  const { uid, gid } = statSync(path)
  return uid === 0 ? undefined : { uid, gid }
}

function systemUser(): { uid: number; gid: number } {
  const name = 'postgres'
  const lookUp = () => {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }))
    return uid?.status === 0 && gid?.status === 0
      ? { uid: Number(uid.stdout), gid: Number(gid.stdout) }
      : undefined
  }
  const present = lookUp()
  if (present) return present
  try {
    execFileSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', name], {
      stdio: 'pipe',
    })
  } catch (cause) {
    throw new StartError(
      `The built-in database cannot run as root, and the user "${name}" could not be created.`,
      hint,
      { cause },
    )
  }
  const created = lookUp()
  if (!created) throw new StartError(`The user "${name}" could not be found.`, hint)
  return created
}

function setpriv({ uid, gid }: { uid: number; gid: number }): string[] {
  // Capability 2 reads; containers often hold back that one but leave 1, which also writes.
  const bounding = BigInt(`0x${/CapBnd:\s*([0-9a-f]+)/.exec(readProcess())?.[1] ?? '0'}`)
  const capability = bounding & (1n << 2n) ? '+dac_read_search' : '+dac_override'
  const user = ['--reuid', String(uid), '--regid', String(gid), '--clear-groups']
  return ['setpriv', ...user, '--inh-caps', capability, '--ambient-caps', capability, '--']
}

function readProcess(): string {
  return existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : ''
}
