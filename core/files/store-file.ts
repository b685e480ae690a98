import { systemActor } from '../access/rights.ts'
import { writeRecords } from '../records/write.ts'
import type { WriteContext } from '../records/write-types.ts'
import { transaction } from '../storage/database.ts'
import { requireChangeable } from './check-files.ts'
import { fileEntity } from './file-entity.ts'
import type { FileStore, Received } from './file-store.ts'

/**
 * Writes the record of what came in, and makes the bytes its own, in one transaction. Whose file it is, and in whose name it is
 * written, is the actor, who must be allowed to change every record that it hangs on.
 */
export async function storeFile(
  context: WriteContext,
  store: FileStore,
  { name, regarding, received }: { name: string; regarding: readonly string[]; received: Received },
): Promise<string> {
  const entity = fileEntity(context.model)!
  const { content } = entity
  const values = {
    [content!.name.name]: name,
    [content!.type.name]: received.type,
    [content!.size.name]: received.size,
    [content!.digest.name]: received.digest,
    [content!.key.name]: received.key,
    ...(regarding.length > 0 ? { [content!.regarding.name]: [...regarding] } : {}),
  }
  return transaction(context.db, async (client) => {
    await requireChangeable({ ...context, db: client }, regarding)
    await store.keep({ client, ...received })
    const [written] = await writeRecords({ ...context, client, rightsOf: systemActor }, entity.name, [
      { action: 'create', values },
    ])
    return written!.id
  })
}
