import { defineProblems } from '@xrm/sdk'

export const problems = defineProblems({
  'outgoing.address': { status: 422, title: 'The server may not call this address' },
  'outgoing.failed': { status: 502, title: 'The other server did not answer as expected' },
})
