import type { Role, WebForm } from '@xrm/sdk'
import { compileExpression, type Scope } from '@xrm/sdk/expression'
import { escapePointer } from '@xrm/sdk/merge'
import { askableTypes } from '@xrm/sdk/web-forms'
import { whyNotAssignable } from '../conversions/assignable.ts'
import { checkOwner } from '../conversions/compile-keywords.ts'
import { compileAt } from '../documents/compile-at.ts'
import { Issues } from '../documents/issues.ts'
import type {
  ConversionModel,
  EntityModel,
  FieldModel,
  WebFormField,
  WebFormModel,
} from '../documents/model.ts'
import { orderedKeys } from '../documents/normalise.ts'

/** There is no record to speak of. */
const noRecord: Scope = { variable: () => undefined, member: () => undefined }

/** What the form is checked against. */
interface Known {
  entities: ReadonlyMap<string, EntityModel>
  conversions: ReadonlyMap<string, ConversionModel>
}

/** Makes the model of a web form; everything that is wrong with it goes to `issues` and breaks it. */
export function compileWebForm(name: string, body: WebForm, known: Known, issues: Issues): WebFormModel {
  const own = new Issues()
  const form = new Compiler(name, body, known, own).compile()
  issues.list.push(...own.list)
  return { ...form, broken: own.errors.map(({ message }) => message) }
}

class Compiler {
  readonly #name: string
  readonly #body: WebForm
  readonly #known: Known
  readonly #issues: Issues
  readonly #place: { kind: 'web-form'; name: string }

  constructor(name: string, body: WebForm, known: Known, issues: Issues) {
    this.#name = name
    this.#body = body
    this.#known = known
    this.#issues = issues
    this.#place = { kind: 'web-form', name }
  }

  compile(): Omit<WebFormModel, 'broken'> {
    const body = this.#body
    const entity = this.#entity()
    const fields = entity ? this.#fields(entity) : []
    const values = entity ? this.#values(entity) : []
    if (entity) {
      this.#lintMissing(entity)
      this.#lintUnique(entity)
      this.#lintOwner(entity)
    }
    this.#lintConversion()
    if (body.redirect !== undefined && !URL.canParse(body.redirect))
      this.#error('/redirect', 'web-form.address', 'It is not an address.')
    const url = body.consent?.url
    if (url !== undefined && !URL.canParse(url))
      this.#error('/consent/url', 'web-form.address', 'It is not an address.')
    const role = entity ? roleOf(body, entity, fields, values) : { title: body.title, entities: {} }
    return { name: this.#name, body, entity, fields, values, role }
  }

  #error(pointer: string, code: string, message: string): void {
    this.#issues.error(this.#place, pointer, code, message)
  }

  #entity(): EntityModel | null {
    const { entity: name } = this.#body
    const entity = this.#known.entities.get(name)
    if (!entity) this.#error('/entity', 'reference.unknown', `There is no entity "${name}".`)
    else if (entity.readOnly || name === 'team')
      this.#error('/entity', 'web-form.entity', `Nobody may make ${entity.plural} from outside.`)
    else return entity
    return null
  }

  #fields(entity: EntityModel): WebFormField[] {
    const { fields } = this.#body
    const keys = orderedKeys(fields)
    if (keys.length === 0) this.#error('/fields', 'web-form.empty', 'The form asks for nothing.')
    return keys.flatMap((key) => {
      const body = fields[key]!
      const pointer = `/fields/${escapePointer(key)}`
      const field = this.#field(entity, key, pointer)
      if (!field) return []
      if (!askableTypes.has(field.type.name) || (field.multiple && field.type.name !== 'multi-select')) {
        const type = field.multiple ? 'of several values' : `of the type ${field.type.name}`
        const message = `Visitors cannot fill in "${key}", a field ${type}. Give it a value instead.`
        this.#error(pointer, 'web-form.field-type', message)
        return []
      }
      const required = body.required === true || (field.required && field.type.name !== 'boolean')
      return [{ field, body, required }]
    })
  }

  /** A field that the form may write. */
  #field(entity: EntityModel, key: string, pointer: string): FieldModel | null {
    const field = entity.fields.get(key)
    if (!field) {
      this.#error(pointer, 'reference.unknown', `"${entity.name}" has no field "${key}".`)
      return null
    }
    if (field.system || !field.writable || field.columns.length === 0) {
      this.#error(pointer, 'web-form.read-only', `"${key}" is not for a form to set.`)
      return null
    }
    return field
  }

  #values(entity: EntityModel): WebFormModel['values'] {
    type Value = WebFormModel['values'][number]
    return Object.entries(this.#body.values ?? {}).flatMap(([key, { value, expression }]): Value[] => {
      const pointer = `/values/${escapePointer(key)}`
      const field = this.#field(entity, key, pointer)
      if (!field) return []
      if (Object.hasOwn(this.#body.fields, key))
        this.#error(pointer, 'web-form.twice', `The form asks for "${key}" already.`)
      if ((value === undefined) === (expression === undefined)) {
        this.#error(pointer, 'web-form.value', 'It takes either a value or an expression.')
        return []
      }
      if (expression === undefined) {
        const parsed = field.type.parse(value, field.context)
        if ('value' in parsed) return [{ field, from: { value: parsed.value } }]
        this.#error(`${pointer}/value`, parsed.error, `The value ${parsed.detail}.`)
        return []
      }
      const at = `${pointer}/expression`
      const program = compileAt(this.#issues, this.#place, at, () => compileExpression(expression, noRecord))
      const why = program && whyNotAssignable(program.type, field, {}, null)
      if (why != null) this.#error(at, 'web-form.value', `For "${key}": ${why}.`)
      return program ? [{ field, from: { program } }] : []
    })
  }

  /** What a record must have and nobody would give it. */
  #lintMissing(entity: EntityModel): void {
    const { fields, values = {} } = this.#body
    const isCovered = (key: string): boolean => Object.hasOwn(fields, key) || Object.hasOwn(values, key)
    const missing = (key: string, why: string): void =>
      this.#error(
        '/fields',
        'web-form.required',
        `"${key}" is ${why}, and the form neither asks for it nor sets it.`,
      )
    for (const field of entity.stored) {
      const given = isCovered(field.name) || field.default !== undefined || field.type.name === 'auto-number'
      if (field.required && !field.system && !given) missing(field.name, 'required')
    }
    for (const stage of entity.stages) {
      const first = values[stage.name]?.value ?? stage.default
      const { requires = [], title = '' } = stage.options.find(({ key }) => key === first) ?? {}
      for (const key of requires)
        if (!isCovered(key) && entity.fields.get(key)?.default === undefined)
          missing(key, `required in the stage "${title}"`)
    }
  }

  /** Whether a record can be saved must tell nobody which ones there are. */
  #lintUnique(entity: EntityModel): void {
    const asks = (key: string): boolean => Object.hasOwn(this.#body.fields, key)
    if (this.#body.duplicates === 'use') {
      const certain = Object.values(entity.body['x-duplicates'] ?? {}).filter(
        ({ confidence }) => confidence === 'certain',
      )
      const ways = [
        ...entity.unique.map(({ fields }) => fields),
        ...certain.map(({ fields }) => Object.keys(fields)),
      ]
      if (ways.some((fields) => fields.every(asks))) return
      const message = `Nobody is found: the form asks for no unique field of "${entity.name}", nor for all fields of a certain rule.`
      this.#issues.warning(this.#place, '/duplicates', 'web-form.duplicates', message)
      return
    }
    for (const { fields } of entity.unique) {
      const key = fields.find(asks)
      if (key === undefined) continue
      const message = `"${key}" is unique: by what is refused, visitors would learn which ones there are. With duplicates "use" they do not.`
      this.#error(`/fields/${escapePointer(key)}`, 'web-form.unique', message)
    }
  }

  #lintOwner(entity: EntityModel): void {
    const { owner } = this.#body
    if (owner && entity.body['x-entity'].owner !== true)
      this.#error('/owner', 'web-form.owner', `Records of "${entity.name}" have no owner.`)
    checkOwner('/owner', owner, entity, this.#known.entities, (pointer, _, message) =>
      this.#error(pointer, 'web-form.owner', message),
    )
  }

  #lintConversion(): void {
    const { convert, entity } = this.#body
    if (convert === undefined) return
    const conversion = this.#known.conversions.get(convert)
    if (!conversion) this.#error('/convert', 'reference.unknown', `There is no conversion "${convert}".`)
    else if (conversion.body.source !== entity)
      this.#error(
        '/convert',
        'web-form.convert',
        `"${convert}" converts "${conversion.body.source}", not "${entity}".`,
      )
    else if (conversion.broken.length > 0)
      this.#error('/convert', 'web-form.convert', `"${convert}" is broken: ${conversion.broken[0]}`)
    else if (conversion.body.channels && conversion.body.channels['form'] !== true)
      this.#error('/convert', 'web-form.convert', `"${convert}" is not open to web forms.`)
  }
}

/** Only who adds to records that are there may find them. */
function roleOf(
  body: WebForm,
  entity: EntityModel,
  fields: readonly WebFormField[],
  values: WebFormModel['values'],
): Role {
  // What the form names besides must exist, and that is for it to see.
  const named = new Set(values.flatMap(({ field }) => field.relation ?? []))
  const uses = body.duplicates === 'use'
  return {
    title: body.title,
    entities: {
      ...Object.fromEntries([...named].map((one) => [one, { read: 'all' as const }])),
      [entity.name]: {
        read: uses || named.has(entity.name) ? 'all' : { when: 'false' },
        create: 'all',
        ...(uses ? { update: 'all' as const } : {}),
        fields: {
          ...(uses ? { active: 'read' as const } : {}),
          ...Object.fromEntries(fields.map(({ field }) => [field.name, 'write' as const])),
        },
      },
    },
  }
}
