import { createHash } from 'node:crypto'
import type { PoolClient } from 'pg'
import { Problem } from '@xrm/sdk'
import type { RunView } from '@xrm/sdk/api'
import type { Channel } from '@xrm/sdk/conversions'
import { cached, type ConversionModel, type Model } from '../documents/model.ts'
import { keepKey } from '../records/keep-key.ts'
import type { WriteContext } from '../records/write-types.ts'
import { prepared } from '../storage/prepared.ts'
import type { Plan } from './plan.ts'
import { problems } from './problems.ts'
import type { Source } from './source.ts'

/** By which way a run comes about, and what its caller has at hand. */
export interface RunOrigin {
  /** Absent: what the request says, else `api`. */
  channel?: Channel
  /** With the channel `rule`. */
  trigger?: string
  /** The source, where the caller has locked and loaded it (`holdSources`). */
  held?: Source
  /** Keys of children of which the source is known to have none. */
  without?: ReadonlySet<string>
}

/** What a run leaves behind, beside the records. */
export interface StoredRun {
  id: string
  conversion: ConversionModel
  source: Pick<Source, 'entity' | 'id'>
  status: 'standing' | 'declined'
  channel: Channel
  trigger: string | null
  targets: readonly {
    key: string
    entity: string
    action: string
    record: string | null
    fields: Record<string, unknown>
  }[]
  children: RunView['children']
  notes: Plan['notes']
  /** Entity → ids of children that were written. */
  touched: Record<string, string[]>
}

/** The digest by which a definition is kept: a run goes on with the one that it was made with. */
function digestOf(model: Model, { name, body }: ConversionModel): { digest: string; text: string } {
  return cached(model, `definition|${name}`, () => {
    const text = JSON.stringify(body)
    return { digest: createHash('sha256').update(text).digest('base64url').slice(0, 22), text }
  })
}

/** Writes a run down in one statement, with its definition and, if the call has one, its Idempotency-Key. */
export async function storeRun(
  context: WriteContext & { client: PoolClient },
  run: StoredRun,
): Promise<void> {
  const { conversion, source, status } = run
  const { body } = conversion
  const { digest, text } = digestOf(context.model, conversion)
  const stands = status === 'standing'
  try {
    await context.client.query({
      ...prepared(`WITH definition AS (
         INSERT INTO xrm.conversion_definition (digest, conversion, body)
         SELECT $15::text, $2::text, $16::jsonb WHERE NOT EXISTS (SELECT FROM xrm.conversion_definition WHERE digest = $15::text)
         ON CONFLICT DO NOTHING
       ), targets AS (
         INSERT INTO xrm.conversion_target (run, key, entity, action, record, fields)
         SELECT $1, t.key, t.entity, t.action, t.record, t.fields
         FROM json_to_recordset($12::json) AS t(key text, entity text, action text, record uuid, fields jsonb)
       )
       INSERT INTO xrm.conversion_run (id, conversion, model, source_entity, source, once, locks, at, actor, children, notes,
         channel, trigger, definition, touched, status, reversible_until)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $13, $14, $15, $17, $18, $8::timestamptz + $19::interval)`),
      values: [
        run.id,
        conversion.name,
        context.model.version,
        source.entity.key,
        source.id,
        body.once !== false,
        stands && (body.after ?? 'lock') !== 'editable',
        context.now,
        context.actor.userId,
        JSON.stringify(run.children),
        JSON.stringify(run.notes),
        JSON.stringify(run.targets),
        run.channel,
        run.trigger,
        digest,
        text,
        JSON.stringify(run.touched),
        status,
        stands ? (body.reversible?.within ?? null) : null,
      ],
    })
    await keepKey(context, run.id)
  } catch (error) {
    const { constraint } = error as { constraint?: string }
    if (constraint !== 'conversion_run_once') throw error
    throw new Problem(problems['conversion.already-converted'])
  }
}

/** Refuses a way that the definition does not open. */
export function requireChannel({ body }: ConversionModel, channel: Channel): void {
  if (!body.channels || body.channels[channel] === true) return
  throw new Problem(problems['conversion.not-available'], {
    errors: [
      {
        pointer: '#/channel',
        code: 'conversion.not-available',
        detail: `it is not offered by way of "${channel}"`,
        params: { channel },
      },
    ],
  })
}
