import { defineProblems } from '@xrm/sdk'

export const problems = defineProblems({
  'job.not-found': { status: 404, title: 'There is no such job' },
  'job.ended': { status: 409, title: 'The job has ended, or cannot be stopped any more' },
  'job.failed': { status: 500, title: 'The job failed' },
})
