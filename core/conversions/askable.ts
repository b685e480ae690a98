import type { Mapping } from '@xrm/sdk'
import { escapePointer } from '@xrm/sdk/merge'
import type { EntityModel, FieldModel, MappingModel } from '../documents/model.ts'

/**
 * Fields of a target that no mapping takes, and that may be demanded all the same: by the stage that the record enters, or
 * by a rule that shows its message there. Without a way to enter them such a run could never succeed.
 */
export function askableFields(
  entity: EntityModel,
  map: Readonly<Record<string, Mapping>>,
  pointer: string,
): MappingModel[] {
  const names = new Set([
    ...entity.stages.flatMap(({ options }) => options.flatMap(({ requires = [] }) => requires)),
    ...entity.rules.map((rule) => rule.pointer.slice(1)),
  ])
  return [...names].flatMap((name) => {
    const field = entity.fields.get(name)
    if (!field || Object.hasOwn(map, name) || !isEntered(field)) return []
    const at = `${pointer}/${escapePointer(name)}`
    return [{ field, pointer: at, from: { kind: 'input' }, body: { input: true, edit: 'editable' } }]
  })
}

function isEntered({ columns, system, writable }: FieldModel): boolean {
  return columns.length > 0 && writable && !system
}
