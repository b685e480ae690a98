import { expect, it } from 'vitest'
import type { HistoryAnswer } from '@xrm/sdk/api'
import type { AuditAnswer, ErasureReport, PersonalDataAnswer, PersonalDataPlace } from '@xrm/sdk/access'
import type { JobView } from '@xrm/sdk/configuration'
import { type Caller, testServer } from '../support/server.ts'

const test = await testServer()
const admin = await test.user(['admin'])
const { pool } = test.server.db

const made = async (entity: string, values: object): Promise<string> => {
  const { status, body } = await admin.call<{ id: string }>('POST', `/api/records/${entity}`, values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body.id
}
const find = async (request: object): Promise<PersonalDataPlace[]> => {
  const { status, body } = await admin.call<PersonalDataAnswer>('POST', '/api/personal-data/find', request)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.places
}
const ids = (places: PersonalDataPlace[]): string[] => places.map(({ record }) => record.id).toSorted()

/** Somebody who came as a lead, was called, became a contact, and was entered twice. */
async function somebody(name: string): Promise<Record<'lead' | 'contact' | 'twin' | 'activity', string>> {
  const lead = await made('lead', {
    first_name: 'Zoë',
    last_name: name,
    email: `zoe@${name.toLowerCase()}.example`,
    phone: '+49 89 1234567',
    company: `Mills ${Math.random()}`,
    description: `Zoë ${name} likes tea.`,
  })
  const activity = await made('activity', {
    type: 'call',
    subject: `Call with Zoë ${name}`,
    regarding: [`lead/${lead}`],
  })
  const run = await admin.call<{ targets: { key: string; record: { entity: string; id: string } | null }[] }>(
    'POST',
    '/api/conversions/lead-to-customer/run',
    { source: lead },
  )
  expect(run.status, JSON.stringify(run.body)).toBe(201)
  const contact = run.body.targets.find(({ record }) => record?.entity === 'contact')!.record!.id
  const twin = await made('contact', { last_name: name, email: `zoe.private@${name.toLowerCase()}.example` })
  const merged = await admin.call('POST', '/api/records/contact/merge', { keep: contact, others: [twin] })
  expect(merged.status, JSON.stringify(merged.body)).toBe(201)
  await admin.call('PATCH', `/api/records/contact/${contact}`, { birthday: '1990-05-06' })
  return { lead, contact, twin, activity }
}

it('finds somebody by name, address and number however they are written, and what leads to them [AUD-06]', async () => {
  const { lead, contact, twin, activity } = await somebody('Quandt')
  const all = [lead, contact, twin, activity].toSorted()
  expect(ids(await find({ text: 'quandt zoe' }))).toEqual(expect.arrayContaining([lead, contact, activity]))
  expect(ids(await find({ record: { entity: 'contact', id: contact } }))).toEqual(expect.arrayContaining(all))
  expect(ids(await find({ text: 'ZOE@quandt.example' }))).toEqual(expect.arrayContaining([lead, contact]))
  expect(ids(await find({ text: '089 / 123 45 67' }))).toContain(lead)
  expect(await find({ text: 'Nobody Atall' })).toEqual([])
  const [place] = await find({ record: { entity: 'lead', id: lead } })
  expect(place).toMatchObject({
    record: { entity: 'lead', display: expect.stringContaining('Quandt') as string },
  })
  expect(place!.fields).toEqual(expect.arrayContaining(['first_name', 'last_name', 'email', 'phone']))
  expect(place!.history).toBeGreaterThan(0)
  expect(place!.runs).toBe(1)
})

it('hands out what is held as one file, with its past, and says so in the log [AUD-06]', async () => {
  const { lead } = await somebody('Ostrom')
  const { status, headers, body } = await admin.call<{
    records: { values: { field: string; value: unknown }[]; history: unknown[] }[]
  }>('POST', '/api/personal-data/export', { records: [{ entity: 'lead', id: lead }] })
  expect(status).toBe(200)
  expect(headers.get('content-disposition')).toContain('personal-data.json')
  const [record] = body.records
  expect(record!.values).toContainEqual(
    expect.objectContaining({ field: 'email', value: 'zoe@ostrom.example' }),
  )
  expect(record!.history.length).toBeGreaterThan(0)
  const { body: log } = await admin.call<AuditAnswer>(
    'GET',
    `/api/audit?kind=personal-data-exported&subject=${lead}`,
  )
  expect(log.items).toHaveLength(1)
})

it('erases somebody wherever the database keeps them, and leaves facts and figures [AUD-06]', async () => {
  const who = await somebody('Vonnegut')
  // What was refused at the sign-in, exported and noticed holds them too.
  await admin.call(
    'GET',
    `/api/records/contact/export?filter=${encodeURIComponent('email == "zoe@vonnegut.example"')}`,
  )
  await pool.query(
    `INSERT INTO xrm.notice (recipient, kind, entity, record, params) VALUES ($1, 'test', 'lead', $2, '{"name": "Vonnegut"}')`,
    [admin.id, who.lead],
  )
  const places = await find({ record: { entity: 'contact', id: who.contact } })
  // What was made of the lead, such as the opportunity, has its description too.
  const more = await find({ record: { entity: 'lead', id: who.lead } })
  const records = [...new Map([...places, ...more].map(({ record }) => [record.id, record])).values()].map(
    ({ entity, id }) => ({ entity, id }),
  )
  expect(records.map(({ entity }) => entity)).toEqual(
    expect.arrayContaining(['lead', 'contact', 'activity', 'opportunity']),
  )
  const stages = await countOf('xrm.stage_event')
  const runs = await countOf('xrm.conversion_run')
  const before = await mentions('vonnegut')
  expect(before.length).toBeGreaterThan(5)

  const dry = await admin.call<ErasureReport>('POST', '/api/personal-data/erase?dry=true', { records })
  expect(dry.status, JSON.stringify(dry.body)).toBe(200)
  expect(dry.body.places).toHaveLength(records.length)
  expect(dry.body.places.find(({ record }) => record.id === who.lead)).toMatchObject({ notices: 1 })
  expect(await mentions('vonnegut')).toEqual(before)

  await erase(records)
  expect(await mentions('vonnegut')).toEqual([])
  expect(await countOf('xrm.stage_event')).toBe(stages)
  expect(await countOf('xrm.conversion_run')).toBe(runs)
  const { body: lead } = await admin.call<Record<string, unknown>>('GET', `/api/records/lead/${who.lead}`)
  expect(lead).toMatchObject({ first_name: null, email: null, phone: null, status: 'converted' })
  expect(await find({ text: 'zoe@vonnegut.example' })).toEqual([])
})

it('says in the history that something was there, and in the log who erased it [AUD-06]', async () => {
  const contact = await made('contact', {
    last_name: 'Brandt',
    email: 'b@brandt.example',
    department: 'Sales',
  })
  await admin.call('PATCH', `/api/records/contact/${contact}`, { email: 'b2@brandt.example' })
  await erase([{ entity: 'contact', id: contact }])
  const { body } = await admin.call<HistoryAnswer>('GET', `/api/records/contact/${contact}/history`)
  expect(body.items.map(({ cause, erased }) => [cause.kind, erased])).toEqual([
    ['erasure', expect.arrayContaining(['email', 'last_name'])],
    ['request', ['email']],
    ['request', expect.arrayContaining(['email', 'last_name'])],
  ])
  expect(body.items[0]!.after).toMatchObject({ last_name: 'erased', email: null })
  expect(JSON.stringify(body)).not.toContain('randt')
  const { body: log } = await admin.call<AuditAnswer>(
    'GET',
    `/api/audit?kind=personal-data-erased&subject=${contact}`,
  )
  expect(log.items).toMatchObject([
    { actor: { id: admin.id }, details: { entity: 'contact', history: expect.any(Number) as number } },
  ])
  expect(JSON.stringify(log)).not.toContain('randt')
})

it('is for administrators, and refuses what names nothing', async () => {
  const user = await test.user([])
  for (const what of ['find', 'export', 'erase'])
    expect((await user.call('POST', `/api/personal-data/${what}`, { records: [], text: 'abc' })).status).toBe(
      403,
    )
  const status = async (what: string, body: unknown): Promise<number> =>
    (await admin.call('POST', `/api/personal-data/${what}`, body)).status
  expect(await status('find', {})).toBe(400)
  expect(await status('find', { text: 'ab' })).toBe(400)
  expect(await status('find', { text: 'abc', record: { entity: 'lead', id: admin.id } })).toBe(400)
  expect(await status('erase', { records: [] })).toBe(400)
  expect(await status('erase', { records: [{ entity: 'user', id: admin.id }] })).toBe(400)
  expect(await status('erase', { records: [{ entity: 'lead', id: 'x' }] })).toBe(400)
  expect(await status('export', { records: [7] })).toBe(400)
})

async function erase(records: { entity: string; id: string }[], call: Caller = admin.call): Promise<void> {
  const { status, body } = await call<{ job: string }>('POST', '/api/personal-data/erase', { records })
  expect(status, JSON.stringify(body)).toBe(202)
  await expect
    .poll(async () => (await call<JobView>('GET', `/api/jobs/${body.job}`)).body.status, { timeout: 60_000 })
    .toBe('done')
}

async function countOf(table: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)
  return rows[0]!.count
}

/** Every table in which a word stands in some row, whatever its case: what a search through a dump would find. */
async function mentions(word: string): Promise<string[]> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'shadow') AND n.nspname NOT LIKE 'pg_toast%' ORDER BY 1`,
  )
  const found: string[] = []
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: string }>(
      `SELECT left(t::text, 2000) AS row FROM ${name} t WHERE strpos(lower(t::text), $1) > 0`,
      [word],
    )
    found.push(...rows.map(({ row }) => `${name} ${row}`))
  }
  return found
}
