import { closed, description, expression, keyPattern, labels, title } from './vocabulary.ts'

const scope = {
  description:
    'Which records: all; `branch`, those of my teams and of the teams below them; `team`, those of my teams; `reports`, those of people who report to me, directly or not; my own; `shared`, those shared with me; or those for which the expression holds. Each but `none` and `all` includes my own (but `shared` and expressions) and what is shared with me: for reading and export, what is shared at all; for update and convert, what is shared for changing. Nobody deletes or shares on by a share, unless the scope is `shared` itself.',
  anyOf: [
    { enum: ['all', 'branch', 'team', 'reports', 'own', 'shared', 'none'] },
    closed({ when: expression }, ['when']),
  ],
} as const

const nameOrAll = { pattern: '^(\\*|[a-z][a-z0-9_]{0,47})$' } as const

/** The kind `role`: what its holders may do. Grants of several roles add up; what none grants is denied. */
export const roleSchema = closed(
  {
    title,
    labels,
    description,
    inherits: {
      description: 'Roles whose grants this one has too.',
      type: 'array',
      items: { type: 'string', pattern: keyPattern },
      maxItems: 20,
    },
    administer: { description: 'May change configuration, users and roles.', type: 'boolean' },
    entities: {
      description: 'Grants by entity; `*` stands for every entity that is not named.',
      type: 'object',
      propertyNames: nameOrAll,
      additionalProperties: closed({
        read: scope,
        create: { enum: ['all', 'none'] },
        update: scope,
        delete: scope,
        convert: { ...scope, description: 'Use records as the source of a conversion.' },
        import: { description: 'Bring in records from files.', enum: ['all', 'none'] },
        export: { ...scope, description: 'Take records out as a file.' },
        share: { ...scope, description: 'Let others see or change single records.' },
        fields: {
          description:
            'Rights by field; `*` stands for every field that is not named, later ones included. Absent: no field.',
          type: 'object',
          propertyNames: nameOrAll,
          additionalProperties: { enum: ['none', 'read', 'write'] },
        },
      }),
    },
  },
  ['title', 'entities'],
)
