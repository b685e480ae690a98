import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Comparison } from '../core/config-files/compare.ts'
import { compareDocuments } from '../core/config-files/compare.ts'
import type { Pushed } from '../core/config-files/configuration.ts'
import type { Base } from '../core/config-files/folder.ts'
import { runCommand } from '../core/cli/program.ts'
import { afterChanges } from './support/after-changes.ts'
import { type Caller, testServer } from './support/server.ts'

/** Two installations with the shipped plugins. */
const first = await testServer()
const second = await testServer()
let here: Caller
let there: Caller
const folder = mkdtempSync(join(tmpdir(), 'xrm-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeAll(async () => {
  here = (await first.user(['admin'])).call
  there = (await second.user(['admin'])).call
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  process.exitCode = undefined
})

async function xrm(url: string, args: string[]): Promise<{ code: number; out: string }> {
  vi.stubEnv('DATABASE_URL', url)
  vi.stubEnv('XRM_TIME_ZONE', 'Europe/Berlin')
  let out = ''
  const take = (line: string) => void (out += `${line}\n`)
  vi.spyOn(console, 'log').mockImplementation(take)
  vi.spyOn(console, 'error').mockImplementation(take)
  process.exitCode = 0
  await runCommand(args)
  return { code: Number(process.exitCode), out }
}

/** What an administrator has made of the first installation: something of every kind. */
async function shape(): Promise<void> {
  const { body: draft } = await here<{ id: string }>('POST', '/api/changesets', { title: 'Franchises' })
  const put = (kind: string, name: string, body: unknown) =>
    here('PUT', `/api/documents/${kind}/${name}?changeset=${draft.id}`, body)
  const patch = (kind: string, name: string, body: unknown) =>
    here('PATCH', `/api/documents/${kind}/${name}?changeset=${draft.id}`, body)
  await here('POST', `/api/changesets/${draft.id}/entities`, {
    name: 'franchise',
    plural: 'franchises',
    title: 'Franchise',
    pluralTitle: 'Franchises',
    template: 'organisation',
    roles: ['sales'],
  })
  await put('option-set', 'franchise-level', {
    title: 'Level',
    options: { gold: { title: 'Gold' }, silver: { title: 'Silver' } },
  })
  await patch('entity', 'franchise', {
    properties: { level: { 'x-type': 'select', title: 'Level', 'x-options': 'franchise-level' } },
  })
  await put('view', 'gold-franchises', {
    entity: 'franchise',
    title: 'Gold franchises',
    filter: 'level == "gold"',
    columns: { name: {} },
  })
  await put('conversion', 'account-to-franchise', {
    title: 'Account to franchise',
    source: 'account',
    targets: { franchise: { entity: 'franchise', map: { name: { from: 'name' } } } },
  })
  await patch('entity', 'lead', { properties: { last_name: { title: 'Family name' } } })
  await patch('form', 'lead', { title: 'Lead form' })
  await patch('role', 'sales', { description: 'Sells.' })
  const { status, body } = await here('POST', `/api/changesets/${draft.id}/publish`)
  expect(status, JSON.stringify(body)).toBe(200)
}

describe('configuration as code between two installations', () => {
  it('carries everything: pulled here, pushed there, no difference is left', async () => {
    await shape()
    const pulled = await xrm(first.url, ['config', 'pull', folder])
    expect(pulled).toMatchObject({ code: 0 })
    expect((await xrm(first.url, ['config', 'diff', folder])).out).toBe('No difference.\n')

    const planned = await xrm(second.url, ['config', 'push', folder, '--overwrite', '--dry-run'])
    expect(planned.out).toContain('+ entity/franchise')
    expect(planned.out).toContain('/properties/last_name/title: "Last name" → "Family name"')
    expect(planned.out).toContain('Create the table of franchise')
    expect((await there('GET', '/api/documents/entity/franchise')).status).toBe(404)

    const pushed = await xrm(second.url, ['config', 'push', folder, '--overwrite'])
    expect(pulled.code, pushed.out).toBe(0)
    expect(pushed.out).toContain('Published as version')
    expect((await xrm(second.url, ['config', 'diff', folder])).out).toBe('No difference.\n')
    const [a, b] = [
      (await here<Base>('GET', '/api/config')).body,
      (await there<Base>('GET', '/api/config')).body,
    ]
    expect(b.documents).toEqual(a.documents)
    expect((await xrm(second.url, ['config', 'push', folder])).out).toBe('No difference.\n')
    await second.server.live.refresh()
    expect((await there('POST', '/api/records/franchise', { name: 'Acme', level: 'gold' })).status).toBe(201)
  })

  it('writes readable files: keys and entries in their order, the schema named for the editor', () => {
    const text = readFileSync(join(folder, 'entity', 'franchise.json'), 'utf8')
    expect(text.startsWith('{\n  "$schema": "../.schema/entity.json",\n  "title": "Franchise"')).toBe(true)
    expect(text.endsWith('}\n')).toBe(true)
    const fields = Object.keys((JSON.parse(text) as { properties: object }).properties)
    expect(fields.indexOf('name')).toBeLessThan(fields.indexOf('level'))
    const schema = JSON.parse(readFileSync(join(folder, '.schema', 'entity.json'), 'utf8')) as {
      properties: object
    }
    expect(Object.keys(schema.properties)).toContain('$schema')
  })

  it('merges what both sides changed since, and stops at what both changed differently', async () => {
    const path = join(folder, 'option-set', 'franchise-level.json')
    const original = readFileSync(path, 'utf8')
    const set = JSON.parse(original) as { options: Record<string, unknown> }
    writeFileSync(path, JSON.stringify({ ...set, options: { ...set.options, bronze: { title: 'Bronze' } } }))
    const change = async (options: unknown): Promise<void> => {
      const { body } = await there<{ id: string }>('POST', '/api/changesets', { title: 'Meanwhile' })
      await there('PATCH', `/api/documents/option-set/franchise-level?changeset=${body.id}`, { options })
      expect((await there('POST', `/api/changesets/${body.id}/publish`)).status).toBe(200)
    }
    await change({ platinum: { title: 'Platinum' } })
    expect((await xrm(second.url, ['config', 'push', folder])).out).toContain('Published')
    const { body } = await there<{ body: { options: object } }>(
      'GET',
      '/api/documents/option-set/franchise-level',
    )
    expect(Object.keys(body.body.options).toSorted()).toEqual(['bronze', 'gold', 'platinum', 'silver'])

    const mine = JSON.parse(readFileSync(path, 'utf8')) as { options: Record<string, { title: string }> }
    mine.options['gold']!.title = 'Golden'
    writeFileSync(path, JSON.stringify(mine))
    await change({ gold: { title: 'Or' } })
    const clashed = await xrm(second.url, ['config', 'push', folder])
    expect(clashed.code).toBe(1)
    const diff = await xrm(second.url, ['config', 'diff', folder])
    expect(diff.out).toContain(
      '! option-set/franchise-level /options/gold/title: "Golden" in the files, "Or" on the server',
    )
  })

  it('removes what has no file any more, and carries values along when a field is renamed', async () => {
    await xrm(second.url, ['config', 'pull', folder])
    rmSync(join(folder, 'view', 'gold-franchises.json'))
    const path = join(folder, 'entity', 'franchise.json')
    const entity = JSON.parse(readFileSync(path, 'utf8')) as { properties: Record<string, object> }
    const { level, ...others } = entity.properties
    writeFileSync(
      path,
      JSON.stringify({ ...entity, properties: { ...others, grade: { ...level, 'x-was': { level: true } } } }),
    )
    for (const kind of ['form', 'view'])
      for (const name of ['franchise', 'franchises']) {
        const file = join(folder, kind, `${name}.json`)
        if (existsSync(file)) writeFileSync(file, readFileSync(file, 'utf8').replaceAll('"level"', '"grade"'))
      }
    const pushed = await xrm(second.url, ['config', 'push', folder])
    expect(pushed.code, pushed.out).toBe(0)
    expect(pushed.out).toContain('- view/gold-franchises')
    await second.server.live.refresh()
    const { body } = await there<{ items: { grade: string }[] }>(
      'GET',
      '/api/records/franchise?fields=name,grade',
    )
    expect(body.items.map(({ grade }) => grade)).toEqual(['gold'])
  })
})

describe('files that are not right', () => {
  const broken = async (file: string, content: string): Promise<string> => {
    const other = mkdtempSync(join(tmpdir(), 'xrm-config-broken-'))
    try {
      mkdirSync(join(other, file, '..'), { recursive: true })
      writeFileSync(join(other, file), content)
      const { code, out } = await xrm(first.url, ['config', 'push', other, '--overwrite'])
      expect(code).toBe(1)
      return out
    } finally {
      rmSync(other, { recursive: true, force: true })
    }
  }

  it.each([
    ['a kind that is not there', 'entities/x.json', '{}', 'is not a kind of document'],
    ['a name that is none', 'view/X y.json', '{}', 'is not named like a document'],
    ['text that is not JSON', 'view/x.json', '{"title": }', 'is not readable JSON'],
    ['another file', 'view/notes.txt', 'hello', 'is not named like a document'],
  ])('%s is named', async (_, file, content, message) => {
    expect(await broken(file, content)).toContain(message)
  })

  it('change nothing at all when one document has an error, whose place is named [META-13]', async () => {
    const { body: before } = await here<Base>('GET', '/api/config')
    const documents = structuredClone(before.documents) as Record<
      string,
      Record<string, Record<string, unknown>>
    >
    documents['view']!['extra'] = { entity: 'lead', title: 'Extra', columns: { last_name: {} } }
    documents['entity']!['lead']!['tsType'] = 'string'
    const { status, body } = await here('POST', '/api/config/push', { documents })
    expect(status).toBe(422)
    expect(JSON.stringify(body)).toContain('#/entity/lead')
    expect((await here<Base>('GET', '/api/config')).body).toEqual(before)
    expect((await here('POST', '/api/config/push', { documents: { entities: {} } })).body).toMatchObject({
      code: 'document.invalid',
      errors: [{ pointer: '#/documents/entities' }],
    })
    expect((await here('POST', '/api/config/push', { documents: { view: [] } })).status).toBe(400)
    expect((await here('POST', '/api/config/push', { documents: {}, colour: 1 })).status).toBe(400)
  })

  it('cannot take the last role away that administers', async () => {
    const { body: config } = await here<Base>('GET', '/api/config')
    const { role: _, ...others } = config.documents
    const push = { base: config.documents, documents: { ...others, role: {} } }
    const { status, body } = await here('POST', '/api/config/push', push)
    expect(status).toBe(422)
    expect(JSON.stringify(body)).toContain('role.no-administrator')
  })

  it('are for administrators alone', async () => {
    const { call } = await first.user(['sales'])
    expect((await call('GET', '/api/config')).status).toBe(403)
    expect((await call('POST', '/api/config/diff', { documents: {} })).status).toBe(403)
  })

  it('that a dry run looks at leave no draft behind', async () => {
    const { body: config } = await here<Base>('GET', '/api/config')
    const documents = structuredClone(config.documents) as Record<
      string,
      Record<string, Record<string, unknown>>
    >
    documents['view']!['extra'] = { entity: 'lead', title: 'Extra', columns: { last_name: {} } }
    const { body } = await here<Pushed>('POST', '/api/config/push', { documents, dryRun: true })
    expect(body).toMatchObject({ changes: [{ action: 'add', name: 'extra' }], changeset: null })
    const { body: drafts } = await here<{ items: { status: string; origin: string }[] }>(
      'GET',
      '/api/changesets',
    )
    expect(drafts.items.filter(({ status, origin }) => status === 'draft' && origin === 'config')).toEqual([])
    const { body: compared } = await here<Comparison>('POST', '/api/config/diff', { documents })
    expect(compared.changes).toHaveLength(1)
  })
})

describe('the three-way comparison', () => {
  const word = fc.constantFrom('a', 'b', 'c')
  const body = fc.record({ title: word, columns: fc.dictionary(word, fc.record({ width: fc.nat(3) })) })
  const documents = fc.record({ view: fc.dictionary(word, body) })

  it('finds nothing where the files are what was pulled, and everything where the server is', () => {
    fc.assert(
      fc.property(documents, documents, (pulled, server) => {
        expect(compareDocuments(pulled, pulled, server)).toEqual({ changes: [], clashes: [] })
        expect(compareDocuments(null, server, server).changes).toEqual([])
        const { changes, clashes } = compareDocuments(server, pulled, server)
        expect(clashes).toEqual([])
        expect(afterChanges(server, changes)).toEqual(afterChanges(pulled, []))
        // What files never knew, they do not remove.
        expect(compareDocuments(null, {}, server).changes).toEqual([])
      }),
    )
  })
})
