import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { defineConversion, defineEntity, definePlugin, type Field, type Plugin } from '@xrm/sdk'
import type { BulkView } from '@xrm/sdk/conversions'
import { systemActor } from '../../core/access/rights.ts'
import { importFile } from '../../core/import/import-file.ts'
import { bulkEnd } from '../support/bulk.ts'
import { testServer } from '../support/server.ts'
import { visitors } from '../support/web-forms.ts'

const properties: Record<string, Field> = {
  code: { type: 'string' },
  level: { type: 'integer' },
  note: { type: 'string' },
}

/** Badges with a level need a note; guests, from whom badges are made, need nothing. */
const badges = definePlugin({
  name: 'badges',
  title: 'Badges',
  compatible: '^1.0.0',
  entities: [
    defineEntity({
      title: 'Badge',
      type: 'object',
      required: ['code'],
      'x-entity': { name: 'badge', plural: 'badges', display: 'code' },
      properties,
      'x-rules': {
        explained: {
          check: 'level == null || note != null',
          message: 'A level needs a note',
          pointer: '/note',
        },
      },
    }),
    defineEntity({
      title: 'Guest',
      type: 'object',
      'x-entity': { name: 'guest', plural: 'guests', display: 'code' },
      properties,
    }),
  ],
  conversions: {
    'guest-to-badge': defineConversion({
      title: 'Guest to badge',
      source: 'guest',
      targets: {
        badge: { entity: 'badge', map: { code: { from: 'code' }, level: { from: 'level' } } },
      },
      after: 'editable',
    }),
  },
  hooks: {
    badge: {
      beforeSave(batch) {
        for (const row of batch) if (row.next['code'] === 'hooked') row.set('level', 3)
      },
    },
  },
} satisfies Plugin)

const folder = mkdtempSync(join(tmpdir(), 'xrm-rules-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const test = await testServer({ plugins: [badges] })
const { server } = test
const { call } = await test.user(['admin'])
const visitor = await visitors(test, call)

const make = async (entity: string, values: object): Promise<string> => {
  const { status, body } = await call<{ id: string }>('POST', `/api/records/${entity}`, values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body.id
}

/** What the rule says, wherever it stands in an answer. */
const says = 'A level needs a note'

/** Ways by which a badge would come to have a level and no note, each with what was answered. */
const ways: Record<string, (code: string) => Promise<string>> = {
  'a new record': async (code) => {
    const { status, body } = await call('POST', '/api/records/badge', { code, level: 3 })
    expect(status).toBe(422)
    return JSON.stringify(body)
  },
  'one of many new records': async (code) => {
    const { status, body } = await call('POST', '/api/records/badge', [{ code: 'sound' }, { code, level: 3 }])
    expect(status).toBe(422)
    return JSON.stringify(body)
  },
  'a change': async (code) => {
    const id = await make('badge', { code })
    const { status, body } = await call('PATCH', `/api/records/badge/${id}`, { level: 3 })
    expect(status).toBe(422)
    return JSON.stringify(body)
  },
  'a change of what made it sound': async (code) => {
    const id = await make('badge', { code, level: 3, note: 'Because' })
    const { status, body } = await call('PATCH', `/api/records/badge/${id}`, { note: null })
    expect(status).toBe(422)
    await call('DELETE', `/api/records/badge/${id}`)
    return JSON.stringify(body)
  },
  'an import': async (code) => {
    const file = join(folder, 'badges.csv')
    writeFileSync(file, `code,level\n${code},3\n`)
    const summary = await importFile({
      file,
      mapping: {
        records: { badge: { fields: { code: { column: 'code' }, level: { column: 'level' } } } },
      },
      rejects: join(folder, 'rejects.csv'),
      model: server.live.current,
      actor: systemActor,
      db: server.db,
      hooks: server.hooks,
    })
    expect(summary).toMatchObject({ rows: 1, rejected: 1 })
    return JSON.stringify(summary.firstRejects)
  },
  'a conversion': async (code) => {
    const source = await make('guest', { code, level: 3 })
    const { status, body } = await call('POST', '/api/conversions/guest-to-badge/run', { source })
    expect(status).toBe(422)
    return JSON.stringify(body)
  },
  'a conversion of many': async (code) => {
    const source = await make('guest', { code, level: 3 })
    const begun = await call<BulkView>('POST', '/api/conversions/guest-to-badge/bulk', { ids: [source] })
    expect(begun.status).toBe(202)
    expect((await bulkEnd(call, begun.body.id)).counts).toMatchObject({ done: 0 })
    return JSON.stringify((await call('GET', `/api/bulk/${begun.body.id}/items`)).body)
  },
  'a web form': async (code) => {
    const form = await visitor.form({ entity: 'badge', fields: { code: {}, level: {} } })
    const { status, text } = await visitor.post(form, { code, level: '3' })
    expect(status).toBe(422)
    return text
  },
  'what a plugin adds': async () => {
    const { status, body } = await call('POST', '/api/records/badge', { code: 'hooked' })
    expect(status).toBe(422)
    return JSON.stringify(body)
  },
}

it.each(Object.keys(ways))('a rule between fields holds for %s [VAL-09]', async (way) => {
  expect(await ways[way]!(way)).toContain(says)
  const { rows } = await server.db.pool.query(
    'SELECT code FROM record.badge WHERE deleted_at IS NULL AND level IS NOT NULL AND note IS NULL',
  )
  expect(rows).toEqual([])
})
