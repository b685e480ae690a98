import { describe, expect, it } from 'vitest'
import type { AuditAnswer, AuditView } from '@xrm/sdk/access'
import type { HistoryAnswer } from '@xrm/sdk/api'
import { fixture } from '../support/fixture-plugin.ts'
import { publish } from '../support/publish.ts'
import { type Caller, testServer } from '../support/server.ts'

const test = await testServer({ plugins: [fixture] })
const admin = await test.user(['admin'])
const seller = await test.user(['seller'])
const pool = test.server.db.pool

const log = async (query = ''): Promise<AuditView[]> => {
  const { status, body } = await admin.call<AuditAnswer>('GET', `/api/audit${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.items
}
const made = async (call: Caller, entity: string, values: object): Promise<string> => {
  const { status, body } = await call<{ id: string }>('POST', `/api/records/${entity}`, values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body.id
}

describe('the security log', () => {
  it('has who was refused what, and not what everybody misses [AUD-03]', async () => {
    const { status, headers } = await seller.call('GET', '/api/users')
    expect(status).toBe(403)
    await seller.call('GET', '/api/records/deal/01900000-0000-7000-8000-000000000000')
    const [found, ...more] = await log(`?actor=${seller.id}`)
    expect(more).toEqual([])
    expect(found).toMatchObject({
      kind: 'refused',
      actor: { id: seller.id },
      request: headers.get('x-request-id'),
      details: { method: 'GET', path: '/api/users', code: 'request.forbidden' },
    })
  })

  it('has what was published and taken back, with what roles granted before and grant now [AUD-03]', async () => {
    await publish(admin.call, { 'role/guest': { ...fixture.roles.guest, description: 'May look around.' } })
    const [entry] = await log('?kind=published')
    expect(entry).toMatchObject({
      actor: { id: admin.id },
      subject: { kind: 'changeset' },
      details: {
        documents: ['role/guest'],
        roles: [{ name: 'guest', before: null, after: { description: 'May look around.' } }],
      },
    })
    expect((await admin.call('POST', `/api/changesets/${entry!.subject!.id}/revert`)).status).toBe(200)
    expect((await log('?kind=reverted'))[0]!.details).toMatchObject({
      reverts: entry!.subject!.id,
      documents: ['role/guest'],
    })
  })

  it('has changes of teams, mass conversions, merges, exports and shares, each with its subject [AUD-03]', async () => {
    const team = await made(admin.call, 'team', { name: 'East' })
    await admin.call('PATCH', `/api/records/team/${team}`, { name: 'Far east' })
    expect((await log(`?subject=${team}`)).map(({ kind, details }) => [kind, details])).toEqual([
      ['team-changed', { action: 'update', fields: ['name'] }],
      ['team-changed', { action: 'create' }],
    ])
    const source = await made(admin.call, 'prospect', { last_name: 'Ray', company: 'Ray Ltd' })
    const bulk = await admin.call<{ id: string }>('POST', '/api/conversions/prospect-to-deal/bulk', {
      ids: [source],
    })
    expect(bulk.status).toBe(202)
    expect((await log(`?subject=${bulk.body.id}`))[0]).toMatchObject({
      kind: 'bulk',
      details: { action: 'convert', conversion: 'prospect-to-deal', count: 1 },
    })
    const keep = await made(admin.call, 'person', { last_name: 'Bo' })
    const other = await made(admin.call, 'person', { last_name: 'Bo' })
    const merged = await admin.call('POST', '/api/records/person/merge', { keep, others: [other] })
    expect(merged.status, JSON.stringify(merged.body)).toBe(201)
    expect((await log(`?subject=${keep}`))[0]).toMatchObject({
      kind: 'bulk',
      subject: { kind: 'person', display: 'Bo' },
      details: { action: 'merge', others: [other] },
    })
  })

  it('is searched by words, kinds and times, and goes on page by page', async () => {
    expect(await log('?search=role/guest+nowhere')).toEqual([])
    expect((await log('?search=revert+ROLE/guest&kind=published,reverted')).length).toBe(1)
    expect((await log('?search=role/GUEST')).length).toBe(2)
    expect(await log(`?to=2020-01-01T00:00:00Z`)).toEqual([])
    const all = await log('?limit=200')
    const ids: string[] = []
    for (let after = ''; ;) {
      const { body } = await admin.call<AuditAnswer>('GET', `/api/audit?limit=3${after}`)
      ids.push(...body.items.map(({ id }) => id))
      if (body.next === null) break
      after = `&after=${body.next}`
    }
    expect(ids).toEqual(all.map(({ id }) => id))
  })

  it('is for administrators, and refuses parameters that mean nothing', async () => {
    expect((await seller.call('GET', '/api/audit')).status).toBe(403)
    for (const query of ['?from=yesterday', '?actor=me', '?after=x', '?limit=0', '?sort=at'])
      expect((await admin.call('GET', `/api/audit${query}`)).status, query).toBe(400)
  })

  it('shows no password, key or token of what it tells [AUD-03]', async () => {
    const password = 'correct horse battery staple'
    const email = 'neu@example.com'
    const user = await admin.call<{ id: string }>('POST', '/api/users', {
      email,
      name: 'Neu',
      roles: [],
      password,
    })
    await admin.call('PATCH', `/api/users/${user.body.id}`, { password: `${password} again` })
    const link = await admin.call<{ link: string }>('POST', `/api/users/${user.body.id}/reset`, {})
    const text = JSON.stringify(await log('?limit=200'))
    expect(text).toContain(email)
    expect(text).not.toContain(password)
    expect(text).not.toContain(new URL(link.body.link).hash.slice(1))
  })
})

describe('what is written down', () => {
  it('says of every change who made it, by which way, and what was before and after [AUD-01]', async () => {
    const source = await made(seller.call, 'prospect', { last_name: 'Way', company: 'Way Ltd' })
    const run = await seller.call<{ id: string; targets: { key: string; record: { id: string } }[] }>(
      'POST',
      '/api/conversions/prospect-to-deal/run',
      { source },
    )
    expect(run.status, JSON.stringify(run.body)).toBe(201)
    const person = run.body.targets.find(({ key }) => key === 'person')!.record.id
    const other = await made(admin.call, 'person', { last_name: 'Way', email: 'way@example.com' })
    await admin.call('PATCH', `/api/records/person/${person}`, { first_name: 'Milky' })
    await admin.call('POST', '/api/records/person/merge', { keep: person, others: [other] })
    await admin.call('DELETE', `/api/records/person/${person}`)
    await admin.call('POST', `/api/records/person/${person}/restore`, {})
    const { body } = await admin.call<HistoryAnswer>('GET', `/api/records/person/${person}/history`)
    const told = body.items.map(({ action, actor, cause }) => [action, actor?.id, cause.kind])
    expect(told).toEqual([
      ['restore', admin.id, 'request'],
      ['delete', admin.id, 'request'],
      ['update', admin.id, 'merge'],
      ['update', admin.id, 'request'],
      ['create', seller.id, 'conversion'],
    ])
    expect(body.items[2]).toMatchObject({ after: { email: 'way@example.com' } })
    expect(body.items[3]).toMatchObject({ before: {}, after: { first_name: 'Milky' } })
    expect(body.items[4]!.cause.ref).toBe(run.body.id)
  })

  const refused = async (statement: string): Promise<void> =>
    expect(pool.query(statement), statement).rejects.toMatchObject({ code: '42501' })

  it('stays: neither the log nor the history can be changed, thinned or emptied [AUD-02]', async () => {
    await made(admin.call, 'firm', { name: 'Stays' })
    for (const table of ['xrm.audit', 'xrm.change']) {
      await refused(`UPDATE ${table} SET at = now()`)
      await refused(`DELETE FROM ${table}`)
      await refused(`TRUNCATE ${table}`)
    }
    const { rows } = await pool.query<{ part: string }>(
      `SELECT inhrelid::regclass::text AS part FROM pg_inherits WHERE inhparent = 'xrm.change'::regclass`,
    )
    expect(rows.length).toBeGreaterThan(1)
    for (const { part } of rows) await refused(`TRUNCATE ${part}`)
    const [{ part }] = (
      await pool.query<{ part: string }>(
        'SELECT DISTINCT tableoid::regclass::text AS part FROM xrm.change LIMIT 1',
      )
    ).rows as [{ part: string }]
    await refused(`DELETE FROM ${part}`)
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      expect([404, 405]).toContain(
        (await admin.call(method, '/api/audit', method === 'DELETE' ? undefined : {})).status,
      )
  })

  it('goes by age alone, and says so [AUD-02]', async () => {
    const { rows } = await pool.query<{ gone: number }>(`SELECT xrm.prune_audit('-1 hour') AS gone`)
    expect(Number(rows[0]!.gone)).toBeGreaterThan(5)
    const left = await log()
    expect(left).toHaveLength(1)
    expect(left[0]).toMatchObject({
      kind: 'audit-pruned',
      actor: null,
      details: { count: Number(rows[0]!.gone) },
    })
  })
})
