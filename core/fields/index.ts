import type { Field, FieldType } from '@xrm/sdk'
import { address } from './address.ts'
import { autoNumber } from './auto-number.ts'
import { boolean } from './boolean.ts'
import { dateTime } from './date-time.ts'
import { date } from './date.ts'
import { decimal } from './decimal.ts'
import { email } from './email.ts'
import { formula } from './formula.ts'
import { integer } from './integer.ts'
import { json } from './json.ts'
import { longText } from './long-text.ts'
import { money } from './money.ts'
import { multiSelect } from './multi-select.ts'
import { percent } from './percent.ts'
import { phone } from './phone.ts'
import { relationAny } from './relation-any.ts'
import { relation } from './relation.ts'
import { select } from './select.ts'
import { stage } from './stage.ts'
import { tags } from './tags.ts'
import { team } from './team.ts'
import { text } from './text.ts'
import { url } from './url.ts'
import { user } from './user.ts'

/** The field types that come with the core. Plugins add their own. */
export const coreFieldTypes: readonly FieldType[] = [
  text,
  longText,
  email,
  phone,
  url,
  integer,
  decimal,
  percent,
  money,
  boolean,
  date,
  dateTime,
  select,
  multiSelect,
  tags,
  stage,
  relation,
  relationAny,
  user,
  team,
  address,
  autoNumber,
  formula,
  json,
]

/** The name of a field's type: `x-type`, or what plain JSON Schema says (`type` and `format`). */
export function fieldTypeName(field: Field): string {
  if (field['x-type'] !== undefined) return field['x-type']
  if (field['x-options'] !== undefined || field.enum !== undefined) return 'select'
  switch (field.type) {
    case 'integer':
      return 'integer'
    case 'number':
      return 'decimal'
    case 'boolean':
      return 'boolean'
    case 'array':
      return 'tags'
    case 'object':
      return 'json'
    default:
      return formats[field.format ?? ''] ?? 'text'
  }
}

const formats: Record<string, string> = {
  email: 'email',
  uri: 'url',
  phone: 'phone',
  date: 'date',
  'date-time': 'date-time',
}
