import { beforeAll, describe, expect, it } from 'vitest'
import type { Plugin } from '@xrm/sdk'
import { type Caller, testServer } from '../support/server.ts'
import { actions, type Failure, whatIsWritten, worldWith } from './world.ts'

const world: Plugin = {
  ...worldWith({}),
  hooks: {
    deal: {
      async beforeSave(batch) {
        for (const { next } of batch) {
          if (String(next['name']).startsWith('Throws')) throw new Error('broken')
          if (String(next['name']).startsWith('Hangs')) await new Promise(() => {})
        }
      },
    },
    call: {
      beforeSave(batch) {
        for (const { next } of batch)
          if (next['subject'] === 'Late' && String(next['regarding']).includes('deal/'))
            throw new Error('broken')
      },
    },
  },
}
const { server, user } = await testServer({ plugins: [world] })
let admin: Caller
let act: ReturnType<typeof actions>
beforeAll(async () => {
  admin = (await user(['admin'])).call
  act = actions(admin)
})

describe('a hook of a plugin', () => {
  it.each(['Throws', 'Hangs'])('that %s rolls everything back and is named [CONV-06]', async (company) => {
    const lead = await act.create('prospect', { last_name: 'Hook', company })
    const before = await whatIsWritten(server.db)
    const { status, body } = await act.tryRun('prospect-to-deal', { source: lead.id })
    expect([status, body.code]).toEqual([500, 'conversion.hook-failed'])
    expect(body).toMatchObject({ plugin: 'fixture', detail: expect.stringContaining('"fixture"') })
    expect(await whatIsWritten(server.db)).toEqual(before)
    const preview = await admin<Failure>('POST', '/api/conversions/prospect-to-deal/preview', {
      source: lead.id,
    })
    expect(preview.body.code).toBe('conversion.hook-failed')
    await act.change('prospect', lead.id, { company: `Sound ${company}` })
    await act.run('prospect-to-deal', { source: lead.id })
  })
})

it('a failure after the targets were written takes them back with all else [CONV-01]', async () => {
  const lead = await act.create('prospect', { last_name: 'Child', company: 'Child fails AG' })
  await act.create('call', { subject: 'Late', regarding: [`prospect/${lead.id}`] })
  const before = await whatIsWritten(server.db)
  const { status, body } = await act.tryRun('prospect-to-deal', { source: lead.id })
  expect([status, body.code]).toEqual([500, 'conversion.hook-failed'])
  expect(await whatIsWritten(server.db)).toEqual(before)
  expect(await act.count('firm', "name == 'Child fails AG'")).toBe(0)
  expect(await act.read('prospect', lead.id)).toMatchObject({ status: 'new' })
})
