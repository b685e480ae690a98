import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { runningEmbedded } from '../../core/storage/embedded-running.ts'
import { afterwards } from './afterwards.ts'

const main = join(import.meta.dirname, '../../core/main.ts')
const login = { email: 'root@example.com', password: 'correct horse battery staple' }

/** A server as a process of its own, with its own database, that can be killed and started again. */
export interface ServerProcess {
  folder: string
  start(): Promise<void>
  /** Ends it at once, without a chance to tidy up. */
  kill(): Promise<void>
  /** Asks it to end, and tells how it did. */
  terminate(): Promise<number | null>
  /** Of the server, for requests that `call` cannot make. */
  base: string
  /** What it has written so far. */
  output(): string
  ready(): Promise<void>
  /** Signs in as the administrator; the cookie outlives restarts. */
  signIn(): Promise<void>
  call(method: string, path: string, body?: unknown, key?: string): Promise<{ status: number; body: unknown }>
  /** Reads something of which the body is not JSON. */
  fetch(path: string): Promise<Response>
  isRunning(): boolean
  /** Of its database, for looking past the server. */
  databaseUrl(): Promise<string>
}

/**
 * Prepares a server in a folder of its own; both are gone after the test that asked, or the tests of the file, however
 * they ended. `env` goes over what it is given anyway.
 */
export async function serverProcess(env: Record<string, string> = {}): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'xrm-process-'))
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  let output = ''
  let cookie = ''

  let over = false
  afterwards(async () => {
    over = true
    child?.kill('SIGTERM')
    // The server itself gives up after thirty seconds; this is for one that cannot even count them.
    const hanging = setTimeout(() => child?.kill('SIGKILL'), 60_000)
    await ended(child)
    clearTimeout(hanging)
    rmSync(folder, { recursive: true, force: true })
  })

  const ready = async (): Promise<void> => {
    for (let i = 0; i < 900; i++) {
      if ((await fetch(`${base}/readyz`).catch(() => null))?.status === 200) return
      expect(child?.exitCode, output).toBe(null)
      await sleep(100)
    }
    throw new Error(`not ready: ${output}`)
  }
  return {
    folder,
    ready,
    async databaseUrl() {
      const url = await runningEmbedded(folder)
      if (url === undefined) throw new Error('The database does not run')
      return url
    },
    isRunning: () => child?.exitCode === null && child.signalCode === null,
    async start() {
      // A test whose time is up goes on behind the back of everybody.
      if (over) throw new Error('The test is over')
      output = ''
      child = spawn(process.execPath, [main, '--port', String(port), '--data', folder], {
        env: {
          PATH: process.env['PATH'],
          HOME: process.env['HOME'],
          XRM_ADMIN_EMAIL: login.email,
          XRM_ADMIN_PASSWORD: login.password,
          LOG_LEVEL: 'error',
          XRM_RATE_LIMIT: '0',
          ...env,
        },
        // The channel closes when the tests are killed, and the server ends by itself.
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      })
      child.stdout?.on('data', (data: Buffer) => (output += data.toString()))
      child.stderr?.on('data', (data: Buffer) => (output += data.toString()))
      await ready()
    },
    async kill() {
      child?.kill('SIGKILL')
      await ended(child)
    },
    async terminate() {
      child?.kill('SIGTERM')
      await ended(child)
      return child?.exitCode ?? null
    },
    base,
    output: () => output,
    fetch: (path) => fetch(`${base}${path}`, { headers: { cookie } }),
    async signIn() {
      const response = await fetch(`${base}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: base },
        body: JSON.stringify(login),
      })
      expect(response.status, await response.clone().text()).toBe(200)
      cookie = response.headers
        .getSetCookie()
        .map((one) => one.split(';')[0])
        .join('; ')
    },
    async call(method, path, body, key) {
      const response = await fetch(`${base}${path}`, {
        method,
        signal: AbortSignal.timeout(20_000),
        headers: {
          cookie,
          ...(body === undefined ? {} : { 'content-type': 'application/json', origin: base }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: response.status, body: await response.json() }
    },
  }
}

async function ended(process: ChildProcess | undefined): Promise<void> {
  if (process && process.exitCode === null && process.signalCode === null)
    await new Promise((resolve) => process.once('exit', resolve))
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  return port
}
