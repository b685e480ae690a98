import { Problem } from '@xrm/sdk'
import type { ConversionReport, ConversionReportRequest, ConversionReportRow } from '@xrm/sdk/conversions'
import { cached } from '../documents/model.ts'
import { groupSql } from '../records/aggregate.ts'
import { displaysOf } from '../records/displays.ts'
import { access, named, type ReadContext, run } from '../records/query.ts'
import { SelectBuilder } from '../records/select-builder.ts'
import { problems } from './problems.ts'

const maxGroups = 1000

/**
 * What became of the sources that the actor may read, as a whole and by group: each counts once, as converted, declined,
 * reversed or still open. One statement.
 */
export async function reportConversions(
  context: ReadContext,
  request: ConversionReportRequest,
): Promise<ConversionReport> {
  const { rights, entity, own } = access(context, request.source)
  if (request.conversion !== undefined && !context.model.conversions.has(request.conversion))
    throw new Problem(problems['conversion.not-found'])
  const { by } = request
  const shape = JSON.stringify([entity.name, by, request.from === undefined, request.to === undefined])
  const plan = cached(context.model, `conversion-report|${rights.key}|${shape}`, () => {
    const builder = new SelectBuilder(context.model, rights, entity)
    const key = by === undefined ? 'NULL' : groupSql(builder, entity, by)
    builder.restrict(own.rows.read)
    builder.where.push('t0.deleted_at IS NULL')
    // Days are those of the firm. Parameters that nothing uses have no type.
    const zone = (): string => builder.params.context('timeZone')
    if (request.from !== undefined)
      builder.where.push(
        `t0.created_at >= (${builder.params.slot('from', 'date')}::timestamp AT TIME ZONE ${zone()})`,
      )
    if (request.to !== undefined)
      builder.where.push(
        `t0.created_at < ((${builder.params.slot('to', 'date')} + 1)::timestamp AT TIME ZONE ${zone()})`,
      )
    const conversion = builder.params.slot('conversion', 'text')
    // The run that counts: the one that stands, else the last.
    const outcome = `LEFT JOIN LATERAL (
      SELECT r.status, extract(epoch FROM r.at - t0.created_at) / 86400 AS days FROM xrm.conversion_run r
      WHERE r.source = t0.id AND (${conversion} IS NULL OR r.conversion = ${conversion})
      ORDER BY r.status = 'standing' DESC, r.at DESC LIMIT 1) AS outcome ON true`
    const from = builder.from()
    const where = builder.whereSql()
    const isConverted = `FILTER (WHERE status = 'standing')`
    return named(
      `SELECT key, grouping(key)::int, count(*)::int, (count(*) ${isConverted})::int,
         (count(*) FILTER (WHERE status = 'declined'))::int, (count(*) FILTER (WHERE status = 'reversed'))::int,
         round((percentile_cont(0.5) WITHIN GROUP (ORDER BY days) ${isConverted})::numeric, 2)::float,
         round((avg(days) ${isConverted})::numeric, 2)::float
       FROM (SELECT ${key} AS key, outcome.status, outcome.days FROM ${from} ${outcome}${where}) AS sources
       GROUP BY GROUPING SETS ((key), ()) ORDER BY 2 DESC, 3 DESC, 1 LIMIT ${maxGroups}`,
      builder.params.list,
    )
  })
  const { rows } = await run(context, plan, {
    from: request.from,
    to: request.to,
    conversion: request.conversion ?? null,
  })
  const counted = rows.map((row) => ({ isTotal: row[1] === 1, row: toRow(row) }))
  const groups = by === undefined ? [] : counted.filter(({ isTotal }) => !isTotal).map(({ row }) => row)
  await nameGroups(context, request, groups)
  return { rows: groups, total: counted.find(({ isTotal }) => isTotal)!.row }
}

function toRow(values: readonly unknown[]): ConversionReportRow {
  const [sources, converted, declined, reversed] = values.slice(2, 6) as [number, number, number, number]
  return {
    key: values[0],
    display: null,
    sources,
    converted,
    declined,
    reversed,
    open: sources - converted - declined - reversed,
    rate: sources === 0 ? null : converted / sources,
    medianDays: values[6] as number | null,
    averageDays: values[7] as number | null,
  }
}

/** Records are shown by name, where the actor may see them. */
async function nameGroups(
  context: ReadContext,
  { source, by }: ConversionReportRequest,
  rows: readonly ConversionReportRow[],
): Promise<void> {
  const target = by === undefined ? null : context.model.entities.get(source)?.fields.get(by)?.relation
  if (target == null) return
  const ids = rows.flatMap(({ key }) => (typeof key === 'string' ? [{ entity: target, id: key }] : []))
  const displays = await displaysOf(context, ids)
  for (const row of rows) row.display = displays.get(`${target}/${String(row.key)}`) ?? null
}
