import type { PoolClient } from 'pg'
import { type Conversion, Problem } from '@xrm/sdk'
import type { RecordRef } from '@xrm/sdk/api'
import type { ReverseAnswer, ReverseBlock, ReverseStep } from '@xrm/sdk/conversions'
import { rightsOf, systemActor } from '../access/rights.ts'
import { nameOfKey } from '../documents/entity-keys.ts'
import { keepKey } from '../records/keep-key.ts'
import { getRecord, type ReadContext } from '../records/query.ts'
import { prepareWrite } from '../records/write.ts'
import type { WriteContext, WriteOperation } from '../records/write-types.ts'
import { transaction } from '../storage/database.ts'
import { problems } from './problems.ts'
import { collectReversal, type ReversedRecord } from './reversal.ts'
import { requireModel } from '../records/require-model.ts'
import { displaysOf } from '../records/displays.ts'
import { readRun } from './runs.ts'
import { lockSource, mayConvert } from './source.ts'

interface RunRow {
  id: string
  status: 'standing' | 'reversed' | 'declined'
  source_entity: string
  source: string
  touched: Record<string, string[]>
  until: string | null
  expired: boolean
  body: Conversion | null
  targets: { key: string; entity: string; action: 'create' | 'link' | 'skip'; record: string | null }[]
}

type Writing = WriteContext & { client: PoolClient }

class DryRun extends Error {}

/**
 * Takes a run back, in one transaction: what it made goes, what it changed gets its former values, children return and
 * the source opens. What was touched or used since blocks it; `dry` says what would happen, and what blocks.
 */
export async function reverseRun(
  context: WriteContext,
  id: string,
  { dry = false }: { dry?: boolean } = {},
): Promise<ReverseAnswer> {
  const run = await readRun({ ...context, db: context.db.pool }, id)
  if (!run) throw new Problem(problems['conversion.run-not-found'])
  let result: Omit<ReverseAnswer, 'run'> | undefined
  try {
    await transaction(
      context.db,
      async (client) => {
        const { idempotency, ...rest } = context
        const own: Writing = { ...rest, client, cause: { kind: 'conversion', ref: id }, found: new Set() }
        await requireModel(own)
        result = await reverseWithin(own, id)
        if (dry) throw new DryRun()
        if (result.blocks.length > 0) throw blocked(result.blocks)
        await keepKey(idempotency ? { ...own, idempotency } : own, { steps: result.steps })
      },
      { retries: 10 },
    )
  } catch (error) {
    if (!(error instanceof DryRun)) throw error
  }
  const after = dry ? run : await readRun({ ...context, db: context.db.pool }, id)
  return { run: after ?? run, ...result! }
}

async function reverseWithin(context: Writing, id: string): Promise<Omit<ReverseAnswer, 'run'>> {
  const reading: ReadContext = { ...context, db: context.client }
  const { rows: named } = await context.client.query<{ source: string; source_entity: string }>(
    'SELECT source, source_entity FROM xrm.conversion_run WHERE id = $1',
    [id],
  )
  const entity = context.model.entities.get(nameOfKey(context.model, named[0]!.source_entity))
  // First the source, as every run takes it first: the second of two then sees what the first has done.
  if (entity) await lockSource(reading, entity, named[0]!.source)
  const row = await readRow(context.client, id)
  const source: RecordRef = { entity: entity?.name ?? row.source_entity, id: row.source, display: null }
  const answer = (blocks: ReverseBlock[], steps: ReverseStep[] = []): Omit<ReverseAnswer, 'run'> => ({
    until: row.status === 'reversed' ? null : row.until,
    blocks,
    steps,
  })
  const block = (code: ReverseBlock['code'], detail: string): ReverseBlock => ({
    code,
    record: source,
    detail,
  })
  if (row.status === 'reversed') return answer([block('reversed', 'The run was taken back already.')])
  if (row.status === 'declined' || row.until === null || row.body === null || !entity)
    return answer([block('not-reversible', 'The definition that it ran with does not allow it.')])
  if (!(await mayConvert(reading, entity, row.source)))
    return answer([block('forbidden', 'You may not convert the source.')])
  if (row.expired) return answer([block('expired', 'The time in which it can be taken back is over.')])

  const reversal = await collectReversal(context, entity, { ...row, body: row.body })
  const steps = reversal.records.filter(({ step }) => step !== null).map((one) => stepOf(reading, one))
  await nameRecords(
    reading,
    steps.map(({ record }) => record),
  )
  const blocks = [...reversal.blocks]
  // What is blocked is rolled back by the caller, however far it came.
  for (const record of reversal.records) blocks.push(...(await takeBack(context, record, row.body)))
  await context.client.query(
    `UPDATE xrm.conversion_run SET status = 'reversed', reversed_at = $2, reversed_by = $3 WHERE id = $1`,
    [id, context.now, context.actor.userId],
  )
  await nameRecords(
    reading,
    blocks.flatMap(({ record }) => record ?? []),
  )
  return answer(blocks, steps)
}

async function readRow(client: PoolClient, id: string): Promise<RunRow> {
  const { rows } = await client.query<RunRow>(
    `SELECT r.id, r.status, r.source_entity, r.source, r.touched, r.reversible_until AS until, r.reversible_until < now() AS expired, d.body,
       (SELECT coalesce(json_agg(json_build_object('key', t.key, 'entity', t.entity, 'action', t.action, 'record', t.record) ORDER BY t.key), '[]')
        FROM xrm.conversion_target t WHERE t.run = r.id) AS targets
     FROM xrm.conversion_run r LEFT JOIN xrm.conversion_definition d ON d.digest = r.definition WHERE r.id = $1 FOR UPDATE OF r`,
    [id],
  )
  return rows[0]!
}

/** Writes one record back; answers with what keeps it from that. */
async function takeBack(context: Writing, record: ReversedRecord, body: Conversion): Promise<ReverseBlock[]> {
  const { entity, id, step, child } = record
  if (step === null) return []
  // The engine takes back what it made; but whoever lets it must be allowed to change these records.
  if (!child && step !== 'reopen' && body.permissions?.runAs !== 'system') {
    if (!rightsOf(context.model, context.actor).entity(entity.name))
      return [{ code: 'forbidden', record: { entity: entity.name, id, display: null }, detail: forbidden }]
    const [probe] = (await prepareWrite(context, entity.name, [{ action: 'update', id, values: {} }]))
      .outcomes
    if (probe && !probe.ok) return [refusal(record, probe.problem)]
  }
  const operation: WriteOperation =
    step === 'remove'
      ? { action: 'delete', id }
      : { action: 'update', id, values: valuesOf(record), touch: step === 'reopen' }
  const write = await prepareWrite({ ...context, rightsOf: systemActor }, entity.name, [operation])
  const [outcome] = write.outcomes
  if (outcome && !outcome.ok) return [refusal(record, outcome.problem)]
  await write.execute()
  return []
}

const forbidden = 'You may not change this record.'

function valuesOf({ step, fields }: ReversedRecord): Record<string, unknown> {
  if (step === 'archive') return { active: false }
  return Object.fromEntries([...fields].map(([name, { after }]) => [name, after]))
}

function refusal({ entity, id }: ReversedRecord, problem: Problem): ReverseBlock {
  const record = { entity: entity.name, id, display: null }
  if (problem.code === 'record.forbidden' || problem.code === 'record.not-found')
    return { code: 'forbidden', record, detail: forbidden }
  const fields = problem.errors?.map(({ pointer }) => pointer.replace(/^#\//, ''))
  return {
    code: 'used',
    record,
    ...(fields ? { fields } : {}),
    detail: problem.errors?.[0]?.detail ?? problem.detail ?? problem.title,
  }
}

/** What happens to a record, with the fields that the actor may read. */
function stepOf(context: ReadContext, { entity, id, step, fields }: ReversedRecord): ReverseStep {
  const rights = rightsOf(context.model, context.actor).entity(entity.name)
  return {
    record: { entity: entity.name, id, display: null },
    action: step!,
    fields: Object.fromEntries([...fields].filter(([name]) => rights?.readField(name)?.length === 0)),
  }
}

async function nameRecords(context: ReadContext, records: readonly RecordRef[]): Promise<void> {
  const displays = await displaysOf(context, records)
  for (const record of records) {
    record.display = displays.get(`${record.entity}/${record.id}`) ?? (await binned(context, record))
  }
}

/** The display of a record that is on its way to the bin, or there already. */
async function binned(context: ReadContext, { entity, id }: RecordRef): Promise<string | null> {
  if (!rightsOf(context.model, context.actor).entity(entity)) return null
  const found = await getRecord(context, entity, id, { fields: ['display'], deleted: true }).catch(
    (error: unknown) => {
      // Who may not look into the bin sees no names there.
      if (error instanceof Problem) return null
      throw error
    },
  )
  return (found?.['display'] as string | null | undefined) ?? null
}

function blocked(blocks: ReverseBlock[]): Problem {
  return new Problem(problems['conversion.reverse-blocked'], { extra: { blocks } })
}
