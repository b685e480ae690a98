import {
  type DateParts,
  dateIn,
  dateOf,
  daysInMonth,
  fromDay,
  instant,
  localTime,
  parseDate,
  parseInstant,
  parts,
  seconds,
  startOfDay,
  toDay,
} from '../calendar.ts'
import { defineFunction, type Evaluate, type FunctionRow, type Run, type SqlWriter } from './define.ts'
import { within } from './numbers.ts'

const DAY = 86_400

/** An interval of that many seconds (numeric): no days or months, whose length depends on the calendar. */
const interval = (sql: string) =>
  `make_interval(secs => ${within(sql, '-400000000001', '400000000001')}::float8)`
const epoch = (sql: unknown) => `extract(epoch FROM ${String(sql)})`

const boundedDate = (sql: string) => within(sql, "DATE '0001-12-31 BC'", "DATE '10000-01-01'")
const boundedInstant = (sql: string) =>
  within(sql, "TIMESTAMPTZ '0001-12-31 23:59:59.999+00 BC'", "TIMESTAMPTZ '10000-01-01 00:00:00+00'")

/** Instants are moved far from the year 1 before a duration is taken off: PostgreSQL's time begins in 4713 BC. */
const shift = "INTERVAL '400000000000 seconds'"
const shifted = (sql: string) =>
  `(${within(
    `${shift} + ${sql}`,
    `(TIMESTAMPTZ '0001-12-31 23:59:59.999+00 BC' + ${shift})`,
    `(TIMESTAMPTZ '10000-01-01 00:00:00+00' + ${shift})`,
  )} - ${shift})`

/** The date of a day number, counted from 1970. */
const dateOfDay = (sql: string) => `(DATE '1970-01-01' + ${within(sql, '-719163', '2932897')}::int)`

const local = (to: SqlWriter, sql: unknown) => `(${String(sql)} AT TIME ZONE ${to.context('timeZone')})`
const localDate = (to: SqlWriter, sql: unknown) => boundedDate(`${local(to, sql)}::date`)

const wholeDays = (duration: number) => Math.trunc(duration / DAY)

/** Reads `3d`, `1w2d`, `-90m`; weeks, days, hours, minutes, seconds. */
function parseDuration(text: string): number | null {
  if (!/^-?(\d{1,12}[wdhms])+$/.test(text)) return null
  const units: Record<string, number> = { w: 7 * DAY, d: DAY, h: 3600, m: 60, s: 1 }
  let total = 0
  for (const [, count, unit] of text.matchAll(/(\d+)([wdhms])/g))
    total += Number(count) * (units[unit ?? ''] ?? 0)
  return seconds(text.startsWith('-') ? -total : total)
}

/** Refuses a constant that the reader makes nothing of. */
function readable(read: (text: string) => unknown, example: string) {
  return (text: unknown) =>
    typeof text === 'string' && read(text) !== null ? undefined : `expected something like "${example}"`
}

const dateParts: readonly {
  name: string
  says: string
  sql: string
  of(parts: DateParts, date: string): number
}[] = [
  { name: 'year', says: 'The year.', sql: 'year', of: ({ year }) => year },
  { name: 'quarter', says: 'The quarter, 1 to 4.', sql: 'quarter', of: ({ month }) => Math.ceil(month / 3) },
  { name: 'month', says: 'The month, 1 to 12.', sql: 'month', of: ({ month }) => month },
  { name: 'day', says: 'The day of the month.', sql: 'day', of: ({ day }) => day },
  {
    name: 'weekday',
    says: 'The day of the week, Monday 1 to Sunday 7.',
    sql: 'isodow',
    of: (_, date) => weekday(date),
  },
]

function weekday(date: string): number {
  // 1970-01-01 was a Thursday.
  return ((((toDay(date) + 3) % 7) + 7) % 7) + 1
}

const starts: readonly { name: string; unit: string; of(parts: DateParts, date: string): string | null }[] = [
  { name: 'startOfWeek', unit: 'week', of: (_, date) => fromDay(toDay(date) - weekday(date) + 1) },
  { name: 'startOfMonth', unit: 'month', of: ({ year, month }) => dateOf(year, month, 1) },
  {
    name: 'startOfQuarter',
    unit: 'quarter',
    of: ({ year, month }) => dateOf(year, Math.floor((month - 1) / 3) * 3 + 1, 1),
  },
  { name: 'startOfYear', unit: 'year', of: ({ year }) => dateOf(year, 1, 1) },
]

/** An inner row for values that are not null but need the business time zone. */
function zoned<T>(compute: (zone: string, value: T) => ReturnType<Evaluate>) {
  return (run: Run, a: Evaluate) => {
    const value = a(run)
    return value === null ? null : compute(run.context.timeZone, value as T)
  }
}

function addMonths(date: string, count: number): string | null {
  const { year, month, day } = parts(date)
  const index = year * 12 + month - 1 + count
  if (index < 12 || index >= 120_000) return null
  const toYear = Math.floor(index / 12)
  const toMonth = (index % 12) + 1
  return dateOf(toYear, toMonth, Math.min(day, daysInMonth(toYear, toMonth)))
}

/**
 * Dates, instants, durations. A date minus a date is a duration, so `days(a - b)` is a number and `a + days(3)`
 * a date; only whole days of a duration move a date. `timestamp - timestamp` is cut to whole seconds.
 */
export const dates: readonly FunctionRow[] = [
  defineFunction({
    signature: 'now(): timestamp',
    description: 'This instant; the same for a whole request.',
    volatile: true,
    run: (run: Run) => parseInstant(run.context.now),
    sql: (to) => to.context('now'),
  }),
  defineFunction({
    signature: 'today(): date',
    description: 'The date of now in the business time zone.',
    volatile: true,
    zoned: true,
    run(run: Run) {
      const now = parseInstant(run.context.now)
      return now === null ? null : dateIn(run.context.timeZone, now)
    },
    sql: (to) => localDate(to, to.context('now')),
  }),
  defineFunction({
    signature: 'date(timestamp): date',
    description: 'The date of an instant in the business time zone.',
    zoned: true,
    run: zoned((zone, value: number) => dateIn(zone, value)),
    sql: (to, a) => localDate(to, a),
  }),
  defineFunction({
    signature: 'date(literal string): date',
    description: 'A date written out, such as date("2026-11-21").',
    refuse: readable(parseDate, '2026-11-21'),
    js: parseDate,
    sql: (_, a) => `${a}::date`,
  }),
  defineFunction({
    signature: 'timestamp(date): timestamp',
    description: 'The instant at which the date begins in the business time zone.',
    zoned: true,
    run: zoned((zone, value: string) => startOfDay(zone, value)),
    sql: (to, a) => boundedInstant(`(${a}::timestamp AT TIME ZONE ${to.context('timeZone')})`),
  }),
  defineFunction({
    signature: 'timestamp(literal string): timestamp',
    description: 'An instant written out, such as timestamp("2026-11-21T20:15:00Z").',
    refuse: readable(parseInstant, '2026-11-21T20:15:00Z'),
    js: parseInstant,
    sql: (_, a) => `${a}::timestamptz`,
  }),
  defineFunction({
    signature: 'duration(literal string): duration',
    description:
      'A duration written out in weeks, days, hours, minutes, seconds: duration("1w2d"), duration("-90m").',
    refuse: readable(parseDuration, '3d'),
    js: parseDuration,
    sql: (_, a) => `${a}::interval`,
  }),
  ...dateParts.flatMap(({ name, says, sql, of }) => [
    defineFunction({
      signature: `${name}(date): int`,
      description: says,
      js: (date: string) => of(parts(date), date),
      sql: (_, a) => `extract(${sql} FROM ${a})::bigint`,
    }),
    defineFunction({
      signature: `${name}(timestamp): int`,
      description: `${says} In the business time zone.`,
      zoned: true,
      run: zoned((zone, value: number) => {
        const date = dateIn(zone, value)
        return date === null ? null : of(parts(date), date)
      }),
      sql: (to, a) => `extract(${sql} FROM ${localDate(to, a)})::bigint`,
    }),
  ]),
  defineFunction({
    signature: 'hour(timestamp): int',
    description: 'The hour of the day in the business time zone, 0 to 23.',
    zoned: true,
    run: zoned((zone, value: number) => new Date(localTime(zone, value)).getUTCHours()),
    sql: (to, a) => `extract(hour FROM ${local(to, a)})::bigint`,
  }),
  ...starts.map(({ name, unit, of }) =>
    defineFunction({
      signature: `${name}(date): date`,
      description: `The first day of the date's ${unit}${unit === 'week' ? ', a Monday' : ''}.`,
      js: (date: string) => of(parts(date), date),
      sql: (_, a) => boundedDate(`date_trunc('${unit}', ${a}::timestamp)::date`),
    }),
  ),
  defineFunction({
    signature: 'addMonths(date, int): date',
    description: "So many months later, on the month's last day if it is shorter.",
    bind: true,
    js: addMonths,
    // The number of months is cut so that the date lands one month outside the years 1 to 9999 at most.
    sql(_, a, b) {
      const month = `(extract(year FROM ${a}) * 12 + extract(month FROM ${a}) - 1)`
      const months = `greatest(least(${b}, 120000 - ${month}), 11 - ${month})::int`
      const moved = `(${a} + make_interval(months => ${months}))::date`
      return `(CASE WHEN ${a} IS NOT NULL AND ${b} IS NOT NULL THEN ${boundedDate(moved)} END)`
    },
  }),
  defineFunction({
    signature: '+(date, duration): date',
    description: 'The date so many whole days later.',
    js: (date: string, duration: number) => fromDay(toDay(date) + wholeDays(duration)),
    sql: (_, a, b) => dateOfDay(`(${a} - DATE '1970-01-01') + trunc(${epoch(b)} / 86400)`),
  }),
  defineFunction({
    signature: '-(date, duration): date',
    description: 'The date so many whole days earlier.',
    js: (date: string, duration: number) => fromDay(toDay(date) - wholeDays(duration)),
    sql: (_, a, b) => dateOfDay(`(${a} - DATE '1970-01-01') - trunc(${epoch(b)} / 86400)`),
  }),
  defineFunction({
    signature: '-(date, date): duration',
    description: 'The time between two dates; days(a - b) counts it.',
    js: (a: string, b: string) => (toDay(a) - toDay(b)) * DAY + 0,
    sql: (_, a, b) => interval(`(${a} - ${b})::numeric * 86400`),
  }),
  defineFunction({
    signature: '+(timestamp, duration): timestamp',
    description: 'The instant so much later.',
    js: (time: number, duration: number) => instant(time + duration * 1000),
    sql: (_, a, b) => shifted(`${a} + make_interval(secs => ${epoch(b)}::float8)`),
  }),
  defineFunction({
    signature: '-(timestamp, duration): timestamp',
    description: 'The instant so much earlier.',
    js: (time: number, duration: number) => instant(time - duration * 1000),
    sql: (_, a, b) => shifted(`${a} - make_interval(secs => ${epoch(b)}::float8)`),
  }),
  defineFunction({
    signature: '-(timestamp, timestamp): duration',
    description: 'The time between two instants, in whole seconds.',
    js: (a: number, b: number) => seconds((a - b) / 1000),
    sql: (_, a, b) => interval(`trunc(${epoch(`(${a} - ${b})`)})`),
  }),
  ...(['+', '-'] as const).map((operator) =>
    defineFunction({
      signature: `${operator}(duration, duration): duration`,
      description: operator === '+' ? 'Both together.' : 'The difference.',
      js: (a: number, b: number) => seconds(operator === '+' ? a + b : a - b),
      sql: (_, a, b) => interval(`${epoch(a)} ${operator} ${epoch(b)}`),
    }),
  ),
  defineFunction({
    signature: '*(duration, int): duration',
    description: 'So many times as long.',
    js: (a: number, b: number) => seconds(a * b),
    sql: (_, a, b) => interval(`${epoch(a)} * ${b}`),
  }),
  defineFunction({
    signature: '-(duration): duration',
    description: 'The negative.',
    js: (a: number) => 0 - a,
    sql: (_, a) => `(- ${a})`,
  }),
  ...[
    { name: 'days', unit: DAY },
    { name: 'hours', unit: 3600 },
    { name: 'minutes', unit: 60 },
    { name: 'seconds', unit: 1 },
  ].flatMap(({ name, unit }) => [
    defineFunction({
      signature: `${name}(duration): int`,
      description: `How many whole ${name} it is.`,
      js: (duration: number) => Math.trunc(duration / unit) + 0,
      sql: (_, a) => `trunc(${epoch(a)} / ${unit})::bigint`,
    }),
    defineFunction({
      signature: `${name}(int): duration`,
      description: `A duration of so many ${name}.`,
      js: (count: number) => seconds(count * unit),
      sql: (_, a) => interval(`${a}::numeric * ${unit}`),
    }),
  ]),
]
