import type { ConversionReportRow } from '@xrm/sdk/conversions'
import type { EntityView } from '@xrm/sdk/api'
import { expect, test } from 'vitest'
import { monthText, readRequest, toCsv } from './report.ts'

const field = (name: string, type: string, more: object = {}) => ({
  name,
  type,
  order: 1,
  multiple: false,
  filterable: true,
  system: false,
  ...more,
})

const lead = {
  name: 'lead',
  conversions: [{ name: 'convert-lead' }],
  fields: {
    lead_source: field('lead_source', 'select'),
    tags: field('tags', 'select', { multiple: true }),
    owner: field('owner', 'relation', { system: true }),
    updated_by: field('updated_by', 'relation', { system: true }),
  },
} as unknown as EntityView

test('an address that names what is not there falls back to what is', () => {
  const read = (query: string) => readRequest(new URLSearchParams(query), [lead])
  expect(read('')).toEqual({ source: 'lead', by: 'created_at:month' })
  expect(read('source=lead&from=2026-01-01&to=x&by=owner&conversion=convert-lead')).toEqual({
    source: 'lead',
    from: '2026-01-01',
    by: 'owner',
    conversion: 'convert-lead',
  })
  for (const by of ['', 'tags', 'updated_by', 'password'])
    expect(read(`by=${by}`)).toEqual({ source: 'lead' })
})

test('months are said in the language of the user', () => {
  expect(monthText('2026-03-01', 'de-DE')).toBe('März 2026')
  expect(monthText('2026-03-01', 'en-GB')).toBe('March 2026')
})

test('the file quotes what needs it, and no name becomes a formula', () => {
  const row = {
    sources: 4,
    converted: 1,
    declined: 1,
    reversed: 0,
    open: 2,
    rate: 0.25,
  } as ConversionReportRow
  const csv = toCsv(
    ['Group', 'n'],
    [
      { name: 'Fair, "big"', row: { ...row, medianDays: 1.5, averageDays: 2 } },
      { name: '=HYPERLINK("x")', row: { ...row, rate: null, medianDays: null, averageDays: null } },
    ],
  )
  expect(csv).toBe(
    'Group,n\r\n"Fair, ""big""",4,1,1,0,2,0.2500,1.5,2\r\n"\'=HYPERLINK(""x"")",4,1,1,0,2,,,\r\n',
  )
})
