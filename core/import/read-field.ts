import type { Parsed } from '@xrm/sdk'
import type { EvaluationContext } from '@xrm/sdk/expression'
import { fromCell } from '../records/cell-text.ts'
import { type FieldPlan, foldChoice, type ImportPlan } from './plan-import.ts'

/** What a row says about one field. */
export type Value =
  | { kind: 'value'; value: unknown }
  | { kind: 'blank' }
  /** A record is to be found by this text. */
  | { kind: 'lookup'; text: string }
  | { kind: 'invalid'; text: string; code: string; detail: string }

const blank: Value = { kind: 'blank' }

/** Reads one field of one row. References to records of the same row are not its business. */
export function readField(
  plan: FieldPlan,
  cells: readonly string[],
  { blank: blanks, header }: ImportPlan,
  context: EvaluationContext,
): Value {
  const { body, program } = plan
  if (body.value !== undefined)
    return body.lookup ? { kind: 'lookup', text: String(body.value) } : { kind: 'value', value: body.value }
  let text: string
  if (program) {
    const value = program.evaluate((alias) => cellOf(cells, header.alias(alias)!, blanks), context)
    if (value === null) return orDefault(plan)
    if (typeof value !== 'string') return checked(plan, { value }, String(value))
    text = value
  } else {
    const pieces = plan.places.flatMap((place) => cellOf(cells, place, blanks) ?? [])
    text = pieces.length === 1 ? pieces[0]! : pieces.join(body.join ?? ' ')
  }
  if (text.includes('\uFFFD')) {
    return {
      kind: 'invalid',
      text,
      code: 'import.encoding',
      detail: "holds bytes that are not of the file's encoding",
    }
  }
  text = change(plan, text)
  if (text !== '' && plan.values) {
    const mapped = plan.values.get(text)
    if (mapped === null) return blank
    if (mapped !== undefined) text = mapped
    else if (body.onUnmapped === 'blank') return blank
    else if (body.onUnmapped === 'default') return orDefault(plan)
    else if (body.onUnmapped !== 'keep') return refuse(text, 'import.unmapped', 'is not in the value map')
  }
  if (text === '') return orDefault(plan)
  if (plan.lookup) return { kind: 'lookup', text }
  if (plan.part !== null) return checked(plan, { value: text }, text)
  return checked(plan, fromText(plan, text), text)
}

/** The text of a cell without blanks around it and without what keeps it from being a formula; null when it says nothing. */
function cellOf(cells: readonly string[], place: number, blanks: ReadonlySet<string>): string | null {
  const text = fromCell(cells[place]!.trim())
  return blanks.has(text) ? null : text
}

function orDefault({ body }: FieldPlan): Value {
  if (body.default === undefined || body.default === null) return blank
  return body.lookup ? { kind: 'lookup', text: String(body.default) } : { kind: 'value', value: body.default }
}

/** Cuts, replaces, prefixes. */
function change({ body }: FieldPlan, given: string): string {
  let text = given
  if (body.part) text = cut(text, body.part).trim()
  for (const [from, to] of Object.entries(body.replace ?? {})) text = text.replaceAll(from, to)
  return text === '' || body.prefix === undefined ? text : body.prefix + text
}

function cut(text: string, { separator, take }: NonNullable<FieldPlan['body']['part']>): string {
  const pieces = text.split(separator)
  switch (take) {
    case 'first':
      return pieces[0]!
    case 'last':
      return pieces.at(-1)!
    case 'but-first':
      return pieces.slice(1).join(separator)
    case 'but-last':
      return pieces.slice(0, -1).join(separator)
    default:
      return pieces[take] ?? ''
  }
}

function fromText({ field, format, options }: FieldPlan, text: string): Parsed {
  const parsed = field.type.fromText(text, format, field.field)
  if ('error' in parsed || !options) return parsed
  const key = (one: unknown): unknown =>
    typeof one === 'string' ? (options.get(one) ?? options.get(foldChoice(one)) ?? one) : one
  return { value: Array.isArray(parsed.value) ? parsed.value.map(key) : key(parsed.value) }
}

/**
 * The write path checks every value anyway; here it is checked only where the mapping says what becomes of one that is
 * wrong.
 */
function checked(plan: FieldPlan, parsed: Parsed, text: string): Value {
  if ('error' in parsed) return refuse(text, parsed.error, parsed.detail)
  const { field, part, body } = plan
  if (body.onInvalid !== undefined && body.onInvalid !== 'reject') {
    const again = field.type.parse(part === null ? parsed.value : { [part]: parsed.value }, field.context)
    if ('error' in again) return refuse(text, again.error, again.detail)
  }
  return { kind: 'value', value: parsed.value }
}

function refuse(text: string, code: string, detail: string): Value {
  return { kind: 'invalid', text, code, detail }
}
