import { array, json, operation, parameter, type Schema } from './parts.ts'

/** Public forms, for sites that draw them themselves; and for administrators what came in. */
export function webFormPaths(open: readonly string[], administer: boolean): Record<string, Schema> {
  const name = parameter('name', 'Name of the form.', { type: 'string' }, 'path')
  const language = parameter('lang', 'Language of the texts.', { enum: ['en', 'de'] })
  const nobody = { security: [] }
  const forms: Record<string, Schema> = {
    '/api/forms/{name}': {
      parameters: [{ ...name, schema: { type: 'string', enum: [...open] } }, language],
      get: {
        ...operation('A public form and a token to send it with', ['web forms'], {
          answer: json({
            type: 'object',
            properties: {
              title: { type: 'string' },
              fields: array({ type: 'object' }),
              consent: { type: ['object', 'null'] },
              token: { type: 'string', description: 'From two seconds on, for a day, for one entry.' },
            },
            required: ['title', 'fields', 'consent', 'token'],
          }),
        }),
        ...nobody,
      },
      post: {
        ...operation('Send an entry', ['web forms'], {
          body: {
            type: 'object',
            properties: {
              token: { type: 'string' },
              values: { type: 'object', description: 'By name of the field.' },
              consent: { type: 'boolean' },
            },
            required: ['token', 'values'],
            additionalProperties: false,
          },
          answer: json({
            type: 'object',
            properties: { message: { type: 'string' }, redirect: { type: ['string', 'null'] } },
            required: ['message', 'redirect'],
          }),
        }),
        ...nobody,
      },
    },
  }
  const administration: Record<string, Schema> = {
    '/api/web-forms/{name}/entries': {
      parameters: [name],
      get: operation('What came in by a web form', ['web forms'], {
        parameters: [
          parameter('limit', 'Entries on a page, 1 to 200.', { type: 'integer', minimum: 1, maximum: 200 }),
          parameter('after', '`next` of the page before.'),
        ],
        answer: json({ type: 'object' }),
      }),
    },
  }
  return { ...(open.length > 0 ? forms : {}), ...(administer ? administration : {}) }
}
