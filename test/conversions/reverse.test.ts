import { beforeAll, describe, expect, it } from 'vitest'
import type { ReverseAnswer } from '@xrm/sdk/conversions'
import type { RunView } from '@xrm/sdk/api'
import { type Caller, testServer } from '../support/server.ts'
import { actions, type Failure, made, type Row, shipped, worldWith } from './world.ts'

const quote = {
  title: 'Quote',
  type: 'object',
  'x-entity': { name: 'quote', plural: 'quotes', display: 'number' },
  properties: {
    number: { type: 'string' },
    deal: { 'x-type': 'relation', 'x-relation': { entity: 'deal' } },
  },
}
const world = worldWith(
  {
    'prospect-to-deal': { ...shipped, reversible: { within: 'P30D' } },
    final: { ...shipped, title: 'Not to be taken back' },
    brief: { ...shipped, title: 'For no time', reversible: { within: 'PT0M' } },
    retaxed: {
      title: 'Another tax number',
      source: 'prospect',
      reversible: { within: 'P1D' },
      targets: {
        firm: {
          entity: 'firm',
          policy: 'matchOrCreate',
          match: { name: { fields: { name: 'companyName' }, confidence: 'certain' } },
          map: {
            name: { from: 'company', onTooLong: 'truncate' },
            tax_number: { from: 'note', onTooLong: 'truncate', onLink: 'overwrite' },
          },
        },
      },
    },
    'open-source': { ...shipped, title: 'Stays open', after: 'editable', reversible: { within: 'P1D' } },
    shelved: { ...shipped, title: 'Shelved', reversible: { within: 'P1D', untouchedCreated: 'archive' } },
  },
  [quote],
)
const roles = {
  ...world.roles,
  blind: {
    title: 'Sees sources alone',
    entities: { prospect: { read: 'all', update: 'all', convert: 'all', fields: { '*': 'write' } } },
  },
  watcher: {
    title: 'Watcher',
    entities: { prospect: { read: 'all', update: 'all', fields: { '*': 'write' } } },
  },
}
const { server, user } = await testServer({ plugins: [{ ...world, roles } as typeof world] })
let admin: Caller
let act: ReturnType<typeof actions>
beforeAll(async () => {
  admin = (await user(['admin'])).call
  act = actions(admin)
})

type Blocked = Failure & { blocks: ReverseAnswer['blocks'] }
const reverse = (run: RunView, query = '', call = admin, headers = {}) =>
  call<ReverseAnswer & Blocked>('POST', `/api/conversions/runs/${run.id}/reverse${query}`, undefined, headers)

/** The user's fields of every record that is not in the bin. */
async function state(): Promise<string> {
  const rows: string[] = []
  for (const entity of ['firm', 'person', 'deal', 'prospect', 'call', 'quote']) {
    const { body } = await admin<{ items: Row[] }>('GET', `/api/records/${entity}?limit=500&sort=id`)
    for (const { version: _, updated_at: __, updated_by: ___, ...item } of body.items)
      rows.push(`${entity} ${JSON.stringify(item)}`)
  }
  return rows.join('\n')
}

describe('reversing a run', () => {
  it('puts everything back as it was, and frees the source for another conversion', async () => {
    const firm = await act.create('firm', { name: 'Back GmbH', roles: ['customer'] })
    const lead = await act.create('prospect', {
      last_name: 'Back',
      company: 'Back',
      site: 'https://back.example',
      budget: '10',
    })
    const child = await act.create('call', { subject: 'Ring', regarding: [`prospect/${lead.id}`] })
    const before = await state()
    const run = await act.run('prospect-to-deal', { source: lead.id })
    expect(await state()).not.toBe(before)
    expect(run.reversibleUntil).not.toBeNull()

    const dry = await reverse(run, '?dry=true')
    expect(dry.status, JSON.stringify(dry.body)).toBe(200)
    expect(dry.body.blocks).toEqual([])
    expect(dry.body.steps.map(({ record, action }) => [record.entity, action]).toSorted()).toEqual([
      ['call', 'return'],
      ['deal', 'remove'],
      ['firm', 'restore'],
      ['person', 'remove'],
      ['prospect', 'reopen'],
    ])
    expect(dry.body.steps.find(({ record }) => record.entity === 'firm')).toMatchObject({
      record: { id: firm.id, display: 'Back GmbH' },
      fields: {
        roles: { before: ['customer', 'prospect'], after: ['customer'] },
        site: { before: 'https://back.example', after: null },
      },
    })
    expect((await act.read('prospect', lead.id))['status']).toBe('converted')

    const done = await reverse(run)
    expect(done.status, JSON.stringify(done.body)).toBe(200)
    expect(done.body.run).toMatchObject({ status: 'reversed', reversibleUntil: null, reversed: { by: {} } })
    expect(await state()).toBe(before)
    expect((await act.read('call', child.id))['regarding']).toEqual([`prospect/${lead.id}`])
    const { body: history } = await admin<{ items: { cause: object; action: string }[] }>(
      'GET',
      `/api/records/prospect/${lead.id}/history`,
    )
    expect(history.items[0]).toMatchObject({ cause: { kind: 'conversion', ref: run.id }, action: 'update' })

    await act.change('prospect', lead.id, { note: 'open again' })
    const again = await act.run('prospect-to-deal', { source: lead.id })
    expect(again.id).not.toBe(run.id)
  })

  it('happens once, however many ask at the same time; one key gets one answer', async () => {
    const lead = await act.create('prospect', { last_name: 'Parallel', company: 'Parallel AG' })
    const run = await act.run('prospect-to-deal', { source: lead.id })
    const answers = await Promise.all(Array.from({ length: 10 }, () => reverse(run)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
      expect([status, body.code]).toEqual([409, 'conversion.reverse-blocked'])
      expect(body.blocks.map(({ code }) => code)).toEqual(['reversed'])
    }
    const other = await act.run('prospect-to-deal', { source: lead.id })
    const key = { 'idempotency-key': 'back-once' }
    const [first, second] = [await reverse(other, '', admin, key), await reverse(other, '', admin, key)]
    expect([first.status, second.status]).toEqual([200, 200])
    expect(second.body.steps).toEqual(first.body.steps)
  })

  it('is blocked by a quote on the deal, and names it; nothing is changed', async () => {
    const lead = await act.create('prospect', { last_name: 'Quoted', company: 'Quoted AG' })
    const run = await act.run('prospect-to-deal', { source: lead.id })
    const offer = await act.create('quote', { number: 'Q-1', deal: made(run, 'deal') })
    const before = await state()
    const { status, body } = await reverse(run)
    expect([status, body.code]).toEqual([409, 'conversion.reverse-blocked'])
    expect(body.blocks).toEqual([
      expect.objectContaining({ code: 'used', record: { entity: 'quote', id: offer.id, display: 'Q-1' } }),
    ])
    expect(await state()).toBe(before)
    expect((await admin<RunView>('GET', `/api/conversions/runs/${run.id}`)).body.status).toBe('standing')
  })

  it('is blocked by what was changed since, with its fields [CONV-09]', async () => {
    const firm = await act.create('firm', { name: 'Touched GmbH' })
    const lead = await act.create('prospect', {
      last_name: 'Touched',
      company: 'Touched',
      site: 'https://touched.example',
    })
    const run = await act.run('prospect-to-deal', { source: lead.id })
    await act.change('firm', firm.id, { site: 'https://other.example' })
    await act.change('person', made(run, 'person'), { first_name: 'Someone' })
    const { body } = await reverse(run, '?dry=true')
    expect(body.blocks).toEqual([
      expect.objectContaining({
        code: 'touched',
        record: expect.objectContaining({ id: firm.id }),
        fields: ['site'],
      }),
      expect.objectContaining({
        code: 'touched',
        record: expect.objectContaining({ id: made(run, 'person') }),
        fields: ['first_name'],
      }),
    ])
  })

  it('is blocked by what went to the bin since, of what it made and what it linked', async () => {
    const firm = await act.create('firm', { name: 'Binned GmbH' })
    const lead = await act.create('prospect', {
      last_name: 'Binned',
      company: 'Binned',
      site: 'https://binned.example',
    })
    const run = await act.run('prospect-to-deal', { source: lead.id })
    const gone = [`deal/${made(run, 'deal')}`, `firm/${firm.id}`]
    await admin('PATCH', `/api/records/person/${made(run, 'person')}`, { firm: null })
    for (const path of gone) await admin('DELETE', `/api/records/${path}`)
    const { body } = await reverse(run, '?dry=true')
    const told = body.blocks.map(({ record, code, detail, fields = [] }) => [
      `${record!.entity}/${record!.id}`,
      code,
      detail,
      fields,
    ])
    expect(told.toSorted()).toEqual([
      [gone[0], 'touched', 'It was changed since.', []],
      [gone[1], 'touched', 'What the run wrote to it was changed since.', []],
      [`person/${made(run, 'person')}`, 'touched', 'It was changed since.', ['firm']],
    ])
  })

  it('names records that are in the bin to those who may look there, and nobody else [ACL-01]', async () => {
    const lead = await act.create('prospect', { last_name: 'Named', company: 'Named in the bin' })
    const run = await act.run('prospect-to-deal', { source: lead.id })
    const deal = made(run, 'deal')
    await admin('DELETE', `/api/records/deal/${deal}`)
    const nameOf = async (call: Caller) => {
      const { status, body } = await reverse(run, '?dry=true', call)
      expect(status, JSON.stringify(body)).toBe(200)
      return body.blocks.find(({ record }) => record?.id === deal)?.record?.display
    }
    expect(await nameOf(admin)).toMatch(/^Named in the bin/)
    const converter = await user(['blind'])
    expect(await nameOf(converter.call)).toBeNull()
  })

  it('is blocked by a source that is in the bin', async () => {
    const lead = await act.create('prospect', { last_name: 'Gone', company: 'Gone with it' })
    const run = await act.run('open-source', { source: lead.id })
    expect((await admin('DELETE', `/api/records/prospect/${lead.id}`)).status).toBe(204)
    const before = await state()
    const { status, body } = await reverse(run)
    expect([status, body.code]).toEqual([409, 'conversion.reverse-blocked'])
    expect(body.blocks).toEqual([
      {
        code: 'touched',
        record: { entity: 'prospect', id: lead.id, display: 'Gone Gone with it' },
        detail: 'The source is in the bin.',
      },
    ])
    expect(await state()).toBe(before)
  })

  it('is blocked by a former value that another record has taken, with its field', async () => {
    const firm = await act.create('firm', { name: 'Retaxed GmbH', tax_number: 'DE 100' })
    const lead = await act.create('prospect', { last_name: 'Tax', company: 'Retaxed', note: 'DE 101' })
    const run = await act.run('retaxed', { source: lead.id })
    const other = await act.create('firm', { name: 'Quick GmbH', tax_number: 'DE 100' })
    const { status, body } = await reverse(run)
    expect([status, body.code]).toEqual([409, 'conversion.reverse-blocked'])
    expect(body.blocks).toMatchObject([
      {
        code: 'used',
        record: { entity: 'firm', id: firm.id, display: 'Retaxed GmbH' },
        fields: ['tax_number'],
      },
    ])
    await act.change('firm', other.id, { tax_number: null })
    expect((await reverse(run)).status).toBe(200)
    expect((await act.read('firm', firm.id))['tax_number']).toBe('DE 100')
  })

  it('leaves alone what was changed on a linked record beside what the run wrote', async () => {
    const firm = await act.create('firm', { name: 'Beside GmbH' })
    const lead = await act.create('prospect', { company: 'Beside', site: 'https://beside.example' })
    const run = await act.run('prospect-to-deal', { source: lead.id })
    await act.change('firm', firm.id, { tax_number: 'DE 9' })
    expect((await reverse(run)).status).toBe(200)
    expect(await act.read('firm', firm.id)).toMatchObject({ tax_number: 'DE 9', site: null })
  })

  it('keeps what others did to a child, and lets entries return that came after the run', async () => {
    const other = await act.create('firm', { name: 'Some Third GmbH' })
    const lead = await act.create('prospect', { last_name: 'Child', company: 'Child AG' })
    const early = await act.create('call', { subject: 'Early', regarding: [`prospect/${lead.id}`] })
    const run = await act.run('prospect-to-deal', { source: lead.id })
    const { regarding } = await act.read('call', early.id)
    await act.change('call', early.id, { regarding: [...(regarding as string[]), `firm/${other.id}`] })
    const late = await act.create('call', { subject: 'Late', regarding: [`prospect/${lead.id}`] })
    expect((await reverse(run)).status).toBe(200)
    expect((await act.read('call', early.id))['regarding']).toEqual([
      `prospect/${lead.id}`,
      `firm/${other.id}`,
    ])
    expect((await act.read('call', late.id))['regarding']).toEqual([`prospect/${lead.id}`])
  })

  it('goes by the definition that the run was made with', async () => {
    const lead = await act.create('prospect', { last_name: 'Final' })
    const run = await act.run('final', { source: lead.id })
    expect(run.reversibleUntil).toBeNull()
    expect((await reverse(run)).body.blocks.map(({ code }) => code)).toEqual(['not-reversible'])
    const brief = await act.run('brief', {
      source: (await act.create('prospect', { last_name: 'Brief' })).id,
    })
    expect((await reverse(brief)).body.blocks.map(({ code }) => code)).toEqual(['expired'])
    const shelved = await act.run('shelved', {
      source: (await act.create('prospect', { last_name: 'Shelved', company: 'Shelved AG' })).id,
    })
    const { body } = await reverse(shelved, '?dry=true')
    const shelf = { action: 'archive', fields: { active: { before: true, after: false } } }
    expect(body.steps.filter(({ action }) => action === 'archive')).toMatchObject([shelf, shelf, shelf])
    expect((await reverse(shelved)).status).toBe(200)
    expect((await act.read('firm', made(shelved, 'firm')))['active']).toBe(false)
  })

  it('needs the right to convert the source and to change the targets', async () => {
    const firm = await act.create('firm', { name: 'Hidden GmbH' })
    const site = 'https://hidden.example'
    const lead = await act.create('prospect', { last_name: 'Rights', company: 'Hidden', site })
    const run = await act.run('prospect-to-deal', { source: lead.id })
    const { call: guest } = await user(['guest'])
    expect((await reverse(run, '', guest)).status).toBe(404)
    const { call: deputy } = await user(['deputy'])
    const { status, body } = await reverse(run, '', deputy)
    expect(status).toBe(409)
    expect(new Set(body.blocks.map(({ code }) => code))).toEqual(new Set(['forbidden']))
    expect(new Set(body.blocks.map(({ detail }) => detail))).toEqual(
      new Set(['You may not change this record.']),
    )
    expect(body.blocks.map(({ record }) => record)).toEqual(
      expect.arrayContaining([
        { entity: 'deal', id: made(run, 'deal'), display: null },
        { entity: 'firm', id: firm.id, display: null },
      ]),
    )
    const { call: watcher } = await user(['watcher'])
    expect((await reverse(run, '?dry=true')).body.blocks).toEqual([])
    expect((await reverse(run, '?dry=true', watcher)).body.blocks).toEqual([
      expect.objectContaining({ code: 'forbidden', detail: 'You may not convert the source.' }),
    ])
    expect((await reverse(run)).status).toBe(200)
    expect(
      (await admin('POST', '/api/conversions/runs/00000000-0000-7000-8000-000000000000/reverse')).status,
    ).toBe(404)
  })

  it('is refused to who ran it and has lost the right to convert since', async () => {
    const one = await user(['deputy'])
    const lead = await act.create('prospect', { last_name: 'Lost', company: 'Lost AG' })
    const run = await actions(one.call).run('retaxed', { source: lead.id })
    expect((await admin('PATCH', `/api/users/${one.id}`, { roles: ['guest'] })).status).toBe(200)
    const { status, body } = await reverse(run, '', one.call)
    expect(status, JSON.stringify(body)).toBe(409)
    expect(body.blocks).toEqual([
      {
        code: 'forbidden',
        record: { entity: 'prospect', id: lead.id, display: null },
        detail: 'You may not convert the source.',
      },
    ])
  })
})

describe('the definition of a run', () => {
  it('is kept once for all runs that were made with it', async () => {
    for (const last_name of ['One', 'Two'])
      await act.run('final', { source: (await act.create('prospect', { last_name })).id })
    const { rows } = await server.db.pool.query<{ definitions: number; runs: number; without: number }>(
      `SELECT (SELECT count(*) FROM xrm.conversion_definition WHERE conversion = 'final') AS definitions,
         count(*) FILTER (WHERE conversion = 'final') AS runs, count(*) FILTER (WHERE definition IS NULL) AS without FROM xrm.conversion_run`,
    )
    expect(rows[0]).toMatchObject({ definitions: 1, without: 0 })
    expect(rows[0]!.runs).toBeGreaterThan(1)
  })
})
