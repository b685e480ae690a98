import type { FieldView } from '@xrm/sdk/api'
import { address } from './address.ts'
import { boolean } from './boolean.ts'
import { dateTime } from './date-time.ts'
import { date } from './date.ts'
import { json } from './json.ts'
import type { CellContext, FieldKind } from './kind.ts'
import { email, phone, url } from './links.ts'
import { longText } from './long-text.ts'
import { money } from './money.ts'
import { decimal, integer, percent } from './numbers.ts'
import { multiSelect, select, stage } from './options.ts'
import { relationAny } from './relation-any.ts'
import { relation } from './relation.ts'
import { tags } from './tags.ts'
import { text } from './text.ts'

const kinds: Record<string, FieldKind> = {
  text,
  'long-text': longText,
  markdown: longText,
  email,
  phone,
  url,
  integer,
  decimal,
  percent,
  money,
  boolean,
  date,
  'date-time': dateTime,
  select,
  stage,
  'multi-select': multiSelect,
  tags,
  relation,
  user: relation,
  team: relation,
  'relation-any': relationAny,
  address,
  json,
  'auto-number': { ...text, editor: null },
}

/** By the type that an expression has: how formulas and unknown types of plugins are shown. */
const byValueType: Record<string, FieldKind> = {
  string: text,
  bool: boolean,
  int: integer,
  decimal,
  money,
  date,
  timestamp: dateTime,
  json,
}

/** How a field is shown, filtered and edited. Types that the interface does not know are shown, never edited. */
export function kindOf(field: FieldView): FieldKind {
  const known = kinds[field.type]
  if (known) return known
  const shown = typeof field.valueType === 'string' ? byValueType[field.valueType] : undefined
  return { ...(shown ?? json), editor: null }
}

/** The cell of a value; nothing for an empty one. */
export function showValue(value: unknown, context: CellContext): unknown {
  if (value === null || value === undefined || value === '') return ''
  if (Array.isArray(value) && value.length === 0) return ''
  return kindOf(context.field).cell(value, context)
}
