import { defineProblems } from '@xrm/sdk'

export const problems = defineProblems({
  'bulk.not-found': { status: 404, title: 'There is no such bulk conversion' },
  'bulk.empty': { status: 422, title: 'There is nothing to convert' },
  'bulk.state': { status: 409, title: 'The bulk conversion is not in a state for this' },
  'bulk.item-not-found': { status: 404, title: 'The bulk conversion has no such item' },
  'bulk.item-settled': { status: 409, title: 'The item needs no decision' },
  'bulk.actor-gone': { status: 403, title: 'Who asked for it may not act any more' },
  'bulk.internal': { status: 500, title: 'The conversion failed for a reason of ours' },
})
