import { json, operation, parameter, type Schema } from './parts.ts'

const anything = json({ type: 'object' })
const uuid: Schema = { type: 'string', format: 'uuid' }

/** Conversions of many records at once. `name` is the parameter of the conversion, `targets` the schema of decisions. */
export function bulkPaths(name: Schema, targets: Schema): Record<string, Schema> {
  const tags = ['bulk']
  const id = parameter('id', 'Id of the bulk conversion.', uuid, 'path')
  const item = parameter('item', 'Id of the item, which is that of its source.', uuid, 'path')
  const after = parameter('after', 'Id of the last one seen.', uuid)
  const limit = parameter('limit', 'How many at most.', { type: 'integer' })
  const state = (summary: string, status = 200): Schema => ({
    parameters: [id],
    post: operation(summary, tags, { status, answer: anything }),
  })
  return {
    '/api/conversions/{name}/bulk': {
      parameters: [name],
      post: operation('Convert or decline many records, each for itself', tags, {
        parameters: [
          parameter('Idempotency-Key', 'A repetition gets the same one.', { type: 'string' }, 'header'),
        ],
        body: {
          type: 'object',
          properties: {
            ids: { type: 'array', items: uuid, minItems: 1, maxItems: 100_000 },
            filter: { type: 'string', description: 'CEL, as in a list; `true` for all.' },
            search: { type: 'string' },
            targets: { ...targets, description: 'Decisions for all items.' },
            outcome: { enum: ['convert', 'decline'] },
            reason: { description: 'With the outcome `decline`.' },
          },
          additionalProperties: false,
        },
        status: 202,
        answer: anything,
      }),
    },
    '/api/bulk': {
      get: operation('Your bulk conversions, newest first; for administrators all', tags, {
        parameters: [after, limit],
        answer: anything,
      }),
    },
    '/api/bulk/{id}': {
      parameters: [id],
      get: operation('How far it is', tags, { answer: anything }),
    },
    '/api/bulk/{id}/items': {
      parameters: [id],
      get: operation('Its items', tags, {
        parameters: [
          parameter('status', 'Only those.', { enum: ['pending', 'done', 'held', 'failed', 'skipped'] }),
          after,
          limit,
        ],
        answer: anything,
      }),
    },
    '/api/bulk/{id}/result.csv': {
      parameters: [id],
      get: operation('What became of every item, as a file', tags, {
        answer: { 'text/csv': { schema: { type: 'string' } } },
      }),
    },
    '/api/bulk/{id}/pause': state('Let it rest after what is under way'),
    '/api/bulk/{id}/resume': state('Go on', 202),
    '/api/bulk/{id}/cancel': state('End it; what is done stays'),
    '/api/bulk/{id}/retry': {
      parameters: [id],
      post: operation('Try items again: those named, or all that failed', tags, {
        body: {
          type: 'object',
          properties: { items: { type: 'array', items: uuid } },
          additionalProperties: false,
        },
        status: 202,
        answer: anything,
      }),
    },
    '/api/bulk/{id}/items/{item}/decide': {
      parameters: [id, item],
      post: operation('Decide about an item: it is converted or declined at once', tags, {
        body: {
          type: 'object',
          properties: {
            outcome: { enum: ['convert', 'decline'], description: 'Absent: the one of the bulk.' },
            targets,
            planHash: { type: 'string' },
            reason: { description: 'With decline; absent: the one of the bulk.' },
          },
          additionalProperties: false,
        },
        answer: anything,
      }),
    },
  }
}

/** What the system wants the user to see. */
export function noticePaths(): Record<string, Schema> {
  const tags = ['notices']
  return {
    '/api/notices': {
      get: operation('Your notices, newest first', tags, {
        parameters: [
          parameter('after', 'Id of the last one seen.'),
          parameter('unread', 'Only those.', { type: 'boolean' }),
          parameter('limit', 'How many at most.', { type: 'integer' }),
        ],
        answer: anything,
      }),
    },
    '/api/notices/read': {
      post: operation('Mark notices as read', tags, {
        body: {
          type: 'object',
          properties: {
            ids: { type: 'array', items: { type: 'string' } },
            upTo: { type: 'string', description: 'This one and all before it.' },
          },
          additionalProperties: false,
        },
        answer: anything,
      }),
    },
  }
}
