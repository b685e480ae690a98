import { beforeAll, describe, expect, it } from 'vitest'
import type { Conversion } from '@xrm/sdk'
import type { PreviewAnswer, RunView } from '@xrm/sdk/api'
import type { ConversionCheck, ConversionVersion } from '@xrm/sdk/conversions'
import { fixture } from '../support/fixture-plugin.ts'
import { type Caller, testServer } from '../support/server.ts'

const { server, user } = await testServer({ plugins: [fixture] })
let admin: Caller
beforeAll(async () => {
  admin = (await user(['admin'])).call
})

type Failure = { code: string; errors: { pointer: string; code: string }[]; reasons: string[] }

const shipped = fixture.conversions['prospect-to-deal'] as Conversion
const check = (body: unknown, query = '') =>
  admin<ConversionCheck>('POST', `/api/conversions/check${query}`, { name: 'tried', body })
const test = (body: unknown, source: string, query = '') =>
  admin<PreviewAnswer & Failure>('POST', `/api/conversions/test${query}`, { name: 'tried', body, source })

async function draft(title: string): Promise<string> {
  return (await admin<{ id: string }>('POST', '/api/changesets', { title })).body.id
}

async function create(entity: string, values: object): Promise<{ id: string }> {
  const { status, body } = await admin<{ id: string }>('POST', `/api/records/${entity}`, values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

describe('checking a definition that is not saved', () => {
  it('suggests what fits, names what is missing, what stays behind and which children have no rule', async () => {
    const { status, body } = await check({
      title: 'Tried',
      source: 'prospect',
      targets: { person: { entity: 'person', map: { first_name: { from: 'first_name' } } } },
    })
    expect(status, JSON.stringify(body)).toBe(200)
    const { suggestions, missing } = body.targets['person']!
    expect(missing).toEqual(['last_name'])
    expect(suggestions).toContainEqual({ field: 'last_name', from: 'last_name', why: 'same-name' })
    expect(suggestions).toContainEqual({ field: 'email', from: 'email', why: 'same-name' })
    expect(suggestions).toContainEqual({ field: 'phones', from: 'phone', why: 'same-type' })
    expect(suggestions).toContainEqual({ field: 'firm', from: 'firm', why: 'same-name' })
    expect(suggestions.some(({ field }) => field === 'first_name')).toBe(false)
    expect(body.staysBehind).toContain('company')
    expect(body.staysBehind).not.toContain('first_name')
    expect(body.unruledChildren.map(({ relation }) => relation)).toEqual(['call.regarding'])
    expect(body.issues.map(({ severity, code, pointer }) => [severity, code, pointer])).toEqual([
      ['error', 'conversion.required', '/targets/person/map'],
    ])
  })

  it('suggests a field of the same meaning under another name', async () => {
    const { body } = await check({
      title: 'Tried',
      source: 'prospect',
      targets: { firm: { entity: 'firm', map: { site: { from: 'site' } } } },
    })
    expect(body.targets['firm']!.suggestions).toContainEqual({
      field: 'name',
      from: 'company',
      why: 'same-meaning',
    })
  })

  it('says what publishing would say, by its place, also of a body without the form', async () => {
    const wrong = { ...shipped, targets: { ...shipped.targets, deal: { entity: 'deal', map: { nope: {} } } } }
    expect((await check(wrong)).body.issues).toContainEqual(
      expect.objectContaining({ pointer: '/targets/deal/map/nope', code: 'reference.unknown' }),
    )
    const { status, body } = await check({ title: 'x', source: 'prospect', targets: {}, colour: 'red' })
    expect(status).toBe(200)
    expect(body.issues).toContainEqual(expect.objectContaining({ code: 'document.shape' }))
    expect(body.targets).toEqual({})
  })

  it('knows the entities as the draft makes them', async () => {
    const id = await draft('A field more')
    await admin('PATCH', `/api/documents/entity/prospect?changeset=${id}`, {
      properties: { nickname: { type: 'string' } },
    })
    const body = {
      title: 'Tried',
      source: 'prospect',
      targets: {
        person: { entity: 'person', map: { last_name: { from: 'nickname', onTooLong: 'truncate' } } },
      },
    }
    expect((await check(body)).body.issues.some(({ severity }) => severity === 'error')).toBe(true)
    const drafted = (await check(body, `?changeset=${id}`)).body
    expect(drafted.issues.filter(({ severity }) => severity === 'error')).toEqual([])
  })

  it('warns on publish of what stays behind, and only who brings it about', async () => {
    const id = await draft('One that leaves much')
    await admin('PUT', `/api/documents/conversion/slim?changeset=${id}`, {
      title: 'Slim',
      source: 'prospect',
      targets: {
        person: { entity: 'person', map: { last_name: { from: 'last_name', onTooLong: 'truncate' } } },
      },
    })
    const { body } = await admin<{
      issues: { name: string; code: string; severity: string; message: string }[]
    }>('POST', `/api/changesets/${id}/check`)
    expect(body.issues.every(({ name, severity }) => name === 'slim' && severity === 'warning')).toBe(true)
    const of = (code: string) => body.issues.filter((issue) => issue.code === code)
    expect(of('conversion.stays-behind').map(({ message }) => message)).toContain(
      'No mapping takes "company".',
    )
    expect(of('conversion.child-without-rule').map(({ message }) => message)).toEqual([
      'Nothing says what becomes of call.regarding.',
    ])
    const other = await draft('Nothing of it')
    expect((await admin<{ issues: [] }>('POST', `/api/changesets/${other}/check`)).body.issues).toEqual([])
  })

  it('is for administrators', async () => {
    const { call } = await user(['seller'])
    for (const path of ['check', 'test'])
      expect(
        (await call('POST', `/api/conversions/${path}`, { name: 'x', body: {}, source: 'x' })).status,
      ).toBe(403)
    expect((await call('GET', '/api/conversions/prospect-to-deal/versions')).status).toBe(403)
  })
})

describe('testing a definition on a record', () => {
  const rows = async (): Promise<string> => {
    const { rows: counts } = await server.db.pool.query(
      'SELECT (SELECT count(*) FROM xrm.change) AS changes, (SELECT count(*) FROM xrm.conversion_run) AS runs',
    )
    return JSON.stringify(counts)
  }

  it('shows what it would do without writing anything, also with a record that was converted', async () => {
    const lead = await create('prospect', { last_name: 'Probe', company: 'Probe AG', note: 'keep' })
    const before = await rows()
    const { status, body } = await test({ ...shipped, title: 'Tried' }, lead.id)
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body.targets.map(({ key, action }) => [key, action])).toEqual([
      ['firm', 'create'],
      ['person', 'create'],
      ['deal', 'create'],
    ])
    expect(body.staysBehind).toEqual(['note'])
    expect(await rows()).toBe(before)
    const run = await admin('POST', '/api/conversions/prospect-to-deal/run', { source: lead.id })
    expect(run.status).toBe(201)
    const again = await admin<PreviewAnswer>('POST', '/api/conversions/test', {
      name: 'prospect-to-deal',
      body: shipped,
      source: lead.id,
    })
    expect(again.status, JSON.stringify(again.body)).toBe(200)
  })

  it('refuses a definition with errors, and names them', async () => {
    const lead = await create('prospect', { last_name: 'Wrong' })
    const { status, body } = await test({ ...shipped, source: 'nothing' }, lead.id)
    expect([status, body.code]).toEqual([409, 'conversion.broken'])
    expect(body.errors).toContainEqual(expect.objectContaining({ pointer: '#/body/source' }))
  })
})

describe('the versions of a conversion', () => {
  it('are every published form, newest first, with the runs that were made with it', async () => {
    const publish = async (title: string, patch: object): Promise<void> => {
      const id = await draft(title)
      await admin('PATCH', `/api/documents/conversion/prospect-to-deal?changeset=${id}`, patch)
      expect((await admin('POST', `/api/changesets/${id}/publish`)).status).toBe(200)
    }
    await publish('Called otherwise', { title: 'Otherwise' })
    const lead = await create('prospect', { last_name: 'Version' })
    const { body: run } = await admin<RunView>('POST', '/api/conversions/prospect-to-deal/run', {
      source: lead.id,
    })
    await publish('Called anew', { title: 'Anew' })
    const { body } = await admin<{ items: ConversionVersion[] }>(
      'GET',
      '/api/conversions/prospect-to-deal/versions',
    )
    expect(body.items.slice(0, 2).map(({ title, body: form, runs }) => [title, form.title, runs])).toEqual([
      ['Called anew', 'Anew', 0],
      ['Called otherwise', 'Otherwise', 1],
    ])
    expect(body.items[1]!.version).toBeLessThanOrEqual(run.version)
    expect(body.items[1]!.by?.name).toMatch(/admin/)
    expect(body.items.at(-1)!.body).toMatchObject(shipped)
    expect((await admin<Failure>('GET', '/api/conversions/nothing/versions')).body.code).toBe(
      'conversion.not-found',
    )
  })
})
