import type { DuplicateCheckAnswer, DuplicateGroup, MergeAnswer, UnmergeAnswer } from '@xrm/sdk/duplicates'
import { describe, expect, it } from 'vitest'
import { normalised } from '../core/duplicates/normalised.ts'
import { publish } from './support/publish.ts'
import { testServer } from './support/server.ts'

type Made = Record<string, unknown> & { id: string; version: number }
interface Refusal {
  code: string
  errors?: { pointer: string; code: string }[]
  mergedInto?: { id: string }
}

describe('duplicates', async () => {
  const { user, server } = await testServer()
  const admin = await user(['admin'])
  const reader = await user(['reader'])
  const sales = await user(['sales'])

  const make = async (entity: string, values: object, caller = admin): Promise<Made> => {
    const { status, body } = await caller.call<Made>('POST', `/api/records/${entity}`, values)
    expect(status, JSON.stringify(body)).toBe(201)
    return body
  }
  const get = async (entity: string, id: string): Promise<Made> =>
    (await admin.call<Made>('GET', `/api/records/${entity}/${id}`)).body
  const check = async (entity: string, values: object, caller = admin): Promise<DuplicateCheckAnswer> => {
    const { status, body } = await caller.call<DuplicateCheckAnswer>(
      'POST',
      `/api/duplicates/${entity}/check`,
      { values },
    )
    expect(status, JSON.stringify(body)).toBe(200)
    return body
  }
  it('are found while a record is typed, with the reasons, the best first', async () => {
    const one = await make('account', { name: 'Check Werke GmbH', website: 'https://check.example' })
    const both = await check('account', { name: 'CHECK WERKE', website: 'check.example/de' })
    expect(both.candidates[0]).toMatchObject({
      id: one.id,
      display: 'Check Werke GmbH',
      confidence: 'certain',
    })
    expect(both.candidates[0]!.reasons.length).toBeGreaterThan(1)
    const single = await check('account', { name: 'Check Werke AG' })
    expect(single.candidates[0]!.score).toBeLessThan(both.candidates[0]!.score)
    expect((await check('account', { name: 'Something else' })).candidates).toEqual([])
    // Half a word is no error.
    expect((await check('account', { name: 'Ch', website: 'htt' })).candidates).toEqual([])
  })

  it('are no duplicates of themselves', async () => {
    const { id } = await make('account', { name: 'Selbst AG' })
    const { body } = await admin.call<DuplicateCheckAnswer>('POST', '/api/duplicates/account/check', {
      values: { name: 'Selbst' },
      id,
    })
    expect(body.candidates).toEqual([])
  })

  it('are searched by an index, whatever the size of the table', async () => {
    const rules = Object.keys(server.live.current.entities.get('account')!.body['x-duplicates'] ?? {})
    expect(rules.length).toBeGreaterThan(0)
    const sql = normalised('companyName', 'name', server.live.current.settings)
    const client = await server.db.pool.connect()
    try {
      await client.query('BEGIN')
      await client.query('SET LOCAL enable_seqscan = off')
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT FROM record.account WHERE ${sql} = ANY(ARRAY['checkwerke']) AND deleted_at IS NULL`,
      )
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('Index')
    } finally {
      await client.query('ROLLBACK')
      client.release()
    }
  })

  describe('that a scan finds', () => {
    const scan = async (caller = admin): Promise<void> => {
      const { status, body } = await caller.call<{ job: string }>('POST', '/api/duplicates/supplier/scan')
      expect(status, JSON.stringify(body)).toBe(202)
      await expect
        .poll(
          async () => (await admin.call<{ status: string }>('GET', `/api/jobs/${body.job}`)).body.status,
          {
            timeout: 30_000,
          },
        )
        .toBe('done')
    }
    const groups = async (status = 'open', caller = admin): Promise<DuplicateGroup[]> => {
      const answer = await caller.call<{ items: DuplicateGroup[] }>(
        'GET',
        `/api/duplicates/supplier?status=${status}`,
      )
      expect(answer.status, JSON.stringify(answer.body)).toBe(200)
      return answer.body.items
    }

    it('are listed with reasons, dismissed for good, and merged', async () => {
      const one = await make('supplier', { name: 'Scan AG', website: 'https://scan.example' })
      const two = await make('supplier', { name: 'SCAN GmbH', website: 'http://www.scan.example/de' })
      const three = await make('supplier', { name: 'Twice' })
      const four = await make('supplier', { name: 'twice, Inc.' })
      await make('supplier', { name: 'Alone' })
      await scan()
      const found = await groups()
      const ids = ({ records }: DuplicateGroup): string[] => records.map(({ id }) => id)
      expect(found.map(ids)).toEqual([[one.id, two.id].toSorted(), [three.id, four.id].toSorted()])
      expect(found[0]!.reasons.map(({ rule }) => rule)).toEqual(['same-name', 'same-website'])
      expect(found[0]!.score).toBeGreaterThan(found[1]!.score)

      const dismissed = await admin.call('POST', `/api/duplicates/supplier/${found[1]!.id}/dismiss`)
      expect(dismissed.status).toBe(204)
      const merge = await admin.call('POST', '/api/records/supplier/merge', {
        keep: one.id,
        others: [two.id],
      })
      expect(merge.status, JSON.stringify(merge.body)).toBe(201)
      await scan()
      expect(await groups()).toEqual([])
      expect((await groups('different')).map(({ id }) => id)).toEqual([found[1]!.id])
      expect((await groups('merged')).map(({ id }) => id)).toEqual([found[0]!.id])
    })

    it('are merged once when the answer was lost and the request is repeated with its key [CRASH-17]', async () => {
      const one = await make('supplier', { name: 'Lost answer' })
      const two = await make('supplier', { name: 'Lost answer too' })
      const merge = (): Promise<{ status: number; body: { id: string } }> =>
        admin.call<{ id: string }>(
          'POST',
          '/api/records/supplier/merge',
          { keep: one.id, others: [two.id] },
          { 'idempotency-key': `merge-${one.id}` },
        )
      const [first, again] = [await merge(), await merge()]
      expect([first.status, again.status]).toEqual([201, 201])
      expect(again.body.id).toBe(first.body.id)
    })

    it('is watched and stopped by whoever started it, and by nobody else without the right', async () => {
      const { body } = await sales.call<{ job: string }>('POST', '/api/duplicates/account/scan')
      const path = `/api/jobs/${body.job}`
      await expect
        .poll(async () => (await sales.call<{ status: string }>('GET', path)).body.status, {
          timeout: 30_000,
        })
        .toBe('done')
      expect((await sales.call<Refusal>('POST', `${path}/cancel`)).body.code).toBe('job.ended')
      expect((await reader.call('GET', path)).status).toBe(403)
      expect((await reader.call('POST', `${path}/cancel`)).status).toBe(403)
      expect((await sales.call('GET', '/api/jobs')).status).toBe(403)
    })

    it('stay found when somebody looks who may not read them', async () => {
      const own = { read: 'own', create: 'all', update: 'own', delete: 'own', fields: { '*': 'write' } }
      await publish(admin.call, { 'role/own-suppliers': { title: 'Own', entities: { supplier: own } } })
      const narrow = await user(['own-suppliers'])
      for (const name of ['Kept AG', 'KEPT KG']) await make('supplier', { name })
      await make('supplier', { name: 'Theirs AG' }, narrow)
      const last = await make('supplier', { name: 'THEIRS KG' }, narrow)
      const names = async () =>
        (await groups()).map(({ records }) => String(records[0]!.display).split(' ')[0])
      await scan()
      expect(new Set(await names())).toEqual(new Set(['Kept', 'Theirs']))
      await narrow.call('DELETE', `/api/records/supplier/${last.id}`)
      await scan(narrow)
      expect(await names()).toEqual(['Kept'])
      const [kept] = await groups()
      expect((await admin.call('POST', `/api/duplicates/supplier/${kept!.id}/dismiss`)).status).toBe(204)
    })

    it('are shown and decided only by those who may', async () => {
      await make('supplier', { name: 'Rights' })
      await make('supplier', { name: 'RIGHTS KG' })
      await scan()
      const [found] = await groups()
      expect((await groups('open', reader)).map(({ id }) => id)).toEqual([found!.id])
      expect((await reader.call('POST', `/api/duplicates/supplier/${found!.id}/dismiss`)).status).toBe(404)
      const personnel = await user(['personnel'])
      expect((await personnel.call('GET', '/api/duplicates/supplier')).status).toBe(404)
      expect((await personnel.call('POST', '/api/duplicates/supplier/scan')).status).toBe(404)
      expect((await admin.call('GET', '/api/duplicates/supplier?after=x')).status).toBe(400)
    })
  })

  describe('that are merged', () => {
    async function twoFirms(): Promise<{
      keep: Made
      other: Made
      contact: Made
      opportunity: Made
      call: Made
    }> {
      const keep = await make('account', { name: `Keep ${Math.random()}`, roles: ['prospect'] })
      const other = await make('account', {
        name: `Other ${Math.random()}`,
        phone: '+49 40 123456',
        roles: ['supplier'],
        external_id: String(Math.random()),
      })
      const contact = await make('contact', { last_name: 'Moves', account: other.id })
      const opportunity = await make('opportunity', { name: 'Moves too', account: other.id })
      const call = await make('activity', {
        type: 'call',
        subject: 'Both',
        regarding: [`account/${keep.id}`, `account/${other.id}`],
      })
      return { keep, other, contact, opportunity, call }
    }
    const merge = async (
      body: object,
      query = '',
    ): Promise<{ status: number; body: MergeAnswer & Refusal }> =>
      admin.call('POST', `/api/records/account/merge${query}`, body)

    it('become one: values, relations, activities and lineage', async () => {
      const { keep, other, contact, opportunity, call } = await twoFirms()
      const { status, body } = await merge({ keep: keep.id, others: [other.id] })
      expect(status, JSON.stringify(body)).toBe(201)
      expect(body.moved).toEqual({ 'contact.account': 1, 'opportunity.account': 1, 'activity.regarding': 1 })
      expect(await get('account', keep.id)).toMatchObject({
        name: keep['name'],
        phone: '+49 40 123456',
        roles: ['prospect', 'supplier'],
        external_id: other['external_id'],
      })
      expect((await get('contact', contact.id))['account']).toBe(keep.id)
      expect((await get('opportunity', opportunity.id))['account']).toBe(keep.id)
      expect((await get('activity', call.id))['regarding']).toEqual([`account/${keep.id}`])
      const gone = await admin.call<Refusal>('GET', `/api/records/account/${other.id}`)
      expect([gone.status, gone.body.mergedInto?.id]).toEqual([404, keep.id])
      const history = await admin.call<{ items: { cause: { kind: string; ref?: string } }[] }>(
        'GET',
        `/api/records/account/${keep.id}/history`,
      )
      expect(history.body.items[0]!.cause).toEqual({ kind: 'merge', ref: body.id })
    })

    it('show first what would happen, and nothing has', async () => {
      const { keep, other, contact } = await twoFirms()
      const { status, body } = await merge({ keep: keep.id, others: [other.id] }, '?dry=true')
      expect([status, body.moved['contact.account']]).toEqual([200, 1])
      expect(await get('account', keep.id)).toEqual(keep)
      expect(await get('account', other.id)).toEqual(other)
      expect((await get('contact', contact.id))['account']).toBe(other.id)
      expect((await admin.call('POST', `/api/merges/${body.id}/undo`)).status).toBe(404)
    })

    it('take the values that were chosen', async () => {
      const { keep, other } = await twoFirms()
      const fields = { name: other.id, phone: keep.id, website: { value: 'https://chosen.example' } }
      expect((await merge({ keep: keep.id, others: [other.id], fields })).status).toBe(201)
      expect(await get('account', keep.id)).toMatchObject({
        name: other['name'],
        phone: null,
        website: 'https://chosen.example',
      })
    })

    it('come apart again, with everything as before', async () => {
      const { keep, other, contact, opportunity, call } = await twoFirms()
      const { body: merged } = await merge({ keep: keep.id, others: [other.id] })
      const { status, body } = await admin.call<UnmergeAnswer>('POST', `/api/merges/${merged.id}/undo`)
      expect([status, body.left], JSON.stringify(body)).toEqual([200, []])
      const values = ({ version: _, updated_at: __, ...rest }: Made) => rest
      expect(values(await get('account', keep.id))).toEqual(values(keep))
      expect(values(await get('account', other.id))).toEqual(values(other))
      expect((await get('contact', contact.id))['account']).toBe(other.id)
      expect((await get('opportunity', opportunity.id))['account']).toBe(other.id)
      expect((await get('activity', call.id))['regarding']).toEqual(call['regarding'])
      const again = await admin.call<Refusal>('POST', `/api/merges/${merged.id}/undo`)
      expect([again.status, again.body.code]).toEqual([409, 'merge.undone'])
    })

    it('name what was changed since when they come apart, and leave it', async () => {
      const { keep, other, contact } = await twoFirms()
      const { body: merged } = await merge({ keep: keep.id, others: [other.id] })
      await admin.call('PATCH', `/api/records/account/${keep.id}`, { phone: '+49 30 999999' })
      await admin.call('PATCH', `/api/records/contact/${contact.id}`, { account: null })
      const { body } = await admin.call<UnmergeAnswer>('POST', `/api/merges/${merged.id}/undo`)
      expect(body.left.map(({ field }) => field).toSorted()).toEqual(['account', 'phone'])
      expect((await get('account', keep.id))['phone']).toBe('+49 30 999999')
      expect((await get('contact', contact.id))['account']).toBeNull()
    })

    it('keep one of two memberships that would say the same', async () => {
      const { keep, other } = await twoFirms()
      const campaign = await make('campaign', { name: 'Fair' })
      const mine = await make('campaign_member', { campaign: campaign.id, member: `account/${keep.id}` })
      const second = await make('campaign_member', { campaign: campaign.id, member: `account/${other.id}` })
      const { status, body } = await merge({ keep: keep.id, others: [other.id] })
      expect(status, JSON.stringify(body)).toBe(201)
      expect((await get('campaign_member', mine.id))['member']).toBe(`account/${keep.id}`)
      expect((await admin.call('GET', `/api/records/campaign_member/${second.id}`)).status).toBe(404)
      await admin.call('POST', `/api/merges/${body.id}/undo`)
      expect((await get('campaign_member', second.id))['member']).toBe(`account/${other.id}`)
    })

    it('do not become their own parent', async () => {
      const { keep, other } = await twoFirms()
      await admin.call('PATCH', `/api/records/account/${keep.id}`, { parent_account: other.id })
      expect((await merge({ keep: keep.id, others: [other.id] })).status).toBe(201)
      expect((await get('account', keep.id))['parent_account']).toBeNull()
    })

    it('are refused without the rights, out of date, or named wrongly, and nothing changes', async () => {
      const { keep, other } = await twoFirms()
      const body = { keep: keep.id, others: [other.id] }
      expect((await reader.call('POST', '/api/records/account/merge', body)).status).toBe(403)
      expect((await sales.call('POST', '/api/records/account/merge', body)).status).toBe(403)
      const stale = await merge({ ...body, versions: { [keep.id]: 99 } })
      expect([stale.status, stale.body.code]).toEqual([409, 'merge.conflict'])
      for (const wrong of [
        { keep: keep.id, others: [] },
        { keep: keep.id, others: [keep.id] },
        { keep: keep.id, others: ['x'] },
        { ...body, fields: { nothing: keep.id } },
        { ...body, fields: { version: keep.id } },
        { ...body, fields: { name: contactId } },
      ])
        expect((await merge(wrong)).status, JSON.stringify(wrong)).toBe(422)
      expect((await merge({ ...body, extra: 1 })).status).toBe(400)
      expect(await get('account', keep.id)).toEqual(keep)
      expect(await get('account', other.id)).toEqual(other)
    })

    it('go through once when many ask at the same moment', async () => {
      const { keep, other } = await twoFirms()
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => merge({ keep: keep.id, others: [other.id] })),
      )
      expect(answers.map(({ status }) => status).toSorted()).toEqual([
        201,
        ...Array.from({ length: 7 }, () => 422),
      ])
    })

    it('leave nothing behind that names what is gone, also when it is written at the same moment', async () => {
      const { keep, other } = await twoFirms()
      const [, ...contacts] = await Promise.all([
        merge({ keep: keep.id, others: [other.id] }),
        ...Array.from({ length: 12 }, (_, index) =>
          admin.call('POST', '/api/records/contact', [{ last_name: `At once ${index}`, account: other.id }]),
        ),
      ])
      expect(contacts.every(({ status }) => status === 201 || status === 422)).toBe(true)
      const { rows } = await server.db.pool.query('SELECT FROM record.contact WHERE account = $1', [other.id])
      expect(rows).toEqual([])
    })
  })

  const contactId = (await make('contact', { last_name: 'Nobody' })).id
})
