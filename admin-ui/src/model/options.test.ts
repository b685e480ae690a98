import { expect, it } from 'vitest'
import type { FieldView } from '@xrm/sdk/api'
import { nextStages } from './options.ts'

const stages = [
  { key: 'open', next: ['won', 'lost'] },
  { key: 'won', next: [] },
  { key: 'lost' },
  { key: 'old', active: false },
].map((option) => ({ title: option.key, labels: {}, color: null, active: true, ...option }))
const field = { type: 'stage', options: stages } as unknown as FieldView
const keys = (value: unknown, saved: unknown): string[] =>
  nextStages(field, value, saved).map(({ key }) => key)

it('offers the stages that the present one leads to, whatever is chosen already', () => {
  expect(keys('open', 'open')).toEqual(['open', 'won', 'lost'])
  expect(keys('won', 'open')).toEqual(['open', 'won', 'lost'])
  expect(keys('won', 'won')).toEqual(['won'])
})

it('offers every stage to a record that is new or in a stage that leads everywhere', () => {
  expect(keys('open', undefined)).toEqual(['open', 'won', 'lost'])
  expect(keys('lost', 'lost')).toEqual(['open', 'won', 'lost'])
})
