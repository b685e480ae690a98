import { describe, expect, it } from 'vitest'
import { testServer } from '../../test/support/server.ts'
import { runDemo } from './run-demo.ts'

describe('demo data', async () => {
  const { server } = await testServer()
  const count = async (sql: string): Promise<number> => {
    const { rows } = await server.db.pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${sql}`,
    )
    return rows[0]!.count
  }

  it(
    'fills an empty database through the one write path, conversions included',
    { timeout: 60_000 },
    async () => {
      const users = await runDemo(server)
      expect(users?.map(({ role }) => role)).toEqual(['sales', 'sales', 'purchasing', 'reader'])
      expect(await count('record.account')).toBeGreaterThanOrEqual(40)
      expect(await count('record.contact')).toBeGreaterThanOrEqual(80)
      expect(await count('record.lead')).toBe(120)
      expect(await count('record.opportunity')).toBeGreaterThanOrEqual(60)
      expect(await count('record.supplier')).toBe(15)
      expect(await count('record.activity')).toBeGreaterThanOrEqual(150)
      expect(await count('record.campaign')).toBe(6)
      expect(await count('record.campaign_member')).toBeGreaterThan(60)
      expect(await count('xrm.conversion_run')).toBe(12)
      expect(await count(`record.lead WHERE status = 'converted'`)).toBe(12)
      expect(await count(`xrm.change WHERE cause <> 'demo'`)).toBeGreaterThan(0)
    },
  )

  it('says of every record that it is an example, and in the security log whom it has let in [AUD-01, AUD-03]', async () => {
    const { rows: causes } = await server.db.pool.query(
      'SELECT DISTINCT cause, actor FROM xrm.change ORDER BY cause',
    )
    expect(causes).toEqual([
      { cause: 'conversion', actor: null },
      { cause: 'demo', actor: null },
    ])
    const { rows: people } = await server.db.pool.query<{ details: object }>(
      `SELECT details FROM xrm.audit WHERE kind = 'user-made' ORDER BY details->>'email'`,
    )
    expect(people).toHaveLength(4)
    expect(people[0]!.details).toMatchObject({
      command: 'start --demo',
      email: 'lukas.brandt@demo.example',
      roles: ['sales'],
      teams: [expect.any(String)],
    })
  })

  it('opens the web form, and what comes in by it is a lead that touches nobody else', async () => {
    const form = server.live.current.webForms.get('contact-us')!
    expect([form.body.open, form.broken, form.entity?.name]).toEqual([true, [], 'lead'])
    const before = [await count('record.account'), await count('record.contact')]
    const values = { last_name: 'Besuch', email: 'b@besuch.example', description: 'Hallo' }
    const id = '0190c9a0-0000-7000-8000-00000000f001'
    await server.webForms.take('contact-us', id, { values, agreed: true, language: 'de' })
    expect(await count(`record.lead WHERE last_name = 'Besuch' AND lead_source = 'web_form'`)).toBe(1)
    expect([await count('record.account'), await count('record.contact')]).toEqual(before)
  })

  it('does nothing the second time', async () => {
    const before = await count('xrm.change')
    expect(await runDemo(server)).toBeNull()
    expect(await count('xrm.change')).toBe(before)
  })

  it('takes firms that exist for what they are when a lead spells them differently', async () => {
    expect(await count(`record.account WHERE xrm.match_company_name(name) = 'brandtmaschinenbau'`)).toBe(1)
  })
})
