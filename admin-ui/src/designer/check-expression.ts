import type { ExpressionAnswer, ExpressionNames, ExpressionRequest } from '@xrm/sdk/configuration'
import { call } from '../data/client.ts'

/** What an expression gives and what is wrong with it, in the model of its draft, or in the published one without a draft. */
export async function checkExpression(request: ExpressionRequest): Promise<ExpressionAnswer> {
  // Nothing written is nothing wrong: whether it may be empty is for the place to say.
  if (request.text.trim() === '') return { type: null, issues: [] }
  return call('POST', '/api/expressions', { body: request })
}

/** What may be written in an expression, for completion; of a draft where one is named. */
export function expressionNames(
  { entity, scope = 'record' }: Pick<ExpressionRequest, 'entity' | 'scope'>,
  changeset: string | null,
): Promise<ExpressionNames> {
  const query = new URLSearchParams({ entity, scope, ...(changeset === null ? {} : { changeset }) })
  return call('GET', `/api/expressions/names?${query}`)
}
