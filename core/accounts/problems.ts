import { defineProblems } from '@xrm/sdk'

/** What a caller of the account routes can do wrong. */
export const accountProblems = defineProblems({
  'accounts.invalid-input': { status: 400, title: 'The request is not valid' },
  'accounts.too-large': { status: 413, title: 'The request is too large' },
  'accounts.invalid-credentials': { status: 401, title: 'E-mail or password is wrong' },
  'accounts.not-signed-in': { status: 401, title: 'You are not signed in' },
  'accounts.foreign-origin': { status: 403, title: 'The request comes from another site' },
  'accounts.refused': { status: 403, title: 'The request is refused' },
  'accounts.not-found': { status: 404, title: 'There is nothing at this address' },
  'accounts.email-taken': { status: 409, title: 'There is a user with this e-mail already' },
  'accounts.setup-done': { status: 409, title: 'The first administrator exists already' },
  'accounts.setup-token': { status: 403, title: 'The setup token is wrong or has expired' },
  'accounts.last-admin': { status: 409, title: 'This is the last active administrator' },
  'accounts.link': { status: 400, title: 'The link is not valid any more' },
  'accounts.second-factor-exists': { status: 409, title: 'There is a second factor already' },
  'accounts.second-factor-needed': { status: 403, title: 'A second factor must be set up first' },
  'accounts.sign-in-again': { status: 401, title: 'Sign in with the password again' },
  'accounts.interactive': { status: 403, title: 'Only the person can do this, signed in at a browser' },
  'accounts.read-only': { status: 403, title: 'This session may only look' },
  'accounts.view-as': { status: 403, title: 'You cannot see with the eyes of this user' },
  'accounts.too-many-keys': { status: 409, title: 'There are too many keys' },
  'accounts.passkey': { status: 400, title: 'The passkey was not accepted' },
  'accounts.sso': { status: 400, title: 'The sign-in at the provider did not succeed' },
  'accounts.sso-unknown': { status: 403, title: 'The provider knows you, but here you are no user' },
  'accounts.too-many-attempts': { status: 429, title: 'Too many attempts' },
  'accounts.busy': { status: 503, title: 'Too many sign-ins at once' },
})
