import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../start-error.ts'
import { type Binaries, findBinaries, reachableBinaries } from './embedded-binaries.ts'
import { type Endpoint, connectToCluster, takeOwnerLock } from './embedded-lock.ts'
import { inUse, isRunning, takeOver } from './embedded-postmaster.ts'
import { embeddedUrl } from './embedded-running.ts'
import { type DatabaseUser, databaseUser } from './embedded-user.ts'

/** A PostgreSQL that runs as our child. */
export interface EmbeddedDatabase {
  /** What `DATABASE_URL` would be. */
  url: string
  /** Ends all sessions, writes everything to disk and stops PostgreSQL. */
  stop: () => Promise<void>
}

export interface EmbeddedOptions {
  /** Folder for cluster, socket and log; created if missing. */
  folder: string
  /** `false` trades the data for speed when the machine crashes. For tests. */
  durable?: boolean
  /** Told when PostgreSQL died and is being started again. */
  onRestart?: (reason: string) => void
}

const major = '18'

/**
 * Starts PostgreSQL in a folder, creating the cluster and the database the first time.
 *
 * It listens on a Unix socket alone, in a folder that only its user may enter, so there is no password to know. It stops
 * when the server stops, also when that is killed: a watcher sees the pipe to the server close. If PostgreSQL itself
 * dies, it is started again. A second server on the same folder is refused.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const installed = findBinaries()
  mkdirSync(options.folder, { recursive: true })
  const folder = realpathSync(options.folder)
  const cluster = join(folder, 'postgres')
  const user = databaseUser(cluster, folder)
  const binaries = reachableBinaries(installed, user)

  try {
    await takeOver(cluster)
    await createCluster(cluster, binaries, user)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error
    throw new StartError(
      `The data folder ${folder} belongs to another user.`,
      'Start as that user, or set XRM_DATA.',
    )
  }

  const endpoint: Endpoint = { host: socketFolder(folder, user), port: 5432 }
  const settings = [...serverSettings(endpoint), ...(options.durable === false ? testSettings : [])]
  const log = join(folder, 'postgres.log')
  const launch = () => startPostmaster([binaries.postgres, '-D', cluster, ...settings], user, log)

  let postmaster = launch()
  if (!(await ready(postmaster, endpoint))) {
    throw isRunning(cluster)
      ? inUse(cluster)
      : new StartError('The built-in database did not start.', lastLines(log))
  }
  const lock = await takeOwnerLock(endpoint, 3000)
  if (!lock) throw inUse(cluster)
  await createDatabase(endpoint)
  removeLeftovers(folder, endpoint)

  let stopping = false
  const supervise = async (): Promise<void> => {
    for (let pause = 300; ; pause = Math.min(pause * 2, 10_000)) {
      const began = performance.now()
      await postmaster.ended
      if (stopping) return
      options.onRestart?.(lastLines(log))
      // The children of a killed postmaster need a moment to notice; until then a new one refuses to start.
      if (performance.now() - began > 60_000) pause = 300
      await sleep(pause)
      if (stopping) return
      postmaster = launch()
    }
  }
  const supervision = supervise()

  return {
    url: embeddedUrl(endpoint),
    stop: async () => {
      stopping = true
      await lock.release()
      postmaster.signal('SIGINT')
      const slow = setTimeout(() => postmaster.signal('SIGQUIT'), 20_000)
      await supervision
      clearTimeout(slow)
      rmSync(endpoint.host, { recursive: true, force: true })
    },
  }
}

async function createCluster(cluster: string, { initdb }: Binaries, user: DatabaseUser): Promise<void> {
  if (existsSync(join(cluster, 'PG_VERSION'))) {
    const version = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
    if (version === major) return
    throw new StartError(
      `The data in ${cluster} is of PostgreSQL ${version}; this release runs ${major}.`,
      `Start it with the release that made it, export it with pg_dump, and load that into an empty data folder.`,
    )
  }
  // Made elsewhere and renamed, so that a start that dies half way leaves no half cluster.
  const fresh = mkdtempSync(`${cluster}.new-`)
  user.own(fresh)
  const args = ['-D', fresh, '--username=xrm', '--auth-local=trust', '--auth-host=reject', '--encoding=UTF8']
  // The built-in locale is the same on every machine and in every release, so no index breaks with an update of ICU.
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const child = run([initdb, ...args, ...locale, '--no-instructions'], user, ['ignore', 'pipe', 'pipe'])
  const output: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => output.push(chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) {
    rmSync(fresh, { recursive: true, force: true })
    throw new StartError(
      'The built-in database could not be created.',
      Buffer.concat(output).toString().trim(),
    )
  }
  try {
    renameSync(fresh, cluster)
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    // Another server was faster; which of the two goes on is for the lock to decide.
    if (!existsSync(join(cluster, 'PG_VERSION'))) throw error
  }
}

/**
 * A new folder for each start: a folder that a killed PostgreSQL used holds a lock file that the next one may believe.
 * A socket's path may have 107 bytes (103 on macOS); deep folders have to do with the system's temporary one.
 */
function socketFolder(folder: string, user: DatabaseUser): string {
  const fits =
    Buffer.byteLength(join(folder, 'run-123456/.s.PGSQL.5432.lock')) <= 103 && !folder.includes('"')
  const path = mkdtempSync(fits ? join(folder, 'run-') : join(tmpdir(), 'xrm-'))
  user.own(path)
  return path
}

function serverSettings({ host, port }: Endpoint): string[] {
  return Object.entries({
    listen_addresses: '',
    port,
    unix_socket_directories: `"${host}"`,
    unix_socket_permissions: '0700',
    shared_buffers: '256MB',
    effective_cache_size: '1GB',
    random_page_cost: 1.1,
    max_wal_size: '2GB',
    jit: 'off',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] ',
  }).flatMap(asOption)
}

function asOption([name, value]: [string, string | number]): string[] {
  return ['-c', `${name}=${value}`]
}

/** For tests: nothing survives the machine, and the servers of several files at once find room. */
const testSettings = Object.entries({
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: 200,
}).flatMap(asOption)

interface Postmaster {
  child: ChildProcess
  /** Settles when the process is gone. */
  ended: Promise<void>
  signal: (signal: NodeJS.Signals) => void
}

/**
 * The shell becomes PostgreSQL (`exec`), after it has left a watcher behind that reads from a pipe to us. A line means
 * that PostgreSQL has ended and all is well; the end of the pipe means that we died. The watcher is no child of
 * PostgreSQL, which would take the exit of a child it does not know for a crash.
 */
const launcher = `( (read -r _ <&3 || kill -INT $$) & ) >/dev/null 2>&1; exec "$@" 3<&-`

function startPostmaster(command: string[], user: DatabaseUser, log: string): Postmaster {
  if (existsSync(log) && statSync(log).size > 10_000_000) renameSync(log, `${log}.1`)
  const output = openSync(log, 'a')
  // Detached: Ctrl-C in a terminal reaches the server, which stops PostgreSQL after its last request.
  const child = run(['sh', '-c', launcher, 'sh', ...command], user, ['ignore', output, output, 'pipe'], true)
  closeSync(output)
  const pipe = child.stdio[3] as Writable
  pipe.on('error', () => {})
  const ended = once(child, 'exit').then(
    () => void pipe.end('ended\n'),
    () => void pipe.end('ended\n'),
  )
  return { child, ended, signal: (signal) => void child.kill(signal) }
}

function run(
  command: string[],
  { prefix, ids }: DatabaseUser,
  stdio: ('ignore' | 'pipe' | number)[],
  detached = false,
): ChildProcess {
  const [program = '', ...args] = [...prefix, ...command]
  return spawn(program, args, {
    ...ids,
    stdio,
    detached,
    cwd: '/',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  })
}

/** Resolves to false if PostgreSQL ended instead. */
async function ready({ ended }: Postmaster, endpoint: Endpoint): Promise<boolean> {
  const gone = new AbortController()
  void ended.then(() => gone.abort())
  // No time limit: after a crash PostgreSQL replays its log first, and that takes as long as it takes.
  while (!gone.signal.aborted) {
    const client = await connectToCluster(endpoint).catch(() => undefined)
    if (client) {
      await client.end()
      return true
    }
    await sleep(20)
  }
  return false
}

async function createDatabase(endpoint: Endpoint): Promise<void> {
  const client = await connectToCluster(endpoint)
  try {
    const { rowCount } = await client.query(`SELECT FROM pg_database WHERE datname = 'xrm'`)
    if (rowCount === 0) await client.query('CREATE DATABASE xrm')
  } finally {
    await client.end()
  }
}

/** Half-made clusters and socket folders of servers that were killed. Only the owner of the folder may call this. */
function removeLeftovers(folder: string, endpoint: Endpoint): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (/^(postgres\.new|run)-/.test(name) && path !== endpoint.host)
      rmSync(path, { recursive: true, force: true })
  }
}

function lastLines(log: string): string {
  return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').slice(-5).join('\n') : ''
}
