import { defineProblems } from '@xrm/sdk'

export const problems = defineProblems({
  'access.unknown': { status: 404, title: 'There is nobody and nothing of that name' },
  'user.invalid': { status: 400, title: 'The user cannot be like that' },
  'share.invalid': { status: 422, title: 'The record cannot be shared like that' },
})
