import type { TargetCheck } from '@xrm/sdk/conversions'
import type { ConversionModel, EntityModel, FieldModel, TargetModel } from '../documents/model.ts'
import { whyNotAssignable } from './assignable.ts'

type Suggestion = TargetCheck['suggestions'][number]

/** Words that mean one thing, for fields that are named by different people. Compared folded, in any language. */
const meanings = [
  ['company', 'firm', 'account name', 'company name', 'organisation', 'organization', 'firma', 'name'],
  ['phone', 'telephone', 'tel', 'phone number', 'telefon', 'business phone'],
  ['mobile', 'cell', 'cell phone', 'mobile phone', 'mobil', 'handy'],
  ['email', 'e mail', 'mail', 'email address'],
  ['website', 'site', 'url', 'homepage', 'web'],
  ['description', 'note', 'notes', 'remark', 'remarks', 'comment', 'beschreibung', 'notiz', 'bemerkung'],
  ['budget', 'amount', 'value', 'volume', 'revenue', 'betrag', 'wert', 'volumen'],
  ['job title', 'position', 'role', 'function', 'funktion'],
  ['lead source', 'source', 'origin', 'quelle', 'herkunft'],
  ['address', 'seat', 'location', 'adresse', 'anschrift'],
  ['industry', 'sector', 'branch', 'branche'],
  ['first name', 'given name', 'vorname'],
  ['last name', 'surname', 'family name', 'nachname'],
  ['employees', 'number of employees', 'headcount', 'mitarbeiter'],
  ['salutation', 'anrede'],
  ['topic', 'subject', 'title', 'betreff', 'thema'],
] as const

const meaningOf = new Map(meanings.flatMap((words) => words.map((word) => [word as string, words[0]])))

/** Types that say what a value is, and not only how it is written down. */
const tellingTypes = new Set([
  'email',
  'phone',
  'url',
  'address',
  'money',
  'relation',
  'select',
  'multi-select',
])

const perField = 3

/** Fields of the target that could be mapped and are not, with the source fields that would fit, best first. */
export function suggestMappings(
  { source }: ConversionModel,
  target: TargetModel | EntityModel,
  mapped: ReadonlySet<string>,
): Suggestion[] {
  if (!source) return []
  const entity = 'entity' in target ? target.entity : target
  const order: Suggestion['why'][] = ['same-name', 'same-meaning', 'same-type']
  return [...entity.fields.values()]
    .filter((field) => takesValues(field) && !mapped.has(field.name))
    .flatMap((field) =>
      [...source.fields.values()]
        .flatMap((from): Suggestion[] => {
          const why = from.system || from.name === 'display' ? null : whyAlike(from, field)
          return why === null ? [] : [{ field: field.name, from: from.name, why }]
        })
        .toSorted((a, b) => order.indexOf(a.why) - order.indexOf(b.why))
        .slice(0, perField),
    )
}

/** Required fields of the target that nothing feeds. */
export function missingFields(entity: EntityModel, mapped: ReadonlySet<string>): string[] {
  return [...entity.fields.values()]
    .filter((field) => field.required && !mapped.has(field.name) && field.default === undefined)
    .map((field) => field.name)
}

function takesValues(field: FieldModel): boolean {
  return field.columns.length > 0 && !field.system && field.writable && field.type.name !== 'auto-number'
}

function whyAlike(from: FieldModel, into: FieldModel): Suggestion['why'] | null {
  if (from.valueType === null || !mayFit(from, into)) return null
  const [a, b] = [namesOf(from), namesOf(into)]
  if ([...a].some((name) => b.has(name))) return 'same-name'
  const meant = new Set([...a].flatMap((name) => meaningOf.get(name) ?? []))
  if ([...b].some((name) => meant.has(meaningOf.get(name) as never))) return 'same-meaning'
  const telling = tellingTypes.has(into.type.name) && from.type.name === into.type.name
  return telling && whyNotAssignable(from.valueType, into, {}, from) === null ? 'same-type' : null
}

/** A value map or a rule for what is too long can still be added; a wrong type cannot be mended. */
function mayFit(from: FieldModel, into: FieldModel): boolean {
  const values = into.options[0] ? { values: {}, onUnmapped: 'blank' as const } : {}
  return whyNotAssignable(from.valueType!, into, { onTooLong: 'truncate', ...values }, from) === null
}

/** How a field is called, in every language: without case, marks and separators. */
function namesOf({ name, field }: FieldModel): Set<string> {
  return new Set(
    [name, field.title, ...Object.values(field['x-labels'] ?? {})].flatMap((text) =>
      text === undefined ? [] : [fold(text)],
    ),
  )
}

function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}
