import { Problem } from '@xrm/sdk'
import type { ConversionRequest, TargetDecision } from '@xrm/sdk/api'
import { problems } from './problems.ts'

const decisionMembers: Record<keyof TargetDecision, string> = {
  action: 'string',
  id: 'string',
  reactivate: 'boolean',
  values: 'object',
  keep: 'texts',
  take: 'texts',
}

/** Refuses decisions about targets that have not the form of decisions, with every error at its place in the body. */
export function checkDecisions(targets: ConversionRequest['targets']): void {
  const errors = Object.entries(targets ?? {}).flatMap(([key, decision]) => {
    const at = `#/targets/${key.slice(0, 60)}`
    if (decision === null || typeof decision !== 'object' || Array.isArray(decision)) {
      return [{ pointer: at, code: 'request.type', detail: 'must be an object' }]
    }
    return Object.entries(decision).flatMap(([member, value]) => {
      const type = Object.hasOwn(decisionMembers, member)
        ? decisionMembers[member as keyof TargetDecision]
        : undefined
      if (type === undefined)
        return [{ pointer: `${at}/${member.slice(0, 60)}`, code: 'request.unknown', detail: 'is not known' }]
      const fits =
        type === 'object'
          ? value !== null && typeof value === 'object' && !Array.isArray(value)
          : type === 'texts'
            ? Array.isArray(value) && value.every((one) => typeof one === 'string')
            : typeof value === type
      const known = member !== 'action' || ['create', 'link', 'skip'].includes(value as string)
      return fits && known
        ? []
        : [
            {
              pointer: `${at}/${member}`,
              code: 'request.type',
              detail: `must be ${member === 'action' ? 'create, link or skip' : `of type ${type}`}`,
            },
          ]
    })
  })
  if (errors.length > 0) throw new Problem(problems['request.body'], { errors })
}
