import { describe, expect, it } from 'vitest'
import type { ModelView } from '@xrm/sdk/api'
import type { ChangesetView } from '@xrm/sdk/configuration'
import { testServer } from './support/server.ts'

const { user } = await testServer()
const admin = (await user(['admin'])).call
const sales = (await user(['sales'])).call
type Row = Record<string, unknown> & { id: string }

async function draft(): Promise<string> {
  return (await admin<ChangesetView>('POST', '/api/changesets', { title: 'New' })).body.id
}

async function publish(id: string): Promise<void> {
  const { body } = await admin<{ issues: { severity: string }[] }>('POST', `/api/changesets/${id}/check`)
  expect(body.issues.filter(({ severity }) => severity === 'error')).toEqual([])
  const answer = await admin('POST', `/api/changesets/${id}/publish`)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
}

const partner = {
  name: 'partner',
  plural: 'partners',
  title: 'Partner',
  pluralTitle: 'Partners',
  template: 'base',
}

describe('a new entity', () => {
  it.each(['base', 'person', 'organisation', 'event', 'empty'])(
    'from the template %s can be used by the roles that were named, in two languages',
    async (template) => {
      const id = await draft()
      const name = `new_${template}`
      const made = await admin<ChangesetView>('POST', `/api/changesets/${id}/entities`, {
        ...partner,
        name,
        plural: `${name}_s`,
        template,
        labels: { de: { one: 'Neues', other: 'Neue' } },
        roles: ['sales'],
        icon: 'star',
      })
      expect(made.status, JSON.stringify(made.body)).toBe(201)
      expect(made.body.edits.map(({ kind, action }) => `${action} ${kind}`)).toEqual([
        'add entity',
        'add form',
        'change role',
        'add view',
      ])
      await publish(id)
      const { body: model } = await sales<ModelView>('GET', '/api/model')
      const entity = model.entities[name]!
      expect(entity).toMatchObject({ title: 'Partner', labels: { de: 'Neues' }, can: { create: true } })
      const own = Object.values(entity.fields).filter((field) => !field.system && field.name !== 'display')
      expect(own.filter((field) => field.labels['de'] === undefined)).toEqual([])
      const required = Object.fromEntries(
        own
          .filter((field) => field.required)
          .map((field) => [field.name, field.type === 'date-time' ? '2026-11-22T08:00:00Z' : 'Some']),
      )
      const { status, body } = await sales<Row>('POST', `/api/records/${name}`, required)
      expect(status, JSON.stringify(body)).toBe(201)
      expect(body['display']).toBe('Some')
      const view = model.views.find((one) => one.entity === name)!
      const columns = Object.keys(view.columns).join()
      const list = await sales('GET', `/api/records/${name}?fields=${columns}&filter=active`)
      expect(list.status, JSON.stringify(list.body)).toBe(200)
    },
  )

  it('is refused when its name is taken, and when a role is not there, all at once', async () => {
    const id = await draft()
    expect(
      await admin('POST', `/api/changesets/${id}/entities`, {
        ...partner,
        name: 'lead',
        plural: 'accounts',
        roles: ['sales', 'nobody'],
      }),
    ).toMatchObject({
      status: 422,
      body: {
        errors: [
          { pointer: '#/name', code: 'name.taken' },
          { pointer: '#/plural', code: 'name.taken' },
          { pointer: '#/roles/1', code: 'reference.unknown' },
        ],
      },
    })
    for (const wrong of [
      { name: 'A b' },
      { name: 'owner' },
      { template: 'odd' },
      { title: '' },
      { icon: 'É' },
    ])
      expect((await admin('POST', `/api/changesets/${id}/entities`, { ...partner, ...wrong })).status).toBe(
        422,
      )
    for (const wrong of [{ roles: [1] }, { labels: { de: 'x' } }, { more: 1 }])
      expect((await admin('POST', `/api/changesets/${id}/entities`, { ...partner, ...wrong })).status).toBe(
        400,
      )
    expect((await admin<ChangesetView>('GET', `/api/changesets/${id}`)).body.edits).toEqual([])
  })
})

describe('a new relation', () => {
  it('to one is a field of the entity, from many one of the target, and both stand in their forms', async () => {
    const id = await draft()
    const one = {
      kind: 'one',
      entity: 'account',
      target: 'campaign',
      name: 'first_campaign',
      title: 'First campaign',
    }
    const many = { kind: 'many', entity: 'account', target: 'campaign', name: 'sponsor', title: 'Sponsor' }
    for (const body of [one, many])
      expect((await admin('POST', `/api/changesets/${id}/relations`, body)).status).toBe(201)
    expect(await admin('POST', `/api/changesets/${id}/relations`, one)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/name', code: 'name.taken' }] },
    })
    await publish(id)
    const { body: model } = await admin<ModelView>('GET', '/api/model')
    expect(model.entities['account']!.fields['first_campaign']!.relation).toEqual({ entity: 'campaign' })
    expect(model.entities['campaign']!.fields['sponsor']!.relation).toEqual({ entity: 'account' })
    const shown = (form: string): string[] =>
      Object.values(model.forms.find(({ name }) => name === form)!.sections).flatMap((section) =>
        Object.keys(section.fields),
      )
    expect([shown('account').includes('first_campaign'), shown('campaign').includes('sponsor')]).toEqual([
      true,
      true,
    ])
  })

  it('between many is an entity of pairs that whoever may work with the one side may work with', async () => {
    const id = await draft()
    const body = {
      kind: 'both',
      entity: 'account',
      target: 'campaign',
      name: 'sponsoring',
      title: 'Sponsoring',
    }
    expect((await admin('POST', `/api/changesets/${id}/relations`, body)).status).toBe(201)
    await publish(id)
    const { body: account } = await sales<Row>('POST', '/api/records/account', { name: 'Sponsor Ltd' })
    const { body: other } = await admin<Row>('POST', '/api/records/account', { name: 'Not mine' })
    const { body: campaign } = await admin<Row>('POST', '/api/records/campaign', { name: 'Fair' })
    const made = await sales<Row>('POST', '/api/records/sponsoring', {
      account: account.id,
      campaign: campaign.id,
    })
    expect(made.status, JSON.stringify(made.body)).toBe(201)
    expect(made.body['display']).toBe('Sponsor Ltd – Fair')
    expect(
      await sales('POST', '/api/records/sponsoring', { account: account.id, campaign: campaign.id }),
    ).toMatchObject({ status: 409, body: { code: 'record.unique' } })
    const { body: theirs } = await admin<Row>('POST', '/api/records/sponsoring', {
      account: other.id,
      campaign: campaign.id,
    })
    const { body: model } = await sales<ModelView>('GET', '/api/model')
    expect(model.entities['sponsoring']).toMatchObject({ navigation: false, title: 'Sponsoring' })
    expect(model.entities['account']!.related).toContainEqual(
      expect.objectContaining({ key: 'sponsoring.account', title: 'Campaigns' }),
    )
    // The right to delete follows that on accounts: own ones alone.
    expect((await sales('DELETE', `/api/records/sponsoring/${theirs.id}`)).status).toBe(403)
    expect((await sales('DELETE', `/api/records/sponsoring/${made.body.id}`)).status).toBe(204)
  })

  it('is shown by what it joins, also when its name comes first in the alphabet', async () => {
    const id = await draft()
    const body = { kind: 'both', entity: 'account', target: 'campaign', name: 'aa_first', title: 'First' }
    expect((await admin('POST', `/api/changesets/${id}/relations`, body)).status).toBe(201)
    await publish(id)
    const { body: account } = await admin<Row>('POST', '/api/records/account', { name: 'Early' })
    expect(account['display']).toBe('Early')
    const { body: campaign } = await admin<Row>('POST', '/api/records/campaign', { name: 'Late' })
    const link = await admin('POST', '/api/records/aa_first', { account: account.id, campaign: campaign.id })
    expect(link).toMatchObject({ status: 201, body: { display: 'Early – Late' } })
  })

  it('of an entity to itself between many names its two sides differently', async () => {
    const id = await draft()
    const body = { kind: 'both', entity: 'account', target: 'account', name: 'kinship', title: 'Kinship' }
    expect((await admin('POST', `/api/changesets/${id}/relations`, body)).status).toBe(201)
    await publish(id)
    const { body: model } = await admin<ModelView>('GET', '/api/model')
    expect(Object.keys(model.entities['kinship']!.fields)).toEqual(
      expect.arrayContaining(['account', 'other_account']),
    )
  })
})
