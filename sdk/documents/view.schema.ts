import { closed, expression, labels, namedMap, namePattern, order, title } from './vocabulary.ts'

const path = '^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*){0,3}$'

/** The kind `view`: a list of an entity's records with its filter, columns and order. */
export const viewSchema = closed(
  {
    entity: { type: 'string', pattern: namePattern },
    title,
    labels,
    order,
    icon: { type: 'string', pattern: '^[a-z0-9-]{1,40}$' },
    type: { enum: ['list'] },
    filter: expression,
    columns: {
      ...namedMap(closed({ order, width: { type: 'integer', minimum: 40, maximum: 1200 } })),
      propertyNames: { pattern: path },
    },
    sort: {
      ...namedMap(closed({ order, direction: { enum: ['asc', 'desc'] } }), 6),
      propertyNames: { pattern: path },
    },
  },
  ['entity', 'title', 'columns'],
)
