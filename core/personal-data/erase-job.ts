import type { Asked } from '../audit/audit.ts'
import { nameOfKey } from '../documents/entity-keys.ts'
import type { Model } from '../documents/model.ts'
import type { JobKind } from '../jobs/jobs.ts'
import { type Database, transaction } from '../storage/database.ts'
import { eraseRecord } from './erase.ts'

export interface EraseJob {
  /** By key of the entity. */
  records: { entity: string; id: string }[]
  by: Asked
}

/** Erases record by record, each wholly or not at all. Called again after a crash it goes on with those that are left. */
export function eraseJob(db: Database, model: () => Model): JobKind<EraseJob> {
  return {
    async run({ records, by }, run) {
      for (const [index, { entity: key, id }] of records.entries()) {
        await run.progress({ done: index, total: records.length, canCancel: true })
        const entity = model().entities.get(nameOfKey(model(), key))
        // It went with its plugin meanwhile; what its table still holds is purged in the console.
        if (!entity) continue
        await transaction(db, async (client) => {
          const { rowCount } = await client.query(
            `SELECT FROM xrm.audit WHERE kind = 'personal-data-erased' AND subject = $1 AND details->>'job' = $2`,
            [id, run.id],
          )
          if (rowCount === 0)
            await eraseRecord(client, entity, id, { now: new Date().toISOString(), by, job: run.id })
        })
      }
      await run.progress({ done: records.length, total: records.length })
    },
  }
}
