import { Problem, type XrmDocument } from '@xrm/sdk'
import { namePattern } from '@xrm/sdk/documents'
import type { Rename } from '@xrm/sdk/configuration'
import { isEqual, isObject, type Json } from '@xrm/sdk/merge'
import type { Model } from './model.ts'
import { problems } from './problems.ts'
import { visitReferences } from './references.ts'
import { reservedNames } from './system-fields.ts'

type Body = { [key: string]: Json }

/** A document as it is to be; `body` undefined: it goes, because it has another name now. */
export interface Rewritten {
  kind: XrmDocument['kind']
  name: string
  body: Json | undefined
}

/**
 * Gives a field or an entity another API name and rewrites every document that names it; the old name is remembered in
 * `x-was` (`was`), by which its data moves along. The answer holds only documents that change.
 */
export function rename(model: Model, documents: readonly XrmDocument[], request: Rename): Rewritten[] {
  return request.field === undefined
    ? renameEntity(model, documents, request)
    : renameField(model, documents, { ...request, field: request.field })
}

function renameField(
  model: Model,
  documents: readonly XrmDocument[],
  { entity, field, to }: Rename & { field: string },
): Rewritten[] {
  const own = documents.find(({ kind, name }) => kind === 'entity' && name === entity)
  const properties = (own?.body as unknown as Body | undefined)?.['properties']
  if (!isObject(properties)) refuse('/entity', 'reference.unknown', `There is no entity "${entity}".`)
  if (!Object.hasOwn(properties, field))
    refuse('/field', 'reference.unknown', `"${entity}" has no field "${field}" that can be renamed.`)
  if (model.entities.get(entity)?.readOnly)
    refuse('/entity', 'name.fixed', `"${entity}" belongs to the product itself.`)
  requireName(to)
  if (Object.hasOwn(properties, to)) refuse('/to', 'name.taken', `"${entity}" has a field "${to}".`)
  for (const [other, body] of Object.entries(properties)) {
    if (other !== field && isObject(body) && isObject(body['x-was']) && Object.hasOwn(body['x-was'], to))
      refuse('/to', 'name.taken', `"${to}" was the name of "${other}".`)
  }
  return rewrite(model, documents, {
    entity: (name) => name,
    field: (owner, name) => (owner === entity && name === field ? to : name),
    document: (document, body) => {
      if (document !== own || !isObject(body['properties'])) return document.name
      body['properties'] = Object.fromEntries(
        Object.entries(body['properties']).map(([name, value]) =>
          name === field && isObject(value) ? [to, remember(value, 'x-was', field, to)] : [name, value],
        ),
      )
      return document.name
    },
  })
}

function renameEntity(
  model: Model,
  documents: readonly XrmDocument[],
  { entity, to, plural }: Rename,
): Rewritten[] {
  const has = (kind: string, name: string): boolean =>
    documents.some((document) => document.kind === kind && document.name === name)
  if (!has('entity', entity)) refuse('/entity', 'reference.unknown', `There is no entity "${entity}".`)
  if (fixedEntities.has(entity))
    refuse('/entity', 'name.fixed', `"${entity}" belongs to the product itself and keeps its name.`)
  requireName(to)
  if (plural !== undefined && !new RegExp(namePattern).test(plural))
    refuse('/plural', 'name.invalid', `It must match ${namePattern}.`)
  for (const other of model.entities.values()) {
    if (other.name === to || (other.name !== entity && other.body['x-entity'].was?.[to]))
      refuse('/to', 'name.taken', `"${to}" is or was the name of an entity.`)
    if (other.name !== entity && other.plural === plural)
      refuse('/plural', 'name.taken', `"${plural}" is the plural of "${other.name}".`)
  }
  if (has('entity', to)) refuse('/to', 'name.taken', `There is an entity "${to}".`)
  return rewrite(model, documents, {
    entity: (name) => (name === entity ? to : name),
    field: (_, name) => name,
    document: ({ kind, name, body: before }, body) => {
      // The form named like the entity is its main one.
      if (kind === 'form')
        return name === entity && (before as { entity?: string }).entity === entity && !has('form', to)
          ? to
          : name
      if (kind !== 'entity' || name !== entity) return name
      const options = body['x-entity']
      if (isObject(options)) {
        body['x-entity'] = remember(options, 'was', entity, to)
        if (plural !== undefined) options['plural'] = plural
      }
      return to
    },
  })
}

/** Entities whose names the code of the product knows. */
const fixedEntities = new Set(['user', 'team'])

function requireName(to: string): void {
  if (!new RegExp(namePattern).test(to)) refuse('/to', 'name.invalid', `It must match ${namePattern}.`)
  if (reservedNames.has(to) || to.startsWith('pg_') || to in Object.prototype)
    refuse('/to', 'name.reserved', `"${to.slice(0, 60)}" is a reserved name.`)
}

function refuse(pointer: string, code: string, detail: string): never {
  throw new Problem(problems['rename.refused'], { errors: [{ pointer: `#${pointer}`, code, detail }] })
}

/** Keeps the old name among the earlier ones; a name that is taken up again is not an earlier one. */
function remember(owner: Body, key: string, old: string, present: string): Body {
  const { [present]: _, ...earlier } = isObject(owner[key]) ? owner[key] : {}
  owner[key] = { ...earlier, [old]: true }
  return owner
}

function rewrite(
  model: Model,
  documents: readonly XrmDocument[],
  change: {
    entity(name: string): string
    field(entity: string, name: string): string
    /** Changes what is not a reference, and answers the document's name. */
    document(document: XrmDocument, body: Body): string
  },
): Rewritten[] {
  const result: Rewritten[] = []
  for (const document of documents) {
    const body = visitReferences(document, model.entities, {
      entity: (name) => change.entity(name),
      field: (entity, name) => change.field(entity, name),
      optionSet: (name) => name,
      option: () => {},
    })
    if (!isObject(body)) continue
    const name = change.document(document, body)
    const { kind } = document
    if (name !== document.name) result.push({ kind, name: document.name, body: undefined })
    if (name !== document.name || !isEqual(body, document.body)) result.push({ kind, name, body })
  }
  return result
}
