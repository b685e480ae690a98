import { Problem, type ProblemItem } from '@xrm/sdk'
import { rightsOf } from '../access/rights.ts'
import { cached, type ConversionModel, type EntityModel } from '../documents/model.ts'
import { isId } from '../fields/relation-rules.ts'
import { decoder } from '../records/decode.ts'
import { named, type ReadContext, run } from '../records/query.ts'
import { SelectBuilder } from '../records/select-builder.ts'
import { problems } from './problems.ts'
import { together } from '../storage/database.ts'
import { prepared } from '../storage/prepared.ts'

/** The source of a run, as the actor sees it. */
export interface Source {
  entity: EntityModel
  id: string
  version: number
  display: string | null
  /** Own fields by name and further ones by path; those that the actor may not read are missing. */
  values: Readonly<Record<string, unknown>>
  /** Paths that the conversion reads and the actor may not. */
  denied: ReadonlySet<string>
  /** A run of this conversion that counts stands. */
  isConverted: boolean
}

/**
 * Loads the source. Who may not see it gets "not found"; who may see it but not convert it is refused. With `lock` nobody
 * else can convert or change it until the transaction ends.
 */
export async function loadSource(
  context: ReadContext,
  conversion: ConversionModel,
  id: string,
  lock: boolean,
): Promise<Source> {
  const [, sources] = await together(
    lock && isId(id) ? lockSources(context, conversion, [id]) : undefined,
    loadSources(context, conversion, [id]),
  )
  const found = sources.get(id)
  if (!found) throw notFound()
  if (found instanceof Problem) throw found
  return found
}

/**
 * Keeps the sources until the transaction ends; in the order of their ids, so that two who want several do not wait for
 * each other in a circle. Alone and first: what follows then reads what the locks' former holders have written.
 */
export async function lockSources(
  context: ReadContext,
  { source }: ConversionModel,
  ids: readonly string[],
): Promise<void> {
  await context.db.query({
    ...prepared(`SELECT FROM ${source!.table} WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE`),
    values: [ids],
  })
}

/** Keeps one record of an entity, as {@link lockSources} keeps many. */
export async function lockSource(context: ReadContext, entity: EntityModel, id: string): Promise<void> {
  await context.db.query(`SELECT FROM ${entity.table} WHERE id = $1 FOR UPDATE`, [id])
}

/** Whether the actor may convert the record, whatever has become of it. */
export async function mayConvert(context: ReadContext, entity: EntityModel, id: string): Promise<boolean> {
  const rights = rightsOf(context.model, context.actor)
  const own = rights.entity(entity.name)
  if (!own) return false
  const plan = cached(context.model, `may-convert|${rights.key}|${entity.name}`, () => {
    const builder = new SelectBuilder(context.model, rights, entity)
    builder.restrict(own.rows.read)
    builder.where.push(`t0.id = ${builder.params.slot('id', 'uuid')}`)
    const may = builder.covered(own.rows.convert) ?? 'true'
    const where = builder.whereSql()
    return named(`SELECT ${may} FROM ${builder.from()}${where}`, builder.params.list)
  })
  const { rows } = await run(context, plan, { id })
  return rows[0]?.[0] === true
}

/** Those sources that the actor may see; in the place of one that they may not convert is the problem. */
export async function loadSources(
  context: ReadContext,
  conversion: ConversionModel,
  ids: readonly string[],
): Promise<Map<string, Source | Problem>> {
  const entity = conversion.source!
  const rights = rightsOf(context.model, context.actor)
  const own = rights.entity(entity.name)
  const wanted = ids.filter(isId)
  if (!own || wanted.length === 0) return new Map()
  const plan = cached(context.model, `source|${rights.key}|${conversion.name}`, () => {
    const builder = new SelectBuilder(context.model, rights, entity)
    const denied = new Set<string>()
    const names = [...entity.fields.keys()].filter((name) => own.readField(name) !== null)
    const paths = new Set(['id', 'version', 'display', ...names])
    for (const path of conversion.paths) paths.add(path)
    const selected = [...paths].flatMap((path) => {
      try {
        return [builder.select(path)]
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        denied.add(path)
        return []
      }
    })
    builder.restrict(own.rows.read)
    builder.where.push(`t0.id = ANY(${builder.params.slot('ids', 'uuid[]')})`, 't0.deleted_at IS NULL')
    const allowed = builder.covered(own.rows.convert) ?? 'true'
    const isConverted = `EXISTS (SELECT FROM xrm.conversion_run r WHERE r.source = t0.id AND r.conversion = ${builder.params.literal(conversion.name, 'text')} AND r.once AND r.status = 'standing')`
    const columns = selected.flatMap((one) => one.columns)
    const where = builder.whereSql()
    const text = `SELECT ${[...columns, allowed, isConverted].join(', ')} FROM ${builder.from()}${where}`
    return { ...named(text, builder.params.list), decode: decoder(selected), flagAt: columns.length, denied }
  })
  const { rows } = await run(context, plan, { ids: wanted })
  return new Map(
    rows.map((row): [string, Source | Problem] => {
      const values = plan.decode(row)
      if (row[plan.flagAt] !== true) return [values.id, new Problem(problems['conversion.forbidden'])]
      const display = (values['display'] as string | null | undefined) ?? null
      const { id, version } = values
      const isConverted = row[plan.flagAt + 1] === true
      return [id, { entity, id, version, display, values, denied: plan.denied, isConverted }]
    }),
  )
}

/** Refuses a source for which the conversion is not meant, with every reason at its field. */
export function checkAvailable(context: ReadContext, conversion: ConversionModel, source: Source): void {
  const { available, body } = conversion
  const errors: ProblemItem[] = (body.available?.require ?? [])
    .filter((field) => source.values[field] == null)
    .map((field) => ({
      pointer: `#/source/${field}`,
      code: 'field.required',
      detail: 'is needed for this conversion',
    }))
  if (available && evaluateOnSource(context, source, available, (path) => path) !== true) {
    const { message, messages = {} } = body.available!
    errors.push({
      pointer: '#/source',
      code: 'conversion.not-available',
      detail: message ?? `It does not meet: ${available.text}`,
      ...(message === undefined ? {} : { params: { messages } }),
    })
  }
  if (errors.length > 0) throw new Problem(problems['conversion.not-available'], { errors })
}

/** The value of an expression about the source; `toPath` turns the expression's names into paths of the source. */
export function evaluateOnSource(
  context: ReadContext,
  source: Source,
  program: NonNullable<ConversionModel['available']>,
  toPath: (name: string) => string,
): unknown {
  return program.evaluate((name) => sourceValue(source, toPath(name)), {
    now: context.now,
    timeZone: context.model.settings.timeZone,
    me: context.actor.userId,
    teams: context.actor.teams,
    record: context.actor.represents?.id ?? null,
  })
}

/** The value at a path of the source; a part of an address is taken out of it. */
export function sourceValue(source: Source, path: string): unknown {
  if (Object.hasOwn(source.values, path)) return source.values[path] ?? null
  const dot = path.lastIndexOf('.')
  const whole = dot < 0 ? null : source.values[path.slice(0, dot)]
  if (whole === null || typeof whole !== 'object') return null
  return (whole as Record<string, unknown>)[path.slice(dot + 1)] ?? null
}

function notFound(): Problem {
  return new Problem({ code: 'record.not-found', status: 404, title: 'There is no such record' })
}
