import type { Conversion, Mapping } from '@xrm/sdk'
import type { EntityModel, FieldModel } from '../documents/model.ts'
import { resolvePath } from '../documents/paths.ts'

type Entities = ReadonlyMap<string, EntityModel>
type Owner = NonNullable<Conversion['owner']>
export type Report = (pointer: string, code: string, message: string) => void

/** Checks whose the new records are to be. E-mails and teams are records: whether they exist is known when it runs. */
export function checkOwner(
  at: string,
  owner: Owner | undefined,
  source: EntityModel,
  entities: Entities,
  report: Report,
): string[] {
  if (!owner) return []
  const { strategy, path, user, team, users } = owner
  const given = {
    path: path !== undefined,
    user: user !== undefined,
    team: team !== undefined,
    users: users !== undefined,
  }
  const allowed: Record<string, readonly string[]> = {
    path: ['path'],
    fixed: ['user', 'team'],
    rotate: ['users'],
  }
  for (const [key, isGiven] of Object.entries(given))
    if (isGiven && !allowed[strategy]?.includes(key))
      report(`${at}/${key}`, 'conversion.owner', `With the strategy "${strategy}" it has no meaning.`)
  if (strategy === 'fixed' && !given.user && !given.team)
    report(at, 'conversion.owner', 'Say which user or team.')
  if (strategy === 'rotate' && Object.keys(users ?? {}).length === 0)
    report(at, 'conversion.owner', 'Say between which users it goes round.')
  if (strategy !== 'path') return []
  const field = path === undefined ? null : resolvePath(entities, source, path)?.field
  if (field?.relation === 'user') return [path!]
  report(path === undefined ? at : `${at}/path`, 'conversion.owner', 'It must lead to a user.')
  return []
}

/** Checks the keywords of a mapping that have a meaning only beside certain fields. */
export function checkMapping(
  at: string,
  body: Mapping,
  field: FieldModel,
  source: EntityModel,
  report: Report,
): void {
  if (body.currency !== undefined) {
    if (field.type.name !== 'money')
      report(`${at}/currency`, 'conversion.currency', `"${field.name}" is not an amount.`)
    else if (!Intl.supportedValuesOf('currency').includes(body.currency))
      report(`${at}/currency`, 'conversion.currency', `"${body.currency}" is not a currency.`)
  }
  if (body.timeZone !== undefined && field.valueType !== 'date' && field.valueType !== 'timestamp')
    report(`${at}/timeZone`, 'conversion.time-zone', `"${field.name}" is neither a day nor an instant.`)
  const { onLink } = body
  if (
    onLink === 'newer' &&
    (body.from === undefined || !source.stored.some(({ name }) => name === body.from))
  )
    report(
      `${at}/onLink`,
      'conversion.on-link',
      'What was changed last is known of the fields of the source itself only.',
    )
  if (onLink === 'union' && !field.multiple)
    report(`${at}/onLink`, 'conversion.on-link', `"${field.name}" is not a list.`)
  if (onLink === 'append' && field.type.name !== 'text' && field.type.name !== 'long-text')
    report(`${at}/onLink`, 'conversion.on-link', `"${field.name}" is not a text.`)
  if (body.onUnmapped !== undefined && body.values === undefined)
    report(`${at}/onUnmapped`, 'conversion.mapping', 'It speaks of a value map, and there is none.')
  if (body.onUnmapped === 'default' && body.default === undefined)
    report(`${at}/onUnmapped`, 'conversion.mapping', 'There is no default.')
}

/** Source options of which the value map says nothing: `onUnmapped` decides about them. */
export function unmappedOptions(body: Mapping, source: FieldModel | undefined): string[] {
  if (body.values === undefined || body.onUnmapped === undefined) return []
  return (source?.options ?? []).flatMap(({ key, active }) =>
    active && !Object.hasOwn(body.values!, key) ? [key] : [],
  )
}

/** The relation of children to the source; null when there is none of that name. */
export function childRelation(
  relation: string,
  source: EntityModel,
  entities: Entities,
): { entity: EntityModel; field: FieldModel } | null {
  const [entityName, fieldName] = relation.split('.') as [string, string]
  const entity = entities.get(entityName)
  const field = entity?.fields.get(fieldName)
  if (!entity || !field || entity.readOnly || field.columns.length === 0) return null
  return field.relation === source.name || field.type.name === 'relation-any' ? { entity, field } : null
}
