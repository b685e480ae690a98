import { matchRule } from './match.schema.ts'
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

const color = { enum: ['gray', 'blue', 'green', 'amber', 'red', 'violet', 'teal'] } as const

export const option = closed(
  {
    title,
    labels,
    description,
    descriptions: labels,
    order,
    color,
    active: { description: 'False hides the option from new input; records keep it.', type: 'boolean' },
  },
  ['title'],
)

const stage = closed(
  {
    title,
    labels,
    description,
    descriptions: labels,
    order,
    color,
    category: {
      description: 'What the stage means to reports and to the path: still open, ended well, ended badly.',
      enum: ['open', 'won', 'lost'],
    },
    phase: { description: 'A coarser grouping, such as MQL or SQL.', type: 'string', maxLength: 60 },
    sets: {
      description: 'Values that a record takes when it enters the stage, unless the same change gives them.',
      ...namedMap({}),
    },
    next: {
      description: 'The stages that a user may move a record to from here. Absent: every one.',
      ...namedMap({ const: true }, 100),
    },
    requires: {
      description: 'Fields that must have a value in a record that enters the stage.',
      ...namedMap({ const: true }, 100),
    },
  },
  ['title', 'category'],
)

const relation = closed(
  {
    entity: { type: 'string', pattern: namePattern },
    onDelete: {
      description:
        'What happens when the record it names is deleted: this field is cleared once that is for good, the deletion is refused, or this record goes to the bin too and comes back with it.',
      enum: ['clear', 'restrict', 'cascade'],
    },
    filter: { ...expression, description: 'Which records may be chosen. Speaks of the related entity.' },
    inverse: closed({ title, labels }),
  },
  ['entity'],
)

export const field = closed({
  title,
  description,
  'x-labels': labels,
  'x-descriptions': labels,
  'x-was': {
    description:
      'Earlier API names. Where the database still knows the field by one of them, its data moves along; hooks and rows answer to them too.',
    ...namedMap({ const: true }, 50),
  },
  type: { enum: ['string', 'integer', 'number', 'boolean', 'array', 'object'] },
  format: { enum: ['email', 'uri', 'phone', 'date', 'date-time'] },
  'x-type': {
    description: 'The field type where JSON Schema alone does not say it.',
    type: 'string',
    pattern: '^[a-z][a-z0-9-]{0,47}$',
  },
  'x-order': order,
  'x-required': { type: 'boolean' },
  'x-readonly': {
    description: 'Never written by users; hooks, imports of the system and conversions may.',
    type: 'boolean',
  },
  'x-multiple': {
    description: 'Several values in order, each once (e-mail, phone, url, text, relation-any).',
    type: 'boolean',
  },
  'x-personal': {
    description:
      'Says something about a person: found, handed out and erased on request. E-mail and phone always do.',
    type: 'boolean',
  },
  'x-index': { description: 'Keep an index for filters and sorts on this field.', type: 'boolean' },
  minLength: { type: 'integer', minimum: 0 },
  maxLength: { type: 'integer', minimum: 1 },
  pattern: {
    description: 'Matched in linear time (RE2); look-around and back references do not exist.',
    type: 'string',
    maxLength: 500,
  },
  minimum: { type: ['number', 'string'] },
  maximum: { type: ['number', 'string'] },
  'x-scale': {
    description: 'Digits after the point of a decimal.',
    type: 'integer',
    minimum: 0,
    maximum: 12,
  },
  'x-currency': { description: 'Currency of a new amount, ISO 4217.', type: 'string', pattern: '^[A-Z]{3}$' },
  enum: {
    description: 'Written by plugin authors; loading turns it into keyed options.',
    type: 'array',
    items: { type: 'string' },
    maxItems: 5000,
  },
  'x-options': {
    description: 'The name of an option set, or options of this field alone.',
    anyOf: [{ type: 'string' }, namedMap(option, 5000)],
  },
  'x-stages': namedMap(stage, 100),
  'x-relation': relation,
  'x-entities': {
    description: 'Which entities a relation to any may name; absent means all.',
    ...namedMap({ const: true }),
  },
  'x-formula': expression,
  'x-declassified': {
    description:
      'A formula whose value may be read by whoever has a right to this field, although they may not read what it is made of.',
    type: 'boolean',
  },
  'x-number': closed({
    prefix: { type: 'string', maxLength: 20 },
    digits: { type: 'integer', minimum: 1, maximum: 12 },
  }),
  default: { description: 'The value of a new record that names none. Never fills existing records.' },
})

const rule = closed(
  {
    check: {
      ...expression,
      description: 'What must hold. Null counts as not met only when the expression says so.',
    },
    message: title,
    messages: labels,
    pointer: {
      description: 'The field that shows the message.',
      type: 'string',
      pattern: '^/[a-z][a-z0-9_]{0,47}$',
    },
  },
  ['check', 'message'],
)

/** The kind `entity`: JSON Schema 2020-12 of a record, with a closed set of `x-` keywords. */
export const entitySchema = closed(
  {
    title,
    description,
    type: { const: 'object' },
    required: {
      description: 'Written by plugin authors; loading turns it into the flag x-required.',
      type: 'array',
      items: fieldName,
    },
    'x-entity': closed(
      {
        name: { type: 'string', pattern: namePattern },
        plural: { type: 'string', pattern: namePattern },
        was: {
          description:
            'Earlier API names. Where the database still knows the entity by one of them, its records move along.',
          ...namedMap({ const: true }, 50),
        },
        labels: {
          description: 'Singular and plural by language; English may be given too.',
          type: 'object',
          propertyNames: { pattern: '^[a-z]{2,3}(-[A-Z]{2})?$' },
          additionalProperties: closed({ one: title, other: title }, ['one', 'other']),
        },
        descriptions: labels,
        display: { ...expression, description: 'The text by which people know a record.' },
        icon: { description: 'A Lucide icon.', type: 'string', pattern: '^[a-z0-9-]{1,40}$' },
        order,
        navigation: { description: 'False keeps the entity out of the side bar.', type: 'boolean' },
        search: {
          description: 'Fields that the quick search reads.',
          type: 'array',
          items: fieldName,
          maxItems: 12,
        },
        owner: { description: 'Records belong to a user, who is shown and can be changed.', type: 'boolean' },
        activities: { description: 'Records have a timeline of activities.', type: 'boolean' },
        files: { description: 'Files can be hung on records.', type: 'boolean' },
        timeline: {
          description: 'Records of this entity are entries on the timelines of the records they regard.',
          ...closed(
            {
              regarding: { description: 'The relation-any field that names those records.', ...fieldName },
              kind: { description: 'The select field with the kind of entry.', ...fieldName },
              at: { ...expression, description: 'When it happened or is planned.' },
              done: { ...expression, description: 'True for what happened, false for what is planned.' },
            },
            ['regarding', 'at', 'done'],
          ),
        },
        content: {
          description:
            'Records of this entity are files: each stands for bytes that came in by POST /api/files, and is seen by those who may read a record that it hangs on (`timeline.regarding`). One entity at most. All but the name are read-only fields.',
          ...closed(
            {
              name: { description: 'The text field with the name, extension included.', ...fieldName },
              type: { description: 'The text field with the media type.', ...fieldName },
              size: { description: 'The integer field with the number of bytes.', ...fieldName },
              digest: { description: 'The text field with the SHA-256 of the bytes.', ...fieldName },
              key: { description: 'The text field by which the bytes are found.', ...fieldName },
            },
            ['name', 'type', 'size', 'digest', 'key'],
          ),
        },
      },
      ['plural', 'display'],
    ),
    properties: namedMap(field),
    'x-rules': keyedMap(rule),
    'x-duplicates': {
      description:
        'Rules by which two records may be the same. Conversions, the create form, imports, the search for duplicates and merging use them.',
      ...keyedMap(matchRule, 8),
    },
    'x-unique': {
      description: 'Groups of fields that no two records share.',
      ...keyedMap({ type: 'array', items: fieldName, minItems: 1, maxItems: 6 }),
    },
  },
  ['title', 'type', 'x-entity', 'properties'],
)
