import {
  closed,
  description,
  expression,
  fieldName,
  keyedMap,
  labels,
  namedMap,
  namePattern,
  order,
  title,
} from './vocabulary.ts'

const path = { type: 'string', pattern: '^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*){0,3}$' } as const
const condition = { ...expression, description: 'Speaks of the source record.' } as const

/** How two values count as the same firm, person or address; each has one SQL function. */
export const normalisers = [
  'exact',
  'folded',
  'companyName',
  'email',
  'emailDomain',
  'phone',
  'urlHost',
] as const

const mapping = closed({
  from: { description: 'A field of the source, also through to-one relations.', ...path },
  value: { description: 'A constant.' },
  expression: {
    description: 'A CEL expression; `source` is the source record.',
    type: 'string',
    minLength: 1,
    maxLength: 10_000,
  },
  target: {
    description: 'The record of another target of the same run.',
    type: 'string',
    pattern: namePattern,
  },
  input: { description: 'The user enters it in the dialog; nothing feeds it otherwise.', const: true },
  values: {
    description: 'Source option → target option.',
    type: 'object',
    additionalProperties: { type: 'string' },
  },
  onUnmapped: {
    description: 'A source value that `values` does not name: an error, the default, or empty.',
    enum: ['error', 'default', 'blank'],
  },
  onTooLong: { enum: ['error', 'truncate'] },
  default: { description: 'Used when the value is null.' },
  edit: {
    description: 'How the dialog shows the value.',
    enum: ['hidden', 'readonly', 'editable', 'required'],
  },
  onLink: {
    description:
      'What the value does to a linked record: keep what it has, fill it when empty, overwrite, append text, join lists.',
    enum: ['keep', 'fillEmpty', 'overwrite', 'append', 'union'],
  },
})

const matchRule = closed(
  {
    fields: {
      description: 'Fields of the target and how they are compared with the mapped value.',
      ...namedMap({ enum: normalisers }, 6),
    },
    confidence: { enum: ['certain', 'likely'] },
    order,
    title,
    labels,
  },
  ['fields', 'confidence'],
)

const target = closed(
  {
    entity: { type: 'string', pattern: namePattern },
    title,
    labels,
    order,
    when: condition,
    policy: { enum: ['create', 'link', 'matchOrCreate', 'skip'] },
    required: { description: 'False lets the user leave the target out.', type: 'boolean' },
    userMay: { type: 'array', items: { enum: ['create', 'link', 'skip'] }, uniqueItems: true, maxItems: 3 },
    atLeastOne: {
      description: 'Of the targets that share this word at least one must come about.',
      type: 'string',
      pattern: namePattern,
    },
    preset: {
      description: 'A relation of the source; the record it names is linked, before any matching.',
      ...path,
    },
    match: keyedMap(matchRule, 8),
    onMatch: closed({
      one: { description: 'One certain match.', enum: ['link', 'ask', 'create'] },
      many: { description: 'Several, or only likely ones.', enum: ['ask', 'create'] },
      none: { enum: ['create', 'skip', 'ask'] },
      inactive: { description: 'A match that is not active.', enum: ['offerReactivate', 'ignore'] },
    }),
    map: namedMap(mapping),
  },
  ['entity', 'map'],
)

const child = closed(
  {
    relation: {
      description: '`entity.field` of the children: a relation to the source.',
      type: 'string',
      pattern: '^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$',
    },
    action: {
      description: 'Also show them on the targets, move them to one target, or leave them.',
      enum: ['alsoLink', 'move', 'leave'],
    },
    to: { type: 'array', items: { type: 'string', pattern: namePattern }, uniqueItems: true, maxItems: 20 },
  },
  ['relation', 'action'],
)

/** The kind `conversion`: one record of the source entity becomes records of the targets. */
export const conversionSchema = closed(
  {
    title,
    labels,
    description,
    icon: { type: 'string', pattern: '^[a-z0-9-]{1,40}$' },
    order,
    source: { type: 'string', pattern: namePattern },
    available: closed({
      when: condition,
      message: title,
      messages: labels,
      require: { type: 'array', items: fieldName, maxItems: 50 },
    }),
    once: { description: 'At most one standing run per source record.', type: 'boolean' },
    targets: namedMap(target, 20),
    children: keyedMap(child, 50),
    'source-writes': closed({
      converted: { description: 'Field → constant, written to the source.', ...namedMap({}) },
    }),
    after: { description: 'What happens to the source.', enum: ['lock', 'editable', 'archive'] },
    owner: closed({ strategy: { enum: ['keepSource', 'actor'] } }),
    permissions: closed({
      onDeniedTarget: { enum: ['fail', 'skip'] },
      onDeniedField: { enum: ['fail', 'drop'] },
    }),
  },
  ['title', 'source', 'targets'],
)
