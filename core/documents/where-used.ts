import type { ReferenceView } from '@xrm/sdk/configuration'
import type { Model } from './model.ts'
import { type ReferenceVisitor, visitReferences } from './references.ts'

/** What is asked for: an entity, one of its fields, an option of a field, or an option set. */
export interface Wanted {
  entity?: string | undefined
  field?: string | undefined
  option?: string | undefined
  optionSet?: string | undefined
}

/** Every place where a document of the model names the wanted thing. */
export function whereUsed(model: Model, wanted: Wanted): ReferenceView[] {
  const items: ReferenceView[] = []
  for (const [key, body] of model.documents) {
    const slash = key.indexOf('/')
    const kind = key.slice(0, slash) as ReferenceView['kind']
    const name = key.slice(slash + 1)
    const title = (body as { title?: string }).title ?? name
    const seen = new Set<string>()
    const found = (pointer: string): void => {
      if (seen.has(pointer)) return
      seen.add(pointer)
      items.push({ kind, name, title, pointer })
    }
    visitReferences({ kind, name, body }, model.entities, seeker(wanted, found))
  }
  return items
}

function seeker(wanted: Wanted, found: (pointer: string) => void): ReferenceVisitor {
  const { entity, field, option, optionSet } = wanted
  return {
    entity: (name, pointer) => {
      if (name === entity && field === undefined) found(pointer)
      return name
    },
    field: (owner, name, pointer) => {
      if (owner === entity && name === field && option === undefined) found(pointer)
      return name
    },
    optionSet: (name, pointer) => {
      if (name === optionSet) found(pointer)
      return name
    },
    option: (owner, name, key, pointer) => {
      if (owner === entity && name === field && key === option) found(pointer)
    },
  }
}
