import type { Conversion } from '@xrm/sdk'
import { escapePointer } from '@xrm/sdk/merge'
import type { ConversionModel, EntityModel } from '../documents/model.ts'
import { childRelation, type Report } from './compile-keywords.ts'

/** What becomes of the source's children: each rule with the relation that it speaks of. */
export function compileChildren(
  body: Conversion,
  source: EntityModel,
  entities: ReadonlyMap<string, EntityModel>,
  report: Report,
): ConversionModel['children'] {
  checkActions(body, report)
  return Object.entries(body.children ?? {}).flatMap(([key, child]) => {
    const at = `/children/${escapePointer(key)}`
    const found = childRelation(child.relation, source, entities)
    if (!found) {
      report(
        `${at}/relation`,
        'reference.unknown',
        `"${child.relation}" is not a relation to ${source.name}.`,
      )
      return []
    }
    const { entity, field } = found
    const to = child.to ?? []
    for (const target of to) {
      const known = body.targets[target]
      const names = child.action === 'move' || child.action === 'copy'
      if (!known) report(`${at}/to`, 'reference.unknown', `There is no target "${target}".`)
      else if (names && field.relation !== null && field.relation !== known.entity)
        report(`${at}/to`, 'conversion.type', `"${child.relation}" cannot name a record of ${known.entity}.`)
    }
    if (child.action === 'alsoLink' && !field.multiple) {
      report(
        `${at}/action`,
        'conversion.children',
        `"${child.relation}" names one record only; it can be moved or left.`,
      )
    }
    if (child.action === 'move' && to.length !== 1)
      report(`${at}/to`, 'conversion.children', 'Moving needs exactly one target.')
    const { reassignOpen = null } = child
    if (reassignOpen !== null) {
      if (!body.targets[reassignOpen])
        report(`${at}/reassignOpen`, 'reference.unknown', `There is no target "${reassignOpen}".`)
      if (entity.timeline?.regarding !== field || child.action !== 'alsoLink' || !field.multiple)
        report(
          `${at}/reassignOpen`,
          'conversion.children',
          'Only entries of a timeline are open or done, where they are shown on the targets too.',
        )
    }
    return [{ key, entity, field, action: child.action, to, reassignOpen }]
  })
}

/** A rule that makes other records of children needs targets that are made of them. */
function checkActions(body: Conversion, report: Report): void {
  const made = new Set(Object.values(body.targets).flatMap(({ each }) => each?.relation ?? []))
  for (const [key, { action, relation, to = [] }] of Object.entries(body.children ?? {})) {
    const at = `/children/${escapePointer(key)}`
    if (action === 'map' && !made.has(relation))
      report(`${at}/action`, 'conversion.children', `No target has "each" over "${relation}".`)
    if ((action === 'copy' || action === 'alsoLink') && to.length === 0)
      report(`${at}/to`, 'conversion.children', 'Say to which targets.')
  }
}
