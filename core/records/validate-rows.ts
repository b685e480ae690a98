import type { EntityRights } from '../access/rights.ts'
import type { EntityModel, FieldModel, OptionModel } from '../documents/model.ts'
import { evaluationOf, readPath, refuse, type WriteContext, type WriteRow } from './write-types.ts'

/**
 * Checks what the records will be: required fields, options, rules, and that a conditional right still covers the row.
 * What an update does not touch is not judged again, so that old records can be worked with after a rule was added.
 */
export function validateRow(context: WriteContext, rights: EntityRights, row: WriteRow): void {
  if (row.action === 'delete' || row.action === 'restore') return
  const { entity } = rights
  const refused = new Set(row.errors.map((error) => error.pointer))
  for (const field of entity.stored) {
    if (!field.required || refused.has(`/${field.name}`) || !isTouched(row, field.name)) continue
    if (row.next[field.name] == null) refuse(row, field.name, 'field.required', 'is required')
  }
  for (const name of row.changed) {
    const field = entity.fields.get(name)!
    const value = row.next[name]
    if (field.options.length === 0 || value == null || refused.has(`/${name}`)) continue
    const parsed = field.type.parse(value, field.context)
    if ('error' in parsed && !keepsOldOptions(row, name, value))
      refuse(row, name, parsed.error, parsed.detail, parsed.params)
  }
  for (const stage of entity.stages) validateStage(context, stage, row)
  validateRules(context, entity, row)
  validateScope(context, rights, row)
}

/** A record enters a stage: users go only where the stage before leads, and what the stage asks for must be there. */
function validateStage(context: WriteContext, stage: FieldModel, row: WriteRow): void {
  if (row.action !== 'create' && !row.changed.has(stage.name)) return
  const optionOf = (key: unknown): OptionModel | undefined =>
    stage.options.find((option) => option.key === key)
  const [left, entered] = [optionOf(row.before?.[stage.name]), optionOf(row.next[stage.name])]
  // Hooks and conversions have reasons of their own.
  const isUsers = row.given.has(stage.name) && context.cause.kind !== 'conversion'
  if (isUsers && left?.next && !(entered && left.next.includes(entered.key))) {
    const allowed = left.next.map((key) => optionOf(key)).filter((option) => option !== undefined)
    const titles = allowed.map(({ title }) => title).join(', ')
    refuse(
      row,
      stage.name,
      'record.stage',
      allowed.length === 0
        ? `"${left.title}" is the last stage`
        : `from "${left.title}" it goes on to: ${titles}`,
      {
        from: left.key,
        allowed: allowed.map(({ key, title, labels }) => ({ key, title, labels })),
      },
    )
    return
  }
  for (const name of entered?.requires ?? []) {
    const value = row.next[name]
    if (value != null && !(Array.isArray(value) && value.length === 0)) continue
    if (row.errors.some(({ pointer }) => pointer === `/${name}`)) continue
    refuse(row, name, 'field.required-in-stage', `is required in the stage "${entered!.title}"`, {
      stage: entered!.key,
      title: entered!.title,
      labels: entered!.labels,
    })
  }
}

function isTouched(row: WriteRow, name: string): boolean {
  return row.action === 'create' || row.changed.has(name)
}

/** Of a list, the options that stood there before may stay even when they are switched off. */
function keepsOldOptions(row: WriteRow, name: string, value: unknown): boolean {
  const before = row.before?.[name]
  return Array.isArray(value) && Array.isArray(before) && value.every((key) => before.includes(key))
}

function validateRules(context: WriteContext, entity: EntityModel, row: WriteRow): void {
  const evaluation = evaluationOf(context)
  for (const rule of entity.rules) {
    const concerned = rule.program.paths.some((path) => dependsOnChange(entity, row, path))
    if (!concerned && row.action === 'update') continue
    const met = rule.program.evaluate((path) => readPath(entity, row.next, path, evaluation), evaluation)
    if (met === true) continue
    row.errors.push({
      pointer: rule.pointer,
      code: `rule.${rule.name}`,
      detail: rule.message,
      params: { messages: rule.messages },
    })
  }
}

function dependsOnChange(entity: EntityModel, row: WriteRow, path: string): boolean {
  const name = path.split('.', 1)[0]!
  const program = entity.fields.get(name)?.program
  return program ? program.paths.some((inner) => dependsOnChange(entity, row, inner)) : row.changed.has(name)
}

/**
 * A right by expression must also cover the row as it will be, or a user could push records out of reach (or into it).
 * Giving a record away by its owner or team is meant and allowed.
 */
function validateScope(context: WriteContext, rights: EntityRights, row: WriteRow): void {
  if (row.action !== 'update' || row.free) return
  const evaluation = evaluationOf(context)
  const covered = rights.rows.update.some((scope) => {
    if (scope.kind !== 'when') return false
    const changesForeign = scope.program.paths.some(
      (path) => path.includes('.') && row.changed.has(path.split('.', 1)[0]!),
    )
    if (changesForeign) return false
    if (!scope.program.paths.some((path) => row.changed.has(path))) return true
    return (
      scope.program.evaluate((path) => readPath(rights.entity, row.next, path, evaluation), evaluation) ===
      true
    )
  })
  if (!covered)
    row.failure = { code: 'record.forbidden', detail: 'The record would leave what you may change.' }
}
