import { defineProblems } from '@xrm/sdk'

export const problems = defineProblems({
  'entity.not-found': { status: 404, title: 'There is no such entity' },
  'record.not-found': { status: 404, title: 'There is no such record' },
  'record.invalid': { status: 422, title: 'The record is not valid' },
  'record.conflict': { status: 409, title: 'The record was changed in the meantime' },
  'record.unique': { status: 409, title: 'Another record has this value already' },
  'record.referenced': { status: 409, title: 'Other records refer to this one' },
  'record.too-many-dependants': {
    status: 409,
    title: 'Too many records would go along with this one; delete some of them first',
  },
  'record.locked': { status: 409, title: 'The record was converted and is locked' },
  'record.version-required': { status: 400, title: 'If-Match must be a version' },
  'record.forbidden': { status: 403, title: 'You may not do this' },
  'query.invalid': { status: 400, title: 'The query is not valid' },
  'query.cursor': { status: 400, title: 'The cursor does not belong to this query' },
  'query.limit': { status: 400, title: 'The query asks for more than is allowed' },
})
