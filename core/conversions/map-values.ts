import type { ProblemItem } from '@xrm/sdk'
import type { TargetDecision } from '@xrm/sdk/api'
import { escapePointer } from '@xrm/sdk/merge'
import { type EntityRights } from '../access/rights.ts'
import type { FieldModel, MappingModel, TargetModel } from '../documents/model.ts'
import type { ReadContext } from '../records/query.ts'
import { evaluationOf } from '../records/write-types.ts'
import { acrossZone, exchange, isAmount, type Rate } from './convert-value.ts'
import type { ChildRow } from './each.ts'
import { type Source, sourceValue } from './source.ts'

/** A mapped value, before it is known whether the target is created or linked. */
export interface MappedValue {
  field: FieldModel
  mapping: MappingModel
  value: unknown
  /** `source.company`, `constant`, `expression`, `target.account`, `input`, `user`, `default`. */
  from: string
  edit: 'hidden' | 'readonly' | 'editable' | 'required'
  truncated: boolean
  /** The amount was converted by it. */
  rate: Rate | null
  /** The user gave it; it also counts on a linked record. */
  byUser: boolean
}

export interface MappedTarget {
  values: MappedValue[]
  errors: ProblemItem[]
  /** What did not come along, and was meant not to. */
  notes: ProblemItem[]
}

export interface MapInput {
  /** By which the caller names the target. */
  key: string
  target: TargetModel
  source: Source
  /** The child that it is made for. */
  child: ChildRow | null
  rights: EntityRights
  given: TargetDecision | undefined
  onDeniedField: 'fail' | 'drop'
}

/** Computes what the mappings of one target give, with what the user entered in the dialog in their place. */
export function mapValues(context: ReadContext, input: MapInput): MappedTarget {
  const { key, target, rights, onDeniedField } = input
  const result: MappedTarget = { values: [], errors: [], notes: [] }
  const given = input.given?.values ?? {}
  const pointer = (field: string): string => `#/targets/${escapePointer(key)}/values/${field}`
  const entered = target.askable.filter(({ field }) => Object.hasOwn(given, field.name))
  const mappings = [...target.mappings, ...entered]
  for (const name of Object.keys(given)) {
    const mapping = mappings.find((candidate) => candidate.field.name === name)
    const edit = mapping && editOf(mapping)
    if (edit !== 'editable' && edit !== 'required') {
      result.errors.push({
        pointer: pointer(name.slice(0, 60)),
        code: 'conversion.not-editable',
        detail: 'cannot be entered here',
      })
    }
  }
  for (const mapping of mappings) {
    const { field } = mapping
    const denied = isDenied(mapping, input) || !mayCarry(rights, field.name)
    if (denied) {
      const item = {
        pointer: pointer(field.name),
        code: 'conversion.forbidden-field',
        detail: 'may not be carried over by you',
      }
      if (onDeniedField === 'fail') result.errors.push(item)
      else result.notes.push(item)
      continue
    }
    const edit = editOf(mapping)
    const byUser = Object.hasOwn(given, field.name) && (edit === 'editable' || edit === 'required')
    const computed = byUser
      ? { value: given[field.name] ?? null, from: 'user' }
      : compute(context, mapping, input, result, pointer(field.name))
    const changed = byUser
      ? { value: computed.value, rate: null }
      : change(context, mapping, computed.value, result, pointer(field.name))
    const { value, truncated } = fit(mapping, changed.value, result, pointer(field.name))
    if (edit === 'required' && value === null && !isLaterKnown(mapping)) {
      result.errors.push({ pointer: pointer(field.name), code: 'field.required', detail: 'is required' })
    }
    result.values.push({
      field,
      mapping,
      value,
      from: computed.from,
      edit,
      truncated,
      rate: changed.rate,
      byUser,
    })
  }
  return result
}

/** Whether the field can be written at all; on which of the records, the write path finds out. */
function mayCarry(rights: EntityRights, field: string): boolean {
  return rights.createField(field) || rights.updateField(field).length > 0
}

function editOf({ body, from }: MappingModel): MappedValue['edit'] {
  return body.edit ?? (isLaterKnown({ from }) ? 'hidden' : 'editable')
}

/** Records of the same run have their ids when all of it is planned. */
export function isLaterKnown({ from }: Pick<MappingModel, 'from'>): boolean {
  return from.kind === 'target' || from.kind === 'targets'
}

function isDenied({ from }: MappingModel, { source, child }: MapInput): boolean {
  if (from.kind === 'path') return source.denied.has(from.path)
  if (from.kind === 'child') return child?.denied.has(from.path) === true
  return (
    from.kind === 'expression' &&
    from.program.paths.some((path) =>
      path.startsWith('child.')
        ? child?.denied.has(path.slice('child.'.length))
        : source.denied.has(path.slice('source.'.length)),
    )
  )
}

/** Brings a value into the firm's time zone, and an amount into the currency that is asked for. */
function change(
  { model: { settings } }: ReadContext,
  { field, body }: MappingModel,
  value: unknown,
  result: MappedTarget,
  pointer: string,
): { value: unknown; rate: Rate | null } {
  if (body.timeZone !== undefined) return { value: acrossZone(value, field, settings.timeZone), rate: null }
  if (body.currency === undefined || !isAmount(value)) return { value, rate: null }
  const changed = exchange(value, body.currency, settings, field.field['x-scale'] ?? 2)
  if (changed) return changed
  result.errors.push({
    pointer,
    code: 'conversion.no-rate',
    detail: `there is no rate from ${value.currency} to ${body.currency}`,
    params: { from: value.currency, to: body.currency },
  })
  return { value: null, rate: null }
}

function compute(
  context: ReadContext,
  mapping: MappingModel,
  { source, child }: MapInput,
  result: MappedTarget,
  pointer: string,
): { value: unknown; from: string } {
  const { from, body } = mapping
  const raw = ((): { value: unknown; from: string } => {
    switch (from.kind) {
      case 'path':
        return { value: sourceValue(source, from.path), from: `source.${from.path}` }
      case 'child':
        return { value: child ? sourceValue(child, from.path) : null, from: `child.${from.path}` }
      case 'value':
        return { value: from.value, from: 'constant' }
      case 'expression':
        return {
          value: from.program.evaluate((name) => {
            if (name.startsWith('child.')) return child && sourceValue(child, name.slice('child.'.length))
            return sourceValue(source, name.slice('source.'.length))
          }, evaluationOf(context)),
          from: 'expression',
        }
      case 'target':
        // The id is known when the other target is; see plan.ts.
        return { value: null, from: `target.${from.target}` }
      case 'targets':
        return { value: null, from: 'targets' }
      case 'input':
        return { value: null, from: 'input' }
    }
  })()
  const value = from.kind === 'value' ? raw.value : translate(mapping, raw.value, result, pointer)
  if (value === null && body.default !== undefined) return { value: body.default, from: 'default' }
  return { ...raw, value }
}

/** Source option → target option. */
function translate({ body }: MappingModel, value: unknown, result: MappedTarget, pointer: string): unknown {
  if (body.values === undefined || value === null) return value
  const one = (key: unknown): unknown => {
    if (typeof key === 'string' && Object.hasOwn(body.values!, key)) return body.values![key]
    const item = {
      pointer,
      code: 'conversion.unmapped',
      detail: `"${String(key)}" has no counterpart`,
      params: { value: key },
    }
    if (body.onUnmapped === 'default' || body.onUnmapped === 'blank') {
      result.notes.push(item)
      return body.onUnmapped === 'default' ? (body.default ?? null) : null
    }
    result.errors.push(item)
    return null
  }
  return Array.isArray(value) ? value.map(one).filter((entry) => entry !== null) : one(value)
}

/** Brings a value into the target's form: one into a list, a text to its length. Everything else the write path judges. */
function fit(
  { field, body }: MappingModel,
  value: unknown,
  result: MappedTarget,
  pointer: string,
): { value: unknown; truncated: boolean } {
  if (value === null || value === undefined) return { value: null, truncated: false }
  const shaped = field.multiple && !Array.isArray(value) ? [value] : value
  if (typeof shaped !== 'string' || body.onTooLong !== 'truncate') return { value: shaped, truncated: false }
  const room = field.field.maxLength ?? (field.type.name === 'long-text' ? 100_000 : 255)
  const letters = [...shaped]
  if (letters.length <= room) return { value: shaped, truncated: false }
  result.notes.push({
    pointer,
    code: 'conversion.truncated',
    detail: `was cut from ${letters.length} to ${room} characters`,
    params: { from: letters.length, to: room },
  })
  return { value: letters.slice(0, room).join(''), truncated: true }
}
