import { expect, test, vi } from 'vitest'

vi.stubGlobal('localStorage', { getItem: () => null })
const { ApiError } = await import('./client.ts')
const { WriteKey } = await import('./idempotency.ts')

test('keeps the key for the same content and for a lost connection', () => {
  const key = new WriteKey()
  const first = key.for({ name: 'a' })
  key.refused(new ApiError({ type: '', code: 'network', title: '', status: 0 }))
  expect(key.for({ name: 'a' })).toBe(first)
})

test('takes a new key for other content and after a refusal', () => {
  const key = new WriteKey()
  const first = key.for({ name: 'a' })
  const second = key.for({ name: 'b' })
  expect(second).not.toBe(first)
  key.refused(new ApiError({ type: '', code: 'record.invalid', title: '', status: 422 }))
  expect(key.for({ name: 'b' })).not.toBe(second)
})
