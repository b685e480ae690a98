import type { DocumentBodies, DocumentKind, Entity, FieldType, Plugin, XrmDocument } from '@xrm/sdk'
import { compileContent } from './compile-content.ts'
import { compileExpression, type Scope, type ValueType } from '@xrm/sdk/expression'
import { compilePlugins } from '../plugins/compile-plugins.ts'
import { compileConversion } from '../conversions/compile.ts'
import { checkRules } from '../duplicates/compile-rules.ts'
import { quoteName } from '../storage/names.ts'
import { CircleError, compileAt } from './compile-at.ts'
import { type ColumnNames, compileFields, type FieldSources } from './compile-fields.ts'
import type { Issues } from './issues.ts'
import { warnOfDeclassified } from './lint-declassified.ts'
import { lintForm } from './lint-form.ts'
import { lintRole } from './lint-role.ts'
import { lintView } from './lint-view.ts'
import { escapePointer } from '@xrm/sdk/merge'
import { compileWebForm } from '../web-forms/compile.ts'
import type {
  ConversionModel,
  EntityModel,
  FieldModel,
  Model,
  OptionModel,
  RelationToMe,
  RuleModel,
  Settings,
  WebFormModel,
} from './model.ts'
import { recordScope } from './scope.ts'

/** Where an entity's records are kept. */
export interface EntityStorage {
  /** Table with schema, quoted. */
  table: string
  /** The name under which other tables know its records. */
  key: string
  columns: ColumnNames
  /** First columns that a field has or had → its name. */
  former: ReadonlyMap<string, string>
}

export interface CompileInput {
  version: number
  documents: readonly XrmDocument[]
  fieldTypes: ReadonlyMap<string, FieldType>
  storage: ReadonlyMap<string, EntityStorage>
  settings: Settings
  /** Those whose code is there. */
  plugins: readonly Plugin[]
}

/**
 * Makes the model of effective documents that have the shape of their kinds. What is wrong with their meaning goes to
 * `issues`; with errors the model must not be used.
 */
export function compileModel(input: CompileInput, issues: Issues): Model {
  const byKind = <K extends DocumentKind>(kind: K): Map<string, DocumentBodies[K]> =>
    new Map(
      input.documents
        .filter((document) => document.kind === kind)
        .map(({ name, body }) => [name, body as DocumentBodies[K]]),
    )

  const bodies = byKind('entity')
  const sources: FieldSources = {
    fieldTypes: input.fieldTypes,
    optionSets: byKind('option-set'),
    entityNames: new Set(bodies.keys()),
    settings: input.settings,
  }
  const entities = new Map<string, MutableEntity>()
  for (const [name, body] of bodies)
    entities.set(name, startEntity(name, body, input.storage.get(name), sources, issues))
  checkPlurals(entities, issues)
  checkEarlierNames(entities, issues)
  new ExpressionCompiler(entities, issues).compileAll()
  for (const entity of entities.values()) finishEntity(entity, entities, issues)

  const views = byKind('view')
  const forms = byKind('form')
  const roles = byKind('role')
  for (const [name, view] of views) lintView(name, view, entities, issues)
  for (const [name, form] of forms) lintForm(name, form, entities, issues)
  for (const [name, role] of roles) lintRole(name, role, roles, entities, issues)
  if (![...roles.values()].some((role) => role.administer === true)) {
    const message = 'No role may administer any more: nobody could take this back.'
    issues.error({ kind: 'role', name: 'admin' }, '/administer', 'role.no-administrator', message)
  }
  const conversions = new Map<string, ConversionModel>()
  for (const [name, body] of byKind('conversion'))
    conversions.set(name, compileConversion(name, body, entities, issues))
  const webForms = new Map<string, WebFormModel>()
  for (const [name, body] of byKind('web-form'))
    webForms.set(name, compileWebForm(name, body, { entities, conversions }, issues))

  return {
    version: input.version,
    entities,
    conversions,
    views,
    forms,
    roles,
    webForms,
    settings: input.settings,
    plugins: compilePlugins(byKind('plugin'), input.plugins, sources, issues),
    documents: new Map(input.documents.map(({ kind, name, body }) => [`${kind}/${name}`, body])),
    cache: new Map(),
  }
}

type MutableEntity = { -readonly [K in keyof EntityModel]: EntityModel[K] } & {
  fields: Map<string, FieldModel>
}

/** Entities whose tables belong to another part of the product. */
const fixedTables: Record<string, string> = { user: 'xrm."user"' }

function startEntity(
  name: string,
  body: Entity,
  storage: EntityStorage | undefined,
  sources: FieldSources,
  issues: Issues,
): MutableEntity {
  const fixed = fixedTables[name]
  const columns = storage?.columns ?? new Map<string, string[]>()
  const fields = compileFields(name, body, fixed ? ownNames(body) : columns, sources, issues)
  if (fixed)
    for (const key of ['version', 'owner', 'team', 'created_by', 'updated_by', 'deleted_at'])
      fields.delete(key)
  return {
    name,
    plural: body['x-entity'].plural,
    body,
    table: fixed ?? storage?.table ?? `record.${quoteName(name)}`,
    key: storage?.key ?? name,
    fieldOfColumn: storage?.former ?? new Map(),
    fields,
    stored: [],
    stages: [],
    rules: [],
    unique: [],
    search: [],
    related: [],
    timeline: null,
    content: null,
    readOnly: fixed !== undefined,
  }
}

function ownNames(body: Entity): ColumnNames {
  return new Map(Object.keys(body.properties).map((key) => [key, [key]]))
}

function checkPlurals(entities: ReadonlyMap<string, EntityModel>, issues: Issues): void {
  const seen = new Map<string, string>()
  for (const { name, plural } of entities.values()) {
    const other = seen.get(plural)
    if (other !== undefined) {
      issues.error(
        { kind: 'entity', name },
        '/x-entity/plural',
        'name.taken',
        `"${plural}" is also the plural of "${other}".`,
      )
    }
    seen.set(plural, name)
  }
}

/** An earlier name means one entity, or one field of an entity: which data moves along must not be a guess. */
function checkEarlierNames(entities: ReadonlyMap<string, EntityModel>, issues: Issues): void {
  const names = new Set(entities.keys())
  for (const { name, body } of entities.values()) {
    const place = { kind: 'entity' as DocumentKind, name }
    for (const was of Object.keys(body['x-entity'].was ?? {})) {
      if (names.has(was))
        issues.error(
          place,
          `/x-entity/was/${was}`,
          'name.taken',
          `"${was}" is or was the name of another entity.`,
        )
      names.add(was)
    }
    const fields = new Set<string>()
    for (const [key, field] of Object.entries(body.properties)) {
      for (const was of Object.keys(field['x-was'] ?? {})) {
        if (fields.has(was))
          issues.error(
            place,
            `/properties/${escapePointer(key)}/x-was/${was}`,
            'name.taken',
            `"${was}" was the name of another field.`,
          )
        fields.add(was)
      }
    }
  }
}

/** Compiles formulas and display texts in the order in which they need each other; a circle is an error. */
class ExpressionCompiler {
  readonly #entities: ReadonlyMap<string, MutableEntity>
  readonly #issues: Issues
  readonly #open = new Set<string>()
  readonly #done = new Set<string>()

  constructor(entities: ReadonlyMap<string, MutableEntity>, issues: Issues) {
    this.#entities = entities
    this.#issues = issues
  }

  compileAll(): void {
    // All of them first: one that another's text needs is compiled before its entity has its turn.
    for (const entity of this.#entities.values()) entity.fields.set('display', displayField(entity))
    for (const entity of this.#entities.values()) {
      for (const field of entity.fields.values()) this.#compile(entity, field)
    }
  }

  #compile(entity: MutableEntity, field: FieldModel): void {
    const text = field.field['x-formula']
    const key = `${entity.name}.${field.name}`
    if (field.type.name !== 'formula' || text === undefined || this.#done.has(key)) return
    if (this.#open.has(key)) throw new CircleError(key)
    this.#open.add(key)
    const display = field.name === 'display'
    const pointer = display ? '/x-entity/display' : `/properties/${escapePointer(field.name)}/x-formula`
    const program = compileAt(this.#issues, { kind: 'entity', name: entity.name }, pointer, () =>
      compileExpression(text, this.#scope(entity.name), display ? { expect: 'string' } : {}),
    )
    this.#open.delete(key)
    this.#done.add(key)
    if (program)
      entity.fields.set(field.name, { ...entity.fields.get(field.name)!, program, valueType: program.type })
  }

  /** Names resolve as in {@link recordScope}; a formula that is not compiled yet is compiled first. */
  #scope(entity: string): Scope {
    const scope = recordScope(this.#entities, entity)
    const prepare = (owner: string, name: string): void => {
      const target = this.#entities.get(owner)
      const field = target?.fields.get(name)
      if (target && field) this.#compile(target, field)
    }
    return {
      variable: (name) => (prepare(entity, name), scope.variable(name)),
      member: (owner, name) => (prepare(owner, name), scope.member(owner, name)),
    }
  }
}

function displayField(entity: MutableEntity): FieldModel {
  const id = entity.fields.get('id')!
  return {
    ...id,
    name: 'display',
    field: {
      title: 'Name',
      'x-labels': { de: 'Name' },
      'x-type': 'formula',
      'x-formula': entity.body['x-entity'].display,
    },
    type: formulaLike(entity),
    valueType: 'string' as ValueType,
    columns: [],
    relation: null,
    order: -1,
  }
}

/** The display text behaves like a formula of type text. */
function formulaLike(entity: MutableEntity): FieldType {
  return { ...entity.fields.get('id')!.type, name: 'formula', columns: () => ({}) }
}

function finishEntity(
  entity: MutableEntity,
  entities: ReadonlyMap<string, MutableEntity>,
  issues: Issues,
): void {
  const place = { kind: 'entity' as DocumentKind, name: entity.name }
  const options = entity.body['x-entity']
  const fields = [...entity.fields.values()]
  entity.stored = fields.filter((field) => field.columns.length > 0)
  entity.stages = fields.filter((field) => field.type.name === 'stage')
  entity.rules = compileRules(entity, entities, issues)
  entity.unique = Object.entries(entity.body['x-unique'] ?? {}).map(([name, names]) => ({
    name,
    fields: names,
  }))
  for (const { name, fields: names } of entity.unique) {
    for (const key of names) {
      if (entity.fields.get(key)?.columns.length !== 1) {
        issues.error(
          place,
          `/x-unique/${escapePointer(name)}`,
          'reference.unknown',
          `"${key}" is not a stored field with one column.`,
        )
      }
    }
  }
  entity.search = (options.search ?? []).flatMap((key, index) => {
    const field = entity.fields.get(key)
    if (field?.columns.length === 1 && field.valueType === 'string') return [field]
    issues.error(
      place,
      `/x-entity/search/${index}`,
      'reference.unknown',
      `"${key}" is not a stored text field.`,
    )
    return []
  })
  checkRules(entity.body['x-duplicates'] ?? {}, entity, place, '/x-duplicates', issues)
  warnOfDeclassified(entity, issues)
  for (const stage of entity.stages) lintStage(stage, entity, issues)
  entity.related = relationsTo(entity.name, entities)
  entity.timeline = compileTimeline(entity, entities, issues)
  entity.content = compileContent(entity, entities, issues)
}

function compileRules(
  entity: MutableEntity,
  entities: ReadonlyMap<string, MutableEntity>,
  issues: Issues,
): RuleModel[] {
  return Object.entries(entity.body['x-rules'] ?? {}).flatMap(([name, rule]) => {
    const place = { kind: 'entity' as DocumentKind, name: entity.name }
    const pointer = `/x-rules/${escapePointer(name)}`
    const program = compileAt(issues, place, `${pointer}/check`, () =>
      compileExpression(rule.check, recordScope(entities, entity.name), { expect: 'bool' }),
    )
    if (!program) return []
    const foreign = program.paths.find((path) => path.includes('.') && !isOwnPart(entity, path))
    if (foreign !== undefined) {
      issues.error(
        place,
        `${pointer}/check`,
        'expression.path',
        `A rule speaks of the record alone; "${foreign}" belongs to another.`,
      )
      return []
    }
    const shown = rule.pointer?.slice(1)
    if (shown !== undefined && !entity.fields.has(shown)) {
      issues.error(place, `${pointer}/pointer`, 'reference.unknown', `There is no field "${shown}".`)
    }
    return [
      { name, program, pointer: rule.pointer ?? '', message: rule.message, messages: rule.messages ?? {} },
    ]
  })
}

/** True for a path into the record's own address, such as `address.city`. */
function isOwnPart(entity: EntityModel, path: string): boolean {
  return entity.fields.get(path.slice(0, path.indexOf('.')))?.type.name === 'address'
}

function lintStage(stage: FieldModel, entity: EntityModel, issues: Issues): void {
  for (const option of stage.options) {
    for (const [key, value] of Object.entries(option.sets ?? {})) {
      const pointer = `/properties/${escapePointer(stage.name)}/x-stages/${option.key}/sets/${escapePointer(key)}`
      const field = entity.fields.get(key)
      if (!field || field.columns.length === 0) {
        issues.error(
          { kind: 'entity', name: entity.name },
          pointer,
          'reference.unknown',
          `There is no stored field "${key}".`,
        )
        continue
      }
      const parsed = field.type.parse(value, field.context)
      if ('error' in parsed)
        issues.error(
          { kind: 'entity', name: entity.name },
          pointer,
          parsed.error,
          `The value ${parsed.detail}.`,
        )
    }
    lintStageKeys(stage, option, entity, issues)
  }
}

function lintStageKeys(stage: FieldModel, option: OptionModel, entity: EntityModel, issues: Issues): void {
  const place = { kind: 'entity' as DocumentKind, name: entity.name }
  const pointer = `/properties/${escapePointer(stage.name)}/x-stages/${option.key}`
  for (const key of option.next ?? []) {
    if (!stage.options.some((other) => other.key === key))
      issues.error(place, `${pointer}/next/${key}`, 'reference.unknown', `There is no stage "${key}".`)
  }
  for (const key of option.requires ?? []) {
    if ((entity.fields.get(key)?.columns.length ?? 0) === 0)
      issues.error(
        place,
        `${pointer}/requires/${key}`,
        'reference.unknown',
        `There is no stored field "${key}".`,
      )
  }
}

function relationsTo(name: string, entities: ReadonlyMap<string, EntityModel>): RelationToMe[] {
  const related: RelationToMe[] = []
  for (const other of entities.values()) {
    for (const field of other.fields.values()) {
      const relation = field.field['x-relation']
      if (relation?.entity !== name || field.type.name !== 'relation') continue
      const labels = other.body['x-entity'].labels ?? {}
      related.push({
        entity: other.name,
        field: field.name,
        onDelete: relation.onDelete ?? 'clear',
        title: relation.inverse?.title ?? labels['en']?.other ?? pluralTitle(other),
        labels:
          relation.inverse?.labels ??
          Object.fromEntries(Object.entries(labels).map(([key, label]) => [key, label.other])),
      })
    }
  }
  return related
}

/** The English title of many records: given, or made from the plural name. */
export function pluralTitle(entity: EntityModel): string {
  const given = entity.body['x-entity'].labels?.['en']?.other
  const words = entity.plural.replaceAll('_', ' ')
  return given ?? words.charAt(0).toUpperCase() + words.slice(1)
}

function compileTimeline(
  entity: MutableEntity,
  entities: ReadonlyMap<string, MutableEntity>,
  issues: Issues,
): EntityModel['timeline'] {
  const body = entity.body['x-entity'].timeline
  if (!body) return null
  const place = { kind: 'entity' as DocumentKind, name: entity.name }
  const regarding = entity.fields.get(body.regarding)
  if (regarding?.type.name !== 'relation-any' || !regarding.multiple) {
    issues.error(
      place,
      '/x-entity/timeline/regarding',
      'reference.unknown',
      'It must name a field relation-any with x-multiple.',
    )
    return null
  }
  const scope = recordScope(entities, entity.name)
  const at = compileAt(issues, place, '/x-entity/timeline/at', () =>
    compileExpression(body.at, scope, { expect: 'timestamp' }),
  )
  const done = compileAt(issues, place, '/x-entity/timeline/done', () =>
    compileExpression(body.done, scope, { expect: 'bool' }),
  )
  const kind = body.kind === undefined ? null : (entity.fields.get(body.kind) ?? null)
  return at && done ? { regarding, kind, at, done } : null
}
