import type { ExpressionAnswer, ExpressionRequest } from '@xrm/sdk/configuration'
import { call } from '../data/client.ts'

/** What an expression gives and what is wrong with it, in the model of its draft, or in the published one without a draft. */
export async function checkExpression(request: ExpressionRequest): Promise<ExpressionAnswer> {
  // Nothing written is nothing wrong: whether it may be empty is for the place to say.
  if (request.text.trim() === '') return { type: null, issues: [] }
  return call('POST', '/api/expressions', { body: request })
}
