import {
  closed,
  expression,
  keyedMap,
  keyPattern,
  labels,
  namedMap,
  namePattern,
  order,
  title,
} from './vocabulary.ts'

/** The kind `form`: how a record's page and its create dialog are arranged. The form named like the entity is the default. */
export const formSchema = closed(
  {
    entity: { type: 'string', pattern: namePattern },
    title,
    labels,
    highlights: { description: 'The key fields on top of the page.', ...namedMap(closed({ order }), 8) },
    tabs: {
      description: 'Pages of the form. Sections that name none are on the first.',
      ...keyedMap(closed({ title, labels, order }, ['title']), 12),
    },
    sections: keyedMap(
      closed(
        {
          title,
          labels,
          order,
          tab: { description: 'The tab that it is on.', type: 'string', pattern: keyPattern },
          columns: { type: 'integer', minimum: 1, maximum: 4 },
          when: { ...expression, description: 'The section shows while this holds.' },
          fields: namedMap(
            closed({
              order,
              span: {
                description: 'How many columns the field takes.',
                type: 'integer',
                minimum: 1,
                maximum: 4,
              },
              when: { ...expression, description: 'The field shows while this holds.' },
              create: {
                description: 'Also in the create dialog; required fields always are.',
                type: 'boolean',
              },
            }),
          ),
        },
        ['fields'],
      ),
    ),
    related: {
      description:
        'Related lists, by `entity.field`. Absent: every relation to this entity that the user may read.',
      type: 'object',
      propertyNames: { pattern: '^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$' },
      additionalProperties: closed({ title, labels, order, hidden: { type: 'boolean' } }),
    },
  },
  ['entity', 'sections'],
)
