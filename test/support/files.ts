import type { Answer, TestServer } from './server.ts'

export interface Upload {
  name?: string
  bytes?: Uint8Array | string | ReadableStream<Uint8Array>
  regarding?: readonly string[]
  headers?: Record<string, string>
}

/** A file as its record says it. */
export interface FileRecord {
  id: string
  name: string
  media_type: string
  size: number
  digest: string
  content: string
  regarding: string[] | null
  owner: string | null
  version: number
  code?: string
}

/** Sends a file as that user. */
export async function upload(
  { app }: Pick<TestServer, 'app'>,
  userId: string,
  { name = 'Note.txt', bytes = 'Hello', regarding = [], headers = {} }: Upload = {},
): Promise<Answer<FileRecord>> {
  const query = regarding.length > 0 ? `?regarding=${regarding.join(',')}` : ''
  const response = await app.request(`/api/files${query}`, {
    method: 'POST',
    headers: {
      'x-test-user': userId,
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      'content-type': 'application/octet-stream',
      ...headers,
    },
    body: bytes,
    ...(bytes instanceof ReadableStream ? { duplex: 'half' } : {}),
  } as RequestInit)
  return { status: response.status, headers: response.headers, body: (await response.json()) as FileRecord }
}

/** What is in a file, as that user gets it. */
export async function download(
  { app }: Pick<TestServer, 'app'>,
  userId: string,
  id: string,
  query = '',
  headers: Record<string, string> = {},
): Promise<Answer<Buffer>> {
  const response = await app.request(`/api/files/${id}/content${query}`, {
    headers: { 'x-test-user': userId, ...headers },
  })
  return {
    status: response.status,
    headers: response.headers,
    body: Buffer.from(await response.arrayBuffer()),
  }
}

/** A picture of one pixel. */
export const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)
