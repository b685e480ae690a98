import type { ConversionReportRequest, ConversionReportRow } from '@xrm/sdk/conversions'
import type { EntityView, FieldView } from '@xrm/sdk/api'
import { formatDate } from '../i18n/format.ts'

/** What the page shows, as it stands in its address. */
export function readRequest(
  parameters: URLSearchParams,
  entities: readonly EntityView[],
): ConversionReportRequest {
  const wanted = parameters.get('source')
  const entity = entities.find(({ name }) => name === wanted) ?? entities[0]
  const request: ConversionReportRequest = { source: entity?.name ?? '' }
  for (const name of ['from', 'to'] as const) {
    const day = parameters.get(name)
    if (day !== null && /^\d{4}-\d\d-\d\d$/.test(day)) request[name] = day
  }
  const conversion = parameters.get('conversion')
  if (entity?.conversions.some((one) => one.name === conversion)) request.conversion = conversion!
  const by = parameters.get('by') ?? 'created_at:month'
  if (by === 'created_at:month' || groupFields(entity).some(({ name }) => name === by)) request.by = by
  return request
}

/** Fields that say something as groups: choices, stages, people and other records. */
export function groupFields(entity: EntityView | undefined): FieldView[] {
  const types = ['select', 'stage', 'relation', 'boolean']
  const system = ['owner', 'team', 'created_by']
  return Object.values(entity?.fields ?? {})
    .filter(({ name, type, multiple, filterable, system: isSystem }) => {
      if (multiple || !filterable || !types.includes(type)) return false
      return !isSystem || system.includes(name)
    })
    .toSorted((a, b) => a.order - b.order)
}

/** A month as people say it, from its first day. */
export function monthText(day: string, locale: string): string {
  const date = new Date(`${day.slice(0, 10)}T00:00:00Z`)
  if (Number.isNaN(date.getTime())) return formatDate(day, locale)
  return new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(date)
}

export const columns = ['sources', 'converted', 'declined', 'reversed', 'open'] as const

/**
 * The table as a file that spreadsheets open. Numbers stand as the machine writes them; a text that a spreadsheet would
 * take for a formula is marked as text.
 */
export function toCsv(
  head: readonly string[],
  rows: readonly { name: string; row: ConversionReportRow }[],
): string {
  const lines = rows.map(({ name, row }) => [
    name,
    ...columns.map((column) => row[column]),
    row.rate === null ? '' : row.rate.toFixed(4),
    row.medianDays ?? '',
    row.averageDays ?? '',
  ])
  return [head, ...lines].map((line) => line.map(cell).join(',')).join('\r\n') + '\r\n'
}

/** Quoted as RFC 4180 has it, which is not how SQL quotes names. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe
}
