import { join } from 'node:path'
import { readPidFile } from './embedded-postmaster.ts'
import { takeOwnerLock } from './embedded-lock.ts'

/**
 * The address of the database in a folder if a server runs on it at this moment, so that a command can work beside it.
 * Undefined: nobody does, and `startEmbedded` may.
 */
export async function runningEmbedded(folder: string): Promise<string | undefined> {
  const endpoint = readPidFile(join(folder, 'postgres'))?.endpoint
  if (!endpoint) return undefined
  try {
    const lock = await takeOwnerLock(endpoint, 0)
    await lock?.release()
    if (lock) return undefined
  } catch {
    return undefined
  }
  return embeddedUrl(endpoint)
}

/** What `DATABASE_URL` would be for a cluster that listens there. */
export function embeddedUrl({ host, port }: { host: string; port: number }): string {
  return `postgresql://xrm@localhost/xrm?host=${encodeURIComponent(host)}&port=${port}`
}
