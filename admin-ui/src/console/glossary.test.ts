import type { EntityView } from '@xrm/sdk/api'
import { expect, test } from 'vitest'
import { matchesEntity } from './glossary.ts'

const lead = {
  title: 'Lead',
  labels: {},
  description: 'Someone who might become a customer.',
  descriptions: { de: 'Jemand, der für uns Käufer werden könnte.' },
  pluralTitle: 'Leads',
  pluralLabels: {},
  rules: [{ message: 'A lead needs a person or a company.', messages: {} }],
  conversions: [],
  fields: {
    status: {
      title: 'Status',
      labels: {},
      system: false,
      options: [{ key: 'new', title: 'New', labels: { de: 'Neu' }, description: 'Nobody looked at it.' }],
    },
    version: { title: 'Version', labels: {}, system: true },
  },
} as unknown as EntityView

test.each([
  ['', 'en', true],
  ['customer', 'en', true],
  ['person COMPANY', 'en', true],
  ['nobody', 'en', true],
  ['kaufer', 'de', true],
  ['neu', 'de', true],
  ['neu', 'en', false],
  ['version', 'en', false],
  ['customer rocket', 'en', false],
])('a search for "%s" in %s: %s', (search, language, expected) => {
  expect(matchesEntity(lead, language, search)).toBe(expected)
})
