import { formatDate } from '../i18n/format.ts'
import { t } from '../i18n/index.ts'
import { isoDay, parseDate } from '../i18n/parse.ts'

interface PickerDate {
  day: number
  month: number
  year: number
}

const cache = new Map<string, Record<string, unknown>>()

/** What Vaadin's date picker needs to speak a language: names, first day of the week, how days are typed and shown. */
export function datePickerTexts(locale: string): Record<string, unknown> {
  const key = locale + t('date.today')
  let texts = cache.get(key)
  if (!texts) {
    texts = makeTexts(locale)
    cache.set(key, texts)
  }
  return texts
}

function makeTexts(locale: string): Record<string, unknown> {
  const name = (options: Intl.DateTimeFormatOptions, date: Date) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(date)
  const months = Array.from({ length: 12 }, (_, index) => new Date(Date.UTC(2026, index, 1)))
  // 1 February 2026 was a Sunday, where Vaadin's weeks begin.
  const days = Array.from({ length: 7 }, (_, index) => new Date(Date.UTC(2026, 1, 1 + index)))
  return {
    monthNames: months.map((month) => name({ month: 'long' }, month)),
    weekdays: days.map((day) => name({ weekday: 'long' }, day)),
    weekdaysShort: days.map((day) => name({ weekday: 'short' }, day)),
    firstDayOfWeek: firstDayOfWeek(locale),
    today: t('date.today'),
    cancel: t('cancel'),
    formatDate: ({ year, month, day }: PickerDate) => formatDate(isoDay(year, month + 1, day) ?? '', locale),
    parseDate: (text: string): PickerDate | undefined => {
      const iso = parseDate(text, locale)
      if (iso === null) return undefined
      const [year = 0, month = 1, day = 1] = iso.split('-').map(Number)
      return { year, month: month - 1, day }
    },
  }
}

function firstDayOfWeek(locale: string): number {
  const info = new Intl.Locale(locale) as Intl.Locale & { getWeekInfo?: () => { firstDay: number } }
  return (info.getWeekInfo?.().firstDay ?? 1) % 7
}
