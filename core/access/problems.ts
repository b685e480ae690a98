import { defineProblems } from '@xrm/sdk'

export const problems = defineProblems({
  'user.invalid': { status: 400, title: 'The user cannot be like that' },
  'share.invalid': { status: 422, title: 'The record cannot be shared like that' },
})
