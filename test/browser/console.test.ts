import type { ChangesetView, DocumentView } from '@xrm/sdk/configuration'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { rewrite, seriousFindings, testApp } from './app.ts'

const app = testApp()
const reader = { email: 'rita@example.test', name: 'Rita Reader', password: 'correct horse battery' }

beforeAll(async () => {
  await app.api('POST', '/api/records/lead', [
    { last_name: 'Nowak', company: 'Kranich GmbH', loss_reason: 'too expensive' },
    { last_name: 'Weiß', company: 'Isar AG', loss_reason: 'Too expensiv' },
    { last_name: 'Lund', company: 'Nord AS', loss_reason: 'no budget' },
  ])
})

const json = (page: Page) => page.getByLabel(/Das Dokument als JSON|The document as JSON/)
/** The whole text of the editor, also what lies below the screen. */
const written = (page: Page): Promise<string> =>
  page.locator('xrm-json-editor').evaluate((editor) => (editor as unknown as { text: string }).text)
const bar = (page: Page) => page.getByRole('region', { name: /^(Entwurf|Draft)$/ })

/** A button of the question that is asked. */
const answer = (page: Page, name: string) => page.locator('xrm-answers').getByRole('button', { name })

/** Edits a document of the draft that the page works on, as its text. */
async function edit(page: Page, change: (body: Record<string, unknown>) => void): Promise<void> {
  await json(page).waitFor()
  const body = JSON.parse(await written(page)) as Record<string, unknown>
  change(body)
  await rewrite(json(page), JSON.stringify(body, null, 2))
  await page.getByRole('button', { name: /^(Übernehmen|Apply)$/ }).click()
}

/** Discards every draft, so that each test begins without one. */
async function noDrafts(): Promise<void> {
  const { items } = await app.api<{ items: ChangesetView[] }>('GET', '/api/changesets')
  for (const one of items) if (one.status === 'draft') await app.api('DELETE', `/api/changesets/${one.id}`)
}

test('an administrator edits, reviews, publishes and takes back, by keyboard alone', async () => {
  await noDrafts()
  const page = await app.signedIn('/records/lead', { locale: 'en-GB' })
  await page.getByRole('link', { name: 'Administration' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.getByText('3 records').waitFor()
  await page.getByText('No draft: your first edit begins one').waitFor()

  await page.goto(`${app.url}/admin/documents/entity/lead`)
  await edit(page, (body) => {
    body['x-entity'] = {
      ...(body['x-entity'] as object),
      labels: {
        en: { one: 'Prospect', other: 'Prospects' },
        de: { one: 'Interessent', other: 'Interessenten' },
      },
    }
  })
  await bar(page)
    .getByText(/[34] changes/)
    .waitFor()
  await bar(page).getByRole('link', { name: 'Review' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Prospects').waitFor()
  await page.getByRole('region', { name: 'What publishing does' }).waitFor()
  await page.getByRole('button', { name: 'Publish' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: /^Publish “/ }).waitFor()
  await answer(page, 'Publish').focus()
  await page.keyboard.press('Enter')
  await page.getByText(/is published/).waitFor()
  await page.getByText('No draft: your first edit begins one').waitFor()
  // The model of the session is the new one, without loading the page again.
  await page.getByRole('link', { name: 'Back to work' }).click()
  await page.getByRole('navigation').getByRole('link', { name: 'Prospects' }).waitFor()

  await page.goto(`${app.url}/admin/changes`)
  await page.getByRole('region', { name: 'Published' }).getByRole('link').first().click()
  await page.getByRole('button', { name: 'Take back' }).click()
  await answer(page, 'Take back').click()
  await page.getByText(/is published/).waitFor()
  await page.getByText('takes back an earlier change').waitFor()
  const { body } = await app.api<DocumentView>('GET', '/api/documents/entity/lead')
  expect((body as { 'x-entity': { labels: { en: { one: string } } } })['x-entity'].labels.en.one).toBe('Lead')
  expect(app.complaints).toEqual([])
})

test('what does not fit the schema is an error of the draft, with its place', async () => {
  await noDrafts()
  const page = await app.signedIn('/admin/documents/entity/account')
  await edit(page, (body) => (body['titel'] = 'Firma'))
  await bar(page)
    .getByText(/^[1-9]\d* Fehler$/)
    .waitFor()
  await page.getByRole('region', { name: 'Was daran nicht stimmt' }).getByText('titel').first().waitFor()
  await bar(page).getByRole('link', { name: 'Prüfen' }).click()
  await page.getByRole('region', { name: 'Was nicht stimmt' }).getByText('titel').first().waitFor()
  expect(await page.getByRole('button', { name: 'Veröffentlichen' }).isDisabled()).toBe(true)
  expect(app.complaints).toEqual([])
})

test('what the server refuses is told and stays as it was typed', async () => {
  await noDrafts()
  const page = await app.signedIn('/admin/documents/entity/account')
  await edit(page, (body) => (body['description'] = 'A \u0000 in it'))
  await page.getByRole('alert').waitFor()
  expect(await written(page)).toContain('\\u0000 in it')
  await rewrite(json(page), '{ "title": ')
  await page.getByRole('button', { name: 'Übernehmen' }).click()
  await page.getByText(/Das ist kein JSON/).waitFor()
  // Leaving asks first.
  await page.getByRole('link', { name: 'Übersicht', exact: true }).click()
  await page.getByRole('dialog', { name: 'Ohne Übernehmen verlassen?' }).waitFor()
  await answer(page, 'Abbrechen').click()
  expect(await written(page)).toBe('{ "title": ')
  expect(app.complaints).toEqual([])
})

test('an edit of somebody else in the same draft is not overwritten by older text', async () => {
  await noDrafts()
  const draft = await app.api<ChangesetView>('POST', '/api/changesets', { title: 'Together' })
  const page = await app.signedIn('/admin/documents/entity/account')
  await bar(page).getByText('Together').waitFor()
  await json(page).waitFor()
  const typed = (await written(page)).replace('An organisation that we do business with.', 'Mine.')
  await rewrite(json(page), typed)
  await app.api('PATCH', `/api/documents/entity/account?changeset=${draft.id}`, { title: 'Company' })
  await page.getByRole('button', { name: 'Übernehmen' }).click()
  await page.getByRole('alert').waitFor()
  const { body } = await app.api<DocumentView>('GET', `/api/documents/entity/account?changeset=${draft.id}`)
  expect(body).toMatchObject({ title: 'Company', description: 'An organisation that we do business with.' })
  expect(await written(page)).toBe(typed)
  expect(app.complaints).toEqual([])
})

test('a draft is found again, renamed, set aside for another and discarded', async () => {
  await noDrafts()
  const other = await app.api<ChangesetView>('POST', '/api/changesets', { title: 'Messe 2027' })
  const page = await app.signedIn('/admin/documents/entity/contact')
  await bar(page).getByText('Messe 2027').waitFor()
  await edit(page, (body) => (body['description'] = 'A human being whom we know.'))
  await bar(page).getByText('1 Änderung').waitFor()
  await page.getByRole('button', { name: 'Mehr zum Entwurf' }).click()
  await page.getByRole('button', { name: 'Umbenennen' }).click()
  await page.getByLabel('Titel').fill('Wörter klären')
  await page.getByLabel('Warum (steht im Verlauf)').fill('Vertrieb und Einkauf reden aneinander vorbei.')
  await page.keyboard.press('Tab')
  await page.getByRole('button', { name: 'Speichern' }).click()
  await bar(page).getByText('Wörter klären').waitFor()
  await page.getByRole('button', { name: 'Mehr zum Entwurf' }).click()
  await page.getByRole('button', { name: 'Neuen Entwurf beginnen' }).click()
  await page.getByText('Kein Entwurf: Ihre erste Änderung beginnt einen').waitFor()
  await edit(page, (body) => (body['description'] = 'Somebody.'))
  await bar(page)
    .getByText(/Contact|Kontakt/)
    .waitFor()
  await page.reload()
  await bar(page)
    .getByText(/Contact|Kontakt/)
    .waitFor()
  await page.getByRole('button', { name: 'Mehr zum Entwurf' }).click()
  await page.getByRole('button', { name: /Wörter klären/ }).click()
  await bar(page).getByText('Wörter klären').waitFor()
  expect(await written(page)).toContain('A human being')
  await page.getByRole('button', { name: 'Mehr zum Entwurf' }).click()
  await page.getByRole('button', { name: 'Entwurf verwerfen' }).click()
  await answer(page, 'Entwurf verwerfen').click()
  await page.getByText('„Wörter klären“ verworfen').waitFor()
  const { status, note } = await app.api<ChangesetView>('GET', `/api/changesets/${other.id}`)
  expect([status, note]).toEqual(['discarded', 'Vertrieb und Einkauf reden aneinander vorbei.'])
  expect(app.complaints).toEqual([])
})

test('a place that somebody else published in the meantime is a question, and the answer is kept', async () => {
  await noDrafts()
  const [mine, theirs] = await Promise.all(
    ['Mine', 'Theirs'].map((title) => app.api<ChangesetView>('POST', '/api/changesets', { title })),
  )
  for (const [draft, text] of [
    [mine, 'My words.'],
    [theirs, 'Their words.'],
  ] as const)
    await app.api('PATCH', `/api/documents/entity/activity?changeset=${draft!.id}`, { description: text })
  await app.api('POST', `/api/changesets/${theirs!.id}/publish`)
  const page = await app.signedIn(`/admin/changes/${mine!.id}`)
  await page.getByRole('heading', { name: 'Jemand anderes hat dieselben Stellen geändert' }).waitFor()
  await page.getByLabel('Their words.').check()
  await page.getByRole('button', { name: 'Übernehmen' }).click()
  await page.getByText('Jemand anderes hat dieselben Stellen geändert').waitFor({ state: 'hidden' })
  await expect
    .poll(async () => (await app.api<ChangesetView>('GET', `/api/changesets/${mine!.id}`)).conflicts)
    .toEqual([])
  expect(app.complaints).toEqual([])
})

test('what cannot be taken back because it was changed since is named', async () => {
  await noDrafts()
  const published: string[] = []
  for (const text of ['First words.', 'Second words.']) {
    const { id } = await app.api<ChangesetView>('POST', '/api/changesets', { title: text })
    await app.api('PATCH', `/api/documents/entity/opportunity?changeset=${id}`, { description: text })
    await app.api('POST', `/api/changesets/${id}/publish`)
    published.push(id)
  }
  const page = await app.signedIn(`/admin/changes/${published[0]}`)
  await page.getByRole('button', { name: 'Zurücknehmen' }).click()
  await answer(page, 'Zurücknehmen').click()
  await page.getByRole('alert').getByText('Verkaufschance › Beschreibung').waitFor()
  expect(app.complaints).toEqual([])
})

test('values that do not fit a new type are mapped, counted and published as decided', async () => {
  await noDrafts()
  const draft = await app.api<ChangesetView>('POST', '/api/changesets', { title: 'Reasons as a choice' })
  await app.api('PATCH', `/api/documents/entity/lead?changeset=${draft.id}`, {
    properties: {
      loss_reason: {
        type: null,
        'x-type': 'select',
        'x-options': {
          price: { title: 'Too expensive', labels: { de: 'Zu teuer' }, order: 1 },
          budget: { title: 'No budget', labels: { de: 'Kein Budget' }, order: 2 },
        },
      },
    },
  })
  const page = await app.signedIn(`/admin/changes/${draft.id}`)
  await page.getByText('Verhindert die Veröffentlichung').waitFor()
  expect(await page.getByRole('button', { name: 'Veröffentlichen' }).isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Über Werte entscheiden …' }).click()
  await page.getByText('1 ohne Entscheidung').waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await page.getByRole('button', { name: '1 Vorschlag übernehmen' }).click()
  await page.getByText('1 zugeordnet').waitFor()
  await page.getByText('ohne Entscheidung').waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'Fertig' }).click()
  await page.getByText('Alles passt').waitFor()
  await page.getByRole('button', { name: 'Veröffentlichen' }).click()
  await answer(page, 'Veröffentlichen').click()
  await page.getByText('„Reasons as a choice“ ist veröffentlicht').waitFor()
  const { items } = await app.api<{ items: { loss_reason: string }[] }>(
    'GET',
    '/api/records/lead?fields=loss_reason&sort=last_name',
  )
  expect(items.map((one) => one.loss_reason)).toEqual(['budget', 'price', 'price'])
  await page.goto(`${app.url}/admin/jobs`)
  await page.getByText('Reasons as a choice').first().waitFor()
  expect(app.complaints).toEqual([])
})

test('a publish in the background shows its progress, and cancelled leaves everything as it was', async () => {
  await noDrafts()
  const draft = await app.api<ChangesetView>('POST', '/api/changesets', { title: 'Companies as long texts' })
  await app.api('PATCH', `/api/documents/entity/lead?changeset=${draft.id}`, {
    properties: { company: { type: null, 'x-type': 'select', 'x-options': { one: { title: 'One' } } } },
  })
  await app.api('PUT', `/api/changesets/${draft.id}/values/lead/company`, { onFail: 'blank' })
  const page = await app.signedIn(`/admin/changes/${draft.id}`)
  const publish = page.getByRole('button', { name: 'Veröffentlichen' })
  await page.getByRole('region', { name: 'Was das Veröffentlichen tut' }).waitFor()
  // Whoever writes to the table keeps the job from finishing for as long as the test looks at it.
  const { rows } = await app.server.db.pool.query<{ table_name: string }>(
    `SELECT table_name FROM xrm.entity_table WHERE entity = 'lead'`,
  )
  const writer = await app.server.db.pool.connect()
  try {
    await writer.query(`BEGIN; LOCK TABLE record."${rows[0]!.table_name}" IN ROW EXCLUSIVE MODE`)
    await publish.click()
    await answer(page, 'Veröffentlichen').click()
    await page.getByText('Wird veröffentlicht').first().waitFor()
    await page.getByRole('progressbar').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await page.getByRole('button', { name: 'Auftrag abbrechen' }).click()
    await answer(page, 'Auftrag abbrechen').click()
  } finally {
    await writer.query('ROLLBACK')
    writer.release()
  }
  await page.getByText('Die Veröffentlichung wurde abgebrochen; alles ist wie vorher.').waitFor()
  await publish.waitFor()
  const { status } = await app.api<ChangesetView>('GET', `/api/changesets/${draft.id}`)
  expect(status).toBe('draft')
  const { items } = await app.api<{ items: { company: string }[] }>(
    'GET',
    '/api/records/lead?fields=company&sort=company',
  )
  expect(items.map((one) => one.company)).toEqual(['Isar AG', 'Kranich GmbH', 'Nord AS'])
  expect(app.complaints).toEqual([])
})

test('a removed field waits among retired data until its name is typed', async () => {
  await noDrafts()
  const draft = await app.api<ChangesetView>('POST', '/api/changesets', { title: 'No website any more' })
  await app.api('PATCH', `/api/documents/entity/account?changeset=${draft.id}`, {
    properties: { website: null },
    'x-duplicates': { 'same-website': null },
  })
  await app.api('POST', `/api/changesets/${draft.id}/publish`)
  const page = await app.signedIn('/admin/retired')
  await page.getByRole('button', { name: /website endgültig löschen/ }).click()
  const purge = page.locator('form').getByRole('button', { name: 'Endgültig löschen' })
  expect(await purge.isDisabled()).toBe(true)
  await page.getByLabel(/Zur Bestätigung/).fill('website')
  await purge.click()
  await page.getByText(/: erledigt$/).waitFor()
  await page.getByRole('button', { name: /website endgültig löschen/ }).waitFor({ state: 'hidden' })
  expect(app.complaints).toEqual([])
})

test('the palette leads administrators to pages and designers', async () => {
  await noDrafts()
  const page = await app.signedIn('/records/lead', { locale: 'en-GB' })
  await page.getByRole('heading', { name: 'Leads', exact: true }).waitFor()
  await page.keyboard.press('Control+k')
  const search = page.getByRole('combobox', { name: 'Search …' })
  await search.fill('lead stages')
  await page.getByRole('option', { name: /Lead: stages/ }).waitFor()
  await search.fill('changes')
  await page.getByRole('option', { name: /^Changes/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Changes', exact: true }).waitFor()
  expect(app.complaints).toEqual([])
})

test('everyone finds the glossary, nobody but administrators the administration', async () => {
  await noDrafts()
  const draft = await app.api<ChangesetView>('POST', '/api/changesets', { title: 'A role to read' })
  await app.api('PUT', `/api/documents/role/reader?changeset=${draft.id}`, {
    title: 'Reader',
    entities: {
      lead: { read: 'all', fields: { '*': 'read' } },
      account: { read: 'all', fields: { '*': 'read' } },
    },
  })
  await app.api('POST', `/api/changesets/${draft.id}/publish`)
  await app.server.accounts.createUser({ ...reader, roles: ['reader'] })
  const page = await app.open()
  await page.goto(`${app.url}/glossary#account`)
  await page.getByLabel('E-Mail').fill(reader.email)
  await page.getByLabel('Passwort').fill(reader.password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Glossar' }).waitFor()
  expect(await page.getByRole('link', { name: 'Administration' }).count()).toBe(0)
  await page.getByText('Jemand, der Kunde werden könnte.').waitFor()
  expect(await page.getByRole('region', { name: 'Kontakt' }).count()).toBe(0)
  await page.getByLabel('Glossar durchsuchen').fill('kontaktiert')
  await page.getByRole('region', { name: 'Firma' }).waitFor({ state: 'hidden' })
  await page.getByRole('region', { name: 'Lead' }).waitFor()
  await page.goto(`${app.url}/admin`)
  await page.getByRole('heading', { name: 'Diese Seite gibt es nicht' }).waitFor()
  expect(app.complaints).toEqual([])
})

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test('no page of the console has a serious accessibility finding', async () => {
    await noDrafts()
    const draft = await app.api<ChangesetView>('POST', '/api/changesets', { title: 'For the eye' })
    await app.api('PATCH', `/api/documents/entity/lead?changeset=${draft.id}`, {
      description: 'Someone who might buy.',
      properties: { loss_reason: null, size: { type: 'string', title: 'Size' } },
    })
    const findings: Record<string, string[]> = {}
    const page = await app.signedIn('/admin', { colorScheme })
    const look = async (name: string, path: string, ready: () => Promise<unknown>) => {
      await page.goto(app.url + path)
      await ready()
      findings[name] = await seriousFindings(page)
    }
    const region = (name: string) => page.getByRole('region', { name, exact: true }).waitFor()
    await look('overview', '/admin', () => page.getByText('3 Datensätze').waitFor())
    await look('documents', '/admin/documents', () => region('Entität'))
    await look('document', '/admin/documents/entity/lead', () => json(page).waitFor())
    await look('changes', '/admin/changes', () => region('Veröffentlicht'))
    await look('draft', `/admin/changes/${draft.id}`, () => region('Was das Veröffentlichen tut'))
    await page.getByRole('button', { name: 'Mehr zum Entwurf' }).click()
    findings['draft menu'] = await seriousFindings(page)
    await look('jobs', '/admin/jobs', () => region('Läuft'))
    await look('retired', '/admin/retired', () => region('Stillgelegte Daten'))
    await look('plugins', '/admin/plugins', () => page.getByRole('heading', { name: 'Plugins' }).waitFor())
    const { items } = await app.api<{ items: ChangesetView[] }>('GET', '/api/changesets')
    const published = items.find(({ status }) => status === 'published')!
    await look('published', `/admin/changes/${published.id}`, () =>
      page.getByText('Veröffentlicht').first().waitFor(),
    )
    await look('unknown', '/admin/nowhere', () =>
      page.getByText('Die Administration hat keine solche Seite.').waitFor(),
    )
    await look('glossary', '/glossary', () => region('Lead'))
    expect(findings).toEqual(Object.fromEntries(Object.keys(findings).map((name) => [name, []])))
    expect(app.complaints).toEqual([])
  })
})

test('a phone shows the console without scrolling sideways', async () => {
  const page = await app.signedIn('/admin', { viewport: { width: 390, height: 844 } })
  await page.getByText('3 Datensätze').waitFor()
  for (const path of ['/admin', '/admin/documents/entity/lead', '/admin/changes', '/glossary']) {
    await page.goto(app.url + path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    const wide = await page.locator('html').evaluate((root) => root.scrollWidth)
    expect([path, wide]).toEqual([path, 390])
  }
})
