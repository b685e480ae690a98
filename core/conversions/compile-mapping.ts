import type { Conversion, Mapping } from '@xrm/sdk'
import { compileExpression, type ValueType } from '@xrm/sdk/expression'
import { escapePointer } from '@xrm/sdk/merge'
import { compileAt } from '../documents/compile-at.ts'
import type { Issues } from '../documents/issues.ts'
import type { EachModel, EntityModel, FieldModel, MappingModel } from '../documents/model.ts'
import { resolvePath } from '../documents/paths.ts'
import { sourceScope } from '../documents/scope.ts'
import { whyNotAssignable } from './assignable.ts'
import { checkMapping, type Report, unmappedOptions } from './compile-keywords.ts'

/** A target's children while it is compiled. */
export type Each = Omit<EachModel, 'paths'> & { relation: string; paths: Set<string> }

/** The conversion that a mapping is a part of. */
export interface AroundMapping {
  place: { kind: 'conversion'; name: string }
  source: EntityModel
  targets: Conversion['targets']
  entities: ReadonlyMap<string, EntityModel>
  issues: Issues
  /** Gets every path of the source that is read. */
  paths: Set<string>
}

/** Compiles the mappings of one target, each checked against both of its ends. */
export class MappingCompiler {
  readonly #around: AroundMapping
  readonly #target: { key: string; entity: EntityModel; each: Each | null }

  constructor(around: AroundMapping, target: { key: string; entity: EntityModel; each: Each | null }) {
    this.#around = around
    this.#target = target
  }

  /** Nothing, where it is wrong; the issues say what. */
  compile(name: string, body: Mapping): MappingModel[] {
    const { key, entity } = this.#target
    const at = `/targets/${key}/map/${escapePointer(name)}`
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
    const kinds = (['from', 'value', 'expression', 'child', 'target', 'targets', 'input'] as const).filter(
      (kind) => body[kind] !== undefined,
    )
    if (kinds.length !== 1) {
      this.#error(
        at,
        'conversion.mapping',
        'Exactly one of from, value, expression, child, target, targets and input must be given.',
      )
      return []
    }
    checkMapping(at, body, field, this.#around.source, this.#report)
    const checked = body.targets ? this.#otherTargets(`${at}/targets`, field) : this.#value(at, body, field)
    return checked ? [{ field, pointer: at, from: checked, body }] : []
  }

  #value(at: string, body: Mapping, field: FieldModel): MappingModel['from'] | null {
    const { source, entities, issues, place, paths, targets } = this.#around
    const { each } = this.#target
    if (body.default !== undefined) checkConstant(`${at}/default`, field, body.default, this.#report)
    if (body.from !== undefined) {
      const path = resolvePath(entities, source, body.from)
      if (!path) {
        this.#unknownField(`${at}/from`, source, body.from)
        return null
      }
      paths.add(body.from)
      const type = path.part === null ? path.field.valueType : 'string'
      this.#fits(`${at}/from`, type, field, body, path.part === null ? path.field : null)
      for (const option of unmappedOptions(body, path.part === null ? path.field : undefined))
        issues.warning(
          place,
          `${at}/values`,
          'conversion.unmapped-option',
          `The value map does not say what "${option}" becomes; onUnmapped decides.`,
        )
      return { kind: 'path', path: body.from }
    }
    if (body.child !== undefined) {
      const path = each && resolvePath(entities, each.entity, body.child)
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
      const program = compileAt(issues, place, `${at}/expression`, () =>
        compileExpression(text, sourceScope(entities, source.name, each?.entity.name)),
      )
      if (!program) return null
      for (const path of program.paths) {
        if (path.startsWith('source.')) paths.add(path.slice('source.'.length))
        if (path.startsWith('child.')) each?.paths.add(path.slice('child.'.length))
      }
      this.#fits(`${at}/expression`, program.type, field, body, null)
      return { kind: 'expression', program }
    }
    if (body.target !== undefined) {
      const target = targets[body.target]
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
      checkConstant(`${at}/value`, field, body.value, this.#report)
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

  #otherTargets(at: string, field: FieldModel): MappingModel['from'] | null {
    const { 'x-entities': allowed } = field.field
    const targets = Object.entries(this.#around.targets).flatMap(([key, { entity }]) =>
      key !== this.#target.key && (allowed === undefined || Object.hasOwn(allowed, entity)) ? [key] : [],
    )
    if (field.type.name === 'relation-any' && field.multiple && targets.length > 0)
      return { kind: 'targets', targets }
    this.#error(at, 'conversion.type', `"${field.name}" cannot name the other records of the run.`)
    return null
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

  #unknownField(at: string, entity: EntityModel, field: string): void {
    this.#error(at, 'reference.unknown', `"${entity.name}" has no field "${field}".`)
  }

  readonly #report: Report = (pointer, code, message) => this.#error(pointer, code, message)

  #error(pointer: string, code: string, message: string): void {
    this.#around.issues.error(this.#around.place, pointer, code, message)
  }
}

/** What a field does not take as a value can be said before anything runs. */
export function checkConstant(at: string, field: FieldModel, value: unknown, report: Report): void {
  const parsed = field.type.parse(value, field.context)
  if ('error' in parsed) report(at, parsed.error, `The value ${parsed.detail}.`)
}
