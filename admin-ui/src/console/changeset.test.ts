import type { EditView, PlanView } from '@xrm/sdk/configuration'
import { expect, test } from 'vitest'
import { blockedBy, changeCount, conflictsOf, risksOf } from './changeset.ts'

const edit = (action: EditView['action'], changes: number): EditView => ({
  kind: 'entity',
  name: 'lead',
  title: 'Lead',
  layer: 'admin',
  action,
  changes: Array.from({ length: changes }, (_, index) => ({ pointer: `/${index}` })),
})

test('counts places, and one for a document that comes or goes', () => {
  expect(changeCount({ edits: [edit('change', 3), edit('add', 12), edit('remove', 1)] })).toBe(5)
  expect(changeCount({ edits: [] })).toBe(0)
})

const plan: PlanView = {
  issues: [],
  steps: [],
  indexes: [],
  data: [],
  retired: [],
  restored: [],
  renamed: [],
  conversions: { broken: [], mended: [] },
  webForms: { broken: [], mended: [] },
  affected: [],
  rows: 0,
  seconds: 0,
  online: false,
}

test('names what is lost before what is only kept away', () => {
  expect(
    risksOf({
      ...plan,
      retired: [{ entity: 'lead', field: 'fax', filled: 7 }],
      data: [
        {
          entity: 'lead',
          field: 'size',
          check: 'type',
          rows: 10,
          failing: 0,
          severity: 'error',
          examples: [{ value: '?', count: 3, reason: '' }],
          rule: { onFail: 'blank' },
        },
        {
          entity: 'lead',
          field: 'email',
          check: 'required',
          rows: 10,
          failing: 2,
          severity: 'warning',
          examples: [],
          rule: null,
        },
      ],
    }),
  ).toEqual([
    { risk: 'lost', amount: 3 },
    { risk: 'retired', amount: 7 },
    { risk: 'warned', amount: 2 },
  ])
  expect(risksOf(plan)).toEqual([])
})

test('says what keeps a draft from being published, and lets broken conversions pass', () => {
  const ready = { edits: [edit('change', 1)], conflicts: [], origin: 'admin' as const }
  const error = { severity: 'error', kind: 'view' } as const
  const check = { entity: 'lead', field: 'size', check: 'type' as const, rows: 3, examples: [], rule: null }
  expect(blockedBy({ ...ready, edits: [] }, plan, [])).toBe('empty')
  const conflicts = [{ kind: 'entity' as const, name: 'lead', pointer: '' }]
  expect(blockedBy({ ...ready, conflicts }, plan, [])).toBe('conflicts')
  expect(blockedBy({ ...ready, conflicts, origin: 'upgrade' }, plan, [])).toBe(null)
  expect(blockedBy(ready, plan, [error])).toBe('errors')
  expect(blockedBy(ready, { data: [{ ...check, failing: 1, severity: 'error' }] }, [])).toBe('data')
  expect(blockedBy(ready, { data: [{ ...check, failing: 1, severity: 'warning' }] }, [])).toBeNull()
  expect(
    blockedBy(ready, plan, [
      { ...error, kind: 'conversion' },
      { ...error, severity: 'warning' },
    ]),
  ).toBeNull()
})

test('reads the places of a refused revert', () => {
  expect(
    conflictsOf([
      {
        pointer: '#/entity/lead/properties/email',
        code: 'changeset.conflict',
        detail: 'was changed again since',
      },
    ]),
  ).toMatchObject([{ kind: 'entity', name: 'lead', pointer: '/properties/email' }])
})
