import { expect } from 'vitest'
import type { Caller } from './server.ts'

/** Publishes documents, each by `kind/name`, as an administrator does: in one draft. */
export async function publish(admin: Caller, documents: Record<string, unknown>): Promise<void> {
  const { body: draft } = await admin<{ id: string }>('POST', '/api/changesets', { title: 'Test' })
  for (const [place, body] of Object.entries(documents)) {
    const { status, body: answer } = await admin('PUT', `/api/documents/${place}?changeset=${draft.id}`, body)
    expect(status, JSON.stringify(answer)).toBe(200)
  }
  const { status, body } = await admin('POST', `/api/changesets/${draft.id}/publish`)
  expect(status, JSON.stringify(body)).toBe(200)
}
