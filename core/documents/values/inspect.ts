import type { PoolClient } from 'pg'
import type { DataCheck, ValueRule, ValuesPreview } from '@xrm/sdk/configuration'
import { type Database, session } from '../../storage/database.ts'
import { isEqual } from '@xrm/sdk/merge'
import type { FieldModel } from '../model.ts'
import { convertValue, valueText } from './convert-value.ts'
import type { DataChanges, NewUnique, TightenedField, ValueChange } from './find-changes.ts'
import { eachDistinct } from './read-values.ts'

/** A changed field, with what its values come to. */
export interface InspectedChange {
  change: ValueChange
  preview: ValuesPreview
  /** Records whose stored value would be another one. */
  rewrites: number
}

export type RuleOf = (entity: string, field: string) => ValueRule | null

const oddShown = 500
const samplesShown = 20
const examplesShown = 10

/** Looks through the distinct values of a field, and says what each becomes. */
export async function inspectChange(
  client: PoolClient,
  change: ValueChange,
  rule: ValueRule | null,
): Promise<InspectedChange> {
  const { entity, field, old } = change
  const preview: ValuesPreview = {
    entity: entity.name,
    field: field.name,
    from: old.type.name,
    to: field.type.name,
    rows: 0,
    converts: 0,
    mapped: 0,
    blanked: 0,
    defaulted: 0,
    fails: 0,
    odd: [],
    samples: [],
  }
  let rewrites = 0
  await eachDistinct(client, entity.table, old, (values) => {
    for (const { value, count } of values) {
      const outcome = convertValue(old, field, value, rule)
      preview.rows += count
      preview[outcome.kind] += count
      if (outcome.kind === 'fails' || !isEqual(outcome.value, value)) rewrites += count
      if (outcome.kind === 'converts') {
        if (preview.samples.length < samplesShown)
          preview.samples.push({ value: valueText(value), count, becomes: outcome.value })
      } else if (preview.odd.length < oddShown) {
        const plain = outcome.kind === 'fails' ? outcome : convertValue(old, field, value, null)
        preview.odd.push({
          value: valueText(value),
          count,
          reason: plain.kind === 'fails' ? plain.reason : '',
          becomes: outcome.kind === 'fails' ? null : outcome.value,
        })
      }
    }
  })
  return { change, preview, rewrites }
}

/** Everything that existing data has to do with a changeset. */
export async function inspectData(
  db: Database,
  changes: DataChanges,
  ruleOf: RuleOf,
): Promise<{ checks: DataCheck[]; inspected: InspectedChange[] }> {
  return session(db, async (client) => {
    const checks: DataCheck[] = []
    const inspected: InspectedChange[] = []
    for (const change of changes.values) {
      const rule = ruleOf(change.entity.name, change.field.name)
      const one = await inspectChange(client, change, rule)
      inspected.push(one)
      const check = checkOf(one, rule)
      if (check) checks.push(check)
    }
    for (const one of changes.tightened) checks.push(...(await checkTightened(client, one)))
    for (const one of changes.unique) checks.push(...(await checkUnique(client, one)))
    return { checks, inspected }
  })
}

function checkOf({ change, preview, rewrites }: InspectedChange, rule: ValueRule | null): DataCheck | null {
  // Options go every day; it is worth a word only where a record has one that goes.
  if (change.kind === 'options' && rewrites === 0 && change.move === null) return null
  return {
    entity: preview.entity,
    field: preview.field,
    check: change.kind,
    rows: preview.rows,
    failing: preview.fails,
    severity: preview.fails > 0 ? 'error' : 'warning',
    examples: preview.odd
      .slice(0, examplesShown)
      .map(({ value, count, reason }) => ({ value, count, reason })),
    rule,
  }
}

async function checkTightened(
  client: PoolClient,
  { entity, field, check }: TightenedField,
): Promise<DataCheck[]> {
  const result: DataCheck = {
    entity: entity.name,
    field: field.name,
    check,
    rows: 0,
    failing: 0,
    severity: 'warning',
    examples: [],
    rule: null,
  }
  if (check === 'required') {
    const empty = field.columns.map((column) => `${column.sql} IS NULL`).join(' AND ')
    const { rows } = await client.query<{ rows: number; failing: number }>(
      `SELECT count(*) AS rows, count(*) FILTER (WHERE ${empty}) AS failing FROM ${entity.table} WHERE deleted_at IS NULL`,
    )
    Object.assign(result, rows[0]!)
  } else {
    await eachDistinct(client, entity.table, field, (values) => {
      for (const { value, count } of values) {
        result.rows += count
        const reason = reasonAgainst(field, value, check)
        if (reason === null) continue
        result.failing += count
        if (result.examples.length < examplesShown)
          result.examples.push({ value: valueText(value), count, reason })
      }
    })
  }
  return result.failing > 0 ? [result] : []
}

const limits = {
  length: { keys: ['minLength', 'maxLength'], codes: ['field.too-long', 'field.too-short'] },
  pattern: { keys: ['pattern'], codes: ['field.pattern'] },
  range: {
    keys: ['minimum', 'maximum', 'x-scale'],
    codes: ['field.minimum', 'field.maximum', 'field.scale'],
  },
} as const

/** Why a value does not keep one limit; the others are left out, or the first that is broken would hide it. */
function reasonAgainst(
  { type, field, context }: FieldModel,
  value: unknown,
  check: keyof typeof limits,
): string | null {
  const others = Object.entries(limits).flatMap(([name, { keys }]) => (name === check ? [] : keys))
  const body = Object.fromEntries(
    Object.entries(field).filter(([key]) => !(others as string[]).includes(key)),
  ) as typeof field
  const parsed = type.parse(value, { ...context, field: body })
  return 'error' in parsed && (limits[check].codes as readonly string[]).includes(parsed.error)
    ? parsed.detail
    : null
}

async function checkUnique(client: PoolClient, { entity, fields }: NewUnique): Promise<DataCheck[]> {
  const columns = fields.map((field) => field.columns[0]!.sql)
  const { rows } = await client.query<unknown[]>({
    text: `SELECT count(*) OVER () AS groups, sum(count(*)) OVER () AS records, count(*) AS n, ${columns.join(', ')} FROM ${entity.table}
      WHERE deleted_at IS NULL AND ${columns.map((column) => `${column} IS NOT NULL`).join(' AND ')}
      GROUP BY ${columns.join(', ')} HAVING count(*) > 1 ORDER BY n DESC LIMIT ${examplesShown}`,
    rowMode: 'array',
  })
  if (rows.length === 0) return []
  const total = Number(rows[0]![1])
  return [
    {
      entity: entity.name,
      field: fields.map(({ name }) => name).join(', '),
      check: 'unique',
      rows: total,
      failing: total - Number(rows[0]![0]),
      severity: 'error',
      examples: rows.map(([, , count, ...values]) => ({
        value: values.map(valueText).join(', '),
        count: count as number,
        reason: 'several records have it',
      })),
      rule: null,
    },
  ]
}
