import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../start-error.ts'
import { type Endpoint, takeOwnerLock } from './embedded-lock.ts'

/**
 * Makes sure that no PostgreSQL runs on `cluster`. One that a killed server left behind is stopped; one whose server
 * lives is a {@link StartError}. A `postmaster.pid` whose process is gone, or is now another program, is removed.
 */
export async function takeOver(cluster: string): Promise<void> {
  const until = performance.now() + 60_000
  let orphaned = false
  for (;;) {
    const left = readPidFile(cluster)
    if (!left) return
    const running = isPostmaster(left.pid, cluster)
    const state = await probe(left.endpoint)
    if (state === 'owned' || (state === 'free' && !running)) throw inUse(cluster)
    if (!running) {
      rmSync(join(cluster, 'postmaster.pid'), { force: true })
      return
    }
    // A server that is starting this very moment takes its lock a few milliseconds after PostgreSQL answers: ask twice.
    // SIGINT is PostgreSQL's fast shutdown: it ends sessions, writes everything and goes.
    if (state === 'free' && orphaned) process.kill(left.pid, 'SIGINT')
    orphaned = state === 'free'
    if (performance.now() > until) {
      throw new StartError(
        `A PostgreSQL that an earlier server left behind (process ${left.pid}) does not stop.`,
        'Stop that process, then start again.',
      )
    }
    await sleep(orphaned ? 500 : 100)
  }
}

/** Whether PostgreSQL runs on this folder, whoever started it. */
export function isRunning(cluster: string): boolean {
  const left = readPidFile(cluster)
  return left !== undefined && isPostmaster(left.pid, cluster)
}

/** The answer to a second server on the same folder. */
export function inUse(cluster: string): StartError {
  return new StartError(
    `Another server is running on the data folder ${dirname(cluster)}.`,
    'Stop it first, or give this one a folder of its own with XRM_DATA.',
  )
}

/** Whether the process that `postmaster.pid` names is PostgreSQL on this very folder, and not a reused number. */
function isPostmaster(pid: number, cluster: string): boolean {
  try {
    if (process.platform === 'linux') {
      const program = readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
      return program === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster)
    }
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(cluster)
  } catch {
    return false
  }
}

interface PidFile {
  pid: number
  endpoint: Endpoint | undefined
}

/** What PostgreSQL says about itself in `postmaster.pid`; its process may be gone. */
export function readPidFile(cluster: string): PidFile | undefined {
  const path = join(cluster, 'postmaster.pid')
  if (!existsSync(path)) return undefined
  const [pid, , , port, host] = readFileSync(path, 'utf8').split('\n')
  return { pid: Number(pid), endpoint: host ? { host, port: Number(port) } : undefined }
}

/** `owned`: a server holds the lock; `free`: PostgreSQL answers, but nobody owns it; `silent`: it does not answer. */
async function probe(endpoint: Endpoint | undefined): Promise<'owned' | 'free' | 'silent'> {
  if (!endpoint) return 'silent'
  try {
    const lock = await takeOwnerLock(endpoint, 1500)
    await lock?.release()
    return lock ? 'free' : 'owned'
  } catch {
    return 'silent'
  }
}
