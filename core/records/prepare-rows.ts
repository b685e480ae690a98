import { v7 as uuid } from 'uuid'
import type { EntityRights } from '../access/rights.ts'
import { renamedHint } from '../documents/former-names.ts'
import { isEqual } from '@xrm/sdk/merge'
import type { EntityModel, FieldModel } from '../documents/model.ts'
import { isId } from '../fields/relation-rules.ts'
import { refuse, type WriteContext, type WriteOperation, type WriteRow } from './write-types.ts'

/** Checks names, rights and values of what the caller gave; everything wrong is kept at its row. */
export function prepareRows(
  context: WriteContext,
  rights: EntityRights,
  operations: readonly WriteOperation[],
): WriteRow[] {
  const named = new Set<string>()
  return operations.map((operation, index) => {
    const row: WriteRow = {
      index,
      action: operation.action,
      id: operation.action === 'create' ? (operation.id ?? uuid()) : operation.id,
      expected: 'version' in operation ? operation.version : undefined,
      given: new Map(),
      assigned: operation.action === 'create' ? (operation.assign ?? {}) : {},
      before: null,
      version: 0,
      next: {},
      changed: new Set(),
      free: false,
      touch: 'touch' in operation && operation.touch === true,
      ref: 'ref' in operation ? operation.ref : undefined,
      errors: [],
      failure: null,
    }
    if (!isId(row.id)) row.failure = { code: 'record.not-found' }
    else if (!isAllowed(rights, operation.action)) row.failure = { code: 'record.forbidden' }
    // The second would be based on what the first has not written yet.
    else if (named.has(row.id)) row.failure = { code: 'record.conflict', detail: 'The batch names it twice.' }
    else if ('values' in operation) readValues(context, rights, row, operation.values)
    named.add(row.id)
    return row
  })
}

function isAllowed(rights: EntityRights, action: WriteOperation['action']): boolean {
  if (rights.entity.readOnly) return false
  if (action === 'create') return rights.create
  return rights.rows[action === 'update' ? 'update' : 'delete'].length > 0
}

function readValues(
  context: WriteContext,
  rights: EntityRights,
  row: WriteRow,
  values: Readonly<Record<string, unknown>>,
): void {
  for (const name of Object.keys(values)) {
    const field = rights.entity.fields.get(name)
    const known =
      field !== undefined &&
      (isSystem(context) || rights.readField(name) !== null || mayWrite(rights, row.action, name))
    if (!known) {
      const hint = renamedHint(rights.entity, name, (present) => rights.readField(present) !== null)
      refuse(
        row,
        name,
        'record.unknown-field',
        `"${rights.entity.name}" has no field "${name.slice(0, 60)}"${hint && `.${hint}`}`,
      )
      continue
    }
    if (field.columns.length === 0 || (!field.writable && !(isSystem(context) && isImportable(field)))) {
      refuse(row, name, 'field.read-only', 'is set by the system')
      continue
    }
    if (!mayWrite(rights, row.action, name)) {
      refuse(row, name, 'field.forbidden', 'may not be written by you')
      continue
    }
    const value = values[name]
    if (value === null) {
      row.given.set(name, null)
      continue
    }
    const parsed = field.type.parse(value, field.context)
    // An option that is switched off may stay where it is; whether it was there is known once the row is loaded.
    if ('error' in parsed && !(parsed.error === 'field.option-inactive' && row.action === 'update')) {
      refuse(row, name, parsed.error, parsed.detail, parsed.params)
    } else row.given.set(name, 'error' in parsed ? value : parsed.value)
  }
}

function mayWrite(rights: EntityRights, action: WriteOperation['action'], name: string): boolean {
  return action === 'create' ? rights.createField(name) : rights.updateField(name).length > 0
}

/** The system itself writes; it may also set what users may not, such as read-only fields. */
function isSystem(context: WriteContext): boolean {
  const { userId, form } = context.rightsOf ?? context.actor
  return userId === null && form === undefined
}

function isImportable(field: FieldModel): boolean {
  return field.field['x-readonly'] === true || field.name === 'created_at' || field.name === 'created_by'
}

/** Sets what the record will be: stored values, then what was given, then what follows from entering a stage. */
export function computeNext(context: WriteContext, entity: EntityModel, row: WriteRow): void {
  if (row.action === 'create') {
    for (const field of entity.stored)
      row.next[field.name] = field.default === undefined ? null : field.default
    Object.assign(row.next, {
      id: row.id,
      version: 1,
      active: true,
      created_at: context.now,
      created_by: context.actor.userId,
      updated_at: context.now,
      updated_by: context.actor.userId,
      deleted_at: null,
      owner: entity.body['x-entity'].owner === true ? context.actor.userId : null,
      ...row.assigned,
    })
  } else
    row.next = {
      ...row.before,
      version: row.version + 1,
      updated_at: context.now,
      updated_by: context.actor.userId,
    }
  if (row.action === 'delete') row.next['deleted_at'] = context.now
  if (row.action === 'restore') row.next['deleted_at'] = null
  for (const [name, value] of row.given) row.next[name] = value
  for (const stage of entity.stages) {
    const entered = row.next[stage.name]
    if (entered === null || (row.before && row.before[stage.name] === entered)) continue
    const sets = stage.options.find((option) => option.key === entered)?.sets ?? {}
    for (const [name, value] of Object.entries(sets)) {
      if (row.given.has(name)) continue
      const field = entity.fields.get(name)!
      const parsed = field.type.parse(value, field.context)
      if (!('error' in parsed)) row.next[name] = parsed.value
    }
  }
}

/** Finds what differs from before; a value that is given but equal is no change. */
export function findChanges(entity: EntityModel, row: WriteRow): void {
  row.changed.clear()
  for (const field of entity.stored) {
    if (bookkeeping.has(field.name)) continue
    const before = row.before?.[field.name] ?? null
    const after = row.next[field.name] ?? null
    if (before === after || isEqual(before, after)) continue
    row.changed.add(field.name)
  }
}

/** Kept with each change anyway, so not part of the change itself. */
const bookkeeping = new Set(['id', 'version', 'created_at', 'created_by', 'updated_at', 'updated_by'])
