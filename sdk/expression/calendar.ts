/** Dates and instants as PostgreSQL computes them, from the year 1 to 9999; beyond that is null. */

const DAY = 86_400_000
const MIN_DAY = dayOf(1, 1, 1)
const MAX_DAY = dayOf(9999, 12, 31)
const MIN_INSTANT = MIN_DAY * DAY
const MAX_INSTANT = MAX_DAY * DAY + DAY - 1

export interface DateParts {
  year: number
  month: number
  day: number
}

/** Days since 1970-01-01; `Date.UTC` would take the years 0 to 99 for 1900 to 1999. */
function dayOf(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day) / DAY
}

/** A date's parts; the text must be a date. */
export function parts(date: string): DateParts {
  return { year: +date.slice(0, 4), month: +date.slice(5, 7), day: +date.slice(8, 10) }
}

/** The date of these parts, or null outside the years 1 to 9999. Days beyond the month's end roll over. */
export function dateOf(year: number, month: number, day: number): string | null {
  return fromDay(dayOf(year, month, day))
}

export function toDay(date: string): number {
  const { year, month, day } = parts(date)
  return dayOf(year, month, day)
}

export function fromDay(day: number): string | null {
  return day >= MIN_DAY && day <= MAX_DAY ? new Date(day * DAY).toISOString().slice(0, 10) : null
}

/** How many days the month has. */
export function daysInMonth(year: number, month: number): number {
  return dayOf(year, month + 1, 1) - dayOf(year, month, 1)
}

/** Reads `2026-11-21`; 31 February is null. */
export function parseDate(text: string): string | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return null
  const { year, month, day } = parts(text)
  return dateOf(year, month, day) === text ? text : null
}

/** Reads an ISO instant with a zone to milliseconds; digits beyond them are cut. */
export function parseInstant(text: string): number | null {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)$/.exec(text)
  if (!match || parseDate(match[1] ?? '') === null) return null
  return instant(Date.parse(text))
}

/** The instant if it lies in the years 1 to 9999 (UTC), else null. */
export function instant(milliseconds: number): number | null {
  return milliseconds >= MIN_INSTANT && milliseconds <= MAX_INSTANT ? milliseconds : null
}

/** A duration is a whole number of seconds, up to 12,675 years; what is more is null, what is less is cut. */
export function seconds(value: number): number | null {
  return Math.abs(value) <= 400_000_000_000 ? Math.trunc(value) + 0 : null
}

/** The date on the calendar of the zone at that instant. */
export function dateIn(zone: string, milliseconds: number): string | null {
  return fromDay(Math.floor(localTime(zone, milliseconds) / DAY))
}

/** Wall-clock time of the zone, as if it were UTC. */
export function localTime(zone: string, milliseconds: number): number {
  return milliseconds + offset(zone, milliseconds)
}

/**
 * The instant at which the date begins in the zone. Where clocks skip midnight it is the same distance after the
 * change, where midnight comes twice it is the second: PostgreSQL's rule.
 */
export function startOfDay(zone: string, date: string): number | null {
  const wall = toDay(date) * DAY
  const before = offset(zone, wall - DAY)
  const after = offset(zone, wall + DAY)
  if (before === after) return instant(wall - before)
  const skipped = after > before
  const [first, second] = skipped ? [before, after] : [after, before]
  for (const candidate of [first, second])
    if (offset(zone, wall - candidate) === candidate) return instant(wall - candidate)
  return instant(wall - first)
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(zone, format)
  return format
}

const offsets = new Map<string, number | null>()

/**
 * How far the zone is ahead of UTC at that instant, in milliseconds. Asking Intl takes 20 µs, so a day that
 * begins and ends with one offset is remembered.
 */
function offset(zone: string, milliseconds: number): number {
  if (zone === 'UTC') return 0
  const day = Math.floor(milliseconds / DAY)
  const key = `${zone} ${day}`
  let known = offsets.get(key)
  if (known === undefined) {
    const begin = askOffset(zone, day * DAY)
    known = begin === askOffset(zone, (day + 1) * DAY) ? begin : null
    if (offsets.size >= 20_000) offsets.clear()
    offsets.set(key, known)
  }
  return known ?? askOffset(zone, milliseconds)
}

function askOffset(zone: string, milliseconds: number): number {
  const found: Record<string, string> = {}
  for (const { type, value } of formatOf(zone).formatToParts(milliseconds)) found[type] = value
  const year = found.era === 'BC' ? 1 - Number(found.year) : Number(found.year)
  const day = dayOf(year, Number(found.month), Number(found.day))
  const time = Number(found.hour) * 3600 + Number(found.minute) * 60 + Number(found.second)
  return day * DAY + time * 1000 - Math.floor(milliseconds / 1000) * 1000
}
