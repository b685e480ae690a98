import { defineProblems } from '@xrm/sdk'

export const problems = defineProblems({
  'conversion.not-found': { status: 404, title: 'There is no such conversion' },
  'conversion.run-not-found': { status: 404, title: 'There is no such run' },
  'conversion.broken': { status: 409, title: 'The conversion does not fit its entities any more' },
  'conversion.forbidden': { status: 403, title: 'You may not convert this record' },
  'conversion.already-converted': { status: 409, title: 'The record was converted already' },
  'conversion.not-available': { status: 422, title: 'The record cannot be converted as it is' },
  'conversion.decision-required': { status: 422, title: 'A decision is needed' },
  'conversion.hidden-match': { status: 409, title: 'The record exists already, where you may not see it' },
  'conversion.invalid': { status: 422, title: 'The targets are not valid' },
  'conversion.stale-source': { status: 409, title: 'The record was changed since the preview' },
  'conversion.stale-match': { status: 409, title: 'The possible matches were changed since the preview' },
  'conversion.stale-definition': { status: 409, title: 'The conversion was changed since the preview' },
  'conversion.forbidden-target': { status: 403, title: 'You may not write one of the targets' },
  'conversion.forbidden-field': { status: 403, title: 'You may not write one of the fields' },
  'conversion.reverse-blocked': { status: 409, title: 'The run cannot be taken back' },
  'conversion.hook-failed': { status: 500, title: 'A plugin failed; nothing was converted' },
  'conversion.unique-conflict': { status: 409, title: 'A target would double a value that must be unique' },
})
