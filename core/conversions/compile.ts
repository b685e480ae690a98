import type { Conversion, Mapping } from '@xrm/sdk'
import { compileExpression, type ValueType } from '@xrm/sdk/expression'
import { compileAt } from '../documents/compile-at.ts'
import { Issues } from '../documents/issues.ts'
import { escapePointer } from '@xrm/sdk/merge'
import type {
  ConversionModel,
  EachModel,
  EntityModel,
  FieldModel,
  MappingModel,
  TargetModel,
} from '../documents/model.ts'
import { orderedKeys } from '../documents/normalise.ts'
import { resolvePath } from '../documents/paths.ts'
import { recordScope, sourceScope } from '../documents/scope.ts'
import { checkRules } from '../duplicates/compile-rules.ts'
import { whyNotAssignable } from './assignable.ts'
import { checkMapping, checkOwner, childRelation, unmappedOptions } from './compile-keywords.ts'
import { compileTriggers } from './compile-triggers.ts'
import { askableFields } from './askable.ts'
import { childrenWithoutRule, fieldsLeftBehind } from './left-out.ts'

type Entities = ReadonlyMap<string, EntityModel>

/**
 * Compiles a conversion and checks every mapping against both entities. Its errors make it broken; who publishes decides
 * whether that is accepted (CONVERSIONS, "Checked when it is saved").
 */
export function compileConversion(
  name: string,
  body: Conversion,
  entities: Entities,
  issues: Issues,
): ConversionModel {
  const own = new Issues()
  const compiler = new ConversionCompiler(name, body, entities, own)
  const model = compiler.compile()
  const result = { ...model, broken: own.errors.map((issue) => `${issue.pointer}: ${issue.message}`) }
  if (result.broken.length === 0) warnOfLeftOut(result, entities, own)
  issues.list.push(...own.list)
  return result
}

/** What does not come along is no error, but should be meant. */
function warnOfLeftOut(conversion: ConversionModel, entities: Entities, issues: Issues): void {
  const place = { kind: 'conversion' as const, name: conversion.name }
  for (const { name } of fieldsLeftBehind(conversion))
    issues.warning(place, '/targets', 'conversion.stays-behind', `No mapping takes "${name}".`)
  for (const { relation } of childrenWithoutRule(conversion, entities))
    issues.warning(
      place,
      '/children',
      'conversion.child-without-rule',
      `Nothing says what becomes of ${relation}.`,
    )
}

/** A target's children while it is compiled. */
type Each = Omit<EachModel, 'paths'> & { relation: string; paths: Set<string> }

class ConversionCompiler {
  readonly #place: { kind: 'conversion'; name: string }
  readonly #body: Conversion
  readonly #entities: Entities
  readonly #issues: Issues
  readonly #paths = new Set<string>()

  constructor(name: string, body: Conversion, entities: Entities, issues: Issues) {
    this.#place = { kind: 'conversion', name }
    this.#body = body
    this.#entities = entities
    this.#issues = issues
  }

  compile(): Omit<ConversionModel, 'broken'> {
    const body = this.#body
    const name = this.#place.name
    const empty = {
      name,
      body,
      source: null,
      available: null,
      targets: [],
      children: [],
      triggers: [],
      paths: [],
    }
    const source = this.#entities.get(body.source)
    if (!source) {
      this.#error('/source', 'reference.unknown', `There is no entity "${body.source}".`)
      return empty
    }
    const available = this.#condition('/available/when', body.available?.when, source)
    for (const [index, field] of (body.available?.require ?? []).entries()) {
      if (!source.fields.has(field)) this.#unknownField(`/available/require/${index}`, source, field)
      this.#paths.add(field)
    }
    const targets = this.#inOrder(orderedKeys(body.targets).flatMap((key) => this.#target(key, source)))
    this.#sourceWrites(source)
    const children = Object.entries(body.children ?? {}).flatMap(([key, child]) =>
      this.#child(key, child, source),
    )
    for (const path of checkOwner('/owner', body.owner, source, this.#entities, this.#report))
      this.#paths.add(path)
    this.#childActions()
    const triggers = compileTriggers(name, body, source, this.#entities, this.#issues)
    return { ...empty, source, available, targets, children, triggers, paths: [...this.#paths] }
  }

  #target(key: string, source: EntityModel): TargetModel[] {
    const body = this.#body.targets[key]!
    const pointer = `/targets/${key}`
    const entity = this.#entities.get(body.entity)
    if (!entity || entity.readOnly) {
      this.#error(
        `${pointer}/entity`,
        'reference.unknown',
        `There is no entity "${body.entity}" to convert into.`,
      )
      return []
    }
    const when = this.#condition(`${pointer}/when`, body.when, source)
    if (body.preset !== undefined) {
      const field = resolvePath(this.#entities, source, body.preset)?.field
      if (field?.relation !== body.entity) {
        this.#error(
          `${pointer}/preset`,
          'conversion.preset',
          `"${body.preset}" is not a relation to ${body.entity}.`,
        )
      }
      this.#paths.add(body.preset)
    }
    for (const path of checkOwner(`${pointer}/owner`, body.owner, source, this.#entities, this.#report))
      this.#paths.add(path)
    const each = this.#each(`${pointer}/each`, body.each, source)
    const mappings = Object.entries(body.map).flatMap(([field, mapping]) =>
      this.#mapping(`${pointer}/map`, field, mapping, entity, source, each),
    )
    checkRules(body.match ?? {}, entity, this.#place, `${pointer}/match`, this.#issues)
    for (const [rule, { fields }] of Object.entries(body.match ?? {})) {
      for (const field of Object.keys(fields)) {
        if (!entity.fields.has(field) || Object.hasOwn(body.map, field)) continue
        this.#error(
          `${pointer}/match/${rule}/fields/${field}`,
          'conversion.match',
          `Nothing is mapped to "${field}", so nothing can match.`,
        )
      }
    }
    this.#requiredFields(pointer, entity, body.map)
    const askable = askableFields(entity, body.map, `${pointer}/map`)
    return [{ key, entity, body, when, each: each && { ...each, paths: [...each.paths] }, mappings, askable }]
  }

  #mapping(
    pointer: string,
    name: string,
    body: Mapping,
    entity: EntityModel,
    source: EntityModel,
    each: Each | null,
  ): MappingModel[] {
    const at = `${pointer}/${escapePointer(name)}`
    const field = entity.fields.get(name)
    if (!field) {
      this.#unknownField(at, entity, name)
      return []
    }
    if (
      field.columns.length === 0 ||
      (field.system && !field.writable) ||
      field.type.name === 'auto-number'
    ) {
      this.#error(at, 'conversion.read-only', `"${name}" is computed or the system's own and takes no value.`)
      return []
    }
    const kinds = (['from', 'value', 'expression', 'child', 'target', 'input'] as const).filter(
      (kind) => body[kind] !== undefined,
    )
    if (kinds.length !== 1) {
      this.#error(
        at,
        'conversion.mapping',
        'Exactly one of from, value, expression, child, target and input must be given.',
      )
      return []
    }
    checkMapping(at, body, field, source, this.#report)
    const checked = this.#value(at, body, field, source, each)
    return checked ? [{ field, pointer: at, from: checked, body }] : []
  }

  #value(
    at: string,
    body: Mapping,
    field: FieldModel,
    source: EntityModel,
    each: Each | null,
  ): MappingModel['from'] | null {
    if (body.default !== undefined) this.#constant(`${at}/default`, field, body.default)
    if (body.from !== undefined) {
      const path = resolvePath(this.#entities, source, body.from)
      if (!path) {
        this.#unknownField(`${at}/from`, source, body.from)
        return null
      }
      this.#paths.add(body.from)
      const type = path.part === null ? path.field.valueType : 'string'
      this.#fits(`${at}/from`, type, field, body, path.part === null ? path.field : null)
      for (const option of unmappedOptions(body, path.part === null ? path.field : undefined))
        this.#issues.warning(
          this.#place,
          `${at}/values`,
          'conversion.unmapped-option',
          `The value map does not say what "${option}" becomes; onUnmapped decides.`,
        )
      return { kind: 'path', path: body.from }
    }
    if (body.child !== undefined) {
      const path = each && resolvePath(this.#entities, each.entity, body.child)
      if (!each) this.#error(`${at}/child`, 'conversion.each', 'The target is not made for each child.')
      else if (!path) this.#unknownField(`${at}/child`, each.entity, body.child)
      if (!each || !path) return null
      each.paths.add(body.child)
      const type = path.part === null ? path.field.valueType : 'string'
      this.#fits(`${at}/child`, type, field, body, path.part === null ? path.field : null)
      return { kind: 'child', path: body.child }
    }
    if (body.expression !== undefined) {
      const text = body.expression
      const program = compileAt(this.#issues, this.#place, `${at}/expression`, () =>
        compileExpression(text, sourceScope(this.#entities, source.name, each?.entity.name)),
      )
      if (!program) return null
      this.#addPaths(program.paths)
      for (const path of program.paths)
        if (path.startsWith('child.')) each?.paths.add(path.slice('child.'.length))
      this.#fits(`${at}/expression`, program.type, field, body, null)
      return { kind: 'expression', program }
    }
    if (body.target !== undefined) {
      const target = this.#body.targets[body.target]
      if (!target) {
        this.#error(`${at}/target`, 'reference.unknown', `There is no target "${body.target}".`)
        return null
      }
      if (field.relation !== target.entity) {
        this.#error(
          `${at}/target`,
          'conversion.type',
          `"${field.name}" is not a relation to ${target.entity}.`,
        )
      }
      if (target.each && target.each.relation !== each?.relation)
        this.#error(`${at}/target`, 'conversion.each', `There may be several "${body.target}".`)
      return { kind: 'target', target: body.target }
    }
    if (body.value !== undefined) {
      this.#constant(`${at}/value`, field, body.value)
      return { kind: 'value', value: body.value }
    }
    if (body.edit === 'hidden' || body.edit === 'readonly') {
      this.#error(
        `${at}/edit`,
        'conversion.mapping',
        'What only the user enters cannot be hidden or read-only.',
      )
    }
    return { kind: 'input' }
  }

  #fits(
    at: string,
    type: ValueType | null,
    field: FieldModel,
    body: Mapping,
    source: FieldModel | null,
  ): void {
    const reason =
      type === null ? 'it has no type that can be mapped' : whyNotAssignable(type, field, body, source)
    if (reason !== null) this.#error(at, 'conversion.type', `It cannot go into "${field.name}": ${reason}.`)
  }

  #constant(at: string, field: FieldModel, value: unknown): void {
    const parsed = field.type.parse(value, field.context)
    if ('error' in parsed) this.#error(at, parsed.error, `The value ${parsed.detail}.`)
  }

  /** A required field that nothing feeds, defaults or asks for would make every run fail. */
  #requiredFields(pointer: string, entity: EntityModel, map: Record<string, Mapping>): void {
    for (const field of entity.fields.values()) {
      if (field.required && !Object.hasOwn(map, field.name) && field.default === undefined) {
        this.#error(
          `${pointer}/map`,
          'conversion.required',
          `"${entity.name}" needs "${field.name}", and nothing feeds, defaults or asks for it.`,
        )
      }
    }
  }

  #sourceWrites(source: EntityModel): void {
    for (const [outcome, values] of Object.entries(this.#body['source-writes'] ?? {})) {
      for (const [name, value] of Object.entries(values ?? {})) {
        const at = `/source-writes/${outcome}/${escapePointer(name)}`
        const field = source.fields.get(name)
        if (!field || field.columns.length === 0) this.#unknownField(at, source, name)
        else this.#constant(at, field, value)
      }
    }
    const { reason } = this.#body.decline ?? {}
    if (reason === undefined) return
    const field = source.fields.get(reason)
    if (!field) this.#unknownField('/decline/reason', source, reason)
    else if (field.columns.length === 0 || field.system)
      this.#error('/decline/reason', 'conversion.read-only', `"${reason}" takes no value.`)
  }

  #child(
    key: string,
    child: NonNullable<Conversion['children']>[string],
    source: EntityModel,
  ): ConversionModel['children'] {
    const at = `/children/${escapePointer(key)}`
    const found = childRelation(child.relation, source, this.#entities)
    if (!found) {
      this.#error(
        `${at}/relation`,
        'reference.unknown',
        `"${child.relation}" is not a relation to ${source.name}.`,
      )
      return []
    }
    const { entity, field } = found
    const to = child.to ?? []
    for (const target of to) {
      const body = this.#body.targets[target]
      if (!body) this.#error(`${at}/to`, 'reference.unknown', `There is no target "${target}".`)
      else if (
        (child.action === 'move' || child.action === 'copy') &&
        field.relation !== null &&
        field.relation !== body.entity
      ) {
        this.#error(
          `${at}/to`,
          'conversion.type',
          `"${child.relation}" cannot name a record of ${body.entity}.`,
        )
      }
    }
    if (child.action === 'alsoLink' && !field.multiple) {
      this.#error(
        `${at}/action`,
        'conversion.children',
        `"${child.relation}" names one record only; it can be moved or left.`,
      )
    }
    if (child.action === 'move' && to.length !== 1)
      this.#error(`${at}/to`, 'conversion.children', 'Moving needs exactly one target.')
    const { reassignOpen = null } = child
    if (reassignOpen !== null) {
      if (!this.#body.targets[reassignOpen])
        this.#error(`${at}/reassignOpen`, 'reference.unknown', `There is no target "${reassignOpen}".`)
      if (entity.timeline?.regarding !== field || child.action !== 'alsoLink' || !field.multiple)
        this.#error(
          `${at}/reassignOpen`,
          'conversion.children',
          'Only entries of a timeline are open or done, where they are shown on the targets too.',
        )
    }
    return [{ key, entity, field, action: child.action, to, reassignOpen }]
  }

  /** A rule that makes other records of children needs targets that are made of them. */
  #childActions(): void {
    const made = new Set(Object.values(this.#body.targets).flatMap(({ each }) => each?.relation ?? []))
    for (const [key, { action, relation, to = [] }] of Object.entries(this.#body.children ?? {})) {
      const at = `/children/${escapePointer(key)}`
      if (action === 'map' && !made.has(relation))
        this.#error(`${at}/action`, 'conversion.children', `No target has "each" over "${relation}".`)
      if ((action === 'copy' || action === 'alsoLink') && to.length === 0)
        this.#error(`${at}/to`, 'conversion.children', 'Say to which targets.')
    }
  }

  #each(at: string, body: Conversion['targets'][string]['each'], source: EntityModel): Each | null {
    if (!body) return null
    const found = childRelation(body.relation, source, this.#entities)
    if (!found) {
      this.#error(
        `${at}/relation`,
        'reference.unknown',
        `"${body.relation}" is not a relation to ${source.name}.`,
      )
      return null
    }
    const { when: text } = body
    const when =
      text === undefined
        ? null
        : compileAt(this.#issues, this.#place, `${at}/when`, () =>
            compileExpression(text, recordScope(this.#entities, found.entity.name), { expect: 'bool' }),
          )
    return { ...found, when, relation: body.relation, paths: new Set() }
  }

  #condition(at: string, text: string | undefined, source: EntityModel): TargetModel['when'] {
    if (text === undefined) return null
    const program = compileAt(this.#issues, this.#place, at, () =>
      compileExpression(text, recordScope(this.#entities, source.name), { expect: 'bool' }),
    )
    for (const path of program?.paths ?? []) this.#paths.add(path)
    return program
  }

  #addPaths(paths: readonly string[]): void {
    for (const path of paths) if (path.startsWith('source.')) this.#paths.add(path.slice('source.'.length))
  }

  /** Targets after those that they refer to; a circle is an error. */
  #inOrder(targets: TargetModel[]): TargetModel[] {
    const sorted: TargetModel[] = []
    const open = new Set<string>()
    const visit = (target: TargetModel): void => {
      if (sorted.includes(target)) return
      if (open.has(target.key)) {
        this.#error(`/targets/${target.key}`, 'conversion.circle', `The target "${target.key}" needs itself.`)
        return
      }
      open.add(target.key)
      for (const { from } of target.mappings) {
        const other =
          from.kind === 'target' ? targets.find((candidate) => candidate.key === from.target) : undefined
        if (other) visit(other)
      }
      open.delete(target.key)
      if (!sorted.includes(target)) sorted.push(target)
    }
    targets.forEach(visit)
    return sorted
  }

  #unknownField(at: string, entity: EntityModel, field: string): void {
    this.#error(at, 'reference.unknown', `"${entity.name}" has no field "${field}".`)
  }

  readonly #report = (pointer: string, code: string, message: string): void =>
    this.#error(pointer, code, message)

  #error(pointer: string, code: string, message: string): void {
    this.#issues.error(this.#place, pointer, code, message)
  }
}
