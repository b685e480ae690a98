import type { ChangesetView, IssueView } from '@xrm/sdk/configuration'
import type { PresetView } from '@xrm/sdk/conversions'
import { describe, expect, it } from 'vitest'
import { testServer } from './support/server.ts'

describe('ways of working', async () => {
  const { server, user } = await testServer()
  const admin = await user(['admin'])
  const sales = await user(['sales'])
  const list = async (): Promise<PresetView[]> =>
    (await admin.call<{ items: PresetView[] }>('GET', '/api/presets')).body.items
  const draftOf = async (name: string): Promise<ChangesetView> => {
    const { status, body } = await admin.call<ChangesetView>('POST', `/api/presets/${name}/draft`)
    expect(status, JSON.stringify(body)).toBe(201)
    return body
  }

  it('are offered to administrators, each with what it changes', async () => {
    const presets = await list()
    expect(presets.map(({ name }) => name)).toEqual(['split', 'whole-pipeline', 'no-leads', 'contact-first'])
    for (const { documents } of presets) {
      expect(documents.length).toBeGreaterThan(0)
      expect(documents.filter(({ does }) => does === 'missing')).toEqual([])
    }
    expect((await sales.call('GET', '/api/presets')).status).toBe(403)
    expect((await sales.call('POST', '/api/presets/split/draft')).status).toBe(403)
  })

  it('become drafts that change nothing until they are published, and have no errors', async () => {
    for (const { name, title } of await list()) {
      const draft = await draftOf(name)
      expect([draft.title, draft.status]).toEqual([title, 'draft'])
      const { body } = await admin.call<{ issues: IssueView[] }>('POST', `/api/changesets/${draft.id}/check`)
      expect(body.issues.filter(({ severity }) => severity === 'error')).toEqual([])
    }
    expect((await list()).length).toBe(4)
  })

  it('follow one another, and go back', async () => {
    const { id } = await draftOf('no-leads')
    expect((await admin.call('POST', `/api/changesets/${id}/publish`)).status).toBe(200)
    const model = await admin.call<{
      entities: Record<string, { navigation: boolean; conversions: { name: string }[] }>
    }>('GET', '/api/model')
    expect(model.body.entities['lead']!.navigation).toBe(false)
    expect(model.body.entities['campaign_member']!.conversions.map(({ name }) => name)).toEqual([
      'campaign-member-to-contact',
    ])
    expect(model.body.entities['contact']!.conversions.map(({ name }) => name)).toContain(
      'contact-to-opportunity',
    )
    const back = await admin.call('POST', `/api/changesets/${id}/revert`)
    expect(back.status, JSON.stringify(back.body)).toBe(200)
    const again = await admin.call<typeof model.body>('GET', '/api/model')
    expect(again.body.entities['campaign_member']!.conversions.map(({ name }) => name)).toEqual([
      'campaign-member-to-lead',
    ])
  })

  it('without leads, the web form of the same address makes contacts, and adds to those who are known', async () => {
    const { id } = await draftOf('no-leads')
    await admin.call('PATCH', `/api/documents/web-form/contact-us?changeset=${id}`, { open: true })
    expect((await admin.call('POST', `/api/changesets/${id}/publish`)).status).toBe(200)
    const send = (n: number, values: Record<string, unknown>) =>
      server.webForms.take('contact-us', `0190c9a0-0000-7000-8000-00000000000${n}`, {
        values: { last_name: 'Ohne', email: 'o@leads.example', description: 'Hallo', ...values },
        agreed: true,
        language: 'de',
      })
    await send(1, {})
    await send(2, { phone: '+49 30 123456' })
    const found = async (entity: string) =>
      (
        await admin.call<{ items: object[] }>(
          'GET',
          `/api/records/${entity}?fields=*&filter=${encodeURIComponent("email == 'o@leads.example'")}`,
        )
      ).body.items
    expect(await found('contact')).toMatchObject([{ phone: '+49 30 123456', lead_source: 'web_form' }])
    expect(await found('lead')).toEqual([])
    expect((await admin.call('POST', `/api/changesets/${id}/revert`)).status).toBe(200)
  })

  it('are refused by an unknown name', async () => {
    const { status, body } = await admin.call<{ code: string }>('POST', '/api/presets/nothing/draft')
    expect([status, body.code]).toEqual([404, 'preset.not-found'])
  })
})
