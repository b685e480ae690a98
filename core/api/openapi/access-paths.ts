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
