import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedDatabase, startEmbedded } from '../../core/storage/embedded.ts'

/** A PostgreSQL of its own in a temporary folder, for tests that crash it. `stop` removes the folder too. */
export async function startCluster(
  options: { durable?: boolean } = {},
): Promise<EmbeddedDatabase & { folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'xrm-test-'))
  const database = await startEmbedded({ folder: join(folder, 'data'), durable: options.durable ?? false })
  return {
    ...database,
    folder,
    stop: async () => {
      await database.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
