import type { Normaliser } from '../duplicates/normalised.ts'
import { compileExpression, ExpressionError, type Program, type ValueType } from '@xrm/sdk/expression'
import type { TextFormat } from '@xrm/sdk'
import { type Actor, type EntityRights, rightsOf } from '../access/rights.ts'
import type { EntityModel, FieldModel, Model } from '../documents/model.ts'
import { addressParts } from '../fields/address.ts'
import { type Header, reportPrefix } from './header.ts'
import { ImportError } from './import-error.ts'
import type { FieldMapping, ImportMapping, RecordMapping, ValueMap } from './mapping.ts'

/** One field of one record, with everything looked up that does not change from row to row. */
export interface FieldPlan {
  /** As the mapping names it: `name`, `address.city`. */
  path: string
  field: FieldModel
  /** The part of an address; null for the field itself. */
  part: string | null
  body: FieldMapping
  /** The columns it reads. */
  places: readonly number[]
  program: Program | null
  values: ReadonlyMap<string, string | null> | null
  format: TextFormat
  /** For choices: what people write for an option → its key. */
  options: ReadonlyMap<string, string> | null
  lookup: LookupPlan | null
}

export interface LookupPlan {
  entity: EntityModel
  by: FieldModel
  compare: Normaliser
  onMissing: 'reject' | 'blank'
  /** The file itself makes records of that entity: what is not there yet is asked for again at the end. */
  deferred: boolean
}

export interface RecordPlan {
  name: string
  entity: EntityModel
  rights: EntityRights
  key: readonly FieldModel[]
  when: Program | null
  existing: NonNullable<RecordMapping['existing']>
  duplicates: RecordMapping['duplicates'] | null
  clears: boolean
  fields: readonly FieldPlan[]
}

export interface ImportPlan {
  header: Header
  filter: Program | null
  blank: ReadonlySet<string>
  records: readonly RecordPlan[]
}

/** Which text is a choice's key: the key itself, or what the option is called in some language. */
function optionTexts(field: FieldModel): ReadonlyMap<string, string> | null {
  if (field.options.length === 0) return null
  const texts = new Map<string, string | null>()
  for (const { key, title, labels } of field.options) {
    for (const text of new Set([title, ...Object.values(labels)].map(foldChoice))) {
      texts.set(text, texts.has(text) && texts.get(text) !== key ? null : key)
    }
  }
  const certain = [...texts].filter((entry): entry is [string, string] => entry[1] !== null)
  return new Map([...certain, ...field.options.map(({ key }): [string, string] => [key, key])])
}

/** How texts are compared with the names of options. */
export function foldChoice(text: string): string {
  return text.trim().toLowerCase()
}

/**
 * Checks a mapping against the model, the rights of who imports, and the header; everything wrong is told at once, before
 * the first row is read. `only` leaves out the records of other entities.
 */
export function planImport(
  mapping: ImportMapping,
  header: Header,
  model: Model,
  actor: Actor,
  only?: string,
): ImportPlan {
  return new Planner(mapping, header, model, actor).plan(only)
}

class Planner {
  readonly #mapping: ImportMapping
  readonly #header: Header
  readonly #model: Model
  readonly #actor: Actor
  readonly #errors: string[] = []
  readonly #used = new Set<number>()

  constructor(mapping: ImportMapping, header: Header, model: Model, actor: Actor) {
    this.#mapping = mapping
    this.#header = header
    this.#model = model
    this.#actor = actor
  }

  plan(only: string | undefined): ImportPlan {
    const { records, filter, file } = this.#mapping
    const all = Object.entries(records)
    const entities = new Set(all.map(([name, { entity = name }]) => entity))
    if (only !== undefined && !entities.has(only)) {
      throw new ImportError(`The mapping makes no records of "${only}", but of ${[...entities].join(', ')}.`)
    }
    const before = new Map<string, string>()
    const plans = all.flatMap(([name, body]) => {
      const entity = body.entity ?? name
      const plan = this.#record(name, entity, body, before, entities)
      before.set(name, entity)
      return plan && (only === undefined || entity === only) ? [plan] : []
    })
    const condition = filter === undefined ? null : this.#condition('/filter', filter)
    // A wrong field does not take its column, which would be said a second time.
    if (this.#errors.length === 0) this.#refuseUnused()
    if (this.#errors.length > 0) throw new ImportError('The mapping does not fit.', this.#errors)
    return {
      header: this.#header,
      filter: condition,
      blank: new Set(['', ...(file?.blank ?? [])]),
      records: plans,
    }
  }

  #record(
    name: string,
    entityName: string,
    body: RecordMapping,
    before: ReadonlyMap<string, string>,
    imported: ReadonlySet<string>,
  ): RecordPlan | null {
    const at = `/records/${name}`
    const rights = rightsOf(this.#model, this.#actor).entity(entityName)
    const isUser = entityName === 'user'
    if (!rights || (rights.entity.readOnly && !isUser)) {
      this.#errors.push(`${at}: there is no entity "${entityName}" to import into`)
      return null
    }
    if (isUser && !rightsOf(this.#model, this.#actor).administer) {
      this.#errors.push(`${at}: only an administrator can import users`)
      return null
    }
    if (!isUser && !rights.import && this.#actor.userId !== null)
      this.#errors.push(`${at}: records of "${entityName}" are not yours to import`)
    const fields = Object.entries(body.fields).flatMap(([path, field]) => {
      const plan = this.#field(`${at}/fields/${path}`, path, field, rights, before, imported)
      return plan ? [plan] : []
    })
    if (isUser) this.#checkUser(at, body)
    const key = (isUser ? ['email'] : (body.key ?? [])).flatMap((field) => {
      const model = rights.entity.fields.get(field)
      if (model?.columns.length !== 1 || model.multiple)
        this.#errors.push(`${at}/key: "${field}" is no stored field with one value`)
      else if (!body.fields[field]) this.#errors.push(`${at}/key: nothing is mapped to "${field}"`)
      else return [model]
      return []
    })
    return {
      name,
      entity: rights.entity,
      rights,
      key,
      when: body.when === undefined ? null : this.#condition(`${at}/when`, body.when),
      existing: body.existing ?? 'update',
      duplicates: body.duplicates ?? null,
      clears: body.blank === 'clear',
      fields,
    }
  }

  #checkUser(at: string, body: RecordMapping): void {
    for (const name of ['name', 'email'])
      if (!body.fields[name]) this.#errors.push(`${at}: a user needs "${name}"`)
    for (const name of Object.keys(body.fields)) {
      if (name !== 'name' && name !== 'email')
        this.#errors.push(`${at}/fields/${name}: of users, name and email can be imported`)
    }
  }

  #field(
    at: string,
    path: string,
    body: FieldMapping,
    rights: EntityRights,
    before: ReadonlyMap<string, string>,
    imported: ReadonlySet<string>,
  ): FieldPlan | null {
    const [name = '', part = null, ...rest] = path.split('.')
    const field = rights.entity.fields.get(name)
    if (!field || rest.length > 0 || (part !== null && field.type.name !== 'address')) {
      this.#errors.push(`${at}: "${rights.entity.name}" has no field "${path}"`)
      return null
    }
    if (part !== null && !(addressParts as readonly string[]).includes(part)) {
      this.#errors.push(`${at}: an address has ${addressParts.join(', ')}`)
      return null
    }
    if (!this.#mayWrite(field, rights)) {
      this.#errors.push(`${at}: "${name}" is set by the system, or not yours to write`)
      return null
    }
    const sources = (['column', 'columns', 'expression', 'value', 'record'] as const).filter(
      (kind) => body[kind] !== undefined,
    )
    if (sources.length !== 1) {
      this.#errors.push(`${at}: needs exactly one of column, columns, expression, value, record`)
      return null
    }
    const program = body.expression === undefined ? null : this.#program(`${at}/expression`, body.expression)
    const places = program
      ? program.paths.map((alias) => this.#header.alias(alias)!)
      : [...(body.columns ?? []), ...(body.column === undefined ? [] : [body.column])].flatMap((column) =>
          this.#column(at, column),
        )
    for (const place of places) this.#used.add(place)
    this.#checkConstants(at, field, part, body)
    this.#checkReference(at, field, body, before)
    const map = this.#values(`${at}/values`, body.values)
    const lookup = this.#lookup(`${at}/lookup`, field, body, imported)
    return {
      path,
      field,
      part,
      body,
      places,
      program,
      values: map,
      format: { ...this.#mapping.format, ...body.format },
      options: optionTexts(field),
      lookup,
    }
  }

  #mayWrite(field: FieldModel, rights: EntityRights): boolean {
    if (rights.entity.name === 'user') return true
    if (field.columns.length === 0) return false
    if (this.#actor.userId !== null) return field.writable && rights.createField(field.name)
    // The system itself may also bring what users never write, such as when the record was made.
    return (
      field.writable ||
      field.field['x-readonly'] === true ||
      field.name === 'created_at' ||
      field.name === 'created_by'
    )
  }

  #column(at: string, column: string): number[] {
    const place = this.#header.find(column)
    if (place !== undefined) return [place]
    this.#errors.push(`${at}: the file has no column "${column}"`)
    return []
  }

  #checkConstants(at: string, field: FieldModel, part: string | null, body: FieldMapping): void {
    for (const member of ['value', 'default'] as const) {
      const value = body[member]
      if (value === undefined || value === null) continue
      // What a lookup is to find is a text, whatever the field holds.
      if (body.lookup && typeof value === 'string') continue
      const parsed = field.type.parse(part === null ? value : { [part]: value }, field.context)
      if ('error' in parsed) this.#errors.push(`${at}/${member}: ${parsed.detail}`)
    }
    if (typeof body.onInvalid !== 'object') return
    const other = body.onInvalid.keepIn
    if (!body.onInvalid.keepIn || !this.#isTextField(at, other)) {
      this.#errors.push(`${at}/onInvalid/keepIn: "${other}" is no text field of the record`)
    }
  }

  #isTextField(at: string, name: string): boolean {
    const record = at.split('/')[2]!
    const entity = this.#model.entities.get(this.#mapping.records[record]!.entity ?? record)
    return ['text', 'long-text'].includes(entity?.fields.get(name)?.type.name ?? '')
  }

  #checkReference(
    at: string,
    field: FieldModel,
    { record }: FieldMapping,
    before: ReadonlyMap<string, string>,
  ): void {
    if (record === undefined) return
    const entity = before.get(record)
    if (entity === undefined) this.#errors.push(`${at}/record: no record "${record}" stands before this one`)
    else if (field.relation !== entity && field.type.name !== 'relation-any') {
      this.#errors.push(`${at}/record: "${field.name}" is not a relation to ${entity}`)
    }
  }

  #values(at: string, given: string | ValueMap | undefined): ReadonlyMap<string, string | null> | null {
    const map = typeof given === 'string' ? this.#mapping.valueMaps?.[given] : given
    if (given !== undefined && !map) this.#errors.push(`${at}: there is no value map "${String(given)}"`)
    return map ? new Map(Object.entries(map)) : null
  }

  #lookup(
    at: string,
    field: FieldModel,
    { lookup }: FieldMapping,
    imported: ReadonlySet<string>,
  ): LookupPlan | null {
    if (!lookup) return null
    const entity = field.relation === null ? undefined : this.#model.entities.get(field.relation)
    const by = entity?.fields.get(lookup.by)
    const readable = entity && rightsOf(this.#model, this.#actor).entity(entity.name)?.readField(lookup.by)
    if (!entity || by?.columns.length !== 1 || by.valueType !== 'string' || readable == null) {
      this.#errors.push(`${at}: "${field.name}" does not lead to records with a text field "${lookup.by}"`)
      return null
    }
    return {
      entity,
      by,
      compare: lookup.compare ?? 'exact',
      onMissing: lookup.onMissing ?? 'reject',
      deferred: imported.has(entity.name),
    }
  }

  #condition(at: string, text: string): Program | null {
    const program = this.#program(at, text, 'bool')
    for (const alias of program?.paths ?? []) this.#used.add(this.#header.alias(alias)!)
    return program
  }

  #program(at: string, text: string, expect?: ValueType): Program | null {
    try {
      return compileExpression(text, this.#header.scope, expect === undefined ? {} : { expect })
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      this.#errors.push(`${at}: ${error.message}`)
      return null
    }
  }

  /** Nothing of the file is left behind by mistake. */
  #refuseUnused(): void {
    const ignored = new Set(this.#mapping.ignore)
    for (const name of ignored) {
      if (this.#header.find(name) === undefined)
        this.#errors.push(`/ignore: the file has no column "${name}"`)
    }
    const unused = this.#header.names.filter(
      (name, place) => !this.#used.has(place) && !ignored.has(name) && !name.startsWith(reportPrefix),
    )
    if (unused.length > 0) {
      const shown = unused.slice(0, 20).map((name) => `"${name}"`)
      this.#errors.push(
        `Of the file's columns nothing takes ${shown.join(', ')}${unused.length > 20 ? ' …' : ''}; map them, or name them in "ignore"`,
      )
    }
  }
}
