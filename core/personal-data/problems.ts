import { defineProblems } from '@xrm/sdk'

export const problems = defineProblems({
  'personal-data.too-many': { status: 422, title: 'That is found in too many places; say it more precisely' },
  'personal-data.nothing': { status: 422, title: 'There is nothing personal to be found there' },
})
