import { Problem } from '@xrm/sdk'
import type { AggregateAnswer, AggregateRequest } from '@xrm/sdk/api'
import { cached, type EntityModel } from '../documents/model.ts'
import { problems } from './problems.ts'
import { access, applyConditions, named, type ReadContext, run } from './query.ts'
import { SelectBuilder, unknownField } from './select-builder.ts'

const maxRows = 5000
const units = ['day', 'week', 'month', 'quarter', 'year']

/** Counts, sums, averages and extremes of the records that match, by group; rows in the order of their groups. */
export async function aggregateRecords(
  context: ReadContext,
  entityName: string,
  request: AggregateRequest,
): Promise<AggregateAnswer> {
  const { rights, entity, own } = access(context, entityName)
  const names = [...(request.groupBy ?? []), ...Object.keys(request.measures)]
  const plan = cached(
    context.model,
    `aggregate|${rights.key}|${JSON.stringify([entity.name, request])}`,
    () => {
      const builder = new SelectBuilder(context.model, rights, entity)
      const groups = (request.groupBy ?? []).map((term) => groupSql(builder, entity, term))
      const measures = Object.entries(request.measures).map(([name, term]) =>
        measure(builder, entity, name, term),
      )
      applyConditions(builder, own, entity, request)
      const where = builder.whereSql()
      const places = groups.map((_, index) => index + 1).join(', ')
      const tail = groups.length === 0 ? '' : ` GROUP BY ${places} ORDER BY ${places} LIMIT ${maxRows}`
      const columns = [...groups, ...measures.map((one) => one.sql)]
      return {
        ...named(`SELECT ${columns.join(', ')} FROM ${builder.from()}${where}${tail}`, builder.params.list),
        money: measures.map((one) => one.money),
      }
    },
  )
  const { rows } = await run(context, plan, {})
  const offset = names.length - plan.money.length
  return {
    rows: rows.map((row) => {
      const result: Record<string, unknown> = {}
      names.forEach((name, index) => {
        const value = row[index]
        const isMoney = index >= offset && plan.money[index - offset]
        result[name] = isMoney && value !== null ? splitMoney(value as string) : value
      })
      return result
    }),
  }
}

/** SQL of what is grouped by: a field or path, a date cut to a unit (`created_at:month`), the currency of an amount. */
export function groupSql(builder: SelectBuilder, entity: EntityModel, term: string): string {
  const [path = '', unit, ...rest] = term.split(':')
  const selected = builder.select(path)
  const type = selected.field.valueType
  if (unit === 'currency' && type === 'money') return selected.columns[1]!
  if (unit === undefined) {
    if (selected.columns.length !== 1 || type === 'json') throw unknownField(entity, path)
    return selected.columns[0]!
  }
  if (rest.length > 0 || !units.includes(unit) || (type !== 'date' && type !== 'timestamp')) {
    throw invalid(
      '#/groupBy',
      `"${term.slice(0, 100)}": dates can be cut to ${units.join(', ')}, money to currency.`,
    )
  }
  const local =
    type === 'date'
      ? selected.columns[0]!
      : `(${selected.columns[0]!} AT TIME ZONE ${builder.params.context('timeZone')})`
  return `date_trunc(${builder.params.literal(unit, 'text')}, ${local})::date`
}

function measure(
  builder: SelectBuilder,
  entity: EntityModel,
  name: string,
  term: string,
): { sql: string; money: boolean } {
  if (term === 'count') return { sql: 'count(*)', money: false }
  const match = /^(sum|avg|min|max|count)\(([a-z][a-z0-9_.]*)\)$/.exec(term)
  if (!match) {
    throw invalid(
      `#/measures/${name.slice(0, 60)}`,
      'A measure is count, or sum, avg, min, max or count of a field: "sum(amount)".',
    )
  }
  const [, fn, path] = match as unknown as [string, string, string]
  const { columns, field } = builder.select(path)
  const type = field.valueType
  const numeric = type === 'int' || type === 'decimal'
  if (type === 'money' && fn !== 'count') {
    // Sums over several currencies mean nothing: then the value is null, and the caller groups by currency.
    const [amount, currency] = columns as [string, string]
    const value = fn === 'avg' ? `round(avg(${amount}), 6)` : `${fn}(${amount})`
    return {
      sql: `CASE WHEN count(DISTINCT ${currency}) = 1 THEN trim_scale(${value})::text || ' ' || min(${currency}) END`,
      money: true,
    }
  }
  if (columns.length !== 1) throw unknownField(entity, path)
  const column = columns[0]!
  if (fn === 'count') return { sql: `count(${column})`, money: false }
  if (fn === 'sum' || fn === 'avg') {
    if (!numeric) throw invalid(`#/measures/${name}`, `"${path}" is not a number.`)
    return { sql: `trim_scale(round(${fn}(${column})::numeric, 6))`, money: false }
  }
  if (!numeric && type !== 'date' && type !== 'timestamp' && type !== 'string')
    throw invalid(`#/measures/${name}`, `"${path}" has no order.`)
  return { sql: `${fn}(${column})`, money: false }
}

function splitMoney(text: string): { amount: string; currency: string } {
  const [amount = '', currency = ''] = text.split(' ')
  return { amount, currency }
}

function invalid(pointer: string, detail: string): Problem {
  return new Problem(problems['query.invalid'], {
    detail,
    errors: [{ pointer, code: 'query.invalid', detail }],
  })
}
