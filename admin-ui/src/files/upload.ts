import type { ProblemBody } from '@xrm/sdk'
import type { RecordData } from '@xrm/sdk/api'
import { ApiError } from '../data/client.ts'
import { touched } from '../data/records.ts'
import { session } from '../data/session.ts'

export interface UploadOptions {
  name: string
  /** The record that it hangs on, as `entity/id`. */
  regarding: string
  /** One per file: a second try under it is the same file. */
  key: string
  /** How much of it is there, 0 to 1. */
  progress(part: number): void
  signal: AbortSignal
}

/** Sends a file; with XMLHttpRequest, because fetch does not say how far a body has come. */
export async function uploadFile(
  entity: string,
  file: Blob,
  { name, regarding, key, progress, signal }: UploadOptions,
): Promise<RecordData> {
  const request = new XMLHttpRequest()
  request.open('POST', `/api/files?${new URLSearchParams({ regarding })}`)
  request.setRequestHeader('accept', 'application/json')
  request.setRequestHeader('accept-language', session.language)
  request.setRequestHeader('content-type', 'application/octet-stream')
  request.setRequestHeader('content-disposition', `attachment; filename*=UTF-8''${encodeName(name)}`)
  request.setRequestHeader('idempotency-key', key)
  request.upload.addEventListener('progress', ({ loaded, total }) => progress(total > 0 ? loaded / total : 0))
  signal.addEventListener('abort', () => request.abort())
  const record = await new Promise<RecordData>((resolve, reject) => {
    const fail = (problem: Partial<ProblemBody>) =>
      reject(
        new ApiError({ type: 'about:blank', code: 'network', title: '', status: request.status, ...problem }),
      )
    request.addEventListener('load', () => {
      const body = parse(request.responseText)
      if (request.status === 201) resolve(body as unknown as RecordData)
      else fail({ code: `http-${request.status}`, ...body })
    })
    request.addEventListener('error', () => fail({}))
    request.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')))
    request.send(file)
  })
  await touched(entity)
  return record
}

/** RFC 8187: `encodeURIComponent` leaves some characters that a header value of this kind may not have. */
export function encodeName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function parse(text: string): Partial<ProblemBody> {
  try {
    return JSON.parse(text) as Partial<ProblemBody>
  } catch {
    return {}
  }
}
