import { closed, description, expression, labels, title } from './vocabulary.ts'

const scope = {
  description:
    'Which records: all, those of my teams (and my own), my own, or those for which the expression holds.',
  anyOf: [{ enum: ['all', 'team', 'own', 'none'] }, closed({ when: expression }, ['when'])],
} as const

const nameOrAll = { pattern: '^(\\*|[a-z][a-z0-9_]{0,47})$' } as const

/** The kind `role`: what its holders may do. Grants of several roles add up; what none grants is denied. */
export const roleSchema = closed(
  {
    title,
    labels,
    description,
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
