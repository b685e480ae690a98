import type { Conversion, Mapping } from '@xrm/sdk'
import { compileExpression } from '@xrm/sdk/expression'
import { compileAt } from '../documents/compile-at.ts'
import { Issues } from '../documents/issues.ts'
import { escapePointer } from '@xrm/sdk/merge'
import type { ConversionModel, EntityModel, TargetModel } from '../documents/model.ts'
import { orderedKeys } from '../documents/normalise.ts'
import { resolvePath } from '../documents/paths.ts'
import { recordScope } from '../documents/scope.ts'
import { checkRules } from '../duplicates/compile-rules.ts'
import { compileChildren } from './compile-children.ts'
import { checkOwner, childRelation } from './compile-keywords.ts'
import { checkConstant, type Each, MappingCompiler } from './compile-mapping.ts'
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
    const children = compileChildren(body, source, this.#entities, this.#report)
    for (const path of checkOwner('/owner', body.owner, source, this.#entities, this.#report))
      this.#paths.add(path)
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
    const compiler = new MappingCompiler(
      {
        place: this.#place,
        source,
        targets: this.#body.targets,
        entities: this.#entities,
        issues: this.#issues,
        paths: this.#paths,
      },
      { key, entity, each },
    )
    const mappings = Object.entries(body.map).flatMap(([field, mapping]) => compiler.compile(field, mapping))
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
        else checkConstant(at, field, value, this.#report)
      }
    }
    const { reason } = this.#body.decline ?? {}
    if (reason === undefined) return
    const field = source.fields.get(reason)
    if (!field) this.#unknownField('/decline/reason', source, reason)
    else if (field.columns.length === 0 || field.system)
      this.#error('/decline/reason', 'conversion.read-only', `"${reason}" takes no value.`)
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
        const needed = from.kind === 'target' ? [from.target] : from.kind === 'targets' ? from.targets : []
        for (const other of targets) if (needed.includes(other.key)) visit(other)
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
