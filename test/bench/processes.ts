import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuOf } from './cpu.ts'
import type { LoadOrder, LoadResult } from './load.ts'

const root = join(import.meta.dirname, '../..')

/** A server under test. */
export interface Side {
  name: 'product' | 'hand-written'
  pid: number
  port: number
  /** CPU milliseconds until it answered for the first time. */
  startCpu: number
  stop(): Promise<void>
}

/** Starts one of our scripts as a server on a free port and waits until `path` answers. */
export async function startSide(
  name: Side['name'],
  script: string,
  path: string,
  env: Record<string, string>,
): Promise<Side> {
  const port = await freePort()
  const child = spawnScript([script], { ...env, PORT: String(port), LOG_LEVEL: 'warn' })
  const pid = child.pid!
  for (let waited = 0; ; waited += 25) {
    if (child.exitCode !== null) throw new Error(`The ${name} server ended while it started.`)
    if (waited > 60_000) throw new Error(`The ${name} server does not answer.`)
    const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => null)
    await answer?.arrayBuffer()
    if (answer?.ok) break
    await sleep(25)
  }
  return { name, pid, port, startCpu: cpuOf(pid), stop: () => stopChild(child) }
}

/** The load generator, as a process that can be given orders until it is stopped. */
export interface LoadGenerator {
  run(order: LoadOrder): Promise<LoadResult>
  stop(): Promise<void>
}

export function startLoadGenerator(): LoadGenerator {
  const child = spawnScript(['test/bench/load.ts'], {})
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('The load generator ended.')))
  ended.catch(() => {})
  return {
    run: async (order) => {
      const answered = once(child, 'message')
      child.send(order)
      const [result] = (await Promise.race([answered, ended])) as [LoadResult]
      return result
    },
    stop: () => stopChild(child),
  }
}

/** With an IPC channel: when we are gone, however that came about, the child sees it close and ends. */
function spawnScript(args: string[], env: Record<string, string>): ChildProcess {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('XRM_') && name !== 'DATABASE_URL'),
  )
  return spawn(process.execPath, args, {
    cwd: root,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const slow = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await ended
  clearTimeout(slow)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
