import { defineProblems } from '@xrm/sdk'

export const problems = defineProblems({
  'document.not-found': { status: 404, title: 'There is no such document' },
  'document.invalid': { status: 422, title: 'The document is not valid' },
  'document.changed': { status: 409, title: 'The document was changed in the meantime' },
  'document.no-change': { status: 422, title: 'The changeset changes nothing' },
  'rename.refused': { status: 422, title: 'It cannot have this name' },
  'preset.not-found': { status: 404, title: 'There is no such preset' },
  'changeset.not-found': { status: 404, title: 'There is no such changeset' },
  'changeset.closed': { status: 409, title: 'The changeset is not a draft any more' },
  'changeset.invalid': { status: 422, title: 'The changeset would make a model with errors' },
  'changeset.conflict': { status: 409, title: 'The same documents were changed in the meantime' },
  'changeset.no-conflict': { status: 422, title: 'There is no such conflict' },
  'changeset.values': { status: 422, title: 'Existing values do not fit what the changeset asks of them' },
  'changeset.no-values': { status: 404, title: 'The draft changes no values of this field' },
  'changeset.rule': { status: 422, title: 'The rule for the values does not fit the field' },
  'retired.not-found': { status: 404, title: 'There is no such removed field or entity' },
  'entity.too-many-columns': {
    status: 422,
    title: 'The table of the entity takes no more columns; purge removed fields first',
  },
  'changeset.busy': { status: 503, title: 'The tables are in use; nothing was changed' },
})
