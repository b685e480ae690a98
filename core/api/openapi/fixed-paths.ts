import { ownAccountPaths, userAccountPaths } from './account-paths.ts'
import { userPaths } from './access-paths.ts'
import { bulkPaths, noticePaths } from './bulk-paths.ts'
import { duplicatePaths } from './duplicate-paths.ts'
import { json, operation, parameter, type Schema } from './parts.ts'

const anything = json({ type: 'object' })

/** The paths that are there whatever the model says; names of conversions and rights decide which of them are shown. */
export function fixedPaths(conversions: readonly string[], administer: boolean): Record<string, Schema> {
  return {
    '/api/me': {
      get: operation('Who you are', ['session'], { answer: anything }),
      patch: operation('Choose your language', ['session'], {
        body: { type: 'object', properties: { language: { enum: ['en', 'de'] } } },
        answer: anything,
      }),
    },
    '/api/model': {
      get: operation('The part of the model that you may see', ['session'], { answer: anything }),
    },
    '/api/events': {
      get: operation('Changes as they happen, as server-sent events', ['events'], {
        parameters: [parameter('after', 'Id of the last event seen; `Last-Event-ID` says the same.')],
        answer: { 'text/event-stream': { schema: { type: 'string' } } },
      }),
    },
    '/api/search': {
      get: operation('Search everything that you may see', ['search'], {
        parameters: [
          parameter('q', 'Words.'),
          parameter('limit', 'Hits an entity, 1 to 25.', { type: 'integer' }),
        ],
        answer: anything,
      }),
    },
    ...ownAccountPaths(),
    ...noticePaths(),
    ...duplicatePaths(),
    ...(conversions.length > 0 ? conversionPaths(conversions) : {}),
    ...(administer ? { ...administration(), ...userAccountPaths(), ...definitions() } : {}),
  }
}

function conversionPaths(conversions: readonly string[]): Record<string, Schema> {
  const name = parameter(
    'name',
    'Name of the conversion.',
    { type: 'string', enum: [...conversions] },
    'path',
  )
  const request = {
    type: 'object',
    properties: {
      source: { type: 'string', format: 'uuid' },
      targets: {
        type: 'object',
        additionalProperties: {
          type: 'object',
          properties: {
            action: { enum: ['create', 'link', 'skip'] },
            id: { type: 'string', format: 'uuid' },
            reactivate: { type: 'boolean' },
            values: { type: 'object' },
            keep: { type: 'array', items: { type: 'string' } },
            take: { type: 'array', items: { type: 'string' } },
          },
          additionalProperties: false,
        },
      },
      planHash: {
        type: 'string',
        description: 'From the preview; a change since then is refused and named.',
      },
      channel: { enum: ['button', 'list', 'api', 'form'], description: 'By which way; absent: api.' },
    },
    required: ['source'],
    additionalProperties: false,
  }
  return {
    ...bulkPaths(name, request.properties.targets),
    '/api/conversions/{name}/preview': {
      parameters: [name],
      post: operation('Show what a conversion would do', ['conversions'], {
        body: request,
        answer: anything,
      }),
    },
    '/api/conversions/{name}/run': {
      parameters: [name],
      post: operation('Convert one record', ['conversions'], {
        parameters: [
          parameter('Idempotency-Key', 'A repetition gets the same run.', { type: 'string' }, 'header'),
        ],
        body: request,
        status: 201,
        answer: anything,
      }),
    },
    '/api/conversions/report': {
      post: operation('What became of the records of an entity', ['conversions'], {
        body: {
          type: 'object',
          properties: {
            source: { type: 'string' },
            from: { type: 'string', format: 'date' },
            to: { type: 'string', format: 'date' },
            conversion: { type: 'string' },
            by: { type: 'string', description: 'A field or path, or `created_at:month`.' },
          },
          required: ['source'],
          additionalProperties: false,
        },
        answer: anything,
      }),
    },
    '/api/conversions/{name}/decline': {
      parameters: [name],
      post: operation('Close one record without converting it', ['conversions'], {
        parameters: [
          parameter('Idempotency-Key', 'A repetition gets the same run.', { type: 'string' }, 'header'),
        ],
        body: {
          type: 'object',
          properties: {
            source: { type: 'string', format: 'uuid' },
            reason: { description: 'Goes into the field that the definition names.' },
            channel: { enum: ['button', 'list', 'api', 'form'] },
          },
          required: ['source'],
          additionalProperties: false,
        },
        status: 201,
        answer: anything,
      }),
    },
    '/api/conversions/runs/{id}/reverse': {
      parameters: [parameter('id', 'Id of the run.', { type: 'string', format: 'uuid' }, 'path')],
      post: operation('Take a run back', ['conversions'], {
        parameters: [
          parameter('dry', 'Only say what would happen, and what is in the way.', { type: 'boolean' }),
        ],
        answer: anything,
      }),
    },
    '/api/conversions/runs/{id}': {
      parameters: [parameter('id', 'Id of the run.', { type: 'string', format: 'uuid' }, 'path')],
      get: operation('What a run has done', ['conversions'], { answer: anything }),
    },
  }
}

/** What the designer of conversions asks. */
function definitions(): Record<string, Schema> {
  const tags = ['conversions']
  const changeset = parameter('changeset', 'The draft.')
  const members = { name: { type: 'string' }, body: { type: 'object' } }
  return {
    '/api/conversions/check': {
      post: operation('What publishing a definition would say, and what could be mapped', tags, {
        parameters: [changeset],
        body: {
          type: 'object',
          properties: members,
          required: ['name', 'body'],
          additionalProperties: false,
        },
        answer: anything,
      }),
    },
    '/api/conversions/test': {
      post: operation('What a definition would do with a record; nothing is written', tags, {
        parameters: [changeset],
        body: {
          type: 'object',
          properties: {
            ...members,
            source: { type: 'string', format: 'uuid' },
            targets: { type: 'object' },
          },
          required: ['name', 'body', 'source'],
          additionalProperties: false,
        },
        answer: anything,
      }),
    },
    '/api/conversions/{name}/versions': {
      parameters: [parameter('name', 'Name of the conversion.', { type: 'string' }, 'path')],
      get: operation('Every published form of a conversion, newest first', tags, { answer: anything }),
    },
  }
}

function administration(): Record<string, Schema> {
  const tags = ['configuration']
  const kind = parameter(
    'kind',
    'entity, option-set, conversion, view, form, role, web-form or plugin.',
    { type: 'string' },
    'path',
  )
  const name = parameter('name', 'Name of the document.', { type: 'string' }, 'path')
  const id = parameter('id', 'Id of the changeset.', { type: 'string', format: 'uuid' }, 'path')
  const changeset = parameter('changeset', 'The draft.')
  const force = parameter('force', 'Also when conversions or web forms break.', { type: 'boolean' })
  return {
    '/api/documents': {
      get: operation('All documents', tags, { parameters: [changeset], answer: anything }),
    },
    '/api/documents/{kind}/{name}': {
      parameters: [kind, name],
      get: operation('A document and its layers', tags, { parameters: [changeset], answer: anything }),
      put: operation('Replace it in a draft', tags, {
        parameters: [changeset],
        body: { type: 'object' },
        answer: anything,
      }),
      patch: operation('Change it in a draft by a merge patch', tags, {
        parameters: [changeset],
        body: { type: 'object' },
        answer: anything,
      }),
      delete: operation('Remove or reset it in a draft', tags, {
        parameters: [changeset, parameter('reset', 'Back to what plugin and site say.', { type: 'boolean' })],
        status: 204,
      }),
    },
    '/api/documents/{kind}/{name}/check': {
      parameters: [kind, name],
      post: operation('What would be wrong with this body; nothing is written', tags, {
        parameters: [changeset],
        body: { type: 'object' },
        answer: anything,
      }),
    },
    '/api/changesets': {
      get: operation('Drafts and history', tags, { answer: anything }),
      post: operation('Begin a draft', tags, {
        body: {
          type: 'object',
          properties: { title: { type: 'string' }, note: { type: 'string' } },
          required: ['title'],
        },
        status: 201,
        answer: anything,
      }),
    },
    '/api/changesets/{id}': {
      parameters: [id],
      get: operation('A changeset', tags, { answer: anything }),
      delete: operation('Discard a draft', tags, { status: 204 }),
    },
    '/api/changesets/{id}/check': {
      parameters: [id],
      post: operation('All errors and warnings', tags, { answer: anything }),
    },
    '/api/changesets/{id}/plan': {
      parameters: [id],
      post: operation('What it would do to the tables', tags, { answer: anything }),
    },
    '/api/changesets/{id}/publish': {
      parameters: [id],
      post: operation('Publish', tags, { parameters: [force], answer: anything }),
    },
    '/api/changesets/{id}/revert': {
      parameters: [id],
      post: operation('Take it back', tags, { parameters: [force], answer: anything }),
    },
    '/api/presets': {
      get: operation('Ways of working that plugins offer', ['presets'], { answer: anything }),
    },
    '/api/presets/{name}/draft': {
      parameters: [parameter('name', 'Name of the way of working.', { type: 'string' }, 'path')],
      post: operation('Make a draft of it', ['presets'], { status: 201, answer: anything }),
    },
    ...userPaths(),
  }
}
