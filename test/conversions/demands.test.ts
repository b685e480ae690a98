import { describe, expect, it } from 'vitest'
import type { BulkItemView, BulkView } from '@xrm/sdk/conversions'
import { bulkEnd, bulkItems } from '../support/bulk.ts'
import { testServer } from '../support/server.ts'
import { actions, made, worldWith } from './world.ts'

/** A deal of which a stage and a rule ask for more. */
const order = {
  title: 'Order',
  type: 'object',
  required: ['name'],
  'x-entity': { name: 'order', plural: 'orders', display: 'name', owner: true },
  properties: {
    name: { type: 'string' },
    reason: { type: 'string' },
    approver: { type: 'string' },
    urgent: { type: 'boolean' },
    hidden: { type: 'string' },
    stage: {
      'x-type': 'stage',
      'x-stages': {
        open: { title: 'Open', category: 'open' },
        lost: { title: 'Lost', category: 'lost', requires: { reason: true } },
      },
    },
  },
  'x-rules': {
    approved: {
      check: 'urgent == null || urgent == false || approver != null',
      message: 'What is urgent needs an approver',
      pointer: '/approver',
    },
  },
}

const world = worldWith(
  {
    ordering: {
      title: 'To order',
      source: 'prospect',
      targets: {
        order: {
          entity: 'order',
          map: {
            name: { from: 'company' },
            stage: { from: 'heat', values: { hot: 'open', cold: 'lost' } },
            urgent: { expression: "source.note == 'urgent'", edit: 'hidden' },
          },
        },
      },
    },
  },
  [order],
)
const { user } = await testServer({ plugins: [world] })
const { call: admin } = await user(['admin'])
const act = actions(admin)

describe('what a stage or a rule of a target demands', () => {
  const lost = (company: string, more: object = {}) =>
    act.create('prospect', { last_name: 'Order', company, heat: 'cold', ...more })

  it('is asked for in the dialog, though no mapping takes it', async () => {
    const lead = await lost('Asked AG')
    const first = await act.shown('ordering', lead.id)
    expect(first.errors.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['#/targets/order/values/reason', 'field.required-in-stage'],
    ])
    expect(first.targets[0]!.values['reason']).toEqual({ value: null, edit: 'required', from: 'input' })
    expect(Object.keys(first.targets[0]!.values)).not.toContain('approver')
    const targets = { order: { values: { reason: 'Too dear' } } }
    const second = await act.shown('ordering', lead.id, targets)
    expect(second.errors).toEqual([])
    expect(second.targets[0]!.values['reason']).toMatchObject({ value: 'Too dear', from: 'user' })
    const run = await act.run('ordering', { source: lead.id, targets, planHash: second.planHash })
    expect(await act.read('order', made(run, 'order'))).toMatchObject({ stage: 'lost', reason: 'Too dear' })
    expect(run.targets[0]!.fields).toContainEqual({ field: 'reason', from: 'user', after: 'Too dear' })
  })

  it('is asked for where a rule shows its message', async () => {
    const lead = await act.create('prospect', {
      last_name: 'Rule',
      company: 'Rule AG',
      heat: 'hot',
      note: 'urgent',
    })
    const first = await act.shown('ordering', lead.id)
    expect(first.errors.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['#/targets/order/values/approver', 'rule.approved'],
    ])
    expect(first.targets[0]!.values['approver']).toMatchObject({ edit: 'required', from: 'input' })
    const targets = { order: { values: { approver: 'Ada' } } }
    const run = await act.run('ordering', { source: lead.id, targets })
    expect(await act.read('order', made(run, 'order'))).toMatchObject({ approver: 'Ada', urgent: true })
  })

  it('opens no other field: what nothing asks for cannot be entered', async () => {
    const lead = await lost('Closed AG')
    const { status, body } = await act.tryRun('ordering', {
      source: lead.id,
      targets: { order: { values: { reason: 'x', hidden: 'y', urgent: true } } },
    })
    expect([status, body.code]).toEqual([422, 'conversion.invalid'])
    expect(body.errors.map(({ pointer, code }) => [pointer, code]).toSorted()).toEqual([
      ['#/targets/order/values/hidden', 'conversion.not-editable'],
      ['#/targets/order/values/urgent', 'conversion.not-editable'],
    ])
  })

  it('holds an item of a bulk, which a person then decides', async () => {
    const [lead, fine] = [await lost('Held AG'), await lost('Fine AG', { heat: 'hot' })]
    const { body: bulk } = await admin<BulkView>('POST', '/api/conversions/ordering/bulk', {
      ids: [lead.id, fine.id],
    })
    expect((await bulkEnd(admin, bulk.id)).counts).toMatchObject({ done: 1, held: 1 })
    const [held] = await bulkItems(admin, bulk.id, 'held')
    expect(held).toMatchObject({
      id: lead.id,
      problem: {
        code: 'conversion.invalid',
        errors: [{ pointer: '#/targets/order/values/reason', code: 'field.required-in-stage' }],
      },
    })
    const decided = await admin<BulkItemView>('POST', `/api/bulk/${bulk.id}/items/${lead.id}/decide`, {
      targets: { order: { values: { reason: 'No budget' } } },
    })
    expect(decided.body).toMatchObject({ status: 'done' })
  })
})
