import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:net'
import { embeddedUrl } from '../../core/storage/embedded-running.ts'

/** A line to PostgreSQL that can be slow, silent or cut. */
export interface Proxy {
  /** What `DATABASE_URL` is behind it. */
  url: string
  /** Every piece of an answer comes so many milliseconds late. */
  delay(milliseconds: number): void
  /** Nothing goes through any more and nothing is closed, as with a cable that was pulled. */
  stall(): void
  /** Goes on with what was held back. */
  resume(): void
  /** Breaks every connection that there is. */
  cut(): void
  /** The next so many transactions are committed, and the connection breaks before the answer. Tells how many have been. */
  cutAfterCommit(times: number): void
  commitsCut(): number
  stop(): Promise<void>
}

/** Listens in front of the socket of a cluster. */
export async function startProxy(databaseUrl: string): Promise<Proxy> {
  const target = new URL(databaseUrl).searchParams
  const path = join(target.get('host')!, `.s.PGSQL.${target.get('port')}`)
  const folder = mkdtempSync(join(tmpdir(), 'xrm-proxy-'))
  const lines = new Set<Socket>()
  let late = 0
  let stalled = false
  let toCut = 0
  let hasCut = 0

  const server = createServer((near) => {
    const far = connect(path)
    let isLast = false
    for (const socket of [near, far]) {
      lines.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        lines.delete(socket)
        near.destroy()
        far.destroy()
      })
      if (stalled) socket.pause()
    }
    near.on('data', (chunk: Buffer) => {
      if (toCut > 0 && chunk.includes('COMMIT\0')) {
        toCut--
        isLast = true
      }
      far.write(chunk)
    })
    far.on('data', (chunk: Buffer) => {
      if (isLast) {
        // The tag of the answer: PostgreSQL has it on its disk.
        if (!chunk.includes('COMMIT\0')) return
        hasCut++
        near.destroy()
        return
      }
      if (late === 0) near.write(chunk)
      else setTimeout(() => near.writable && near.write(chunk), late)
    })
  })
  await new Promise<void>((resolve) => server.listen(join(folder, '.s.PGSQL.5432'), resolve))
  return {
    url: embeddedUrl({ host: folder, port: 5432 }),
    delay: (milliseconds) => void (late = milliseconds),
    stall: () => {
      stalled = true
      for (const line of lines) line.pause()
    },
    resume: () => {
      stalled = false
      for (const line of lines) line.resume()
    },
    cut: () => {
      for (const line of lines) line.destroy()
    },
    cutAfterCommit: (times) => void (toCut = times),
    commitsCut: () => hasCut,
    stop: async () => {
      for (const line of lines) line.destroy()
      await new Promise((resolve) => server.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
