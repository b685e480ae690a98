import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../core/config.ts'
import { createLog } from '../../core/log.ts'
import { startServer } from '../../core/server.ts'
import { connect } from '../../core/storage/database.ts'
import { startCluster } from '../support/cluster.ts'
import { createTestDatabase } from '../support/database.ts'
import { type ServerProcess, serverProcess } from '../support/process.ts'
import { startProxy } from '../support/proxy.ts'

describe('a server whose database is slow, silent or away', async () => {
  const cluster = await startCluster()
  afterAll(() => cluster.stop())
  const proxy = await startProxy(cluster.url)
  afterAll(() => proxy.stop())
  const server: ServerProcess = await serverProcess({ DATABASE_URL: proxy.url })
  beforeAll(async () => {
    await server.start()
    await server.signIn()
  })
  const get = (path: string): Promise<number> =>
    fetch(`${server.base}${path}`, { signal: AbortSignal.timeout(20_000) }).then(
      ({ status }) => status,
      () => 0,
    )
  const make = (name: string): Promise<{ status: number; body: unknown }> =>
    server.call('POST', '/api/records/account', { name }).catch(() => ({ status: 0, body: null }))

  it('answers as always over a line that takes its time [CRASH-07]', async () => {
    proxy.delay(150)
    try {
      expect((await make('Slow')).status).toBe(201)
      expect(await get('/readyz')).toBe(200)
    } finally {
      proxy.delay(0)
    }
  })

  it('says that it lives and is not ready while the line is silent, and is ready again by itself [CRASH-04]', async () => {
    proxy.stall()
    try {
      await expect.poll(() => get('/readyz')).toBe(503)
      expect(await get('/healthz')).toBe(200)
    } finally {
      proxy.resume()
    }
    await expect.poll(() => get('/readyz')).toBe(200)
    await expect.poll(async () => (await make('After silence')).status).toBe(201)
  })

  it('answers 503 or does it, while connections are ended and cut at random [CRASH-05, CRASH-07]', async () => {
    const statuses = new Set<number>()
    const made: string[] = []
    const over = new AbortController()
    const workers = Promise.all(
      [1, 2, 3].map(async (worker) => {
        for (let i = 0; !over.signal.aborted; i++) {
          const name = `Random ${worker} ${i}`
          const { status } = await make(name)
          statuses.add(status)
          if (status === 201) made.push(name)
          await sleep(10)
        }
      }),
    )
    const db = await connect({ url: cluster.url, max: 1 })
    try {
      for (let round = 0; round < 6; round++) {
        await sleep(300)
        if (round % 2 === 0) proxy.cut()
        else
          await db.pool.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
          )
      }
      await expect.poll(async () => (await make('Well again')).status).toBe(201)
      over.abort()
      await workers
      expect([...statuses].filter((status) => status !== 201 && status !== 503)).toEqual([])
      const { rows } = await db.pool.query<{ name: string; count: number }>(
        `SELECT name, count(*)::int AS count FROM record.account WHERE name LIKE 'Random %' GROUP BY name`,
      )
      const counts = new Map(rows.map(({ name, count }) => [name, count]))
      for (const name of made) expect(counts.get(name), name).toBe(1)
      expect(Math.max(...counts.values())).toBe(1)
    } finally {
      over.abort()
      await db.close()
    }
    expect(server.isRunning()).toBe(true)
  })

  it('answers 503 when the database has no free connection, and works when it has [CRASH-05]', async () => {
    const taken: Client[] = []
    try {
      for (;;) {
        const client = new Client({ connectionString: cluster.url })
        client.on('error', () => {})
        if (
          !(await client.connect().then(
            () => true,
            () => false,
          ))
        )
          break
        taken.push(client)
        // What the server holds is taken from it as soon as somebody else waits for it.
        if (taken.length % 20 === 0) proxy.cut()
      }
      proxy.cut()
      const client = new Client({ connectionString: cluster.url })
      client.on('error', () => {})
      if (
        await client.connect().then(
          () => true,
          () => false,
        )
      )
        taken.push(client)
      await expect.poll(async () => (await make('No room')).status).toBe(503)
      expect(server.isRunning()).toBe(true)
    } finally {
      await Promise.all(taken.map((client) => client.end()))
    }
    await expect.poll(async () => (await make('Room again')).status).toBe(201)
    expect(await get('/readyz')).toBe(200)
  })

  it('finishes what it has begun when it is asked to end, and ends well [CRASH-08]', async () => {
    const answers: Promise<{ status: number; body: unknown }>[] = []
    for (let i = 0; i < 40; i++) answers.push(make(`Last ${i}`))
    await sleep(50)
    const code = await server.terminate()
    const all = await Promise.all(answers)
    expect(code, server.output()).toBe(0)
    expect(all.some(({ status }) => status === 201)).toBe(true)
    expect(all.filter(({ status }) => ![0, 201, 503].includes(status))).toEqual([])
    const db = await connect({ url: cluster.url, max: 1 })
    const { rows } = await db.pool.query<{ name: string }>(
      `SELECT name FROM record.account WHERE name LIKE 'Last %'`,
    )
    await db.close()
    const names = rows.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const [i, { status }] of all.entries()) if (status === 201) expect(names).toContain(`Last ${i}`)
  })
})

it('two nodes that start at once on an empty database are both ready, on one model [NODE-05]', async () => {
  const url = await createTestDatabase({ from: 'template0' })
  const config = readConfig({ DATABASE_URL: url, XRM_TIME_ZONE: 'Europe/Berlin' }, [])
  const start = () => startServer({ config, log: createLog('silent') })
  const started = await Promise.allSettled([start(), start()])
  const nodes = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  try {
    expect(started.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))).toEqual([])
    const versions = await Promise.all(nodes.map(async ({ live }) => (await live.refresh()).version))
    expect(new Set(versions).size).toBe(1)
    const { rows } = await nodes[0]!.db.pool.query<{ title: string }>(
      `SELECT title FROM xrm.changeset WHERE status = 'published'`,
    )
    expect(rows).toHaveLength(1)
  } finally {
    for (const node of nodes) await node.stop()
  }
})
