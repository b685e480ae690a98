import { Problem } from '@xrm/sdk'
import type { PreviewAnswer } from '@xrm/sdk/api'
import type { ConversionCheck, ConversionCheckRequest, ConversionTestRequest } from '@xrm/sdk/conversions'
import type { Json } from '@xrm/sdk/merge'
import type { BuiltModel } from '../documents/build-model.ts'
import type { Documents } from '../documents/documents.ts'
import type { WriteContext } from '../records/write-types.ts'
import { childrenWithoutRule, fieldsLeftBehind } from './left-out.ts'
import { previewConversion } from './preview.ts'
import { problems } from './problems.ts'
import { missingFields, suggestMappings } from './suggest.ts'

/** Says of a definition that need not be saved what publishing it would say, and what helps to write it. */
export async function checkConversion(
  documents: Documents,
  { name, body }: ConversionCheckRequest,
  changeset: string | undefined,
): Promise<ConversionCheck> {
  const { model, issues } = await documents.tryBody('conversion', name, body as unknown as Json, changeset)
  const own = issues.list.filter((issue) => issue.kind === 'conversion' && issue.name === name)
  const conversion = model.conversions.get(name)
  // A body that has not the shape of a conversion has no meaning to look at.
  if (!conversion) return { issues: own, targets: {}, staysBehind: [], unruledChildren: [] }
  return {
    issues: own,
    targets: Object.fromEntries(
      Object.entries(conversion.body.targets).flatMap(([key, target]) => {
        const entity = model.entities.get(target.entity)
        if (!entity || entity.readOnly) return []
        const mapped = new Set(Object.keys(target.map))
        return [
          [
            key,
            {
              suggestions: suggestMappings(conversion, entity, mapped),
              missing: missingFields(entity, mapped),
            },
          ],
        ]
      }),
    ),
    staysBehind: fieldsLeftBehind(conversion).map((field) => field.name),
    unruledChildren: childrenWithoutRule(conversion, model.entities).map(({ relation, entity, field }) => ({
      relation,
      entity: entity.name,
      title: `${entity.body.title}: ${field.field.title ?? field.name.replaceAll('_', ' ')}`,
      labels: childLabels(entity.body['x-entity'].labels ?? {}, field.field['x-labels'] ?? {}),
    })),
  }
}

function childLabels(
  entity: Record<string, { one: string }>,
  field: Record<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entity).flatMap(([language, { one }]) =>
      field[language] === undefined ? [] : [[language, `${one}: ${field[language]}`]],
    ),
  )
}

/**
 * Shows what a definition would do with a record. It runs against the model of the draft; where that needs other tables
 * than there are, against the published one, of which alone there are records.
 */
export async function testConversion(
  documents: Documents,
  context: WriteContext,
  { name, body, source, targets }: ConversionTestRequest,
  changeset: string | undefined,
): Promise<PreviewAnswer> {
  const wanted = body as unknown as Json
  const draft = await documents.tryBody('conversion', name, wanted, changeset)
  const built =
    draft.plan.steps.length === 0 || changeset === undefined
      ? draft
      : await documents.tryBody('conversion', name, wanted, undefined)
  requireSound(built, name)
  return previewConversion(
    { ...context, model: built.model },
    name,
    { source, ...(targets ? { targets } : {}) },
    { again: true },
  )
}

function requireSound({ issues, model }: BuiltModel, name: string): void {
  const own = issues.errors.filter((issue) => issue.kind === 'conversion' && issue.name === name)
  if (own.length === 0 && model.conversions.has(name)) return
  throw new Problem(problems['conversion.broken'], {
    extra: { reasons: own.map(({ pointer, message }) => `${pointer}: ${message}`) },
    errors: own.map(({ pointer, code, message }) => ({
      pointer: `#/body${pointer}`,
      code,
      detail: message,
    })),
  })
}
