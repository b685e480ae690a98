import {
  closed,
  description,
  expression,
  keyedMap,
  keyPattern,
  labels,
  namedMap,
  namePattern,
  order,
  title,
} from './vocabulary.ts'

const sentence = { type: 'string', minLength: 1, maxLength: 2000 } as const
const httpsAddress = { type: 'string', pattern: '^https://[^\\s"\'<>\\\\]{1,1990}$' } as const

/** An origin as browsers send it; without TLS only the developer's own machine. */
const originPattern =
  '^(https://([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?|http://(localhost|127\\.0\\.0\\.1))(:[0-9]{1,5})?$'

const field = closed({
  order,
  title,
  labels,
  description: { ...description, description: 'Help that stands below the field.' },
  descriptions: labels,
  placeholder: title,
  placeholders: labels,
  required: { description: 'Also where the entity does not ask for it.', type: 'boolean' },
})

const value = closed({
  value: { description: 'A constant in the form in which the API takes it.' },
  expression: { ...expression, description: 'A CEL expression without a record, e.g. `today()`.' },
})

/** The kind `web-form`: a public page by which visitors make records of one entity. */
export const webFormSchema = closed(
  {
    title,
    labels,
    description: { ...description, description: 'Stands above the fields.' },
    descriptions: labels,
    open: { description: 'Without it nobody sees the form.', type: 'boolean' },
    entity: { description: 'What becomes of an entry.', type: 'string', pattern: namePattern },
    fields: { description: 'What visitors are asked for.', ...namedMap(field, 60) },
    values: { description: 'What every record of the form gets besides.', ...namedMap(value, 60) },
    owner: closed(
      {
        strategy: {
          description: 'Whose the records are: one user or team, or the users of a list in turn.',
          enum: ['fixed', 'rotate'],
        },
        user: { description: 'With `fixed`: e-mail of the user.', type: 'string', maxLength: 200 },
        team: { description: 'With `fixed`: name of the team.', type: 'string', maxLength: 200 },
        users: {
          description: 'With `rotate`: e-mails of the users.',
          ...keyedMap({ type: 'string', maxLength: 200 }, 200),
        },
      },
      ['strategy'],
    ),
    duplicates: {
      description:
        'Where a certain rule of the entity, or a unique field, finds exactly one record: `create` makes another one all the same; `use` adds to that one what it lacks and tells its owner the rest. The visitor sees no difference.',
      enum: ['create', 'use'],
    },
    convert: {
      description:
        'A conversion that each new record goes through at once, with the rights of the system. What needs a decision waits for one.',
      type: 'string',
      pattern: keyPattern,
    },
    consent: {
      description: 'What visitors must agree to. The words are kept with each entry.',
      ...closed({ message: sentence, messages: labels, url: httpsAddress }, ['message']),
    },
    submit: { description: 'The words on the button.', ...closed({ title, labels }, ['title']) },
    thanks: {
      description: 'What stands there afterwards.',
      ...closed({ message: sentence, messages: labels }, ['message']),
    },
    redirect: { description: 'Where visitors are led instead of a word of thanks.', ...httpsAddress },
    origins: {
      description: 'Other sites that may show the form in a frame and post to it.',
      type: 'object',
      propertyNames: { pattern: originPattern, maxLength: 300 },
      additionalProperties: { const: true },
      maxProperties: 50,
    },
  },
  ['title', 'entity', 'fields'],
)
