import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { testServer } from './support/server.ts'

const { app, user } = await testServer()
const { call: admin } = await user(['admin'])
const { call: sales } = await user(['sales'])

type Schema = Record<string, unknown>
type Document = {
  paths: Record<string, Record<string, Schema>>
  components: { schemas: Record<string, Schema> }
}

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1, for an administrator and for a seller', async () => {
    for (const call of [admin, sales]) {
      const { body } = await call<Document>('GET', '/api/openapi.json')
      const result = await new Validator().validate(structuredClone(body) as never)
      expect(result, JSON.stringify(result).slice(0, 2000)).toMatchObject({ valid: true })
    }
  })

  it('describes the records that the API answers', async () => {
    const { body } = await admin<Document>('GET', '/api/openapi.json')
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    const { body: account } = await admin<{ id: string }>('POST', '/api/records/account', {
      name: 'Described',
      address: { city: 'Jena', country: 'DE' },
    })
    await admin('POST', '/api/records/contact', { last_name: 'Described', account: account.id })
    await admin('POST', '/api/records/lead', { last_name: 'Described' })
    await admin('POST', '/api/records/opportunity', {
      name: 'Described',
      amount: '12.50',
      account: account.id,
    })
    await admin('POST', '/api/records/supplier', { name: 'Described' })
    await admin('POST', '/api/records/campaign', { name: 'Described' })
    await admin('POST', '/api/records/activity', {
      subject: 'Described',
      type: 'call',
      regarding: [`account/${account.id}`],
    })
    let checked = 0
    for (const entity of [
      'account',
      'contact',
      'lead',
      'opportunity',
      'supplier',
      'campaign',
      'activity',
      'user',
    ]) {
      const { status, body: page } = await admin<{ items: Schema[] }>('GET', `/api/records/${entity}`)
      expect(status).toBe(200)
      expect(page.items.length, entity).toBeGreaterThan(0)
      const validate = ajv.compile(body.components.schemas[entity]!)
      for (const item of page.items) {
        expect(validate(item), JSON.stringify([entity, validate.errors, item])).toBe(true)
        checked++
      }
    }
    expect(checked).toBeGreaterThan(7)
  })

  it('names only paths that exist, and shows a user only what they may do', async () => {
    const { body } = await sales<Document>('GET', '/api/openapi.json')
    expect(Object.keys(body.paths)).not.toContain('/api/documents')
    expect(body.paths['/api/records/user']).not.toHaveProperty('post')
    for (const [path, item] of Object.entries(body.paths)) {
      if (!item['get'] || path.includes('{') || path === '/api/events') continue
      const { status } = await sales('GET', path)
      expect([path, status]).toEqual([path, 200])
    }
  })

  it('stands on a page for people, without a script', async () => {
    const { status, body, headers } = await admin<string>('GET', '/api/docs')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toContain('text/html')
    expect(String(body)).toContain('/api/records/lead')
    expect(String(body)).not.toContain('<script')
    expect((await app.request('/problems/record.conflict')).status).toBe(200)
  })
})
