import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, afterEach, describe, expect, it } from 'vitest'

const script = join(import.meta.dirname, '../../test/support/embedded-server.ts')
const root = mkdtempSync(join(tmpdir(), 'xrm-embedded-'))
const started: Server[] = []
let number = 0

interface Server {
  child: ChildProcess
  folder: string
  /** The first word is `up` or `refused`. */
  line: string
  url: string
}

function freshFolder(): string {
  return join(root, String(number++))
}

/** A folder with a cluster in it, copied because making one takes a second. */
async function madeFolder(): Promise<string> {
  const template = join(root, 'template')
  if (!existsSync(template)) await stop(await start(template))
  const folder = freshFolder()
  execFileSync('cp', ['-a', template, folder])
  return folder
}

async function start(folder: string): Promise<Server> {
  // A process group of its own, so that a test can kill all of it at once.
  const child = spawn(process.execPath, [script, folder], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  const [line] = (await once(lines, 'line')) as [string]
  const server = { child, folder, line, url: line.replace('up ', '') }
  started.push(server)
  return server
}

async function stop({ child }: Server, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client(url)
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(text)).rows as unknown[]
  } finally {
    await client.end()
  }
}

function postmasterPid(folder: string): number {
  return Number(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])
}

/** The shell that waits for the server's end; its arguments name the folder. */
function watcherPid(folder: string): number {
  const found = readdirSync('/proc').filter((entry) => {
    const path = `/proc/${entry}/cmdline`
    if (!/^\d+$/.test(entry) || !existsSync(path)) return false
    const command = readFileSync(path, 'utf8')
    return command.includes('read -r _') && command.includes(folder)
  })
  expect(found).toHaveLength(1)
  return Number(found[0])
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 15_000
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('It did not happen within 15 s')
    await sleep(50)
  }
}

afterEach(async () => {
  const servers = started.splice(0)
  await Promise.all(servers.map((server) => stop(server)))
  for (const { folder } of servers) await until(() => !existsSync(join(folder, 'postgres/postmaster.pid')))
})
afterAll(() => rmSync(root, { recursive: true }))

describe('the embedded database', () => {
  it('is PostgreSQL 18, in UTF-8, and syncs to disk', async () => {
    const { url } = await start(freshFolder())
    const settings = `SELECT current_setting('server_version_num')::int / 10000 AS major,
      current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync, lower('ÄÖ') AS lower`
    expect(await query(url, settings)).toEqual([{ major: 18, encoding: 'UTF8', fsync: 'on', lower: 'äö' }])
  })

  it('listens on nothing but a socket that only its user can reach', async () => {
    const { url } = await start(freshFolder())
    expect(await query(url, `SELECT current_setting('listen_addresses') AS addresses`)).toEqual([
      { addresses: '' },
    ])
    const folder = new URL(url).searchParams.get('host') ?? ''
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it('stops with the server and keeps the data', async () => {
    const server = await start(await madeFolder())
    await query(server.url, 'CREATE TABLE kept AS SELECT 1 AS one')
    const pid = postmasterPid(server.folder)
    await stop(server)
    expect([server.child.exitCode, lives(pid)]).toEqual([0, false])
    expect(readdirSync(server.folder).toSorted()).toEqual(['postgres', 'postgres.log'])
    const again = await start(server.folder)
    expect(await query(again.url, 'SELECT * FROM kept')).toEqual([{ one: 1 }])
  })

  it('refuses a second server on the same folder, and the first goes on', async () => {
    const first = await start(await madeFolder())
    const second = await start(first.folder)
    expect(second.line).toMatch(/^refused Another server is running on the data folder .* XRM_DATA/)
    expect(await query(first.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('lets one of three win that start at the same moment', async () => {
    const folder = await madeFolder()
    const servers = await Promise.all([start(folder), start(folder), start(folder)])
    const up = servers.filter(({ line }) => line.startsWith('up'))
    expect(servers.filter(({ line }) => line.startsWith('refused Another server'))).toHaveLength(2)
    expect(await query(up[0]?.url ?? '', 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('goes when the server is killed, and the next start has what was committed', async () => {
    const server = await start(await madeFolder())
    await query(server.url, 'CREATE TABLE kept AS SELECT 1 AS one')
    const pid = postmasterPid(server.folder)
    process.kill(-(server.child.pid ?? 0), 'SIGKILL')
    await until(() => !lives(pid))
    const again = await start(server.folder)
    expect(await query(again.url, 'SELECT * FROM kept')).toEqual([{ one: 1 }])
  })

  it('starts at once after a kill, without waiting for the old one to be gone', async () => {
    const server = await start(await madeFolder())
    for (let round = 0; round < 3; round++) {
      await stop(started.at(-1) as Server, 'SIGKILL')
      expect((await start(server.folder)).line).toMatch(/^up/)
    }
  })

  it('takes over from a PostgreSQL that lost its server and its watcher', async () => {
    const server = await start(await madeFolder())
    await query(server.url, 'CREATE TABLE kept AS SELECT 1 AS one')
    const pid = postmasterPid(server.folder)
    process.kill(watcherPid(server.folder), 'SIGKILL')
    await stop(server, 'SIGKILL')
    expect(lives(pid)).toBe(true)
    const again = await start(server.folder)
    expect(again.line).toMatch(/^up/)
    await until(() => !lives(pid))
    expect(await query(again.url, 'SELECT * FROM kept')).toEqual([{ one: 1 }])
  })

  it('is not fooled by a process number that now belongs to another program', async () => {
    const server = await start(await madeFolder())
    const path = join(server.folder, 'postgres/postmaster.pid')
    const content = readFileSync(path, 'utf8')
    await stop(server)
    writeFileSync(path, content.replace(/^\d+/, String(process.pid)))
    expect((await start(server.folder)).line).toMatch(/^up/)
    expect(lives(process.pid)).toBe(true)
  })

  it('comes back when PostgreSQL itself is killed, still owned by its server', async () => {
    const server = await start(await madeFolder())
    await query(server.url, 'CREATE TABLE kept AS SELECT 1 AS one')
    const pid = postmasterPid(server.folder)
    process.kill(pid, 'SIGKILL')
    await until(async () => (await query(server.url, 'SELECT * FROM kept').catch(() => [])).length === 1)
    await sleep(500)
    expect((await start(server.folder)).line).toMatch(/^refused Another server/)
  })

  it('works in a folder whose path is too long for a socket', async () => {
    const { url } = await start(join(freshFolder(), 'deep'.repeat(30)))
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('works in a folder that others may enter, and in one that they may not', async () => {
    for (const mode of [0o755, 0o700]) {
      const above = freshFolder()
      mkdirSync(above)
      chmodSync(above, mode)
      expect((await start(join(above, 'data'))).line).toMatch(/^up/)
    }
  })

  it('refuses a cluster of another PostgreSQL', async () => {
    const server = await start(await madeFolder())
    await stop(server)
    const path = join(server.folder, 'postgres/PG_VERSION')
    writeFileSync(path, '17\n')
    expect((await start(server.folder)).line).toMatch(/is of PostgreSQL 17; this release runs 18/)
    writeFileSync(path, '18\n')
  })

  it('leaves nothing of a start that was killed while it made the cluster', async () => {
    const folder = freshFolder()
    const child = spawn(process.execPath, [script, folder], { stdio: 'ignore' })
    await until(() => existsSync(folder) && readdirSync(folder).length > 0)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect((await start(folder)).line).toMatch(/^up/)
    expect(readdirSync(folder).filter((name) => name.startsWith('postgres.new'))).toEqual([])
  })
})
