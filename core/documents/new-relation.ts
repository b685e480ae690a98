import type { XrmDocument } from '@xrm/sdk'
import type { NewRelation } from '@xrm/sdk/configuration'
import { renameIn } from '@xrm/sdk/expression'
import type { WantedDocument } from './documents.ts'
import { isObject, type Json } from '@xrm/sdk/merge'
import type { Model } from './model.ts'
import { withGrant } from './new-entity.ts'
import { RequestCheck } from './requests.ts'
import { recordScope } from './scope.ts'

type Body = { [key: string]: Json }

/** A relation between two entities, in the draft whose documents and model are given. */
export function newRelation(
  model: Model,
  documents: readonly XrmDocument[],
  request: NewRelation,
): WantedDocument[] {
  const check = new RequestCheck(documents)
  if (!['one', 'many', 'both'].includes(request.kind))
    check.error('kind', 'request.type', 'It must be one, many or both.')
  if (request.onDelete !== undefined && !['clear', 'restrict', 'cascade'].includes(request.onDelete))
    check.error('onDelete', 'request.type', 'It must be clear, restrict or cascade.')
  for (const member of ['entity', 'target'] as const) {
    if (!check.body('entity', request[member]))
      check.error(member, 'reference.unknown', `There is no entity "${request[member].slice(0, 60)}".`)
  }
  check.throwErrors()
  if (request.kind === 'both') return linkEntity(model, check, request)
  const [owner, other] =
    request.kind === 'one' ? [request.entity, request.target] : [request.target, request.entity]
  return relationField(model, check, request, owner, other)
}

function relationField(
  model: Model,
  check: RequestCheck,
  { kind, name, title, labels, onDelete = 'clear' }: NewRelation,
  owner: string,
  other: string,
): WantedDocument[] {
  const body = check.body('entity', owner)!
  const properties = isObject(body['properties']) ? body['properties'] : {}
  check.name('name', name)
  if (model.entities.get(owner)?.readOnly)
    check.error(kind === 'one' ? 'entity' : 'target', 'name.fixed', `"${owner}" takes no fields.`)
  if (Object.hasOwn(properties, name)) check.error('name', 'name.taken', `"${owner}" has a field "${name}".`)
  const orders = Object.values(properties).map((field) =>
    isObject(field) && typeof field['x-order'] === 'number' ? field['x-order'] : 0,
  )
  const field = {
    'x-type': 'relation',
    title,
    ...(labels === undefined ? {} : { 'x-labels': labels }),
    'x-order': Math.max(0, ...orders) + 10,
    'x-relation': { entity: other, onDelete },
  }
  const changed: WantedDocument[] = [
    { kind: 'entity', name: owner, body: { ...body, properties: { ...properties, [name]: field } } },
  ]
  const form = check.body('form', owner)
  const shown = form && withField(form, name)
  return check.finish(shown ? [...changed, { kind: 'form', name: owner, body: shown }] : changed)
}

/** The form with the field at the end of its first section. */
function withField(form: Body, field: string): Json | undefined {
  const sections = form['sections']
  if (!isObject(sections)) return undefined
  const orderOf = (value: Json | undefined): number =>
    isObject(value) && typeof value['order'] === 'number' ? value['order'] : 0
  const [first] = Object.keys(sections).toSorted((a, b) => orderOf(sections[a]) - orderOf(sections[b]))
  const section = first === undefined ? undefined : sections[first]
  if (first === undefined || !isObject(section) || !isObject(section['fields'])) return undefined
  const order = Math.max(0, ...Object.values(section['fields']).map(orderOf)) + 10
  const fields = { ...section['fields'], [field]: { order } }
  return { ...form, sections: { ...sections, [first]: { ...section, fields } } }
}

/** An entity of its own whose records each join one of both sides; it can be given further fields. */
function linkEntity(
  model: Model,
  check: RequestCheck,
  { entity, target, name, title, labels = {}, onDelete = 'cascade' }: NewRelation,
): WantedDocument[] {
  const plural = `${name}_links`
  check.entityName('name', name)
  check.plural('name', plural)
  if (onDelete !== 'cascade')
    check.error('onDelete', 'request.type', 'A link goes with each of the records that it joins.')
  check.throwErrors()
  const [first, second] = [entity, entity === target ? `other_${target}`.slice(0, 48) : target]
  const titles = (of: string): { title: string; labels: Record<string, string> } => {
    const { body } = model.entities.get(of) ?? {}
    const given = Object.entries(body?.['x-entity'].labels ?? {})
    return {
      title: body?.title ?? of,
      labels: Object.fromEntries(given.map(([language, { one }]) => [language, one])),
    }
  }
  const many = (of: string): { title: string; labels: Record<string, string> } => {
    const given = Object.entries(model.entities.get(of)?.body['x-entity'].labels ?? {})
    const named = Object.fromEntries(given.map(([language, { other }]) => [language, other]))
    return { title: named['en'] ?? titles(of).title, labels: named }
  }
  const side = (of: string, otherSide: string): Json => {
    const { title: one, labels: ones } = titles(of)
    return {
      'x-type': 'relation',
      'x-required': true,
      title: one,
      'x-labels': ones,
      'x-relation': { entity: of, onDelete: 'cascade', inverse: many(otherSide) },
    } as unknown as Json
  }
  const body = {
    title,
    type: 'object',
    'x-entity': {
      plural,
      labels: Object.fromEntries(
        Object.entries({ en: title, ...labels }).map(([language, text]) => [
          language,
          { one: text, other: text },
        ]),
      ),
      display: `join([${first}.display, ${second}.display], ' – ')`,
      icon: 'link',
      navigation: false,
      owner: true,
    },
    properties: { [first]: side(entity, target), [second]: side(target, entity) },
    'x-unique': { pair: [first, second] },
  }
  const form = {
    entity: name,
    sections: {
      general: {
        title: 'General',
        labels: { de: 'Allgemein' },
        columns: 2,
        fields: { [first]: { create: true }, [second]: { create: true } },
      },
    },
  }
  const grants = check.all('role').flatMap(([role, content]): WantedDocument[] => {
    const given = isObject(content['entities']) ? content['entities'][entity] : undefined
    if (!isObject(given)) return []
    return [
      { kind: 'role', name: role, body: withGrant(content, name, grantOfLink(model, entity, first, given)) },
    ]
  })
  return check.finish([
    { kind: 'entity', name, body: body as unknown as Json },
    { kind: 'form', name, body: form as unknown as Json },
    ...grants,
  ])
}

/** Who may do something with a record may do it with its links: the same scopes, asked of the record. */
function grantOfLink(model: Model, entity: string, field: string, given: Body): Json {
  const scope = (value: Json): Json => {
    if (value === 'own') return { when: `${field}.owner == me` }
    if (value === 'team') return { when: `${field}.owner == me || ${field}.team in myTeams()` }
    if (!isObject(value) || typeof value['when'] !== 'string') return value
    const when = renameIn(
      value['when'],
      recordScope(model.entities, entity),
      ({ owner, name, value: constant }) =>
        owner === null && constant === undefined ? `${field}.${name}` : undefined,
    )
    return { when }
  }
  const grant: Body = {}
  for (const action of ['read', 'update', 'delete'])
    if (given[action] !== undefined) grant[action] = scope(given[action])
  if (given['create'] !== undefined) grant['create'] = given['create']
  if (isObject(given['fields']))
    grant['fields'] = { '*': Object.values(given['fields']).includes('write') ? 'write' : 'read' }
  return grant
}
