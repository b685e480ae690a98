import type { EntityView, ModelView } from '@xrm/sdk/api'
import type { ExpressionAnswer, ExpressionRequest } from '@xrm/sdk/configuration'
import { draftModel } from './draft-model.ts'

const addressParts = ['street', 'postal_code', 'city', 'region', 'country']

/**
 * Checks an expression in the model as the draft makes it, with the language itself, which runs here as it does on the
 * server. It is loaded when the first expression is shown.
 */
export async function checkExpression(
  request: ExpressionRequest,
  model: ModelView = draftModel.model,
): Promise<ExpressionAnswer> {
  if (request.text.trim() === '') return { type: null, issues: [] }
  const { compileExpression, ExpressionError, typeName } = await import('@xrm/sdk/expression')
  type Scope = Parameters<typeof compileExpression>[1]
  const typeOf = (entity: EntityView | undefined, name: string) => {
    const type = entity?.fields[name]?.valueType
    return type == null ? undefined : { type: type as never }
  }
  const member: Scope['member'] = (owner, name) => {
    if (owner === '$address') return addressParts.includes(name) ? { type: 'string' } : undefined
    return typeOf(model.entities[owner], name)
  }
  const scope: Scope =
    request.scope === 'source'
      ? { variable: (name) => (name === 'source' ? { type: { record: request.entity } } : undefined), member }
      : { variable: (name) => typeOf(model.entities[request.entity], name), member }
  try {
    const program = compileExpression(
      request.text,
      scope,
      request.expect === undefined ? {} : { expect: request.expect },
    )
    return { type: typeName(program.type), issues: [] }
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    const { code, message, position } = error
    return {
      type: null,
      issues: [{ code, message, from: position.offset, to: position.offset + position.length }],
    }
  }
}
