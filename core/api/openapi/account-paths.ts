import { json, operation, parameter, type Schema } from './parts.ts'

const anything = json({ type: 'object' })
const empty = { type: 'object', additionalProperties: false }
const code = object({ code: { type: 'string' } })
const scopes = {
  type: 'object',
  properties: { access: { enum: ['read', 'write'] }, entities: { type: 'array', items: { type: 'string' } } },
  required: ['access'],
  additionalProperties: false,
}

/** One's own sessions, keys and factors. For people at a browser; a key gets `accounts.interactive`. */
export function ownAccountPaths(): Record<string, Schema> {
  const tags = ['account']
  return {
    '/api/me/sessions': {
      get: operation('Where you are signed in', tags, { answer: anything }),
      delete: operation('End all sessions but this one', tags, { answer: anything }),
    },
    '/api/me/sessions/{session}': {
      parameters: [idOf('session', 'session')],
      delete: operation('End a session', tags, { status: 204 }),
    },
    '/api/me/api-keys': {
      get: operation('Your keys for programs', tags, { answer: anything }),
      post: operation('Make a key; the answer shows it this once', tags, {
        body: {
          ...object({
            name: { type: 'string' },
            scopes,
            days: { type: 'integer', minimum: 1, maximum: 3650 },
          }),
          required: ['name', 'scopes'],
        },
        status: 201,
        answer: anything,
      }),
    },
    '/api/me/api-keys/{key}': {
      parameters: [idOf('key', 'key')],
      delete: operation('End a key', tags, { status: 204 }),
    },
    '/api/me/second-factor': {
      get: operation('What there is beside the password', tags, { answer: anything }),
      post: operation('Begin: what your device makes codes from', tags, { body: empty, answer: anything }),
    },
    '/api/me/second-factor/confirm': {
      post: operation('The first code; answers the recovery codes', tags, { body: code, answer: anything }),
    },
    '/api/me/second-factor/recovery': {
      post: operation('New recovery codes', tags, { body: code, answer: anything }),
    },
    '/api/me/second-factor/remove': {
      post: operation('Take the second factor away', tags, { body: code, status: 204 }),
    },
    '/api/me/passkeys': {
      get: operation('Your passkeys', tags, { answer: anything }),
      post: operation('Keep a passkey that the device has made', tags, {
        body: object({ name: { type: 'string' }, response: { type: 'object' } }),
        status: 201,
        answer: anything,
      }),
    },
    '/api/me/passkeys/options': {
      post: operation('What to ask of the device for a new passkey', tags, { body: empty, answer: anything }),
    },
    '/api/me/passkeys/{passkey}': {
      parameters: [parameter('passkey', 'Id of the passkey.', { type: 'string' }, 'path')],
      delete: operation('Remove a passkey', tags, { status: 204 }),
    },
    '/api/me/view-as': {
      delete: operation('Stop seeing with the eyes of somebody else', tags, { status: 204 }),
    },
  }
}

/** How users get in and out. For administrators. */
export function userAccountPaths(): Record<string, Schema> {
  const tags = ['users']
  const user = idOf('id', 'user')
  return {
    '/api/users/{id}/invitation': {
      parameters: [user],
      post: operation('Send a link to choose a password', tags, {
        body: empty,
        status: 201,
        answer: anything,
      }),
    },
    '/api/users/{id}/reset': {
      parameters: [user],
      post: operation('Send a link to choose a new password', tags, {
        body: empty,
        status: 201,
        answer: anything,
      }),
    },
    '/api/users/{id}/sessions': {
      parameters: [user],
      get: operation('Where the user is signed in', tags, { answer: anything }),
      delete: operation('End all sessions of the user', tags, { answer: anything }),
    },
    '/api/users/{id}/sessions/{session}': {
      parameters: [user, idOf('session', 'session')],
      delete: operation('End a session of the user', tags, { status: 204 }),
    },
    '/api/users/{id}/api-keys': {
      parameters: [user],
      get: operation('Keys of the user', tags, { answer: anything }),
    },
    '/api/users/{id}/api-keys/{key}': {
      parameters: [user, idOf('key', 'key')],
      delete: operation('End a key of the user', tags, { status: 204 }),
    },
    '/api/users/{id}/second-factor': {
      parameters: [user],
      delete: operation('Take away codes and passkeys that were lost', tags, { status: 204 }),
    },
    '/api/users/{id}/view-as': {
      parameters: [user],
      post: operation('See with the eyes of the user', tags, {
        body: { ...object({ mode: { enum: ['look', 'act'] } }), required: ['mode'] },
        status: 204,
      }),
    },
  }
}

function object(properties: Schema): Schema {
  return { type: 'object', properties, additionalProperties: false }
}

function idOf(name: string, what: string): Schema {
  return parameter(name, `Id of the ${what}.`, { type: 'string', format: 'uuid' }, 'path')
}
