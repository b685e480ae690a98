import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'

/** Where a cluster listens. */
export interface Endpoint {
  /** Folder of the Unix socket. */
  host: string
  port: number
}

/** One server owns a data folder as long as it holds this lock. */
export interface OwnerLock {
  release: () => Promise<void>
}

// "XRM" and 1: any number will do, as long as nothing else in the database `postgres` takes it.
const key = 5_788_241

/** Connects to the maintenance database. Throws while the cluster starts up, shuts down or is not there. */
export async function connectToCluster({ host, port }: Endpoint): Promise<Client> {
  const client = new Client({
    host,
    port,
    user: 'xrm',
    database: 'postgres',
    connectionTimeoutMillis: 3000,
  })
  client.on('error', () => {})
  await client.connect()
  return client
}

/**
 * Takes the lock that makes this process the only server on a data folder, or returns undefined if another process
 * holds it. PostgreSQL ends a session when its process dies, so the lock cannot outlive a `kill -9`, and no process
 * number has to be compared. A killed server's session may need a moment to end, hence `patience` in milliseconds.
 *
 * When PostgreSQL itself restarts, the lock is taken again.
 */
export async function takeOwnerLock(endpoint: Endpoint, patience: number): Promise<OwnerLock | undefined> {
  const holder = { client: await connectToCluster(endpoint), released: false }
  const until = performance.now() + patience
  while (!(await tryLock(holder.client))) {
    if (performance.now() > until) {
      await holder.client.end()
      return undefined
    }
    await sleep(50)
  }
  holder.client.on('end', () => void retake(endpoint, holder))
  return {
    release: async () => {
      holder.released = true
      await holder.client.end()
    },
  }
}

async function retake(endpoint: Endpoint, holder: { client: Client; released: boolean }): Promise<void> {
  while (!holder.released) {
    // Fails while PostgreSQL is not up again.
    const client = await connectToCluster(endpoint).catch(() => undefined)
    if (client && !holder.released && (await tryLock(client).catch(() => false))) {
      holder.client = client
      client.on('end', () => void retake(endpoint, holder))
      return
    }
    await client?.end()
    await sleep(200, undefined, { ref: false })
  }
}

async function tryLock(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [key])
  return rows[0]?.taken ?? false
}
