import { defineProblems } from '@xrm/sdk'

export const problems = defineProblems({
  'merge.request': { status: 422, title: 'These records cannot be merged so' },
  'merge.conflict': { status: 409, title: 'One of the records was changed in the meantime' },
  'merge.not-found': { status: 404, title: 'There is no such merge' },
  'merge.undone': { status: 409, title: 'The merge was undone already' },
  'duplicate-group.not-found': { status: 404, title: 'There is no such group' },
})
