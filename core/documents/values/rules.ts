import type { PoolClient } from 'pg'
import { Problem } from '@xrm/sdk'
import type { ValueRule } from '@xrm/sdk/configuration'
import type { Database } from '../../storage/database.ts'
import { escapePointer } from '@xrm/sdk/merge'
import type { FieldModel } from '../model.ts'
import { problems } from '../problems.ts'
import { accept } from './convert-value.ts'

export interface FieldRule {
  entity: string
  field: string
  rule: ValueRule
}

/** What a changeset has decided about values that do not convert by themselves. */
export async function readRules(
  db: Pick<PoolClient, 'query'> | Database['pool'],
  changeset: string,
): Promise<FieldRule[]> {
  const { rows } = await db.query<FieldRule>(
    'SELECT entity, field, rule FROM xrm.changeset_values WHERE changeset = $1 ORDER BY entity, field',
    [changeset],
  )
  return rows
}

/** Refuses a rule whose results the field would not take. */
export function checkRule(field: FieldModel, rule: ValueRule): void {
  const errors: { pointer: string; code: string; detail: string }[] = []
  const check = (pointer: string, value: unknown): void => {
    const accepted = accept(field, value)
    if ('reason' in accepted) errors.push({ pointer, code: 'changeset.rule', detail: accepted.reason })
  }
  if (!['reject', 'blank', 'default'].includes(rule.onFail))
    errors.push({ pointer: '#/onFail', code: 'changeset.rule', detail: 'must be reject, blank or default' })
  if (rule.onFail === 'default') {
    if (rule.default === undefined || rule.default === null)
      errors.push({ pointer: '#/default', code: 'changeset.rule', detail: 'is missing' })
    else check('#/default', rule.default)
  }
  for (const [value, target] of Object.entries(rule.map ?? {}))
    // An entry of a list may become one entry of the new list.
    check(`#/map/${escapePointer(value)}`, field.multiple && typeof target === 'string' ? [target] : target)
  if (errors.length > 0) throw new Problem(problems['changeset.rule'], { errors })
}
