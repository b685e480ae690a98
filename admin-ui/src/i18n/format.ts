/** Shows values in a locale. Decimals come and stay as exact strings: `Intl` formats those without rounding. */

const numbers = new Map<string, Intl.NumberFormat>()

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options)
  let format = numbers.get(key)
  if (!format) {
    format = new Intl.NumberFormat(locale, options)
    numbers.set(key, format)
  }
  return format
}

/** An exact decimal, `1234.5` → `1.234,5`, with at least `digits` places. */
export function formatDecimal(value: string | number, locale: string, digits = 0): string {
  const format = numberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: 20 })
  return format.format(value as Intl.StringNumericLiteral)
}

/** A whole number; four digits stand together, because they may be a year. */
export function formatInteger(value: number, locale: string): string {
  return numberFormat(locale, { useGrouping: 'min2' }).format(value)
}

/** Money as people write it; whole amounts without cents when `short`. */
export function formatMoney(amount: string, currency: string, locale: string, short = false): string {
  const whole = short && /^-?\d+(\.0*)?$/.test(amount)
  const options: Intl.NumberFormatOptions = { style: 'currency', currency }
  if (whole) Object.assign(options, { minimumFractionDigits: 0, maximumFractionDigits: 0 })
  try {
    return numberFormat(locale, options).format(amount as Intl.StringNumericLiteral)
  } catch {
    return `${formatDecimal(amount, locale, 2)} ${currency}`
  }
}

/** The text before or after an amount that is being typed, such as €. */
export function currencySymbol(currency: string, locale: string): string {
  try {
    const parts = numberFormat(locale, { style: 'currency', currency }).formatToParts(0)
    return parts.find((part) => part.type === 'currency')?.value ?? currency
  } catch {
    return currency
  }
}

const dates = new Map<string, Intl.DateTimeFormat>()

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  let format = dates.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat(locale, options)
    dates.set(key, format)
  }
  return format
}

/** A calendar day, `2026-12-24` → `24.12.2026`. Days have no time zone. */
export function formatDate(day: string, locale: string): string {
  const date = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(date.getTime())) return day
  return dateFormat(locale, { day: '2-digit', month: '2-digit', year: 'numeric', timeZone: 'UTC' }).format(
    date,
  )
}

/** A moment in the viewer's own time zone. */
export function formatInstant(instant: string, locale: string): string {
  const date = new Date(instant)
  if (Number.isNaN(date.getTime())) return instant
  const options: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' }
  return dateFormat(locale, options).format(date)
}

/** A moment as one says it: `today, 09:12`, `yesterday, 16:40`, further away the date alone. */
export function formatWhen(instant: string, locale: string, now = new Date()): string {
  const date = new Date(instant)
  if (Number.isNaN(date.getTime())) return instant
  const day = (value: Date) => new Date(value.getFullYear(), value.getMonth(), value.getDate()).getTime()
  const days = Math.round((day(date) - day(now)) / 86_400_000)
  if (Math.abs(days) > 1) {
    return dateFormat(locale, { day: '2-digit', month: '2-digit', year: 'numeric' }).format(date)
  }
  const name = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day')
  return `${name}, ${dateFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(date)}`
}
