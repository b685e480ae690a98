import type { Conversion } from '@xrm/sdk'
import { entityChoices } from '../designer/choices.ts'
import { draftModel } from '../designer/draft-model.ts'
import { nameFromTitle } from '../designer/names.ts'
import { label } from '../model/labels.ts'

/** A name in the manner of conversions, `contact-to-employee`, that is not taken yet. */
export function freeName(text: string, taken: ReadonlySet<string>): string {
  const plain = (name: string) => name.replaceAll('_', '-')
  return plain(nameFromTitle(text, (name) => taken.has(plain(name))))
}

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

/** The entities that may be converted, and converted into; people and teams of the system are not made that way. */
export function targetChoices(): { value: string; text: string }[] {
  return entityChoices().filter(({ value }) => value !== 'user' && value !== 'team')
}
