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

export interface Draft {
  id: string
  status: string
  version: number
}

/** Begins a draft and gives its id. */
export async function newDraft(call: Caller, title: string): Promise<string> {
  const { status, body } = await call<Draft>('POST', '/api/changesets', { title })
  expect(status).toBe(201)
  return body.id
}

/** Changes one document, given as `kind/name`, by a merge patch and publishes it. */
export async function publishPatch(admin: Caller, place: string, patch: object, query = ''): Promise<Draft> {
  const id = await newDraft(admin, `Change ${place}`)
  const edited = await admin('PATCH', `/api/documents/${place}?changeset=${id}`, patch)
  expect(edited.status, JSON.stringify(edited.body)).toBe(200)
  const { status, body } = await admin<Draft>('POST', `/api/changesets/${id}/publish${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}
