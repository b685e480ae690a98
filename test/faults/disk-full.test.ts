import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { connect } from '../../core/storage/database.ts'
import { startCluster } from '../support/cluster.ts'
import { serverProcess } from '../support/process.ts'

const cluster = await startCluster()
const disk = join(cluster.folder, 'disk')
mkdirSync(disk)
/** A small disk of its own; only root on Linux can have one. */
const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk]).status === 0
afterAll(async () => {
  await cluster.stop()
})
afterAll(() => {
  if (isMounted) spawnSync('umount', ['-l', disk])
})

it.runIf(isMounted)(
  'answers 503 to what does not fit on a full disk, reads on, and writes again when there is room [CRASH-06]',
  async () => {
    const server = await serverProcess({ DATABASE_URL: cluster.url })
    await server.start()
    await server.signIn()
    const make = (name: string) => server.call('POST', '/api/records/account', { name })
    expect((await make('Before')).status).toBe(201)
    const place = join(disk, 'space')
    mkdirSync(place, { mode: 0o700 })
    const owner = statSync(join(cluster.folder, 'data/postgres'))
    chownSync(place, owner.uid, owner.gid)
    const db = await connect({ url: cluster.url, max: 1 })
    await db.pool.query(`CREATE TABLESPACE small LOCATION '${place}'`)
    await db.pool.query('ALTER TABLE record.account SET TABLESPACE small')
    const filler = join(disk, 'filler')
    for (let size = 8_000_000; size > 4096; size = Math.floor(size / 2)) {
      try {
        writeFileSync(`${filler}-${size}`, Buffer.alloc(size))
      } catch {
        rmSync(`${filler}-${size}`, { force: true })
      }
    }
    const made: string[] = []
    let refused = 0
    for (let i = 0; i < 400 && refused < 5; i++) {
      const name = `Full ${i} ${'x'.repeat(150)}`
      const { status, body } = await make(name)
      if (status === 201) made.push(name)
      else {
        expect(status, JSON.stringify(body)).toBe(503)
        expect(JSON.stringify(body)).not.toMatch(/tablespace|base\/|extend|No space/i)
        refused++
      }
    }
    expect(refused).toBe(5)
    expect((await server.call('GET', '/api/records/account?fields=name&limit=5')).status).toBe(200)
    expect(server.isRunning()).toBe(true)
    for (let size = 8_000_000; size > 4096; size = Math.floor(size / 2))
      rmSync(`${filler}-${size}`, { force: true })
    await expect.poll(async () => (await make('After')).status).toBe(201)
    const { rows } = await db.pool.query<{ name: string }>(
      `SELECT name FROM record.account WHERE name LIKE 'Full %'`,
    )
    expect(rows.map(({ name }) => name).toSorted()).toEqual(made.toSorted())
    // Before the disk goes, so that the database can end in order.
    await server.terminate()
    await db.pool.query('ALTER TABLE record.account SET TABLESPACE pg_default')
    await db.pool.query('DROP TABLESPACE small')
    await db.close()
  },
)
