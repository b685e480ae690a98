import type { DocumentView } from '@xrm/sdk/configuration'
import { type Json, mergePatch } from '@xrm/sdk/merge'
import { expect, test } from 'vitest'
import { bornIn, isChanged, originOf, patchAt, resetPatch, valueBelow } from './layers.ts'

function documentOf(layers: { plugin?: Json; site?: Json; admin?: Json }): DocumentView {
  let body: Json | undefined
  for (const layer of ['plugin', 'site', 'admin'] as const)
    if (layers[layer] !== undefined) body = mergePatch(body, layers[layer])
  return { kind: 'entity', name: 'lead', body, layers, plugins: [], revision: '1' }
}

const lead = documentOf({
  plugin: {
    title: 'Lead',
    properties: { email: { title: 'E-mail', format: 'email' }, fax: { title: 'Fax' } },
  },
  site: { title: 'Prospect' },
  admin: { properties: { email: { title: 'Mail' }, fax: null, size: { title: 'Size' } } },
})

test('a value comes from the uppermost layer that says it', () => {
  expect(originOf(lead, '/title')).toBe('site')
  expect(originOf(lead, '/properties/email/title')).toBe('admin')
  expect(originOf(lead, '/properties/email/format')).toBe('plugin')
  expect(originOf(lead, '/properties/fax/title')).toBe('admin')
  expect(originOf(lead, '/description')).toBeNull()
})

test('a thing belongs to the layer in which it began', () => {
  expect(bornIn(lead, '/properties/email')).toBe('plugin')
  expect(bornIn(lead, '/properties/size')).toBe('admin')
  expect(bornIn(lead, '/properties/nothing')).toBeNull()
})

test('knows what would be there without the administrators', () => {
  expect(valueBelow(lead, '/title')).toBe('Prospect')
  expect(valueBelow(lead, '/properties/fax')).toEqual({ title: 'Fax' })
  expect(valueBelow(lead, '/properties/size')).toBeUndefined()
  expect(isChanged(lead, '/title')).toBe(false)
  expect(isChanged(lead, '/properties/email')).toBe(true)
  expect(isChanged(lead, '/properties/email/format')).toBe(false)
  expect(isChanged(lead, '/properties/fax')).toBe(true)
})

test.each(['/properties/email', '/properties/email/title', '/properties/fax', '/properties/size', ''])(
  'a reset of "%s" brings it to what the layers below say, and nothing else',
  (pointer) => {
    const patch = resetPatch(lead, pointer)
    const after = { ...lead, body: mergePatch(lead.body as Json, patch as Json) }
    expect(isChanged(after, pointer)).toBe(false)
    expect((after.body as { title: string }).title).toBe('Prospect')
    if (pointer !== '' && pointer !== '/properties/size')
      expect(isChanged(after, '/properties/size')).toBe(true)
  },
)

test('a reset of what was never changed does nothing', () => {
  expect(resetPatch(lead, '/title')).toBeUndefined()
})

test('a patch of one place escapes nothing and loses nothing', () => {
  expect(patchAt('/related/contact.account/hidden', true)).toEqual({
    related: { 'contact.account': { hidden: true } },
  })
  expect(patchAt('/a~1b', null)).toEqual({ 'a/b': null })
})
