import { defineProblems } from '@xrm/sdk'

export const problems = defineProblems({
  'web-form.not-found': { status: 404, title: 'There is no such form' },
  'web-form.invalid': { status: 422, title: 'Something in the form has to be corrected' },
  'web-form.refused': { status: 422, title: 'Please send the form again' },
  'web-form.foreign-origin': { status: 403, title: 'The form is not for this site' },
})
