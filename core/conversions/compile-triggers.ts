import type { Conversion } from '@xrm/sdk'
import { compileExpression } from '@xrm/sdk/expression'
import { escapePointer } from '@xrm/sdk/merge'
import { compileAt } from '../documents/compile-at.ts'
import type { Issues } from '../documents/issues.ts'
import type { EntityModel, TriggerModel } from '../documents/model.ts'
import { orderedKeys } from '../documents/normalise.ts'
import { recordScope } from '../documents/scope.ts'

type Trigger = NonNullable<Conversion['triggers']>[string]

const minute = 60_000

/** What belongs to which kind of trigger, beside what all have. */
const own = {
  stage: ['field', 'stages', 'when'],
  condition: ['when', 'fires'],
  schedule: ['when', 'every'],
} as const

/** Compiles what starts a conversion by itself, and checks it against the source. */
export function compileTriggers(
  name: string,
  body: Conversion,
  source: EntityModel,
  entities: ReadonlyMap<string, EntityModel>,
  issues: Issues,
): TriggerModel[] {
  const place = { kind: 'conversion', name } as const
  return orderedKeys(body.triggers ?? {}).flatMap((key) => {
    const trigger = body.triggers![key]!
    const at = `/triggers/${escapePointer(key)}`
    const error = (member: string, message: string): void =>
      issues.error(place, `${at}${member}`, 'conversion.trigger', message)
    for (const member of ['field', 'stages', 'when', 'fires', 'every'] as const) {
      if (trigger[member] !== undefined && !(own[trigger.on] as readonly string[]).includes(member))
        error(`/${member}`, `"${member}" says nothing for a trigger on ${trigger.on}.`)
    }
    if (trigger.does === 'decline' && !body.decline)
      error('/does', 'The conversion does not say what declining means: "decline" is missing.')
    checkReason(trigger, body, source, error)
    if (body.channels && !body.channels.rule)
      error('', 'The channels of the conversion do not include "rule", so it cannot start by itself.')
    const field = trigger.on === 'stage' ? stageOf(trigger, source, error) : null
    if (trigger.on !== 'stage' && trigger.when === undefined) error('/when', 'The condition is missing.')
    const when =
      trigger.when === undefined
        ? null
        : compileAt(issues, place, `${at}/when`, () =>
            compileExpression(trigger.when!, recordScope(entities, source.name), { expect: 'bool' }),
          )
    const every = everyOf(trigger, error)
    return [{ key, body: trigger, field, when, every }]
  })
}

/** Who is not there to give a reason gives the one that is written down. */
function checkReason(
  { does, reason }: Trigger,
  { decline }: Conversion,
  source: EntityModel,
  error: (member: string, message: string) => void,
): void {
  const field = decline?.reason === undefined ? undefined : source.fields.get(decline.reason)
  if (reason === undefined) {
    if (does === 'decline' && decline?.required === true)
      error('/reason', 'Declining needs a reason, and nobody is there to give it.')
  } else if (does !== 'decline' || !field) {
    error('/reason', 'There is no field that takes it.')
  } else {
    const parsed = field.type.parse(reason, field.context)
    if ('error' in parsed) error('/reason', `The value ${parsed.detail}.`)
  }
}

function stageOf(
  { field: name, stages }: Trigger,
  source: EntityModel,
  error: (member: string, message: string) => void,
): TriggerModel['field'] {
  if (name === undefined) {
    error('/field', 'The stage field is missing.')
    return null
  }
  const field = source.stages.find((stage) => stage.name === name)
  if (!field) {
    error('/field', `"${source.name}" has no stage field "${name}".`)
    return null
  }
  const keys = Object.keys(stages ?? {})
  if (keys.length === 0) error('/stages', 'No stage is named.')
  for (const stage of keys)
    if (!field.options.some((option) => option.key === stage))
      error(`/stages/${escapePointer(stage)}`, `"${name}" has no stage "${stage}".`)
  return field
}

function everyOf({ on, every }: Trigger, error: (member: string, message: string) => void): number | null {
  if (on !== 'schedule') return null
  if (every === undefined) {
    error('/every', 'How often it is looked at is missing.')
    return null
  }
  const length = durationOf(every)
  if (length < minute) error('/every', 'It is looked at every minute at most.')
  return length
}

/** The length of an ISO duration in milliseconds, with months of 30 and years of 365 days. */
function durationOf(text: string): number {
  const [, ...parts] =
    /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(text) ?? []
  const minutes = [365 * 1440, 30 * 1440, 7 * 1440, 1440, 60, 1]
  return minutes.reduce((sum, factor, index) => sum + factor * Number(parts[index] ?? 0), 0) * minute
}
