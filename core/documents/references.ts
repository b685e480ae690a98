import type { DocumentKind } from '@xrm/sdk'
import { renameIn, type Scope } from '@xrm/sdk/expression'
import { escapePointer, isObject, type Json } from '@xrm/sdk/merge'
import type { EntityModel } from './model.ts'
import { recordScope, sourceScope } from './scope.ts'

type Entities = ReadonlyMap<string, EntityModel>
type Body = { [key: string]: Json }

/** What a document can name. Each method gets the place and answers the name that is to stand there, mostly the same. */
export interface ReferenceVisitor {
  entity(name: string, pointer: string): string
  field(entity: string, name: string, pointer: string): string
  optionSet(name: string, pointer: string): string
  /** The key of an option of a field, where a document gives the field that value. */
  option(entity: string, field: string, key: string, pointer: string): void
}

/**
 * Walks through every reference of a document, expressions included, and gives the document with the names that the
 * visitor answers. Names are resolved in the model of which the document is a part; one that is not there is visited
 * all the same where its owner is certain. The fields that an entity defines are not references.
 */
export function visitReferences(
  document: { kind: DocumentKind; name: string; body: unknown },
  entities: Entities,
  visitor: ReferenceVisitor,
): Json {
  const body = structuredClone(document.body) as Json
  if (isObject(body)) walks[document.kind](new Walk(entities, visitor), body, document.name)
  return body
}

const walks: Record<DocumentKind, (walk: Walk, body: Body, name: string) => void> = {
  entity: visitEntity,
  'option-set': () => {},
  conversion: visitConversion,
  view: visitView,
  form: visitForm,
  role: visitRole,
  'web-form': visitWebForm,
  plugin: () => {},
}

/** Rewrites single places of a body. */
class Walk {
  readonly entities: Entities
  readonly visitor: ReferenceVisitor

  constructor(entities: Entities, visitor: ReferenceVisitor) {
    this.entities = entities
    this.visitor = visitor
  }

  entity(owner: Json | undefined, key: string, pointer: string): void {
    if (isObject(owner) && typeof owner[key] === 'string')
      owner[key] = this.visitor.entity(owner[key], pointer)
  }

  field(entity: string, owner: Json | undefined, key: string, pointer: string): void {
    if (isObject(owner) && typeof owner[key] === 'string')
      owner[key] = this.visitor.field(entity, owner[key], pointer)
  }

  fields(entity: string, list: Json | undefined, pointer: string): void {
    if (!Array.isArray(list)) return
    for (const [index, name] of list.entries())
      if (typeof name === 'string') list[index] = this.visitor.field(entity, name, `${pointer}/${index}`)
  }

  /** Gives the entries of a keyed map new keys and keeps their order. */
  keys(owner: Body, key: string, pointer: string, rename: (name: string, pointer: string) => string): void {
    const map = owner[key]
    if (!isObject(map)) return
    owner[key] = Object.fromEntries(
      Object.entries(map).map(([name, value]) => [
        rename(name, `${pointer}/${key}/${escapePointer(name)}`),
        value,
      ]),
    )
  }

  fieldKeys(entity: string, owner: Body, key: string, pointer: string): void {
    this.keys(owner, key, pointer, (name, at) => this.visitor.field(entity, name, at))
  }

  expression(scope: Scope, own: string | null, owner: Json | undefined, key: string, pointer: string): void {
    if (!isObject(owner) || typeof owner[key] !== 'string') return
    owner[key] = renameIn(owner[key], scope, (reference) => {
      const entity = reference.owner ?? own
      if (entity === null || reference.name === 'me') return undefined
      if (reference.value === undefined) return this.visitor.field(entity, reference.name, pointer)
      this.visitor.option(entity, reference.name, reference.value, pointer)
      return undefined
    })
  }

  /** An expression about a record of the entity. */
  condition(entity: string, owner: Json | undefined, key: string, pointer: string): void {
    this.expression(recordScope(this.entities, entity), entity, owner, key, pointer)
  }

  /** A path through to-one relations, such as `account.owner.name`. */
  path(entity: string, path: string, pointer: string): string {
    let owner: string | null = entity
    const names: string[] = []
    for (const name of path.split('.')) {
      names.push(owner === null ? name : this.visitor.field(owner, name, pointer))
      owner = owner === null ? null : (this.entities.get(owner)?.fields.get(name)?.relation ?? null)
    }
    return names.join('.')
  }

  pathAt(entity: string, owner: Json | undefined, key: string, pointer: string): void {
    if (isObject(owner) && typeof owner[key] === 'string') owner[key] = this.path(entity, owner[key], pointer)
  }

  /** `entity.field`, as related lists and children are named. */
  relation(text: string, pointer: string): string {
    const [entity = '', field = ''] = text.split('.')
    return `${this.visitor.entity(entity, pointer)}.${this.visitor.field(entity, field, pointer)}`
  }

  /** A constant that a field is given. */
  value(entity: string, field: string, value: Json | undefined, pointer: string): void {
    for (const key of Array.isArray(value) ? value : [value])
      if (typeof key === 'string') this.visitor.option(entity, field, key, pointer)
  }
}

function entriesOf(value: Json | undefined, pointer: string): [string, Body, string][] {
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, entry]) =>
    isObject(entry) ? [[key, entry, `${pointer}/${escapePointer(key)}`]] : [],
  )
}

function visitEntity(walk: Walk, body: Body, name: string): void {
  const { visitor } = walk
  for (const [key, field, at] of entriesOf(body['properties'], '/properties')) {
    walk.condition(name, field, 'x-formula', `${at}/x-formula`)
    walk.value(name, key, field['default'], `${at}/default`)
    if (typeof field['x-options'] === 'string')
      field['x-options'] = visitor.optionSet(field['x-options'], `${at}/x-options`)
    const relation = field['x-relation']
    if (isObject(relation) && typeof relation['entity'] === 'string') {
      walk.condition(relation['entity'], relation, 'filter', `${at}/x-relation/filter`)
      walk.entity(relation, 'entity', `${at}/x-relation/entity`)
    }
    walk.keys(field, 'x-entities', at, (entity, pointer) => visitor.entity(entity, pointer))
    for (const [, stage, stageAt] of entriesOf(field['x-stages'], `${at}/x-stages`)) {
      if (isObject(stage['sets']))
        for (const [set, value] of Object.entries(stage['sets']))
          walk.value(name, set, value, `${stageAt}/sets/${escapePointer(set)}`)
      if (isObject(stage['next']))
        for (const next of Object.keys(stage['next']))
          visitor.option(name, key, next, `${stageAt}/next/${escapePointer(next)}`)
      walk.fieldKeys(name, stage, 'sets', stageAt)
      walk.fieldKeys(name, stage, 'requires', stageAt)
    }
  }
  const options = body['x-entity']
  if (isObject(options)) {
    walk.condition(name, options, 'display', '/x-entity/display')
    walk.fields(name, options['search'], '/x-entity/search')
    const timeline = options['timeline']
    for (const key of ['at', 'done']) walk.condition(name, timeline, key, `/x-entity/timeline/${key}`)
    for (const key of ['regarding', 'kind']) walk.field(name, timeline, key, `/x-entity/timeline/${key}`)
    for (const key of ['name', 'type', 'size', 'digest', 'key'])
      walk.field(name, options['content'], key, `/x-entity/content/${key}`)
  }
  for (const [, rule, at] of entriesOf(body['x-rules'], '/x-rules')) {
    walk.condition(name, rule, 'check', `${at}/check`)
    if (typeof rule['pointer'] === 'string')
      rule['pointer'] = `/${visitor.field(name, rule['pointer'].slice(1), `${at}/pointer`)}`
  }
  for (const [, rule, at] of entriesOf(body['x-duplicates'], '/x-duplicates'))
    walk.fieldKeys(name, rule, 'fields', at)
  if (isObject(body['x-unique']))
    for (const [key, list] of Object.entries(body['x-unique']))
      walk.fields(name, list, `/x-unique/${escapePointer(key)}`)
}

function visitConversion(walk: Walk, body: Body): void {
  const source = String(body['source'])
  walk.condition(source, body['available'], 'when', '/available/when')
  if (isObject(body['available'])) walk.fields(source, body['available']['require'], '/available/require')
  for (const [, target, at] of entriesOf(body['targets'], '/targets')) visitTarget(walk, source, target, at)
  for (const [, child, at] of entriesOf(body['children'], '/children'))
    if (typeof child['relation'] === 'string')
      child['relation'] = walk.relation(child['relation'], `${at}/relation`)
  const writes = body['source-writes']
  for (const outcome of ['converted', 'declined']) {
    if (!isObject(writes) || !isObject(writes[outcome])) continue
    for (const [field, value] of Object.entries(writes[outcome]))
      walk.value(source, field, value, `/source-writes/${outcome}/${escapePointer(field)}`)
    walk.fieldKeys(source, writes, outcome, '/source-writes')
  }
  const reason = isObject(body['decline']) ? body['decline']['reason'] : undefined
  if (typeof reason === 'string')
    for (const [, trigger, at] of entriesOf(body['triggers'], '/triggers'))
      walk.value(source, reason, trigger['reason'], `${at}/reason`)
  walk.field(source, body['decline'], 'reason', '/decline/reason')
  walk.pathAt(source, body['owner'], 'path', '/owner/path')
  for (const [, trigger, at] of entriesOf(body['triggers'], '/triggers')) {
    walk.condition(source, trigger, 'when', `${at}/when`)
    if (typeof trigger['field'] === 'string' && isObject(trigger['stages']))
      for (const stage of Object.keys(trigger['stages']))
        walk.visitor.option(source, trigger['field'], stage, `${at}/stages/${escapePointer(stage)}`)
    walk.field(source, trigger, 'field', `${at}/field`)
  }
  for (const [, trigger, at] of entriesOf(body['triggers'], '/triggers')) {
    walk.condition(source, trigger, 'when', `${at}/when`)
    if (typeof trigger['field'] === 'string') {
      for (const stage of Object.keys(isObject(trigger['stages']) ? trigger['stages'] : {}))
        walk.visitor.option(source, trigger['field'], stage, `${at}/stages/${escapePointer(stage)}`)
      trigger['field'] = walk.visitor.field(source, trigger['field'], `${at}/field`)
    }
  }
  walk.entity(body, 'source', '/source')
}

function visitTarget(walk: Walk, source: string, target: Body, at: string): void {
  const entity = String(target['entity'])
  walk.condition(source, target, 'when', `${at}/when`)
  walk.pathAt(source, target, 'preset', `${at}/preset`)
  walk.pathAt(source, target['owner'], 'path', `${at}/owner/path`)
  const child = childOf(target)
  for (const [, rule, ruleAt] of entriesOf(target['match'], `${at}/match`))
    walk.fieldKeys(entity, rule, 'fields', ruleAt)
  for (const [field, mapping, mapAt] of entriesOf(target['map'], `${at}/map`)) {
    if (isObject(mapping['values'])) {
      for (const [from, to] of Object.entries(mapping['values'])) {
        const place = `${mapAt}/values/${escapePointer(from)}`
        const path = typeof mapping['from'] === 'string' ? mapping['from'] : ''
        if (path !== '' && !path.includes('.')) walk.visitor.option(source, path, from, place)
        walk.value(entity, field, to, place)
      }
    }
    walk.value(entity, field, mapping['value'], `${mapAt}/value`)
    walk.value(entity, field, mapping['default'], `${mapAt}/default`)
    walk.pathAt(source, mapping, 'from', `${mapAt}/from`)
    if (child !== null) walk.pathAt(child, mapping, 'child', `${mapAt}/child`)
    walk.expression(sourceScope(walk.entities, source), null, mapping, 'expression', `${mapAt}/expression`)
  }
  walk.fieldKeys(entity, target, 'map', at)
  const each = target['each']
  if (child !== null && isObject(each) && typeof each['relation'] === 'string') {
    walk.condition(child, each, 'when', `${at}/each/when`)
    each['relation'] = walk.relation(each['relation'], `${at}/each/relation`)
  }
  walk.entity(target, 'entity', `${at}/entity`)
}

/** The entity of the children for each of which a target is made. */
function childOf({ each }: Body): string | null {
  const relation = isObject(each) ? each['relation'] : null
  return typeof relation === 'string' ? relation.split('.')[0]! : null
}

function visitView(walk: Walk, body: Body): void {
  const entity = String(body['entity'])
  walk.condition(entity, body, 'filter', '/filter')
  for (const part of ['columns', 'sort'])
    walk.keys(body, part, '', (path, pointer) => walk.path(entity, path, pointer))
  walk.entity(body, 'entity', '/entity')
}

function visitForm(walk: Walk, body: Body): void {
  const entity = String(body['entity'])
  walk.fieldKeys(entity, body, 'highlights', '')
  for (const [, section, at] of entriesOf(body['sections'], '/sections')) {
    walk.condition(entity, section, 'when', `${at}/when`)
    for (const [, entry, entryAt] of entriesOf(section['fields'], `${at}/fields`))
      walk.condition(entity, entry, 'when', `${entryAt}/when`)
    walk.fieldKeys(entity, section, 'fields', at)
  }
  walk.keys(body, 'related', '', (key, pointer) => walk.relation(key, pointer))
  walk.entity(body, 'entity', '/entity')
}

function visitRole(walk: Walk, body: Body): void {
  for (const [entity, grants, at] of entriesOf(body['entities'], '/entities')) {
    if (entity === '*') continue
    for (const action of ['read', 'update', 'delete', 'convert'])
      walk.condition(entity, grants[action], 'when', `${at}/${action}/when`)
    walk.keys(grants, 'fields', at, (name, pointer) =>
      name === '*' ? name : walk.visitor.field(entity, name, pointer),
    )
  }
  walk.keys(body, 'entities', '', (name, pointer) =>
    name === '*' ? name : walk.visitor.entity(name, pointer),
  )
}

function visitWebForm(walk: Walk, body: Body): void {
  const entity = String(body['entity'])
  for (const [field, value, at] of entriesOf(body['values'], '/values'))
    walk.value(entity, field, value['value'], `${at}/value`)
  for (const part of ['fields', 'values']) walk.fieldKeys(entity, body, part, '')
  walk.entity(body, 'entity', '/entity')
}
