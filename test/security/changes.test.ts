import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { defineEntity, definePlugin, type Plugin } from '@xrm/sdk'
import type { ChangeView, HistoryAnswer } from '@xrm/sdk/api'
import type { BulkView } from '@xrm/sdk/conversions'
import { systemActor } from '../../core/access/rights.ts'
import { importFile } from '../../core/import/import-file.ts'
import { TestBrowser } from '../support/browser.ts'
import { bulkEnd } from '../support/bulk.ts'
import { fixture } from '../support/fixture-plugin.ts'
import { type Caller, testServer } from '../support/server.ts'
import { visitors } from '../support/web-forms.ts'

/** Gives firms their site, as code does that nobody has asked. */
const hooked = definePlugin({
  name: 'hooked',
  title: 'Hooked',
  compatible: '^1.0.0',
  requires: { fixture: '*' },
  hooks: {
    firm: {
      beforeSave(batch) {
        for (const row of batch) if (row.next['name'] === 'Hooked') row.set('site', 'https://hooked.example')
      },
    },
  },
} satisfies Plugin)

/** A part of a firm, which goes where that goes. */
const desk = defineEntity({
  title: 'Desk',
  type: 'object',
  'x-entity': { name: 'desk', plural: 'desks', display: 'name' },
  properties: {
    name: { type: 'string' },
    place: { type: 'string' },
    firm: { 'x-type': 'relation', 'x-relation': { entity: 'firm', onDelete: 'cascade' } },
  },
  'x-unique': { name: ['name'] },
})

/** The fixture, with a conversion that starts by itself. */
const world: Plugin = {
  ...fixture,
  entities: [...fixture.entities, desk],
  conversions: {
    'prospect-to-deal': {
      ...fixture.conversions['prospect-to-deal'],
      reversible: { within: 'P1D' },
    },
    'hot-to-firm': {
      title: 'Hot to firm',
      source: 'prospect',
      targets: { firm: { entity: 'firm', map: { name: { from: 'last_name', onTooLong: 'error' } } } },
      triggers: { hot: { on: 'condition', when: "heat == 'hot'", does: 'convert' } },
      after: 'editable',
    },
  },
}

const folder = mkdtempSync(join(tmpdir(), 'xrm-changes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const test = await testServer({ plugins: [world, hooked] })
const { server, app } = test
const admin = await test.user(['admin'])
const seller = await test.user(['seller'])
const visitor = await visitors(test, admin.call)

interface Made {
  entity: string
  id: string
}

async function ok<T>(call: Caller, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await call<T>(method, path, body)
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300)
  return answer.body
}

async function make(entity: string, values: object, call = admin.call): Promise<Made> {
  const { id } = await ok<{ id: string }>(call, 'POST', `/api/records/${entity}`, values)
  return { entity, id }
}

const change = ({ entity, id }: Made, values: object, call = admin.call) =>
  ok(call, 'PATCH', `/api/records/${entity}/${id}`, values)

async function found(entity: string, field: string, value: string): Promise<Made> {
  const { rows } = await server.db.pool.query<{ id: string }>(
    `SELECT id FROM record.${entity} WHERE ${field} = $1`,
    [value],
  )
  expect(rows).toHaveLength(1)
  return { entity, id: rows[0]!.id }
}

const password = 'correct horse battery'
const standIn = await account('Stand In')
const stoodFor = await account('Stood For')

async function account(name: string): Promise<{ id: string; email: string }> {
  const email = `${name.replace(' ', '.').toLowerCase()}@example.com`
  return { id: (await server.accounts.createUser({ email, name, password, roles: ['admin'] })).id, email }
}

/** An administrator's browser, in which another's eyes look. */
async function inThePlaceOf(mode: 'look' | 'act'): Promise<TestBrowser> {
  const page = new TestBrowser(app)
  await page.signIn(standIn.email, password)
  expect((await page.call('POST', `/api/users/${stoodFor.id}/view-as`, { mode })).status).toBe(204)
  return page
}

async function targetOf(source: Made, entity: string): Promise<Made> {
  const { rows } = await server.db.pool.query<{ id: string }>(
    `SELECT t.record AS id FROM xrm.conversion_target t JOIN xrm.conversion_run r ON r.id = t.run WHERE r.source = $1 AND t.entity = $2`,
    [source.id, entity],
  )
  return { entity, id: rows[0]!.id }
}

async function convert(source: Made): Promise<string> {
  const path = '/api/conversions/prospect-to-deal/run'
  return (await ok<{ id: string }>(admin.call, 'POST', path, { source: source.id })).id
}

const person = { id: admin.id }

/** A way by which a record changes: what is done, and what its last change must say. */
const ways: Record<string, { does: () => Promise<Made>; says: Partial<Record<keyof ChangeView, unknown>> }> =
  {
    'a user': {
      does: async () => {
        const firm = await make('firm', { name: 'Before' })
        await change(firm, { name: 'After' })
        return firm
      },
      says: {
        action: 'update',
        actor: person,
        cause: { kind: 'request' },
        before: { name: 'Before' },
        after: { name: 'After' },
      },
    },
    'a program with a key': {
      does: async () => {
        const firm = await make('firm', { name: 'Before' })
        const { key } = await ok<{ key: string }>(admin.call, 'POST', '/api/me/api-keys', {
          name: 'Program',
          scopes: { access: 'write' },
        })
        const response = await app.request(`/api/records/firm/${firm.id}`, {
          method: 'PATCH',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify({ name: 'After' }),
        })
        expect(response.status).toBe(200)
        return firm
      },
      says: { actor: person, cause: { kind: 'api-key', ref: expect.any(String) }, after: { name: 'After' } },
    },
    'a plugin that adds to what a user saves': {
      does: () => make('firm', { name: 'Hooked' }),
      says: { action: 'create', actor: person, after: { name: 'Hooked', site: 'https://hooked.example' } },
    },
    'an import from the command line': {
      does: async () => {
        const file = join(folder, 'firms.csv')
        writeFileSync(file, 'name\nImported\n')
        await importFile({
          file,
          mapping: { records: { firm: { fields: { name: { column: 'name' } } } } },
          rejects: join(folder, 'rejects.csv'),
          model: server.live.current,
          actor: systemActor,
          db: server.db,
          hooks: server.hooks,
        })
        const { rows } = await server.db.pool.query<{ id: string }>(
          `SELECT id FROM record.firm WHERE name = 'Imported'`,
        )
        return { entity: 'firm', id: rows[0]!.id }
      },
      says: {
        action: 'create',
        actor: null,
        cause: { kind: 'import', ref: expect.stringContaining('firms.csv') },
      },
    },
    'a conversion': {
      does: async () => {
        const source = await make('prospect', { last_name: 'Converted', company: 'Converted Ltd' })
        await convert(source)
        return targetOf(source, 'deal')
      },
      says: { action: 'create', actor: person, cause: { kind: 'conversion', ref: expect.any(String) } },
    },
    'a conversion that was taken back': {
      does: async () => {
        const source = await make('prospect', { last_name: 'Back', company: 'Back Ltd' })
        const run = await convert(source)
        await ok(admin.call, 'POST', `/api/conversions/runs/${run}/reverse`)
        return source
      },
      says: {
        action: 'update',
        actor: person,
        cause: { kind: 'conversion' },
        before: { status: 'converted' },
        after: { status: 'new' },
      },
    },
    'a conversion of many': {
      does: async () => {
        const source = await make('prospect', { last_name: 'Many', company: 'Many Ltd' })
        const path = '/api/conversions/prospect-to-deal/bulk'
        const bulk = await ok<BulkView>(admin.call, 'POST', path, { ids: [source.id] })
        expect((await bulkEnd(admin.call, bulk.id)).counts.done).toBe(1)
        return targetOf(source, 'deal')
      },
      says: { action: 'create', actor: person, cause: { kind: 'conversion' } },
    },
    'a conversion that began by itself': {
      does: async () => {
        const source = await make('prospect', { last_name: 'Hot' }, seller.call)
        await change(source, { heat: 'hot' }, seller.call)
        await expect
          .poll(() => targetOf(source, 'firm').catch(() => null), { timeout: 60_000 })
          .not.toBeNull()
        return targetOf(source, 'firm')
      },
      says: { action: 'create', actor: { id: seller.id }, cause: { kind: 'conversion' } },
    },
    'a merge': {
      does: async () => {
        const keep = await make('person', { last_name: 'Kept' })
        const other = await make('person', { last_name: 'Other', email: 'other@example.com' })
        await ok(admin.call, 'POST', '/api/records/person/merge', { keep: keep.id, others: [other.id] })
        return keep
      },
      says: { actor: person, cause: { kind: 'merge' }, after: { email: 'other@example.com' } },
    },
    'the bin': {
      does: async () => {
        const firm = await make('firm', { name: 'Binned' })
        await ok(admin.call, 'DELETE', `/api/records/firm/${firm.id}`)
        await ok(admin.call, 'POST', `/api/records/firm/${firm.id}/restore`, {})
        return firm
      },
      says: { action: 'restore', actor: person, cause: { kind: 'request' } },
    },
    'the deletion of what it is a part of': {
      does: async () => {
        const firm = await make('firm', { name: 'Whole' })
        const part = await make('desk', { name: 'Part', firm: firm.id })
        await ok(admin.call, 'DELETE', `/api/records/firm/${firm.id}`)
        return part
      },
      says: { action: 'delete', actor: person, cause: { kind: 'cascade', ref: expect.any(String) } },
    },
    'a merge that was taken back': {
      does: async () => {
        const keep = await make('person', { last_name: 'Apart' })
        const other = await make('person', { last_name: 'Other', email: 'apart@example.com' })
        const merge = { keep: keep.id, others: [other.id] }
        const { id } = await ok<{ id: string }>(admin.call, 'POST', '/api/records/person/merge', merge)
        await ok(admin.call, 'POST', `/api/merges/${id}/undo`)
        return keep
      },
      says: {
        action: 'update',
        actor: person,
        cause: { kind: 'merge' },
        before: { email: 'apart@example.com' },
        after: { email: null },
      },
    },
    'a visitor’s web form': {
      does: async () => {
        const form = await visitor.form()
        expect((await visitor.post(form, { last_name: 'Visitor' })).status).toBe(303)
        return found('prospect', 'last_name', 'Visitor')
      },
      says: {
        action: 'create',
        actor: null,
        cause: { kind: 'web-form', ref: expect.stringContaining('ask-') },
        after: { last_name: 'Visitor' },
      },
    },
    'a web form that adds to what is known': {
      does: async () => {
        const known = await make('desk', { name: 'Known' })
        const fields = { name: {}, place: {} }
        const form = await visitor.form({ entity: 'desk', fields, duplicates: 'use' })
        expect((await visitor.post(form, { name: 'Known', place: 'Window' })).status).toBe(303)
        return known
      },
      says: {
        action: 'update',
        actor: null,
        cause: { kind: 'web-form', ref: expect.stringContaining('ask-') },
        before: {},
        after: { place: 'Window' },
      },
    },
    'a conversion that a web form begins': {
      does: async () => {
        const form = await visitor.form({ convert: 'prospect-to-deal' })
        expect((await visitor.post(form, { last_name: 'Begun', company: 'Begun Ltd' })).status).toBe(303)
        const source = await found('prospect', 'last_name', 'Begun')
        await expect
          .poll(() => targetOf(source, 'deal').catch(() => null), { timeout: 60_000 })
          .not.toBeNull()
        return targetOf(source, 'deal')
      },
      says: { action: 'create', actor: null, cause: { kind: 'conversion', ref: expect.any(String) } },
    },
    'somebody in the place of a user': {
      does: async () => {
        const firm = await make('firm', { name: 'Before' })
        const page = await inThePlaceOf('act')
        await ok(page.call.bind(page), 'PATCH', `/api/records/firm/${firm.id}`, { name: 'After' })
        return firm
      },
      says: {
        action: 'update',
        actor: { id: stoodFor.id, name: 'Stood For', impersonator: { id: standIn.id, name: 'Stand In' } },
        cause: { kind: 'request' },
        before: { name: 'Before' },
        after: { name: 'After' },
      },
    },
    'the erasure of personal data': {
      does: async () => {
        const gone = await make('person', { last_name: 'Gone', email: 'gone@example.com' })
        const { job } = await ok<{ job: string }>(admin.call, 'POST', '/api/personal-data/erase', {
          records: [{ entity: 'person', id: gone.id }],
        })
        await expect
          .poll(async () => (await ok<{ status: string }>(admin.call, 'GET', `/api/jobs/${job}`)).status, {
            timeout: 60_000,
          })
          .toBe('done')
        return gone
      },
      says: { action: 'update', actor: person, cause: { kind: 'erasure' }, after: { email: null } },
    },
  }

it.each(Object.keys(ways))(
  'a change by %s says who made it, when, by which way, and what was before and after [AUD-01]',
  async (way) => {
    const { does, says } = ways[way]!
    const { entity, id } = await does()
    const { items } = await ok<HistoryAnswer>(admin.call, 'GET', `/api/records/${entity}/${id}/history`)
    expect(items[0]).toMatchObject(says)
    expect(Date.parse(items[0]!.at)).toBeLessThanOrEqual(Date.now() + 60_000)
    // In the transaction of the change itself, as the shadow log of the harness holds for every test.
    const { rows } = await server.db.pool.query<{ same: boolean }>(
      `SELECT s.transaction = c.transaction AS same FROM xrm.change c JOIN shadow.change s ON s.record = c.record AND s.op <> 'replaced'
         AND (s.after->>'version')::int = c.version WHERE c.record = $1 ORDER BY c.id DESC LIMIT 1`,
      [id],
    )
    expect(rows).toEqual([{ same: true }])
  },
  90_000,
)

it('whoever looks through the eyes of another changes nothing, so there is nothing to say [AUD-01]', async () => {
  const firm = await make('firm', { name: 'Looked at' })
  const page = await inThePlaceOf('look')
  expect(await page.call('PATCH', `/api/records/firm/${firm.id}`, { name: 'Touched' })).toMatchObject({
    status: 403,
    body: { code: 'accounts.read-only' },
  })
  const { items } = await ok<HistoryAnswer>(admin.call, 'GET', `/api/records/firm/${firm.id}/history`)
  expect(items.map(({ action }) => action)).toEqual(['create'])
})

it('a change of a field’s type says in the security log who made it, and keeps what was there in the history [AUD-01]', async () => {
  const deal = await make('deal', { name: 'Typed', secret: '42' })
  const draft = await ok<{ id: string }>(admin.call, 'POST', '/api/changesets', { title: 'To a number' })
  await ok(admin.call, 'PATCH', `/api/documents/entity/deal?changeset=${draft.id}`, {
    properties: { secret: { type: 'integer' } },
  })
  await ok(admin.call, 'POST', `/api/changesets/${draft.id}/publish`)
  await expect
    .poll(
      async () => (await ok<{ status: string }>(admin.call, 'GET', `/api/changesets/${draft.id}`)).status,
      { timeout: 60_000 },
    )
    .toBe('published')
  expect(await ok(admin.call, 'GET', `/api/records/deal/${deal.id}`)).toMatchObject({ secret: 42 })
  const { items } = await ok<HistoryAnswer>(admin.call, 'GET', `/api/records/deal/${deal.id}/history`)
  expect(items[0]!.after).toMatchObject({ secret: '42' })
  const log = await ok<{ items: object[] }>(admin.call, 'GET', `/api/audit?subject=${draft.id}`)
  expect(log.items[0]).toMatchObject({
    kind: 'published',
    actor: person,
    details: { documents: ['entity/deal'] },
  })
})
