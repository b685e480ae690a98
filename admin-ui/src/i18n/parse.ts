/** Reads what people type: `1.234,56 €` in German, `24.12.26`, `tomorrow`. Gives exact decimals and ISO days. */

export interface NumberSigns {
  group: string
  decimal: string
}

export function numberSigns(locale: string): NumberSigns {
  const parts = new Intl.NumberFormat(locale, { useGrouping: 'always' }).formatToParts(1234567.8)
  const find = (type: string, fallback: string) => parts.find((part) => part.type === type)?.value ?? fallback
  return { group: find('group', ','), decimal: find('decimal', '.') }
}

/**
 * The exact decimal in a typed number, or null when it is none. Currency signs, percent signs and blanks are ignored. A
 * single separator that cannot stand between thousands is the decimal one: `12.5` is twelve and a half in German too.
 */
export function parseDecimal(text: string, locale: string): string | null {
  const { group, decimal } = numberSigns(locale)
  let rest = text
    .replace(/[\s\u00a0\u202f'’]|[\p{Sc}%]|^\s*[A-Z]{3}\b|\b[A-Z]{3}\s*$/gu, '')
    .replace(/^[−–]/, '-')
  const other = decimal === ',' ? '.' : ','
  const groups = group === '.' || group === ',' ? group : other
  if (rest.includes(decimal)) {
    const [whole = '', fraction = '', ...more] = rest.split(decimal)
    if (more.length > 0 || fraction.includes(groups)) return null
    rest = `${whole.replaceAll(groups, '')}.${fraction}`
  } else if (rest.includes(groups)) {
    if (/^[-+]?\d{1,3}([.,]\d{3})+$/.test(rest)) rest = rest.replaceAll(groups, '')
    else if (rest.split(groups).length === 2) rest = rest.replace(groups, '.')
    else return null
  }
  const match = /^([-+]?)(\d*)(?:\.(\d*))?$/.exec(rest)
  if (!match || ((match[2] ?? '') === '' && (match[3] ?? '') === '')) return null
  const whole = (match[2] ?? '').replace(/^0+(?=\d)/, '') || '0'
  const fraction = match[3] ?? ''
  const sign = match[1] === '-' && /[1-9]/.test(whole + fraction) ? '-' : ''
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/** The currency that a typed amount names, `12 USD` or `$12`; null when it names none. */
export function parseCurrency(text: string): string | null {
  const code = /\b([A-Z]{3})\b/.exec(text.toUpperCase())?.[1]
  if (code) return code
  const signs: Record<string, string> = {
    '€': 'EUR',
    $: 'USD',
    '£': 'GBP',
    '¥': 'JPY',
    '₣': 'CHF',
    zł: 'PLN',
  }
  return Object.entries(signs).find(([sign]) => text.includes(sign))?.[1] ?? null
}

type DatePart = 'day' | 'month' | 'year'

export function dateOrder(locale: string): DatePart[] {
  return new Intl.DateTimeFormat(locale)
    .formatToParts(new Date(2026, 10, 21))
    .map((part) => part.type)
    .filter((type): type is DatePart => type === 'day' || type === 'month' || type === 'year')
}

/**
 * The ISO day in a typed date, or null. Takes the locale's order with any separator (`24.12.26`, `24/12`), digits alone
 * (`241226`), ISO, and words such as `today` or `morgen`. Two-digit years lie within 50 years of now.
 */
export function parseDate(text: string, locale: string, now = new Date()): string | null {
  const trimmed = text.trim().toLowerCase()
  for (const offset of [-2, -1, 0, 1, 2]) {
    const word = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(offset, 'day').toLowerCase()
    if (trimmed === word) return isoDay(now.getFullYear(), now.getMonth() + 1, now.getDate() + offset, true)
  }
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(trimmed)
  if (iso) return isoDay(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const order = dateOrder(locale)
  const digits = /^(\d{6}|\d{8})$/.test(trimmed)
    ? splitDigits(trimmed, order)
    : trimmed.split(/[./\-\s]+/).filter(Boolean)
  if (digits.length < 2 || digits.length > 3 || digits.some((part) => !/^\d{1,4}$/.test(part))) return null
  const names = digits.length === 3 ? order : order.filter((part) => part !== 'year')
  const values: Record<DatePart, number> = { day: 0, month: 0, year: now.getFullYear() }
  for (const [index, name] of names.entries()) {
    const part = digits[index] ?? ''
    values[name] =
      name === 'year' && part.length <= 2 ? nearYear(Number(part), now.getFullYear()) : Number(part)
  }
  return isoDay(values.year, values.month, values.day)
}

function splitDigits(text: string, order: DatePart[]): string[] {
  const parts: string[] = []
  let at = 0
  for (const name of order) {
    const length = name === 'year' ? text.length - 4 : 2
    parts.push(text.slice(at, at + length))
    at += length
  }
  return parts
}

function nearYear(short: number, thisYear: number): number {
  const century = thisYear - (thisYear % 100)
  const year = century + short
  if (year > thisYear + 50) return year - 100
  return year < thisYear - 50 ? year + 100 : year
}

/** Null for days that do not exist, unless `roll` carries them over. */
export function isoDay(year: number, month: number, day: number, roll = false): string | null {
  const date = new Date(Date.UTC(year, month - 1, day))
  if (year < 100 || Number.isNaN(date.getTime())) return null
  if (!roll && (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)) return null
  return date.toISOString().slice(0, 10)
}
