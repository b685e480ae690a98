import { beforeAll, describe, expect, it } from 'vitest'
import type { RunView } from '@xrm/sdk/api'
import type { WebFormEntries } from '@xrm/sdk/web-forms'
import { consentName } from '../core/web-forms/read-posted.ts'
import { fixture } from './support/fixture-plugin.ts'
import { publish } from './support/publish.ts'
import { testServer } from './support/server.ts'
import { ask, visitors } from './support/web-forms.ts'

const test = await testServer({ plugins: [fixture] })
const { server, user } = test
const admin = await user(['admin'])
const seller = await user(['seller'])
const { form, post, tokenOf } = await visitors(test, admin.call)

type Row = Record<string, unknown> & { id: string; version: number }

async function found(entity: string, filter: string): Promise<Row[]> {
  const { body } = await admin.call<{ items: Row[] }>(
    'GET',
    `/api/records/${entity}?fields=*&filter=${encodeURIComponent(filter)}`,
  )
  return body.items
}

async function entriesOf(name: string) {
  return (await admin.call<WebFormEntries>('GET', `/api/web-forms/${name}/entries`)).body.items
}

async function issuesOf(body: unknown): Promise<[string, string][]> {
  const answer = await admin.call<{ issues: { code: string; pointer: string; severity: string }[] }>(
    'POST',
    '/api/documents/web-form/tried/check',
    body,
  )
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body.issues.map(({ code, pointer }) => [code, pointer])
}

describe('an entry', () => {
  it('becomes a record with what was entered and what the form sets, and its history names the form', async () => {
    const name = await form({ values: { heat: { value: 'hot' }, site: { value: 'https://form.example' } } })
    const sent = await post(name, { first_name: 'Ada', last_name: 'Entered', note: 'Two\r\nlines' })
    expect([sent.status, sent.headers.get('location')]).toEqual([303, `/forms/${name}/thanks?lang=en`])
    const [record] = await found('prospect', "last_name == 'Entered'")
    expect(record).toMatchObject({
      first_name: 'Ada',
      note: 'Two\nlines',
      heat: 'hot',
      site: 'https://form.example',
      status: 'new',
      email: null,
      owner: null,
      created_by: null,
    })
    const { body } = await admin.call<{ items: { cause: object; actor: null; action: string }[] }>(
      'GET',
      `/api/records/prospect/${record!.id}/history`,
    )
    expect(body.items).toMatchObject([
      { action: 'create', actor: null, cause: { kind: 'web-form', ref: name } },
    ])
    expect(await found('firm', 'true')).toEqual([])
    expect(await found('person', 'true')).toEqual([])
  })

  it('that is sent twice at once, to any node, is taken once, and all are thanked', async () => {
    const name = await form()
    const token = tokenOf(name)
    const second = await test.node()
    await second.server.live.refresh()
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        post(name, { last_name: 'Twice' }, { token, ...(index % 2 ? { node: second } : {}) }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 303))
    expect(await found('prospect', "last_name == 'Twice'")).toHaveLength(1)
    expect(await entriesOf(name)).toHaveLength(1)
  })

  it('with mistakes comes back with each at its field, what was entered, and can be sent again', async () => {
    const name = await form({ fields: { ...ask.fields, phone: {}, heat: {} } })
    const token = tokenOf(name)
    const values = { first_name: '"><b>Ada</b>', email: 'nobody', phone: '0', heat: 'lukewarm' }
    const { status, text } = await post(name, values, { token, lang: 'de' })
    expect(status).toBe(422)
    expect(text).toContain('id="error-last_name">Bitte ausfüllen')
    expect(text).toContain('id="error-email">Das ist keine E-Mail-Adresse')
    expect(text).toContain('id="error-heat">Das steht nicht zur Auswahl')
    expect(text).toContain('value="&quot;&gt;&lt;b&gt;Ada&lt;/b&gt;"')
    expect(text).toMatch(/name="last_name"[^>]*aria-invalid="true"[^>]*autofocus/)
    expect(text.match(/autofocus/g)).toHaveLength(1)
    expect(await found('prospect', "first_name == '\"><b>Ada</b>'")).toEqual([])
    const again = await post(name, { last_name: 'Mended' }, { token })
    expect(again.status).toBe(303)
  })

  it('that breaks a rule of the entity says so in the words of the rule', async () => {
    const name = await form({ fields: { first_name: {}, company: {} } })
    const { status, text } = await post(name, { first_name: 'Nameless' })
    expect([status, text.includes('A person or a company is needed')]).toEqual([422, true])
  })

  it('keeps the words that were agreed to, in the language of the page', async () => {
    const name = await form({
      consent: { message: 'I agree', messages: { de: 'Ich stimme zu' }, url: 'https://firm.example/privacy' },
    })
    const refused = await post(name, { last_name: 'Agreeing' })
    expect([refused.status, refused.text.includes(`id="error-${consentName}"`)]).toEqual([422, true])
    await post(name, { last_name: 'Agreeing', [consentName]: 'true' }, { lang: 'de' })
    const [entry] = await entriesOf(name)
    expect(entry).toMatchObject({
      consent: 'Ich stimme zu',
      language: 'de',
      known: false,
      record: { entity: 'prospect', display: 'Agreeing' },
    })
  })

  it('gets the owners in turn, and none where those have left, which administrators hear', async () => {
    const other = await user(['seller'])
    const mails = await server.db.pool.query<{ id: string; email: string }>(
      'SELECT id, email FROM xrm."user" WHERE id = ANY($1)',
      [[seller.id, other.id]],
    )
    const mail = (id: string) => mails.rows.find((row) => row.id === id)!.email
    const turns = await form({
      owner: { strategy: 'rotate', users: { a: mail(seller.id), b: mail(other.id) } },
    })
    for (const last_name of ['Turn 1', 'Turn 2', 'Turn 3']) await post(turns, { last_name })
    const owners = await Promise.all(
      [1, 2, 3].map(async (n) => (await found('prospect', `last_name == 'Turn ${n}'`))[0]!['owner']),
    )
    expect(owners).toEqual([seller.id, other.id, seller.id])
    const notices = await seller.call<{ items: { kind: string }[] }>('GET', '/api/notices')
    expect(notices.body.items.filter(({ kind }) => kind === 'web-form.new')).toHaveLength(2)

    const gone = await form({ owner: { strategy: 'fixed', user: 'gone@example.com' } })
    expect((await post(gone, { last_name: 'Unowned' })).status).toBe(303)
    expect((await found('prospect', "last_name == 'Unowned'"))[0]!['owner']).toBeNull()
    const told = await admin.call<{ items: { kind: string }[] }>('GET', '/api/notices')
    expect(told.body.items.map(({ kind }) => kind)).toContain('web-form.incomplete')
  })

  it('does without a record that the form names and that has gone since, and administrators hear it', async () => {
    const { body: firm } = await admin.call<Row>('POST', '/api/records/firm', { name: 'Passing AG' })
    const name = await form({ values: { firm: { value: firm.id } } })
    await post(name, { last_name: 'Named' })
    expect(await found('prospect', "last_name == 'Named'")).toMatchObject([{ firm: firm.id }])
    await admin.call('DELETE', `/api/records/firm/${firm.id}`)
    expect((await post(name, { last_name: 'Unnamed' })).status).toBe(303)
    expect(await found('prospect', "last_name == 'Unnamed'")).toMatchObject([{ firm: null }])
    const { body } = await admin.call<{ items: { kind: string; params: { reason?: string } }[] }>(
      'GET',
      '/api/notices',
    )
    expect(body.items[0]).toMatchObject({ kind: 'web-form.incomplete' })
    expect(body.items[0]!.params.reason).toContain('"firm"')
  })

  it('is kept by a form of its own for any entity: people at once instead of prospects', async () => {
    const name = await form({ entity: 'person', fields: { last_name: {}, email: {} } })
    expect((await post(name, { last_name: 'Direct', email: 'direct@EXAMPLE.com' })).status).toBe(303)
    expect(await found('person', "last_name == 'Direct'")).toMatchObject([{ email: 'direct@example.com' }])
  })
})

describe('somebody who is known', () => {
  const person = { entity: 'person', fields: { first_name: {}, last_name: { required: true }, email: {} } }
  const rules = {
    'same-mail': { fields: { email: 'email' }, confidence: 'certain' },
    'same-name': { fields: { last_name: 'folded' }, confidence: 'likely' },
  }

  beforeAll(async () => {
    const { body } = await admin.call<{ body: Record<string, unknown> }>(
      'GET',
      '/api/documents/entity/person',
    )
    const properties = { ...(body.body['properties'] as object), note: { 'x-type': 'long-text' } }
    await publish(admin.call, { 'entity/person': { ...body.body, properties, 'x-duplicates': rules } })
  })

  it('is made a second time, unless the form adds to the one that is there', async () => {
    const separate = await form(person)
    for (let time = 0; time < 2; time++) await post(separate, { last_name: 'Lovelace', email: 'a@l.example' })
    expect(await found('person', "email == 'a@l.example'")).toHaveLength(2)

    const name = await form({ ...person, fields: { ...person.fields, note: {} }, duplicates: 'use' })
    const { body: known } = await admin.call<Row>('POST', '/api/records/person', {
      last_name: 'Hopper',
      email: 'grace@hopper.example',
      note: 'Met at the fair',
      owner: seller.id,
    })
    const fresh = await post(name, { last_name: 'Nobody', email: 'nobody@hopper.example' })
    const again = await post(name, {
      first_name: 'Grace',
      last_name: 'Hoper',
      email: 'GRACE@hopper.example',
      note: 'Call me',
    })
    // The visitor is told the same.
    expect([again.status, again.text]).toEqual([fresh.status, fresh.text])
    expect(again.headers.get('location')).toBe(fresh.headers.get('location'))
    const people = await found('person', "email == 'grace@hopper.example'")
    expect(people).toMatchObject([
      { id: known.id, first_name: 'Grace', last_name: 'Hopper', note: 'Met at the fair\n\nCall me' },
    ])
    const { body } = await seller.call<{ items: { kind: string; params: { left?: object } }[] }>(
      'GET',
      '/api/notices',
    )
    const told = body.items.filter(({ kind }) => kind === 'web-form.again')
    expect(told.map(({ params }) => params.left)).toMatchObject([{ last_name: 'Hoper' }])
    expect((await entriesOf(name)).map(({ known: isKnown }) => isKnown)).toEqual([true, false])
  })

  it('is not guessed: likely ones, and several, make another record', async () => {
    const name = await form({ ...person, duplicates: 'use' })
    for (const email of ['one@guess.example', 'two@guess.example'])
      await admin.call('POST', '/api/records/person', { last_name: 'Guess', email })
    await post(name, { last_name: 'Guess', email: 'three@guess.example' })
    await admin.call('POST', '/api/records/person', { last_name: 'Guess', email: 'one@guess.example' })
    await post(name, { first_name: 'New', last_name: 'Guess', email: 'one@guess.example' })
    expect(await found('person', "last_name == 'Guess'")).toHaveLength(5)
  })

  it('becomes one record when two entries come at once', async () => {
    const name = await form({ ...person, duplicates: 'use' })
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post(name, { last_name: 'Atonce', email: 'once@at.example' })),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]))
    expect(await found('person', "last_name == 'Atonce'")).toHaveLength(1)
  })

  it('shows an owner no more of what differs than they may read, and nothing once the record is erased', async () => {
    const { body } = await admin.call<{ body: Record<string, unknown> }>('GET', '/api/documents/entity/firm')
    const properties = structuredClone(body.body['properties']) as Record<string, object>
    properties['name'] = { ...properties['name'], 'x-personal': true }
    const site = { fields: { site: 'urlHost' }, confidence: 'certain' }
    await publish(admin.call, {
      'entity/firm': { ...body.body, properties, 'x-duplicates': { site } },
    })
    const fields = { name: {}, site: {}, tax_number: {} }
    const name = await form({ entity: 'firm', fields, duplicates: 'use' })
    const { body: firm } = await admin.call<Row>('POST', '/api/records/firm', {
      name: 'Owned AG',
      site: 'https://owned.example',
      tax_number: 'T-1',
      owner: seller.id,
    })
    await post(name, { name: 'Unsaid AG', site: 'https://owned.example', tax_number: 'T-2' })
    const told = async () => {
      const { body: notices } = await seller.call<{
        items: { record: { id: string } | null; params: { left?: object } }[]
      }>('GET', '/api/notices')
      return notices.items.filter(({ record }) => record?.id === firm.id).map(({ params }) => params.left)
    }
    // The tax number is not for sellers.
    expect(await told()).toEqual([{ name: 'Unsaid AG' }])
    const erased = await admin.call<{ job: string }>('POST', '/api/personal-data/erase', {
      records: [{ entity: 'firm', id: firm.id }],
    })
    expect(erased.status, JSON.stringify(erased.body)).toBe(202)
    await expect.poll(told, { timeout: 60_000 }).toEqual([undefined])
    await publish(admin.call, { 'entity/firm': body.body })
  })

  it('by a unique field is found too, and a locked one is told to somebody instead of to the visitor', async () => {
    const unique = { 'x-unique': { site: ['site'] } }
    const { body } = await admin.call<{ body: Record<string, unknown> }>(
      'GET',
      '/api/documents/entity/prospect',
    )
    await publish(admin.call, { 'entity/prospect': { ...body.body, ...unique } })
    const fields = { ...ask.fields, site: {} }
    expect(await issuesOf({ ...ask, fields })).toEqual([['web-form.unique', '/fields/site']])
    const name = await form({ fields, duplicates: 'use' })
    await post(name, { last_name: 'Unique', site: 'https://unique.example' })
    const second = await post(name, {
      first_name: 'Una',
      last_name: 'Unique',
      site: 'https://unique.example',
    })
    expect(second.status).toBe(303)
    const [record, ...others] = await found('prospect', "site == 'https://unique.example'")
    expect([record!['first_name'], others]).toEqual(['Una', []])
    const run = await admin.call('POST', '/api/conversions/prospect-to-deal/run', { source: record!.id })
    expect(run.status, JSON.stringify(run.body)).toBe(201)
    const third = await post(name, { last_name: 'Unique', company: 'Late', site: 'https://unique.example' })
    expect([third.status, third.headers.get('location')]).toEqual([
      second.status,
      second.headers.get('location'),
    ])
    const notices = await admin.call<{ items: { kind: string; params: { left?: object } }[] }>(
      'GET',
      '/api/notices',
    )
    const told = notices.body.items.filter(({ kind }) => kind === 'web-form.again')
    expect(told[0]!.params.left).toEqual({
      last_name: 'Unique',
      company: 'Late',
      site: 'https://unique.example',
    })
    await publish(admin.call, { 'entity/prospect': body.body })
  })
})

describe('a form that converts', () => {
  const runsOf = async (id: string) =>
    (await admin.call<{ asSource: RunView[] }>('GET', `/api/records/prospect/${id}/conversions`)).body
      .asSource

  it('does so with each new record by the one engine, and the run names the way', async () => {
    const name = await form({ convert: 'prospect-to-deal' })
    await post(name, { last_name: 'Straight', company: 'Straight AG', email: 's@straight.example' })
    const [record] = await found('prospect', "last_name == 'Straight'")
    await expect.poll(() => runsOf(record!.id), { timeout: 60_000 }).toHaveLength(1)
    const [run] = await runsOf(record!.id)
    expect(run).toMatchObject({ conversion: 'prospect-to-deal', channel: 'form', trigger: null })
    expect(await found('firm', "name == 'Straight AG'")).toHaveLength(1)
    expect(await found('person', "email == 's@straight.example'")).toHaveLength(1)
    expect(await entriesOf(name)).toMatchObject([{ run: run!.id, known: false }])
  })

  it('leaves a record that needs a decision, and says so', async () => {
    await admin.call('POST', '/api/records/firm', { name: 'Doubled AG' })
    await admin.call('POST', '/api/records/firm', { name: 'Doubled AG' })
    const name = await form({
      convert: 'prospect-to-deal',
      owner: {
        strategy: 'fixed',
        user: (
          await admin.call<{ items: { id: string; email: string }[] }>('GET', '/api/users')
        ).body.items.find(({ id }) => id === seller.id)!.email,
      },
    })
    expect((await post(name, { last_name: 'Undecided', company: 'Doubled AG' })).status).toBe(303)
    const [record] = await found('prospect', "last_name == 'Undecided'")
    const told = async () => {
      const { body } = await seller.call<{ items: { kind: string; record: { id: string } | null }[] }>(
        'GET',
        '/api/notices',
      )
      return body.items.filter((one) => one.record?.id === record!.id).map(({ kind }) => kind)
    }
    await expect.poll(told, { timeout: 60_000 }).toEqual(['conversion.trigger-failed', 'web-form.new'])
    expect(await runsOf(record!.id)).toEqual([])
    expect((await found('prospect', "last_name == 'Undecided'"))[0]).toMatchObject({ status: 'new' })
  })
})

describe('a form as a document', () => {
  it.each([
    ['no entity', { entity: 'nothing' }, [['reference.unknown', '/entity']]],
    ['users', { entity: 'user', fields: { name: {} } }, [['web-form.entity', '/entity']]],
    ['nothing asked', { fields: {} }, [['web-form.empty', '/fields']]],
    ['an unknown field', { fields: { nothing: {} } }, [['reference.unknown', '/fields/nothing']]],
    ['a relation', { fields: { firm: {} } }, [['web-form.field-type', '/fields/firm']]],
    ['an amount', { fields: { budget: {} } }, [['web-form.field-type', '/fields/budget']]],
    ['an owner to be entered', { fields: { owner: {} } }, [['web-form.read-only', '/fields/owner']]],
    [
      'what is required and missing',
      { entity: 'person', fields: { email: {} } },
      [['web-form.required', '/fields']],
    ],
    [
      'a value that is asked for',
      { values: { company: { value: 'X' } } },
      [['web-form.twice', '/values/company']],
    ],
    [
      'a value that does not fit',
      { values: { heat: { value: 'mild' } } },
      [['field.option', '/values/heat/value']],
    ],
    [
      'an expression that does not fit',
      { values: { phone: { expression: 'today()' } } },
      [['web-form.value', '/values/phone/expression']],
    ],
    [
      'an expression about a record',
      { values: { phone: { expression: 'last_name' } } },
      [['expression.unknown-name', '/values/phone/expression']],
    ],
    ['neither value nor expression', { values: { phone: {} } }, [['web-form.value', '/values/phone']]],
    ['no conversion', { convert: 'nothing' }, [['reference.unknown', '/convert']]],
    [
      'the conversion of another entity',
      { entity: 'person', fields: { last_name: {} }, convert: 'prospect-to-deal' },
      [['web-form.convert', '/convert']],
    ],
    ['an owner without a name', { owner: { strategy: 'fixed' } }, [['web-form.owner', '/owner']]],
    ['an address that is none', { redirect: 'https://[' }, [['web-form.address', '/redirect']]],
    ['a redirect without TLS', { redirect: 'http://firm.example/' }, [['document.shape', '/redirect']]],
    ['a site with a path', { origins: { 'https://firm.example/x': true } }, [['document.shape', '/origins']]],
    ['a key nobody knows', { secret: true }, [['document.shape', '']]],
  ])('is not published with %s', async (_, change, issues) => {
    expect(await issuesOf({ ...ask, ...change })).toEqual(issues)
  })

  it('says where its fields and options are used, and follows when they get other names', async () => {
    const name = await form({ fields: { last_name: {}, site: {} }, values: { heat: { value: 'cold' } } })
    const uses = async (query: string) =>
      (
        await admin.call<{ items: { kind: string; name: string; pointer: string }[] }>(
          'GET',
          `/api/documents/where-used?${query}`,
        )
      ).body.items
        .filter((one) => one.kind === 'web-form' && one.name === name)
        .map(({ pointer }) => pointer)
    expect(await uses('entity=prospect&field=site')).toEqual(['/fields/site'])
    expect(await uses('entity=prospect&field=heat&option=cold')).toEqual(['/values/heat/value'])
    expect(await uses('entity=prospect')).toEqual(['/entity'])
    const { body: draft } = await admin.call<{ id: string }>('POST', '/api/changesets', { title: 'Rename' })
    const renamed = await admin.call('POST', `/api/changesets/${draft.id}/rename`, {
      entity: 'prospect',
      field: 'site',
      to: 'homepage',
    })
    expect(renamed.status, JSON.stringify(renamed.body)).toBe(200)
    const { body } = await admin.call<{ body: typeof ask }>(
      'GET',
      `/api/documents/web-form/${name}?changeset=${draft.id}`,
    )
    expect(Object.keys(body.body.fields).toSorted()).toEqual(['homepage', 'last_name'])
  })

  it('that a change breaks keeps it from being published; forced, visitors find nothing, and it mends by itself', async () => {
    await publish(admin.call, {
      'entity/wish': {
        title: 'Wish',
        type: 'object',
        'x-entity': { plural: 'wishes', display: 'what' },
        properties: { what: { type: 'string' }, why: { type: 'string' } },
      },
    })
    const name = await form({ entity: 'wish', fields: { what: {}, why: {} } })
    expect((await test.app.request(`/forms/${name}`)).status).toBe(200)
    const { body: draft } = await admin.call<{ id: string }>('POST', '/api/changesets', { title: 'Why goes' })
    await admin.call('PATCH', `/api/documents/entity/wish?changeset=${draft.id}`, {
      properties: { why: null },
    })
    const refused = await admin.call<{ errors: { pointer: string }[] }>(
      'POST',
      `/api/changesets/${draft.id}/publish`,
    )
    expect(refused.status).toBe(422)
    expect(refused.body.errors.map(({ pointer }) => pointer)).toEqual([`#/web-form/${name}/fields/why`])
    const plan = await admin.call<{ webForms: { broken: { name: string }[] } }>(
      'POST',
      `/api/changesets/${draft.id}/plan`,
    )
    expect(plan.body.webForms.broken.map((one) => one.name)).toEqual([name])
    expect((await admin.call('POST', `/api/changesets/${draft.id}/publish?force=true`)).status).toBe(200)
    expect((await test.app.request(`/forms/${name}`)).status).toBe(404)
    expect((await post(name, { what: 'X' })).status).toBe(404)
    await admin.call('POST', `/api/changesets/${draft.id}/revert`)
    expect((await post(name, { what: 'Back', why: 'again' })).status).toBe(303)
  })
})
