import type { CandidateView, PreviewAnswer, TargetPreview } from '@xrm/sdk/api'
import { expect, test } from 'vitest'
import {
  belongsTo,
  chooseRecord,
  decide,
  enterValue,
  holdValue,
  openTargets,
  planChanges,
  requestOf,
} from './decisions.ts'

function candidate(id: string, active = true): CandidateView {
  return {
    id,
    display: id,
    rule: 'by-name',
    ruleTitle: 'Same name',
    ruleLabels: {},
    confidence: 'likely',
    active,
    differs: {},
  }
}

function target(more: Partial<TargetPreview> = {}): TargetPreview {
  return {
    key: 'account',
    child: null,
    entity: 'account',
    title: 'Account',
    labels: {},
    action: 'create',
    reason: 'policy',
    allowed: ['create', 'link', 'skip'],
    link: null,
    candidates: [],
    hiddenMatch: false,
    values: {},
    ...more,
  }
}

function preview(targets: TargetPreview[]): PreviewAnswer {
  return {
    conversion: 'convert-lead',
    source: { entity: 'lead', id: 'l', display: 'L' },
    targets,
    children: [],
    sourceWrites: {},
    staysBehind: [],
    errors: [],
    planHash: 'h',
  }
}

test('links the only active candidate at once', () => {
  const ask = target({ candidates: [candidate('a'), candidate('b', false)] })
  expect(decide({}, ask, 'link')).toEqual({ account: { action: 'link', id: 'a' } })
  expect(decide({}, target({ candidates: [candidate('a'), candidate('b')] }), 'link')).toEqual({
    account: { action: 'link' },
  })
})

test('makes a chosen inactive record active again, and forgets that for another', () => {
  const ask = target({ candidates: [candidate('a'), candidate('b', false)] })
  const chosen = chooseRecord({}, ask, 'b')
  expect(chosen).toEqual({ account: { action: 'link', id: 'b', reactivate: true } })
  expect(chooseRecord(chosen, ask, 'a')).toEqual({ account: { action: 'link', id: 'a' } })
})

test('keeps typed values when the action changes', () => {
  const typed = enterValue({}, 'account', 'name', 'Acme')
  expect(decide(typed, target(), 'skip')).toEqual({ account: { action: 'skip', values: { name: 'Acme' } } })
})

test('does not send a link without a record, and says that it is open', () => {
  const decisions = { account: { action: 'link' as const, values: { name: 'x' } } }
  expect(requestOf('l', decisions)).toEqual({ source: 'l', targets: { account: { values: { name: 'x' } } } })
  expect(openTargets(preview([target()]), decisions)).toEqual(['account'])
  expect(openTargets(preview([target({ action: 'ask' })]), {})).toEqual(['account'])
  expect(openTargets(preview([target()]), {})).toEqual([])
})

test('which value holds is said once for each field, and forgotten with the record', () => {
  const kept = holdValue(holdValue({}, 'account', 'name', 'take'), 'account', 'name', 'keep')
  expect(kept).toEqual({ account: { keep: ['name'], take: [] } })
  const linked = { account: { ...kept['account'], action: 'link' as const, id: 'a' } }
  expect(chooseRecord(linked, target(), 'a')['account']).toMatchObject({ keep: ['name'] })
  expect(chooseRecord(linked, target(), 'b')).toEqual({ account: { action: 'link', id: 'b' } })
  expect(decide(linked, target(), 'create')).toEqual({ account: { action: 'create' } })
  const asks = target({
    action: 'link',
    values: { name: { value: 'x', ask: true, edit: 'hidden', from: 'input' } },
  })
  expect(openTargets(preview([asks]), {})).toEqual(['account'])
})

test('errors of a target that is made for a child are found by its escaped key', () => {
  const item = { pointer: '#/targets/deal~1c1/values/name', code: 'field.required', detail: 'is required' }
  expect(belongsTo(item, 'deal/c1')).toBe(true)
  expect(belongsTo(item, 'deal/c')).toBe(false)
  expect(belongsTo(item, 'deal')).toBe(false)
})

test('tells what changed between two plans', () => {
  const shown = preview([
    target({ values: { name: { value: 'Acme', edit: 'editable', from: 'source.company' } } }),
  ])
  const now = preview([
    target({
      action: 'link',
      link: { entity: 'account', id: 'a', display: 'Acme AG' },
      values: { name: { value: 'Acme AG', edit: 'editable', from: 'source.company' } },
    }),
  ])
  expect(planChanges(shown, now)).toEqual([
    { target: 'account', field: null, before: 'create', after: 'Acme AG' },
    { target: 'account', field: 'name', before: 'Acme', after: 'Acme AG' },
  ])
  expect(planChanges(shown, shown)).toEqual([])
})
