import type { PoolClient } from 'pg'
import { v7 as uuid } from 'uuid'
import { Problem, type ProblemItem } from '@xrm/sdk'
import type { RunView } from '@xrm/sdk/api'
import type { DeclineRequest } from '@xrm/sdk/conversions'
import { transaction } from '../storage/database.ts'
import { prepareWrite } from '../records/write.ts'
import type { WriteContext } from '../records/write-types.ts'
import { requireConversion } from './plan.ts'
import { problems } from './problems.ts'
import { requireModel } from '../records/require-model.ts'
import { findStandingRun, readRun } from './runs.ts'
import { loadSource } from './source.ts'
import { requireChannel, type RunOrigin, storeRun } from './store-run.ts'

/** Closes a source without a conversion: the other outcome, with its reason. It can be opened again like any record. */
export async function declineSource(
  context: WriteContext,
  name: string,
  request: DeclineRequest,
  origin: RunOrigin = {},
): Promise<RunView> {
  const id = await transaction(
    context.db,
    async (client) => {
      const own = { ...context, client }
      await requireModel(own)
      return declineWithin(own, name, request, origin)
    },
    { retries: 10 },
  )
  const run = await readRun({ ...context, db: context.db.pool }, id)
  if (!run) throw new Error('A run that was just written cannot be read')
  return run
}

/** Declines within the caller's transaction, and answers with the id of the run. */
export async function declineWithin(
  context: WriteContext & { client: PoolClient },
  name: string,
  request: DeclineRequest,
  origin: RunOrigin = {},
): Promise<string> {
  const reading = { ...context, db: context.client }
  const conversion = requireConversion(reading, name)
  const { decline } = conversion.body
  if (!decline) throw notOffered('#', 'closing without a conversion is not offered')
  const channel = origin.channel ?? request.channel ?? 'api'
  requireChannel(conversion, channel)
  const source = origin.held ?? (await loadSource(reading, conversion, request.source, true))
  const standing = await findStandingRun(reading, null, source.id)
  if (standing) throw new Problem(problems['conversion.already-converted'], { extra: { run: standing } })
  const { reason = null } = request
  if (reason !== null && decline.reason === undefined)
    throw invalid([{ pointer: '#/reason', code: 'request.unknown', detail: 'has no field to go into' }])
  if (reason === null && decline.required === true)
    throw invalid([{ pointer: '#/reason', code: 'field.required', detail: 'is required' }])

  const id = uuid()
  const { idempotency, ...rest } = context
  const own = { ...rest, cause: { kind: 'conversion' as const, ref: id } }
  const values = {
    ...conversion.body['source-writes']?.declined,
    ...(decline.reason === undefined || reason === null ? {} : { [decline.reason]: reason }),
  }
  const operation = { action: 'update' as const, id: source.id, version: source.version, values, touch: true }
  const write = await prepareWrite(own, source.entity.name, [operation])
  const [outcome] = write.outcomes
  if (outcome && !outcome.ok) throw sourceProblem(outcome.problem, decline.reason)
  if (Object.keys(values).length > 0 && write.rows[0]!.changed.size === 0)
    throw notOffered('#/source', 'it is closed already')
  await write.execute()
  await storeRun(idempotency ? { ...own, idempotency } : own, {
    id,
    conversion,
    source,
    status: 'declined',
    channel,
    trigger: origin.trigger ?? null,
    targets: [],
    children: [],
    notes: [],
    touched: {},
  })
  return id
}

function sourceProblem(problem: Problem, reason: string | undefined): Problem {
  if (!problem.errors) return problem
  return invalid(
    problem.errors.map((error) => ({
      ...error,
      pointer: error.pointer === `#/${reason}` ? '#/reason' : `#/source${error.pointer.replace(/^#/, '')}`,
    })),
  )
}

function invalid(errors: ProblemItem[]): Problem {
  return new Problem(problems['conversion.invalid'], { errors })
}

function notOffered(pointer: string, detail: string): Problem {
  const errors = [{ pointer, code: 'conversion.not-available', detail }]
  return new Problem(problems['conversion.not-available'], { errors })
}
