import { defineProblems } from '@xrm/sdk'

export const problems = defineProblems({
  internal: { status: 500, title: 'Something went wrong on our side' },
  'request.not-found': { status: 404, title: 'There is nothing at this address' },
  'request.method': { status: 405, title: 'This address does not know the method' },
  'request.signed-out': { status: 401, title: 'You are not signed in' },
  'request.forbidden': { status: 403, title: 'You may not do this' },
  'request.parameter': { status: 400, title: 'A parameter is not valid' },
  'request.json': { status: 400, title: 'The body is not valid JSON' },
  'request.media-type': { status: 415, title: 'The body must be JSON' },
  'request.too-large': { status: 413, title: 'The body is too large' },
  'request.body': { status: 400, title: 'The body does not have the expected form' },
  'idempotency.mismatch': { status: 422, title: 'This key was used for another request' },
  'idempotency.key': { status: 400, title: 'The Idempotency-Key is not valid' },
  'request.too-many': { status: 429, title: 'Too many requests' },
  'request.too-slow': { status: 503, title: 'The database took too long for this' },
  'request.malformed': { status: 400, title: 'This is not a valid HTTP request' },
  'request.headers-too-large': { status: 431, title: 'The address or the headers are too long' },
  'request.timeout': { status: 408, title: 'The request did not arrive in time' },
  'request.busy': { status: 503, title: 'The server is busy' },
})
