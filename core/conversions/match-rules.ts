import type { TargetModel } from '../documents/model.ts'

type MatchRules = NonNullable<TargetModel['body']['match']>

/** By which rules records that are there already are found for a target: its own, or those of its entity. */
export function matchRulesOf({ body, entity }: TargetModel): MatchRules {
  return body.match ?? entity.body['x-duplicates'] ?? {}
}
