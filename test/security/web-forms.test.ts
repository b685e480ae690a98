import { describe, expect, it } from 'vitest'
import type { WebFormAnswer, WebFormDescription } from '@xrm/sdk/web-forms'
import { actorOf, rightsOf } from '../../core/access/rights.ts'
import { getRecord } from '../../core/records/query.ts'
import { consentName, tokenName, trapName } from '../../core/web-forms/read-posted.ts'
import { fixture } from '../support/fixture-plugin.ts'
import { publish } from '../support/publish.ts'
import { testServer } from '../support/server.ts'
import { ask, visitors } from '../support/web-forms.ts'

const test = await testServer({ plugins: [fixture] })
const { app, server } = test
const admin = await test.user(['admin'])
const { form, post, tokenOf, call } = await visitors(test, admin.call)

const site = 'https://www.firm.example'

async function countOf(entity: string): Promise<number> {
  const { body } = await admin.call<{ count: { value: number } }>(
    'GET',
    `/api/records/${entity}?count=exact&limit=1`,
  )
  return body.count.value
}

async function refusals(name: string) {
  const { body } = await admin.call<{ items: { details: object; actor: unknown }[] }>(
    'GET',
    `/api/audit?kind=web-form-refused&subject=${name}`,
  )
  return body.items.map(({ details }) => details)
}

describe('what is not there', () => {
  it('looks the same whether the form is closed, broken or was never made [ACL-01]', async () => {
    const closed = await form({ open: false })
    const { open: _, ...silent } = ask
    await publish(admin.call, { 'web-form/unsaid': silent })
    const answers = []
    for (const name of [closed, 'unsaid', 'never-made']) {
      const json = await call('GET', `/api/forms/${name}`)
      const posted = await call('POST', `/api/forms/${name}`, { token: 'x', values: {} })
      const preflight = await call('OPTIONS', `/api/forms/${name}`, undefined, { origin: site })
      const page = await app.request(`/forms/${name}`)
      const thanks = await app.request(`/forms/${name}/thanks`)
      const sent = await post(name, { last_name: 'X' })
      answers.push([
        json.status,
        json.body,
        posted.status,
        posted.body,
        preflight.status,
        [page.status, await page.text(), page.headers.get('content-security-policy')],
        [thanks.status, await thanks.text()],
        [sent.status, sent.text],
      ])
    }
    expect(answers[0]).toEqual(answers[2])
    expect(answers[1]).toEqual(answers[2])
    expect(answers[2]![0]).toBe(404)
    expect(await countOf('prospect')).toBe(0)
  })

  it('is what administrators alone may ask about: what came in', async () => {
    const name = await form()
    const seller = await test.user(['seller'])
    expect((await seller.call('GET', `/api/web-forms/${name}/entries`)).status).toBe(403)
    expect((await app.request(`/api/web-forms/${name}/entries`)).status).toBe(401)
  })
})

describe('a visitor', () => {
  it('writes what is asked for and nothing else, in neither way [ACL-19, VAL-03]', async () => {
    const name = await form()
    const before = await countOf('prospect')
    for (const extra of ['owner', 'status', 'id', 'created_by', '__proto__', 'constructor', 'last_name[]'])
      expect([extra, (await post(name, { last_name: 'X', [extra]: 'y' })).status]).toEqual([extra, 400])
    const twice: [string, string][] = [
      ['last_name', 'A'],
      ['last_name', 'B'],
    ]
    expect((await post(name, twice)).status).toBe(400)
    for (const values of [
      { last_name: 'X', owner: admin.id },
      { last_name: 'X', status: 'converted' },
      JSON.parse('{"last_name":"X","__proto__":{"admin":true}}') as object,
    ])
      expect((await call('POST', `/api/forms/${name}`, { token: tokenOf(name), values })).status).toBe(400)
    const odd = await call('POST', `/api/forms/${name}`, { token: tokenOf(name), values: {}, role: 'admin' })
    expect(odd.status).toBe(400)
    expect(await countOf('prospect')).toBe(before)
  })

  it('acts as nobody who may do more than the form says, whatever the code in between would let pass [ACL-02]', async () => {
    const names = [
      await form(),
      await form({ entity: 'person', fields: { last_name: {} }, duplicates: 'use' }),
    ]
    const model = server.live.current
    const rightsBy = (name: string) =>
      rightsOf(model, actorOf({ userId: null, name: 'Form', roles: ['admin', '$system'], form: name }))
    for (const [index, name] of names.entries()) {
      const rights = rightsBy(name)
      const { entity, fields } = model.webForms.get(name)!
      const own = rights.entity(entity!.name)!
      const asked = fields.map(({ field }) => field.name).toSorted()
      const all = [...entity!.fields.keys()]
      expect([rights.administer, own.create, own.import]).toEqual([false, true, false])
      expect(all.filter((field) => own.createField(field)).toSorted()).toEqual(asked)
      expect(all.filter((field) => own.updateField(field).length > 0).toSorted()).toEqual(
        index === 0 ? [] : asked,
      )
      const { read, ...others } = own.rows
      expect(read.map(({ kind }) => kind)).toEqual([index === 0 ? 'when' : 'all'])
      expect(
        Object.entries(others)
          .filter(([, scopes]) => scopes.length > 0)
          .map(([action]) => action),
      ).toEqual(index === 0 ? [] : ['update'])
      const seen = [...model.entities.keys()].filter((one) => rights.entity(one) !== null)
      expect(seen.toSorted()).toEqual([entity!.name, 'team', 'user'].toSorted())
      for (const common of ['team', 'user']) expect(rights.entity(common)!.create).toBe(false)
    }
    expect(rightsBy('never-made').entity('prospect')).toBeNull()
    // A record is not found by its form either.
    const { body } = await admin.call<{ id: string }>('POST', '/api/records/prospect', {
      last_name: 'Unseen',
    })
    const actor = actorOf({ userId: null, name: 'Form', roles: [], form: names[0]! })
    const context = { model, actor, db: server.db.pool, now: new Date().toISOString() }
    expect(await getRecord(context, 'prospect', body.id, { fields: ['id'] })).toBeNull()
  })

  it('is refused with objects, lists and odd texts where a text belongs [INJ-05, VAL-05]', async () => {
    const name = await form()
    for (const last_name of [{ $ne: null }, ['X'], 7, true, 'a\0b', '\ud800', 'x'.repeat(300)]) {
      const { status } = await call('POST', `/api/forms/${name}`, {
        token: tokenOf(name),
        values: { last_name },
      })
      expect([last_name, status >= 400 && status < 500]).toEqual([last_name, true])
    }
  })

  it('sees texts as texts, their own and those of the document [WEB-01]', async () => {
    const script = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'`'
    const name = await form({
      title: script,
      description: script,
      fields: {
        last_name: { title: script, description: script, placeholder: script, required: true },
        company: {},
        note: {},
      },
      consent: { message: script },
      thanks: { message: script },
      submit: { title: script },
    })
    const sent = await post(name, { company: script, note: `</textarea>${script}` })
    const thanks = await app.request(`/forms/${name}/thanks`)
    for (const text of [await (await app.request(`/forms/${name}`)).text(), sent.text, await thanks.text()]) {
      expect(text).not.toMatch(/<script|<img/)
      expect(text).toContain('&lt;script&gt;')
    }
  })

  it('learns nothing of other records: what is there already is answered like what is new [FLS-09]', async () => {
    const { body } = await admin.call<{ body: Record<string, unknown> }>(
      'GET',
      '/api/documents/entity/person',
    )
    await publish(admin.call, {
      'entity/person': {
        ...body.body,
        'x-duplicates': { mail: { fields: { email: 'email' }, confidence: 'certain' } },
      },
    })
    const name = await form({
      entity: 'person',
      fields: { last_name: {}, email: {} },
      duplicates: 'use',
    })
    await admin.call('POST', '/api/records/person', { last_name: 'Known', email: 'known@example.com' })
    const answer = async (email: string) => {
      const values = { last_name: 'Other', email }
      const json = await call<WebFormAnswer>('POST', `/api/forms/${name}`, { token: tokenOf(name), values })
      const page = await post(name, values)
      return [json.status, json.body, page.status, page.text, page.headers.get('location')]
    }
    expect(await answer('known@example.com')).toEqual(await answer('new@example.com'))
    const { body: people } = await admin.call<{ items: { last_name: string }[] }>(
      'GET',
      `/api/records/person?filter=${encodeURIComponent("email == 'known@example.com'")}`,
    )
    expect(people.items.map(({ last_name }) => last_name)).toEqual(['Known'])
  })

  it('gains nothing by being signed in, and loses nothing', async () => {
    const name = await form()
    const response = await app.request(`/forms/${name}`, { headers: { 'x-test-user': admin.id } })
    expect(response.headers.get('set-cookie')).toBeNull()
    const sent = await post(name, { last_name: 'Signed in' }, { headers: { 'x-test-user': admin.id } })
    expect(sent.status).toBe(303)
    const { body } = await admin.call<{ items: { created_by: unknown }[] }>(
      'GET',
      `/api/records/prospect?fields=created_by&filter=${encodeURIComponent("last_name == 'Signed in'")}`,
    )
    expect(body.items).toMatchObject([{ created_by: null }])
  })
})

describe('programs', () => {
  it('that fill in what nobody sees are thanked, and nothing is kept', async () => {
    const name = await form()
    const person = await post(name, { last_name: 'Person' })
    const before = await countOf('prospect')
    const bot = await post(name, { last_name: 'Bot', [trapName]: 'https://spam.example' })
    expect([bot.status, bot.headers.get('location'), bot.text]).toEqual([
      person.status,
      person.headers.get('location'),
      person.text,
    ])
    expect(await countOf('prospect')).toBe(before)
    expect(await refusals(name)).toEqual([{ reason: 'trap', count: 1 }])
  })

  it('need a token of the form that is neither too young nor too old, and get no hint', async () => {
    const [name, other] = [await form(), await form()]
    const good = tokenOf(name)
    const day = 24 * 3_600_000
    const bad = {
      none: '',
      empty: '.',
      other: tokenOf(other),
      unsigned: good.replace(/[^.]*$/, 'AAAAAAAAAAAAAAAAAAAAAA'),
      aged: good.replace(/\.[^.]*\./, '.1.'),
      young: tokenOf(name, 100),
      future: tokenOf(name, -day),
      old: tokenOf(name, 2 * day),
    }
    const bodies = new Set<string>()
    for (const [what, token] of Object.entries(bad)) {
      const page = await post(name, { last_name: what }, { token })
      expect([what, page.status]).toEqual([what, 422])
      expect(page.text).toContain(`value="${what}"`)
      bodies.add(page.text.replace(/name="form-token" value="[^"]*"/, '').replace(`value="${what}"`, ''))
      const json = await call('POST', `/api/forms/${name}`, { token, values: { last_name: what } })
      expect([what, json.status, json.body]).toEqual([
        what,
        422,
        expect.objectContaining({ code: 'web-form.refused' }),
      ])
    }
    expect(bodies.size).toBe(1)
    const { body } = await admin.call<{ items: unknown[] }>(
      'GET',
      `/api/records/prospect?filter=${encodeURIComponent(`last_name in ${JSON.stringify(Object.keys(bad))}`)}`,
    )
    expect(body.items).toEqual([])
    // However many there were: one line for each reason in a minute.
    expect(
      (await refusals(name)).toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    ).toEqual([
      { reason: 'token', count: 1 },
      { reason: 'too-soon', count: 1 },
    ])
  })

  it('are counted by form and network, and told when to come back [LIM, AUTH-05]', async () => {
    const limited = await testServer({
      plugins: [fixture],
      env: { XRM_RATE_LIMIT: '100000' },
    })
    const chief = await limited.user(['admin'])
    const visitor = await visitors(limited, chief.call)
    const [name, other] = [await visitor.form(), await visitor.form()]
    const statuses: number[] = []
    let last = await visitor.post(name, { last_name: 'First' })
    for (let time = 0; time < 70; time++) {
      // A header that the client makes up is another client to nobody.
      const headers = { 'x-forwarded-for': `203.0.113.${time}`, forwarded: `for=203.0.113.${time}` }
      last = await visitor.post(name, { last_name: `Time ${time}` }, { headers })
      statuses.push(last.status)
    }
    expect(statuses.filter((status) => status === 303)).toHaveLength(59)
    expect(last.status).toBe(429)
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(last.text).toContain('value="Time 69"')
    const json = await visitor.call('POST', `/api/forms/${name}`, {
      token: visitor.tokenOf(name),
      values: { last_name: 'X' },
    })
    expect([json.status, json.headers.get('retry-after') !== null]).toEqual([429, true])
    expect((await visitor.post(other, { last_name: 'Elsewhere' })).status).toBe(303)
  })

  it('are held to a size, a type and a form of their bodies [VAL-01, VAL-02]', async () => {
    const name = await form()
    const send = async (body: string | Uint8Array, type: string, path = `/forms/${name}`) => {
      const headers = { 'content-type': type }
      return (await app.request(path, { method: 'POST', headers, body: body as never })).status
    }
    const urlencoded = 'application/x-www-form-urlencoded'
    expect(await send(`last_name=${'x'.repeat(250_000)}`, urlencoded)).toBe(413)
    expect(
      await send(
        JSON.stringify({ values: { note: 'x'.repeat(250_000) } }),
        'application/json',
        `/api/forms/${name}`,
      ),
    ).toBe(413)
    expect(await send('last_name=X', 'text/plain')).toBe(415)
    expect(await send('x', 'multipart/form-data; boundary=x')).toBe(415)
    expect(await send(new Uint8Array([0x61, 0x3d, 0xff]), urlencoded)).toBe(400)
    expect(
      await send('{"token":"a","token":"b","values":{}}', 'application/json', `/api/forms/${name}`),
    ).toBe(400)
    expect(await send('last_name=X', urlencoded, `/forms/${name}?next=https://evil.example`)).toBe(400)
  })
})

describe('another site', () => {
  it('may show and post what names it, and is refused by every other form [WEB-05, WEB-07]', async () => {
    const [open, own] = [await form({ origins: { [site]: true } }), await form()]
    const framed = await app.request(`/forms/${open}`)
    expect(framed.headers.get('content-security-policy')).toContain(`frame-ancestors ${site}`)
    expect(framed.headers.get('x-frame-options')).toBeNull()
    const alone = await app.request(`/forms/${own}`)
    expect(alone.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(alone.headers.get('x-frame-options')).toBe('DENY')
    for (const page of [framed, alone]) {
      expect(page.headers.get('content-security-policy')).not.toContain('script-src')
      expect(page.headers.get('x-content-type-options')).toBe('nosniff')
      expect(page.headers.get('cache-control')).toBe('no-store')
    }
    const headers = { origin: site }
    expect((await post(open, { last_name: 'From the site' }, { headers })).status).toBe(303)
    for (const origin of [site, 'null', `${site}.evil.example`, 'https://evil.example'])
      expect([origin, (await post(own, { last_name: 'X' }, { headers: { origin } })).status]).toEqual([
        origin,
        403,
      ])
    const same = await post(
      own,
      { last_name: 'Same' },
      { headers: { origin: 'http://localhost', host: 'localhost' } },
    )
    expect(same.status).toBe(303)
    expect(await refusals(own)).toEqual([{ reason: 'origin', count: 1 }])
  })

  it('reads a form and posts to it by script only where it is named [WEB-06]', async () => {
    const name = await form({ origins: { [site]: true } })
    const from = (origin: string) => ({ origin })
    for (const [origin, allowed] of [
      [site, site],
      ['https://evil.example', null],
      [`${site}.evil.example`, null],
      ['null', null],
    ] as const) {
      const preflight = await call('OPTIONS', `/api/forms/${name}`, undefined, from(origin))
      const read = await call<WebFormDescription>('GET', `/api/forms/${name}`, undefined, from(origin))
      for (const answer of [preflight, read]) {
        expect([origin, answer.headers.get('access-control-allow-origin')]).toEqual([origin, allowed])
        expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
        expect(answer.headers.get('vary')).toContain('Origin')
      }
      const request = { token: tokenOf(name), values: { last_name: 'Script' } }
      const sent = await call('POST', `/api/forms/${name}`, request, from(origin))
      expect([origin, sent.status]).toEqual([origin, allowed ? 200 : 403])
    }
  })

  it('gets the form as data that it can draw, and errors at its fields', async () => {
    const name = await form({
      fields: { last_name: { required: true }, heat: { title: 'How urgent?', labels: { de: 'Wie eilig?' } } },
      consent: { message: 'Agreed', messages: { de: 'Einverstanden' } },
      redirect: 'https://www.firm.example/danke?von=form',
    })
    const { body } = await call<WebFormDescription>('GET', `/api/forms/${name}?lang=de`)
    expect(body).toMatchObject({
      title: 'Fragen Sie uns',
      consent: { message: 'Einverstanden', url: null },
      submit: 'Absenden',
      fields: [
        { name: 'last_name', required: true, type: 'text' },
        {
          name: 'heat',
          title: 'Wie eilig?',
          options: [
            { key: 'hot', title: 'Hot' },
            { key: 'cold', title: 'Cold' },
          ],
        },
      ],
    })
    const wrong = await call<{ errors: { pointer: string; code: string }[] }>('POST', `/api/forms/${name}`, {
      token: tokenOf(name),
      values: { heat: 'mild' },
    })
    expect(wrong.body.errors.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['#/values/last_name', 'field.required'],
      ['#/values/heat', 'field.option'],
      ['#/consent', 'web-form.consent'],
    ])
    const values = { last_name: 'Drawn' }
    const right = await call<WebFormAnswer>('POST', `/api/forms/${name}`, {
      token: tokenOf(name),
      values,
      consent: true,
    })
    expect([right.status, right.body.redirect]).toEqual([200, 'https://www.firm.example/danke?von=form'])
    // Browsers let the page lead there.
    const page = await app.request(`/forms/${name}`)
    expect(page.headers.get('content-security-policy')).toContain(
      "form-action 'self' https://www.firm.example;",
    )
    const sent = await post(name, { ...values, [consentName]: 'true' })
    expect([sent.status, sent.headers.get('location')]).toEqual([
      303,
      'https://www.firm.example/danke?von=form',
    ])
  })

  it('gets no line of its own into headers or the log [INJ-12, AUD-05]', async () => {
    const name = await form()
    const sent = await post(name, { last_name: 'A\r\nSet-Cookie: a=b', company: '\u001b[31mred' })
    expect(sent.headers.get('set-cookie')).toBeNull()
    for (const lang of ['de%0d%0aSet-Cookie:a', '<script>', 'fr'])
      expect((await app.request(`/forms/${name}?lang=${lang}`)).headers.get('set-cookie')).toBeNull()
    expect(sent.headers.get('location')).toBe(`/forms/${name}/thanks?lang=en`)
  })
})

describe('a page', () => {
  it('is in the language of the browser, or in the one that is asked for', async () => {
    const name = await form()
    const languageOf = async (accept: string, query = '') => {
      const page = await app.request(`/forms/${name}${query}`, { headers: { 'accept-language': accept } })
      return /<html lang="(\w+)"/.exec(await page.text())![1]
    }
    expect(await languageOf('de-AT,en;q=0.8')).toBe('de')
    expect(await languageOf('fr, de;q=0.5, en;q=0.7')).toBe('en')
    expect(await languageOf('fr')).toBe('en')
    expect(await languageOf('de', '?lang=en')).toBe('en')
    expect(await languageOf(`${'x,'.repeat(5000)}de`)).toBe('en')
  })

  it('has a token that works for the one who reads it', async () => {
    const name = await form()
    const text = await (await app.request(`/forms/${name}`)).text()
    const [, token = ''] = new RegExp(`name="${tokenName}" value="([^"]+)"`).exec(text) ?? []
    const early = await post(name, { last_name: 'Early' }, { token })
    expect([early.status, early.text.includes(token)]).toEqual([422, true])
    await expect
      .poll(async () => (await post(name, { last_name: 'Patient' }, { token })).status, { timeout: 60_000 })
      .toBe(303)
    expect(server.webForms.tokens.read(name, token)).toHaveProperty('id')
  })
})
