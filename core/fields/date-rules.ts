import type { Parsed } from '@xrm/sdk'

const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** True for `YYYY-MM-DD` that stands in the calendar, years 0001 to 9999. */
export function isDate(value: unknown): value is string {
  if (typeof value !== 'string') return false
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value)
  return match !== null && isCalendarDay(Number(match[1]), Number(match[2]), Number(match[3]))
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= daysInMonth[month - 1]! + (leap ? 1 : 0)
}

const instant =
  /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(\.\d{1,9})?)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/

/** An instant with its offset, brought to UTC with milliseconds; null when it is none. */
export function toInstant(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const match = instant.exec(value)
  if (!match || !isDate(match[1])) return null
  const time = Date.parse(value)
  if (Number.isNaN(time)) return null
  const date = new Date(time)
  const year = date.getUTCFullYear()
  return year >= 1 && year <= 9999 ? date.toISOString() : null
}

/** Reads a day by the file's own pattern of `yyyy`, `MM`, `dd` (also `M`, `d`, `yy` is refused: the century is a guess). */
export function dateFromText(text: string, pattern: string): Parsed {
  const names: string[] = []
  const source = pattern.replace(/yyyy|MM|M|dd|d|[.*+?^${}()|[\]\\]/g, (part) => {
    if (!/^[yMd]/.test(part)) return `\\${part}`
    names.push(part[0]!)
    return part === 'yyyy' ? '(\\d{4})' : part.length === 2 ? '(\\d{2})' : '(\\d{1,2})'
  })
  const match = new RegExp(`^${source}$`).exec(text.trim())
  const part = (name: string): number => Number(match?.[names.indexOf(name) + 1] ?? Number.NaN)
  const [year, month, day] = [part('y'), part('M'), part('d')]
  if (!match || !isCalendarDay(year, month, day)) {
    return { error: 'field.date', detail: `"${text.slice(0, 40)}" is not a date of the form ${pattern}` }
  }
  return {
    value: `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`,
  }
}
