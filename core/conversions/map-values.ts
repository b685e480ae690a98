import type { ProblemItem } from '@xrm/sdk'
import type { ConversionRequest } from '@xrm/sdk/api'
import { type EntityRights } from '../access/rights.ts'
import type { FieldModel, MappingModel, TargetModel } from '../documents/model.ts'
import type { ReadContext } from '../records/query.ts'
import { evaluateOnSource, type Source, sourceValue } from './source.ts'

/** A mapped value, before it is known whether the target is created or linked. */
export interface MappedValue {
  field: FieldModel
  mapping: MappingModel
  value: unknown
  /** `source.company`, `constant`, `expression`, `target.account`, `input`, `user`, `default`. */
  from: string
  edit: 'hidden' | 'readonly' | 'editable' | 'required'
  truncated: boolean
  /** The user gave it; it also counts on a linked record. */
  byUser: boolean
}

export interface MappedTarget {
  values: MappedValue[]
  errors: ProblemItem[]
  /** What did not come along, and was meant not to. */
  notes: ProblemItem[]
}

/** Computes what the mappings of one target give, with what the user entered in the dialog in their place. */
export function mapValues(
  context: ReadContext,
  target: TargetModel,
  source: Source,
  rights: EntityRights,
  request: ConversionRequest,
  onDeniedField: 'fail' | 'drop',
): MappedTarget {
  const result: MappedTarget = { values: [], errors: [], notes: [] }
  const given = request.targets?.[target.key]?.values ?? {}
  const pointer = (field: string): string => `#/targets/${target.key}/values/${field}`
  for (const name of Object.keys(given)) {
    const mapping = target.mappings.find((candidate) => candidate.field.name === name)
    const edit = mapping && editOf(mapping)
    if (edit !== 'editable' && edit !== 'required') {
      result.errors.push({
        pointer: pointer(name.slice(0, 60)),
        code: 'conversion.not-editable',
        detail: 'cannot be entered here',
      })
    }
  }
  for (const mapping of target.mappings) {
    const { field, from } = mapping
    const denied = isDenied(mapping, source) || !mayCarry(rights, field.name)
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
      : compute(context, mapping, source, result, pointer(field.name))
    const { value, truncated } = fit(mapping, computed.value, result, pointer(field.name))
    if (edit === 'required' && value === null && from.kind !== 'target') {
      result.errors.push({ pointer: pointer(field.name), code: 'field.required', detail: 'is required' })
    }
    result.values.push({ field, mapping, value, from: computed.from, edit, truncated, byUser })
  }
  return result
}

/** Whether the field can be written at all; on which of the records, the write path finds out. */
function mayCarry(rights: EntityRights, field: string): boolean {
  return rights.createField(field) || rights.updateField(field).length > 0
}

function editOf({ body, from }: MappingModel): MappedValue['edit'] {
  return body.edit ?? (from.kind === 'target' ? 'hidden' : 'editable')
}

function isDenied({ from }: MappingModel, source: Source): boolean {
  if (from.kind === 'path') return source.denied.has(from.path)
  return (
    from.kind === 'expression' &&
    from.program.paths.some((path) => source.denied.has(path.slice('source.'.length)))
  )
}

function compute(
  context: ReadContext,
  mapping: MappingModel,
  source: Source,
  result: MappedTarget,
  pointer: string,
): { value: unknown; from: string } {
  const { from, body } = mapping
  const raw = ((): { value: unknown; from: string } => {
    switch (from.kind) {
      case 'path':
        return { value: sourceValue(source, from.path), from: `source.${from.path}` }
      case 'value':
        return { value: from.value, from: 'constant' }
      case 'expression':
        return {
          value: evaluateOnSource(context, source, from.program, (name) => name.slice('source.'.length)),
          from: 'expression',
        }
      case 'target':
        // The id is known when the other target is; see plan.ts.
        return { value: null, from: `target.${from.target}` }
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
