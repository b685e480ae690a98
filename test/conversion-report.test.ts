import type { ConversionReport } from '@xrm/sdk/conversions'
import { describe, expect, it } from 'vitest'
import { testServer } from './support/server.ts'

describe('the report of conversions', async () => {
  const { user, server } = await testServer()
  const admin = await user(['admin'])
  const report = async (body: object, caller = admin) =>
    caller.call<ConversionReport & { code: string }>('POST', '/api/conversions/report', body)
  const lead = async (values: object): Promise<string> =>
    (await admin.call<{ id: string }>('POST', '/api/records/lead', values)).body.id
  const convert = async (source: string): Promise<string> => {
    const { status, body } = await admin.call<{ id: string }>(
      'POST',
      '/api/conversions/lead-to-customer/run',
      {
        source,
      },
    )
    expect(status, JSON.stringify(body)).toBe(201)
    return body.id
  }

  it('counts each source once, by what became of it last', async () => {
    const ids = []
    for (let index = 0; index < 6; index++)
      ids.push(await lead({ last_name: `Person ${index}`, lead_source: index < 4 ? 'fair' : 'referral' }))
    for (const id of ids.slice(0, 2)) await convert(id)
    const { body: declined } = await admin.call('POST', '/api/conversions/lead-to-customer/decline', {
      source: ids[2],
      reason: 'no_interest',
    })
    expect(declined).toMatchObject({ status: 'declined' })
    const run = await convert(ids[3]!)
    expect((await admin.call('POST', `/api/conversions/runs/${run}/reverse`)).status).toBe(200)
    await server.db.pool.query(
      `UPDATE record.lead SET created_at = created_at - interval '4 days' WHERE id = $1`,
      [ids[0]],
    )
    const { status, body } = await report({ source: 'lead', by: 'lead_source' })
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body.total).toMatchObject({ sources: 6, converted: 2, declined: 1, reversed: 1, open: 2 })
    expect(body.total.rate).toBeCloseTo(1 / 3)
    expect(body.total.medianDays).toBeCloseTo(2, 1)
    expect(body.total.averageDays).toBeCloseTo(2, 1)
    expect(body.rows).toMatchObject([
      { key: 'fair', sources: 4, converted: 2, declined: 1, reversed: 1, open: 0, rate: 0.5 },
      { key: 'referral', sources: 2, converted: 0, open: 2, rate: 0, medianDays: null },
    ])
    const recent = await report({
      source: 'lead',
      from: new Date(Date.now() - 86_400_000).toJSON().slice(0, 10),
    })
    expect([recent.body.rows, recent.body.total.sources]).toEqual([[], 5])
    const other = await report({ source: 'lead', conversion: 'lead-to-supplier' })
    expect(other.body.total).toMatchObject({ converted: 0, open: 6 })
  })

  it('names owners and campaigns, and cuts dates to months', async () => {
    const byOwner = await report({ source: 'lead', by: 'owner' })
    expect(byOwner.body.rows.every(({ key, display }) => key === null || display !== null)).toBe(true)
    expect((await report({ source: 'lead', by: 'created_at:month' })).body.rows.length).toBeGreaterThan(0)
  })

  it('speaks only of what the user may read', async () => {
    const seller = await user(['sales'])
    const before = (await report({ source: 'lead' }, seller)).body.total.sources
    expect(before).toBe((await report({ source: 'lead' })).body.total.sources)
    const buyer = await user(['personnel'])
    expect((await report({ source: 'lead' }, buyer)).status).toBe(404)
    expect((await report({ source: 'contact', by: 'nothing' }, buyer)).status).toBe(400)
  })

  it.each([
    [{ source: 'nothing' }, 404],
    [{ source: 'lead', conversion: 'nothing' }, 404],
    [{ source: 'lead', by: 'nothing' }, 400],
    [{ source: 'lead', from: 'yesterday' }, 400],
    [{ source: 'lead', to: '2026-02-30' }, 400],
    [{ source: 'lead', surprise: 1 }, 400],
    [{}, 400],
  ])('refuses %j with %i', async (body, status) => {
    expect((await report(body)).status).toBe(status)
  })
})
