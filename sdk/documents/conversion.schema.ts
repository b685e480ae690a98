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

const path = { type: 'string', pattern: '^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*){0,3}$' } as const
const condition = { ...expression, description: 'Speaks of the source record.' } as const

const mapping = closed({
  from: { description: 'A field of the source, also through to-one relations.', ...path },
  value: { description: 'A constant.' },
  expression: {
    description: 'A CEL expression; `source` is the source record.',
    type: 'string',
    minLength: 1,
    maxLength: 10_000,
  },
  child: {
    description: 'A field of the child row that the target is made for; only where the target has `each`.',
    ...path,
  },
  target: {
    description: 'The record of another target of the same run.',
    type: 'string',
    pattern: namePattern,
  },
  targets: {
    description:
      'All other records of the run; for a field that names any records, as an appointment does that regards them.',
    const: true,
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
      'What the value does to a linked record: keep what it has, fill it when empty, overwrite, append text, join lists, take the value that was changed last, or ask where both differ.',
    enum: ['keep', 'fillEmpty', 'overwrite', 'append', 'union', 'newer', 'ask'],
  },
  timeZone: {
    description:
      'Lets a day become an instant (its start in the time zone of the firm) and an instant a day.',
    const: 'business',
  },
  currency: {
    description:
      'Amounts are converted into this currency (ISO 4217) by the rates of the settings; rate and its date are kept with the run. Absent: an amount keeps its currency.',
    type: 'string',
    pattern: '^[A-Z]{3}$',
  },
})

const isoDuration = {
  type: 'string',
  pattern: '^P(\\d+Y)?(\\d+M)?(\\d+W)?(\\d+D)?(T(\\d+H)?(\\d+M)?)?$',
} as const

const owner = closed(
  {
    strategy: {
      description:
        'Whose the new records are: the owner of the source, who converts, whom a relation of the source leads to (`path`), one user or team, or the users of a list in turn.',
      enum: ['keepSource', 'actor', 'path', 'fixed', 'rotate'],
    },
    path: { description: 'With `path`: a field with a user, e.g. `account.owner`.', ...path },
    user: { description: 'With `fixed`: e-mail of the user.', type: 'string', maxLength: 200 },
    team: { description: 'With `fixed`: key of the team.', type: 'string', maxLength: 200 },
    users: {
      description: 'With `rotate`: e-mails of the users.',
      ...keyedMap({ type: 'string', maxLength: 200 }, 200),
    },
  },
  ['strategy'],
)

const target = closed(
  {
    entity: { type: 'string', pattern: namePattern },
    title,
    labels,
    order,
    when: condition,
    each: {
      description:
        'One record for every child row of the source: `entity.field` names their relation to it. Mappings then know `child`.',
      ...closed(
        {
          relation: { type: 'string', pattern: '^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$' },
          when: { ...expression, description: 'Which children count. Speaks of the child.' },
        },
        ['relation'],
      ),
    },
    owner,
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
    match: {
      description:
        'How records that are there already are found; absent: by the rules of the entity (`x-duplicates`).',
      ...keyedMap(matchRule, 8),
    },
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
      description:
        'Also show them on the targets, move them to one target, copy them to each target, leave them, or make other records of them: by targets with `each` over this relation.',
      enum: ['alsoLink', 'move', 'copy', 'leave', 'map'],
    },
    to: { type: 'array', items: { type: 'string', pattern: namePattern }, uniqueItems: true, maxItems: 20 },
    reassignOpen: {
      description:
        'Activities that are still open name only this target afterwards; what happened stays where it was too.',
      type: 'string',
      pattern: namePattern,
    },
  },
  ['relation', 'action'],
)

/** What starts the conversion by itself. All of it runs through the one engine, with the rights that it names. */
const trigger = closed(
  {
    title,
    labels,
    order,
    active: { description: 'False switches it off.', type: 'boolean' },
    on: {
      description:
        'The source enters a stage (`field`, `stages`); a condition becomes true (`when`, `fires`); time passes (`when`, looked at every `every`).',
      enum: ['stage', 'condition', 'schedule'],
    },
    field: { description: 'With `stage`: the stage field.', ...fieldName },
    stages: { description: 'With `stage`: which.', ...namedMap({ const: true }, 100) },
    when: condition,
    fires: {
      description:
        'With `condition`: on the first save of a record only, the first time that it is true in the life of a record, or on every save that finds it true.',
      enum: ['firstSave', 'firstTime', 'everySave'],
    },
    every: { description: 'With `schedule`: at least a minute.', ...isoDuration },
    does: { description: 'Convert the source, or decline it.', enum: ['convert', 'decline'] },
    reason: { description: 'With `decline`: what goes into the field for the reason.' },
    runAs: {
      description: 'Whose rights count: of whoever caused it (of the owner, where time did), or all.',
      enum: ['actor', 'system'],
    },
    notify: { description: 'Who is told about it.', enum: ['owner', 'nobody'] },
  },
  ['on', 'does'],
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
      declined: { description: 'Field → constant, written to a source that is declined.', ...namedMap({}) },
    }),
    decline: {
      description:
        'The other outcome: the source is closed without a conversion. Present: the dialog offers it.',
      ...closed({
        title,
        labels,
        reason: { description: 'A field of the source that takes the reason.', ...fieldName },
        required: { description: 'A reason must be given.', type: 'boolean' },
      }),
    },
    after: {
      description: 'What happens to the source: no more changes, none, or it goes out of sight as inactive.',
      enum: ['lock', 'editable', 'archive'],
    },
    owner,
    channels: {
      description: 'By which ways it may be run; absent: by all.',
      ...namedMap({ const: true }, 10),
      propertyNames: { enum: ['button', 'list', 'api', 'rule', 'import', 'form'] },
    },
    triggers: keyedMap(trigger, 20),
    reversible: closed(
      {
        within: { description: 'How long after the run.', ...isoDuration },
        untouchedCreated: {
          description: 'What becomes of records that the run made and nobody touched since.',
          enum: ['archive', 'delete'],
        },
      },
      ['within'],
    ),
    bulk: closed({
      unresolved: {
        description: 'An item that needs a decision: it waits for one, is left out, or gets a new record.',
        enum: ['hold', 'skip', 'create'],
      },
    }),
    permissions: closed({
      runAs: {
        description:
          'With `system` the targets are written with all rights; the history names who converted.',
        enum: ['actor', 'system'],
      },
      onDeniedTarget: { enum: ['fail', 'skip'] },
      onDeniedField: { enum: ['fail', 'drop'] },
    }),
  },
  ['title', 'source', 'targets'],
)
