import type { EntityRights } from '../../access/rights.ts'
import { operation, parameter, type Schema } from './parts.ts'

const bytes = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }

/** What is in files, for those who may read or add some; their records have the paths of every entity. */
export function filePaths(own: EntityRights | null): Record<string, Schema> {
  if (!own) return {}
  const { name } = own.entity
  const upload: Schema = {
    ...operation('Add a file', ['files'], {
      parameters: [
        parameter('regarding', 'Records that it hangs on, with commas between them: `lead/0192…`.'),
        parameter(
          'Content-Disposition',
          "Its name: `attachment; filename*=UTF-8''Offer%20%C3%84.pdf`.",
          { type: 'string' },
          'header',
        ),
        parameter('Idempotency-Key', 'A repetition gets the same file.', { type: 'string' }, 'header'),
      ],
      status: 201,
      answer: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
    }),
    requestBody: { required: true, description: 'The bytes.', content: bytes },
  }
  return {
    ...(own.create ? { '/api/files': { post: upload } } : {}),
    '/api/files/{id}/content': {
      parameters: [parameter('id', 'Id of the file.', { type: 'string', format: 'uuid' }, 'path')],
      get: operation('What is in a file', ['files'], {
        parameters: [
          parameter('inline', 'To be shown in a page: pictures of pixels alone.', { type: 'boolean' }),
        ],
        answer: bytes,
      }),
    },
  }
}
