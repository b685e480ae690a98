import type { PoolClient } from 'pg'
import type { Logger } from 'pino'
import { Problem, type ProblemItem } from '@xrm/sdk'
import { loadActor } from '../access/load-actor.ts'
import { actorOf, rightsOf } from '../access/rights.ts'
import { formTriggerPrefix } from '../conversions/triggers/do-due.ts'
import { givenOwners } from '../conversions/owners.ts'
import type { FieldModel, Model, WebFormModel } from '../documents/model.ts'
import { administrators, notify } from '../notices/notices.ts'
import { getRecord } from '../records/query.ts'
import { requireModel } from '../records/require-model.ts'
import { writeRecords } from '../records/write.ts'
import { evaluationOf, type HookRegistry, type WriteContext } from '../records/write-types.ts'
import { type Database, transaction } from '../storage/database.ts'
import type { SoundEntry } from './entry.ts'
import { addToKnown, findKnown, holderOf } from './known-record.ts'
import { problems } from './problems.ts'

type Context = WriteContext & { client: PoolClient }

/** What an entry is taken with. */
export interface Taking {
  db: Database
  model: Model
  hooks: HookRegistry
  log: Logger
}

/**
 * Makes the record of an entry, or adds to the one that is known, in one transaction and through the one write path. The
 * second time under the same id nothing happens. Throws what is wrong with the values at `#/values/<field>`; nothing that
 * it throws or answers tells which records there are.
 */
export async function takeEntry(
  { db, model, hooks, log }: Taking,
  form: WebFormModel,
  id: string,
  entry: SoundEntry,
): Promise<void> {
  const now = new Date().toISOString()
  const actor = actorOf({ userId: null, name: form.body.title, roles: [], form: form.name })
  const base = { model, actor, db, now, cause: { kind: 'web-form' as const, ref: form.name }, hooks }
  const work = async (client: PoolClient): Promise<void> => {
    const context = { ...base, client }
    await requireModel(context)
    const { rowCount } = await client.query(
      `INSERT INTO xrm.web_form_entry (id, form, at, entity, language, consent) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT DO NOTHING`,
      [id, form.name, now, form.entity!.key, entry.language, entry.consent],
    )
    if (rowCount === 0) return
    const { record, known } = await keep(context, form, entry.values, log)
    await client.query('UPDATE xrm.web_form_entry SET record = $2, known = $3 WHERE id = $1', [
      id,
      record,
      known,
    ])
  }
  try {
    await transaction(db, work, { retries: 10 })
  } catch (error) {
    throw error instanceof Problem && error.status < 500 ? asFormProblem(error, form) : error
  }
}

async function keep(
  context: Context,
  form: WebFormModel,
  values: SoundEntry['values'],
  log: Logger,
): Promise<{ record: string; known: boolean }> {
  const entity = form.entity!
  const uses = form.body.duplicates === 'use'
  const known = uses ? await findKnown(context, form, values) : null
  const left = known === null ? null : await addToKnown(context, form, known, values)
  if (known !== null && left) {
    await tell(context, form, known, 'web-form.again', left)
    return { record: known, known: true }
  }
  try {
    await context.client.query('SAVEPOINT entry')
    const record = await create(context, form, values, log)
    if (form.body.convert !== undefined) await convertLater(context, form, record)
    await tell(context, form, record, 'web-form.new')
    return { record, known: false }
  } catch (error) {
    if (!uses || !(error instanceof Problem) || error.code !== 'record.unique') throw error
    await context.client.query('ROLLBACK TO SAVEPOINT entry')
    const holder = await holderOf(context, entity, values)
    if (holder === null) throw error
    // It takes nothing and leaves no room for another: somebody has to look at it.
    await tell(context, form, holder, 'web-form.again', values)
    return { record: holder, known: true }
  }
}

async function create(
  context: Context,
  form: WebFormModel,
  values: SoundEntry['values'],
  log: Logger,
): Promise<string> {
  const assign = { ...(await valuesOf(context, form, log)), ...(await ownerOf(context, form, log)) }
  const [written] = await writeRecords(context, form.entity!.name, [{ action: 'create', values, assign }])
  return written!.id
}

/** What the form sets by itself. A record that it names and that has gone since is left out, and said. */
async function valuesOf(context: Context, form: WebFormModel, log: Logger): Promise<Record<string, unknown>> {
  const evaluation = evaluationOf(context)
  const result: Record<string, unknown> = {}
  for (const { field, from } of form.values) {
    const raw = 'value' in from ? from.value : from.program.evaluate(() => null, evaluation)
    const parsed = raw === null ? { value: null } : field.type.parse(raw, field.context)
    if ('error' in parsed) {
      const detail = `The value of the form ${parsed.detail}.`
      throw new Problem(problems['web-form.invalid'], {
        errors: [{ pointer: `#/${field.name}`, code: parsed.error, detail }],
      })
    }
    if (field.relation === null || parsed.value === null || (await isThere(context, field, parsed.value)))
      result[field.name] = parsed.value
    else await tellAdministrators(context, form, log, `The record that it names in "${field.name}" is gone.`)
  }
  return result
}

async function isThere(context: Context, { relation }: FieldModel, id: unknown): Promise<boolean> {
  const reading = { ...context, db: context.client }
  return (await getRecord(reading, relation!, id as string, { fields: ['id'] })) !== null
}

/** An entry is worth more than its owner: where those named have left, it has none, and the administrators hear of it. */
async function ownerOf(context: Context, form: WebFormModel, log: Logger): Promise<Record<string, unknown>> {
  const { owner } = form.body
  if (!owner) return {}
  const turn = `${formTriggerPrefix}${form.name}`
  try {
    const [assignment = {}] = await givenOwners(context.client, owner, turn, '', 1, true)
    return assignment
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    await tellAdministrators(context, form, log, error.message)
    return {}
  }
}

/** Something that the form sets did not come along. */
async function tellAdministrators(
  { client }: Context,
  form: WebFormModel,
  log: Logger,
  reason: string,
): Promise<void> {
  log.warn({ form: form.name, reason }, 'a web form could not set what it should')
  await notify(client, await administrators(client), {
    kind: 'web-form.incomplete',
    record: null,
    params: { form: form.name, title: form.body.title, reason },
    href: `/admin/web-forms/${form.name}/settings`,
  })
}

/** In the transaction of the entry it is put down; the engine does it right after, as it does for triggers. */
async function convertLater({ client }: Context, form: WebFormModel, record: string): Promise<void> {
  await client.query(
    `INSERT INTO xrm.trigger_due (conversion, trigger, entity, record, actor, chain)
     VALUES ($1, $2, $3, $4::uuid, NULL, ARRAY[$4::uuid])`,
    [form.body.convert, `${formTriggerPrefix}${form.name}`, form.entity!.key, record],
  )
}

/** Tells the owner; of what was there already and differs, where nobody owns it, the administrators. */
async function tell(
  { client, model }: Context,
  form: WebFormModel,
  id: string,
  kind: 'web-form.new' | 'web-form.again',
  left: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const entity = form.entity!
  const owner = entity.fields.get('owner')?.columns[0]?.sql
  const { rows } = owner
    ? await client.query<{ id: string }>(
        `SELECT u.id FROM ${entity.table} r JOIN xrm."user" u ON u.id = r.${owner} WHERE r.id = $1 AND u.active`,
        [id],
      )
    : { rows: [] }
  const differs = Object.keys(left).length > 0
  const recipients = rows[0] ? [rows[0].id] : differs ? await administrators(client) : []
  for (const recipient of recipients) {
    const actor = await loadActor(client, model, recipient)
    const own = actor && rightsOf(model, actor).entity(entity.name)
    // As in the history: what they may read on every record that they see.
    const seen = Object.entries(left).filter(([name]) => own?.readField(name)?.length === 0)
    await notify(client, [recipient], {
      kind,
      record: { entity: entity.key, id },
      params: {
        form: form.name,
        title: form.body.title,
        ...(kind === 'web-form.again' ? { left: Object.fromEntries(seen) } : {}),
      },
      href: null,
    })
  }
}

/** Errors at what was asked for keep their places; everything else is about the entry as a whole. */
function asFormProblem(problem: Problem, form: WebFormModel): Problem {
  const asked = new Set(form.fields.map(({ field }) => `#/${field.name}`))
  const errors = (problem.errors ?? []).map((error): ProblemItem => ({
    ...error,
    pointer: asked.has(error.pointer) ? `#/values${error.pointer.slice(1)}` : '#',
  }))
  const whole = { pointer: '#', code: problem.code, detail: problem.title }
  return new Problem(problems['web-form.invalid'], { errors: errors.length > 0 ? errors : [whole] })
}
