import type { EntityRights } from '../../access/rights.ts'
import { json, operation, parameter, type Schema } from './parts.ts'

const anything = json({ type: 'object' })
const id = { type: 'string', format: 'uuid' }

const standing = {
  name: { type: 'string', minLength: 1, maxLength: 200 },
  roles: { type: 'array', items: { type: 'string' } },
  password: { type: 'string' },
  teams: { type: 'array', items: id },
  manager: { ...id, type: ['string', 'null'], description: 'Whose reports they are.' },
  external: { type: 'boolean', description: 'Of another firm: has nothing of what every user has.' },
  represents: {
    type: ['object', 'null'],
    description: 'The record that the login stands for.',
    properties: { entity: { type: 'string' }, id },
    required: ['entity', 'id'],
    additionalProperties: false,
  },
}

/** Sharing single records and taking many out, as far as the reader may. */
export function sharePaths(
  base: string,
  own: EntityRights,
  record: Schema,
  tag: string[],
): Record<string, Schema> {
  const shares = {
    type: 'object',
    properties: {
      shares: {
        type: 'array',
        maxItems: 200,
        items: {
          type: 'object',
          properties: {
            grantee: {
              type: 'object',
              properties: {
                kind: { enum: ['user', 'team', 'record'] },
                id,
                entity: { type: 'string', description: 'With a record: of which entity.' },
              },
              required: ['kind', 'id'],
              additionalProperties: false,
            },
            level: { enum: ['read', 'update'] },
          },
          required: ['grantee', 'level'],
          additionalProperties: false,
        },
      },
    },
    required: ['shares'],
    additionalProperties: false,
  }
  return {
    ...(own.rows.share.length > 0 && !own.entity.readOnly
      ? {
          [`${base}/{id}/shares`]: {
            parameters: [record],
            get: operation('With whom it is shared', tag, { answer: anything }),
            put: operation('Share it with these and nobody else', tag, { body: shares, answer: anything }),
          },
        }
      : {}),
    ...(own.rows.export.length > 0
      ? {
          [`${base}/export`]: {
            get: operation(`Take ${own.entity.plural} out as a CSV file`, tag, {
              parameters: [
                parameter('filter', 'An expression.'),
                parameter('search', 'Words.'),
                parameter('fields', 'Columns: names and paths with commas between them.'),
                parameter('sort', 'As in the list.'),
                parameter('bom', 'Begin with a byte order mark, for Excel.', { type: 'boolean' }),
              ],
              answer: { 'text/csv': { schema: { type: 'string' } } },
            }),
          },
        }
      : {}),
  }
}

/** Users; for administrators. */
export function userPaths(): Record<string, Schema> {
  return {
    '/api/users': {
      get: operation('Users with roles, teams and standing', ['users'], { answer: anything }),
      post: operation('Create a user', ['users'], {
        body: {
          type: 'object',
          properties: { ...standing, email: { type: 'string', format: 'email' } },
          required: ['email', 'name', 'password', 'roles'],
          additionalProperties: false,
        },
        status: 201,
        answer: anything,
      }),
    },
    '/api/audit': {
      get: operation('The security log, newest first', ['users'], {
        parameters: [
          parameter('kind', 'Kinds with commas between them.'),
          parameter('actor', 'Id of a user.', id),
          parameter('subject', 'Id of what it was done to.'),
          parameter('from', 'Not before.', { type: 'string', format: 'date-time' }),
          parameter('to', 'Before.', { type: 'string', format: 'date-time' }),
          parameter('search', 'Words in names, addresses and details.'),
          parameter('after', 'Id of the last entry seen.'),
          parameter('limit', '1 to 200.', { type: 'integer' }),
        ],
        answer: anything,
      }),
    },
    ...personalDataPaths(),
    '/api/access/why': {
      post: operation('What gives somebody something, or what is missing', ['users'], {
        body: {
          type: 'object',
          properties: {
            user: id,
            entity: { type: 'string' },
            action: { enum: ['read', 'create', 'update', 'delete', 'convert', 'import', 'export', 'share'] },
            record: { ...id, description: 'Absent: any.' },
            field: { type: 'string' },
          },
          required: ['user', 'entity', 'action'],
          additionalProperties: false,
        },
        answer: anything,
      }),
    },
    '/api/access/who': {
      post: operation('Who of several users may do something with a record', ['users'], {
        body: {
          type: 'object',
          properties: {
            entity: { type: 'string' },
            record: id,
            action: { enum: ['read', 'update', 'delete', 'convert', 'export', 'share'] },
            field: { type: 'string' },
            users: { type: 'array', items: id, minItems: 1, maxItems: 100 },
          },
          required: ['entity', 'record', 'action', 'users'],
          additionalProperties: false,
        },
        answer: anything,
      }),
    },
    '/api/access/users/{id}': {
      parameters: [parameter('id', 'Id of the user.', id, 'path')],
      get: operation('What a user may do, entity by entity', ['users'], { answer: anything }),
    },
    '/api/users/{id}': {
      parameters: [parameter('id', 'Id of the user.', id, 'path')],
      patch: operation('Change roles, standing, activity or password: all of it or nothing', ['users'], {
        body: {
          type: 'object',
          properties: { ...standing, active: { type: 'boolean' } },
          additionalProperties: false,
        },
        answer: anything,
      }),
    },
  }
}

function personalDataPaths(): Record<string, Schema> {
  const record = {
    type: 'object',
    properties: { entity: { type: 'string' }, id },
    required: ['entity', 'id'],
    additionalProperties: false,
  }
  const selection = {
    type: 'object',
    properties: { records: { type: 'array', items: record, minItems: 1, maxItems: 100 } },
    required: ['records'],
    additionalProperties: false,
  }
  return {
    '/api/personal-data/find': {
      post: operation('Where something about a person is held', ['users'], {
        body: {
          type: 'object',
          properties: { text: { type: 'string', minLength: 3, maxLength: 200 }, record },
          additionalProperties: false,
        },
        answer: anything,
      }),
    },
    '/api/personal-data/export': {
      post: operation('All of some records, to hand to the person', ['users'], {
        body: selection,
        answer: anything,
      }),
    },
    '/api/personal-data/erase': {
      post: operation('Erase what is personal in some records and what remembers them', ['users'], {
        parameters: [parameter('dry', 'Only say what would be met.', { type: 'boolean' })],
        body: selection,
        status: 202,
        answer: anything,
      }),
    },
  }
}
