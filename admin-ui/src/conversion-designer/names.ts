import type { Conversion } from '@xrm/sdk'
import { draftModel } from '../designer/draft-model.ts'
import { label } from '../model/labels.ts'

/** A key for one more target of an entity. */
export function targetKey(entity: string, targets: object): string {
  const base = entity.replaceAll('_', '-')
  let key = base
  for (let number = 2; Object.hasOwn(targets, key); number++) key = `${base}-${number}`
  return key
}

/** What people call a target: its own title, that of its entity, at last its key. */
export function targetTitle(key: string, target: Conversion['targets'][string] | undefined): string {
  if (target?.title !== undefined) return label({ title: target.title, labels: target.labels ?? {} })
  const entity = target && draftModel.entity(target.entity)
  return entity ? label(entity) : key
}
