import type { XrmDocument } from '@xrm/sdk'
import type { NewEntity } from '@xrm/sdk/configuration'
import { entityTemplates } from './entity-templates.ts'
import type { WantedDocument } from './documents.ts'
import { isObject, type Json } from '@xrm/sdk/merge'
import { RequestCheck } from './requests.ts'

/** A new entity with its form, its view, and the right to work with its records for the roles that are named. */
export function newEntity(documents: readonly XrmDocument[], request: NewEntity): WantedDocument[] {
  const check = new RequestCheck(documents)
  const { name, plural, title, pluralTitle, labels = {}, description, icon, roles = [] } = request
  check.entityName('name', name)
  check.plural('plural', plural)
  if (!Object.hasOwn(entityTemplates, request.template))
    check.error('template', 'request.type', `It must be one of: ${Object.keys(entityTemplates).join(', ')}.`)
  const grants = roles.flatMap((role, index): WantedDocument[] => {
    const body = check.body('role', role)
    if (body) return [{ kind: 'role', name: role, body: withGrant(body, name, fullGrant) }]
    check.error(`roles/${index}`, 'reference.unknown', `There is no role "${role.slice(0, 60)}".`)
    return []
  })
  check.throwErrors()

  const { fields, required, display, search, sections, columns, sort } = entityTemplates[request.template]
  const entity = {
    title,
    ...(description === undefined ? {} : { description }),
    type: 'object',
    required,
    'x-entity': {
      plural,
      labels: { ...labels, en: { one: title, other: pluralTitle } },
      display,
      ...(icon === undefined ? {} : { icon }),
      search,
      owner: true,
      activities: true,
      files: true,
    },
    properties: fields,
  }
  const view = {
    entity: name,
    title: pluralTitle,
    labels: Object.fromEntries(Object.entries(labels).map(([language, { other }]) => [language, other])),
    order: 10,
    filter: 'active',
    columns: Object.fromEntries(columns.map((column) => [column, {}])),
    sort,
  }
  const viewName = plural.replaceAll('_', '-')
  return check.finish([
    { kind: 'entity', name, body: entity as unknown as Json },
    { kind: 'form', name, body: { entity: name, sections } as unknown as Json },
    {
      kind: 'view',
      name: check.body('view', viewName) ? `${viewName}-of-${name}` : viewName,
      body: view as unknown as Json,
    },
    ...grants,
  ])
}

const fullGrant = {
  read: 'all',
  create: 'all',
  update: 'all',
  delete: 'all',
  convert: 'all',
  fields: { '*': 'write' },
}

/** A role that may do something more. */
export function withGrant(role: { [key: string]: Json }, entity: string, grant: Json): Json {
  return { ...role, entities: { ...(isObject(role['entities']) ? role['entities'] : {}), [entity]: grant } }
}
