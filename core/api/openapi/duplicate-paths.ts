import { json, operation, parameter, type Schema } from './parts.ts'

const anything = json({ type: 'object' })
const uuid: Schema = { type: 'string', format: 'uuid' }
const dry = parameter('dry', 'Shows what would happen and leaves no trace.', { type: 'boolean' })

/** Records that may be the same, merging them, and ways of working. */
export function duplicatePaths(): Record<string, Schema> {
  const tags = ['duplicates']
  const entity = parameter('entity', 'Name of the entity.', { type: 'string' }, 'path')
  const id = parameter('id', 'Id of the record.', uuid, 'path')
  return {
    '/api/duplicates/{entity}/check': {
      parameters: [entity],
      post: operation('Who may be the same as a record that is being typed', tags, {
        body: {
          type: 'object',
          properties: {
            values: { type: 'object', description: 'Field → value.' },
            id: { ...uuid, description: 'The record that is being edited.' },
          },
          required: ['values'],
          additionalProperties: false,
        },
        answer: anything,
      }),
    },
    '/api/duplicates/{entity}': {
      parameters: [entity],
      get: operation('Groups of records that scans have found to be alike', tags, {
        parameters: [
          parameter('status', 'Absent: open.', { enum: ['open', 'merged', 'different'] }),
          parameter('after', 'Id of the last one seen.', uuid),
          parameter('limit', '1 to 100.', { type: 'integer' }),
        ],
        answer: anything,
      }),
    },
    '/api/duplicates/{entity}/scan': {
      parameters: [entity],
      post: operation('Look through all records that you may read', tags, { status: 202, answer: anything }),
    },
    '/api/duplicates/{entity}/{group}/dismiss': {
      parameters: [entity, parameter('group', 'Id of the group.', uuid, 'path')],
      post: operation('Say that they are different', tags, { status: 204 }),
    },
    '/api/records/{entity}/merge': {
      parameters: [entity],
      post: operation('Make one record of several', tags, {
        parameters: [
          dry,
          parameter('Idempotency-Key', 'A repetition gets the same merge.', { type: 'string' }, 'header'),
        ],
        body: {
          type: 'object',
          properties: {
            keep: uuid,
            others: { type: 'array', items: uuid, minItems: 1, maxItems: 20 },
            fields: { type: 'object', description: 'Field → the record whose value stays, or { value }.' },
            versions: { type: 'object', description: 'Record → version as it was shown.' },
          },
          required: ['keep', 'others'],
          additionalProperties: false,
        },
        status: 201,
        answer: anything,
      }),
    },
    '/api/records/{entity}/{id}/merges': {
      parameters: [entity, id],
      get: operation('Merges in which the record was kept or given up', tags, { answer: anything }),
    },
    '/api/merges/{id}/undo': {
      parameters: [parameter('id', 'Id of the merge.', uuid, 'path')],
      post: operation('Take a merge apart', tags, { parameters: [dry], answer: anything }),
    },
  }
}
