import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BulkView, ConversionReport } from '@xrm/sdk/conversions'
import { describe, expect, it } from 'vitest'
import { readRows } from '../core/import/read-rows.ts'
import { testServer } from './support/server.ts'

async function read(file: string): Promise<Record<string, string>[]> {
  const rows: string[][] = []
  for await (const some of readRows(join(import.meta.dirname, 'data/northwind', file), { delimiter: ',' }))
    rows.push(...some.map(({ cells }) => cells))
  const [header, ...body] = rows
  return body.map((cells) => Object.fromEntries(header!.map((name, index) => [name, cells[index] ?? ''])))
}

/** Ten suppliers as somebody else would write them down: legal forms, case, accents, phones. */
const otherwise: Record<string, { company: string; phone?: string }> = {
  'Exotic Liquids': { company: 'EXOTIC LIQUIDS Ltd.', phone: '+44 171 5552222' },
  "Cooperativa de Quesos 'Las Cabras'": { company: 'Cooperativa de Quesos Las Cabras, S.A.' },
  'Pavlova, Ltd.': { company: 'pavlova' },
  'PB Knäckebröd AB': { company: 'PB Knaeckebroed', phone: '0046 31 987 65 43' },
  'Heli Süßwaren GmbH & Co. KG': { company: 'Heli Suesswaren', phone: '010 99 84 510' },
  'Plutzer Lebensmittelgroßmärkte AG': { company: 'PLUTZER LEBENSMITTELGROSSMÄRKTE' },
  'Formaggi Fortini s.r.l.': { company: 'Formaggi Fortini SRL' },
  'Aux joyeux ecclésiastiques': { company: 'Aux Joyeux Ecclesiastiques S.A.R.L.' },
  'Gai pâturage': { company: 'GAI PATURAGE' },
  "Forêts d'érables": { company: "Forets d'Erables Inc." },
}

describe('the 91 customers of Northwind, beside its suppliers', async () => {
  const { user, server } = await testServer()
  const admin = await user(['admin'])
  const suppliers = await read('suppliers.csv')
  const customers = await read('customers.csv')

  const lead = (row: Record<string, string>, change: { company?: string; phone?: string } = {}): object => ({
    company: row['company_name'],
    last_name: row['contact_name']!.split(' ').at(-1),
    first_name: row['contact_name']!.split(' ').slice(0, -1).join(' ') || null,
    job_title: row['contact_title'],
    phone: row['phone'] || null,
    lead_source: row['customer_id'] ? 'purchased_list' : 'fair',
    ...change,
  })

  it('become 91 accounts and ten links, none doubled, and the report counts as SQL does', async () => {
    const options = await admin.call<{
      entities: Record<string, { fields: Record<string, { options?: { key: string }[] }> }>
    }>('GET', '/api/model')
    const sources = options.body.entities['lead']!.fields['lead_source']!.options!.map(({ key }) => key)
    const [list, fair] = [sources[0]!, sources[1]!]
    const made = await admin.call(
      'POST',
      '/api/records/account',
      suppliers.map((row) => ({
        name: row['company_name'],
        phone: row['phone'] || null,
        roles: ['supplier'],
      })),
    )
    expect(made.status, JSON.stringify(made.body)).toBe(201)
    const leads = [
      ...customers.map((row) => ({ ...lead(row), lead_source: list })),
      ...suppliers.flatMap((row) => {
        const change = otherwise[row['company_name']!]
        return change ? [{ ...lead(row, change), lead_source: fair }] : []
      }),
    ]
    expect(leads.length).toBe(101)
    const entered = await admin.call('POST', '/api/records/lead', leads)
    expect(entered.status, JSON.stringify(entered.body)).toBe(201)

    const begun = await admin.call<BulkView>('POST', '/api/conversions/lead-to-customer/bulk', {
      filter: "status == 'new'",
    })
    expect(begun.status, JSON.stringify(begun.body)).toBe(202)
    let bulk = begun.body
    for (let i = 0; i < 600 && bulk.status === 'running'; i++) {
      await sleep(100)
      bulk = (await admin.call<BulkView>('GET', `/api/bulk/${bulk.id}`)).body
    }
    expect(bulk, JSON.stringify(bulk)).toMatchObject({
      status: 'done',
      total: 101,
      counts: { done: 101, held: 0, failed: 0, skipped: 0, pending: 0 },
    })

    const one = async (sql: string): Promise<Record<string, number>> =>
      (await server.db.pool.query<Record<string, number>>(sql)).rows[0]!
    expect(
      await one(`SELECT count(*)::int AS accounts, count(DISTINCT name)::int AS names,
        (count(*) FILTER (WHERE 'supplier' = ANY(roles)))::int AS suppliers FROM record.account WHERE deleted_at IS NULL`),
    ).toEqual({ accounts: 120, names: 120, suppliers: 29 })
    expect(
      await one(`SELECT (count(*) FILTER (WHERE action = 'create'))::int AS made, (count(*) FILTER (WHERE action = 'link'))::int AS linked
        FROM xrm.conversion_target WHERE key = 'account'`),
    ).toEqual({ made: 91, linked: 10 })

    const report = await admin.call<ConversionReport>('POST', '/api/conversions/report', {
      source: 'lead',
      by: 'lead_source',
    })
    expect(report.status, JSON.stringify(report.body)).toBe(200)
    const { rows } = await server.db.pool.query<{ key: string; sources: number; converted: number }>(
      `SELECT lead_source AS key, count(*)::int AS sources, (count(*) FILTER (WHERE status = 'converted'))::int AS converted
       FROM record.lead WHERE deleted_at IS NULL GROUP BY 1 ORDER BY 1`,
    )
    const counted = report.body.rows.map(({ key, sources: all, converted }) => ({
      key,
      sources: all,
      converted,
    }))
    expect(counted.toSorted((a, b) => (String(a.key) < String(b.key) ? -1 : 1))).toEqual(rows)
    expect(report.body.total).toMatchObject({
      sources: 101,
      converted: 101,
      declined: 0,
      reversed: 0,
      rate: 1,
    })
  })
})
