import type { DocumentKind } from '@xrm/sdk'
import type { Issues } from './issues.ts'
import type { ContentModel, EntityModel } from './model.ts'

const types = { name: 'text', type: 'text', size: 'integer', digest: 'text', key: 'text' } as const

/** The fields of an entity whose records are files; null for every other, and for one that is not as it must be. */
export function compileContent(
  entity: EntityModel,
  entities: ReadonlyMap<string, EntityModel>,
  issues: Issues,
): ContentModel | null {
  const body = entity.body['x-entity'].content
  if (!body) return null
  const place = { kind: 'entity' as DocumentKind, name: entity.name }
  const error = (key: string, code: string, text: string): null => (
    issues.error(place, `/x-entity/content${key}`, code, text),
    null
  )
  const other = [...entities.values()].find((one) => one !== entity && one.body['x-entity'].content)
  if (other) return error('', 'entity.content', `"${other.name}" is the entity of files already.`)
  if (!entity.timeline)
    return error('', 'entity.content', 'It needs a timeline, which says what files hang on.')
  const fields: Partial<Record<keyof typeof types, EntityModel['stored'][number]>> = {}
  for (const key of Object.keys(types) as (keyof typeof types)[]) {
    const field = entity.fields.get(body[key])
    if (field?.type.name !== types[key] || field.multiple)
      error(`/${key}`, 'reference.unknown', `It must name a field of type ${types[key]}.`)
    // What a caller could write, a caller could point at somebody else's bytes.
    else if (key !== 'name' && field.field['x-readonly'] !== true)
      error(`/${key}`, 'entity.content', `"${field.name}" must be read-only.`)
    else if (!field.required) error(`/${key}`, 'entity.content', `"${field.name}" must be required.`)
    else fields[key] = field
  }
  const { name, type, size, digest, key } = fields
  if (!name || !type || !size || !digest || !key) return null
  return { name, type, size, digest, key, regarding: entity.timeline.regarding }
}
