import { sharePaths } from './access-paths.ts'
import { type Actor, type EntityRights, type Rights, rightsOf } from '../../access/rights.ts'
import { cached, type FieldModel, type Model } from '../../documents/model.ts'
import { fileEntity } from '../../files/file-entity.ts'
import { filePaths } from './file-paths.ts'
import { fixedPaths } from './fixed-paths.ts'
import { webFormPaths } from './web-form-paths.ts'
import { array, json, named, operation, parameter, type Schema } from './parts.ts'

/** OpenAPI 3.1 of what this actor may do, made from the live model; the same for equal roles. */
export function openApi(model: Model, actor: Actor): Schema {
  const rights = rightsOf(model, actor)
  return cached(model, `openapi|${rights.key}`, () => {
    const schemas: Record<string, Schema> = { ...sharedSchemas }
    const paths: Record<string, Schema> = {}
    const tags: Schema[] = []
    for (const name of model.entities.keys()) {
      const own = rights.entity(name)
      if (!own) continue
      schemas[name] = recordSchema(rights, own, 'read')
      if (own.create && !own.entity.content) schemas[`${name}.new`] = recordSchema(rights, own, 'create')
      if (own.rows.update.length > 0) schemas[`${name}.change`] = recordSchema(rights, own, 'update')
      tags.push({ name, description: own.entity.body.description ?? own.entity.body.title })
      Object.assign(paths, entityPaths(own))
    }
    const entityOfFiles = fileEntity(model)
    const conversions = [...model.conversions.values()].filter(
      (one) => one.source && (rights.entity(one.source.name)?.rows.convert.length ?? 0) > 0,
    )
    Object.assign(
      paths,
      fixedPaths(
        conversions.map((one) => one.name),
        rights.administer,
      ),
      webFormPaths(
        [...model.webForms.values()].filter(({ body }) => body.open === true).map(({ name }) => name),
        rights.administer,
      ),
      filePaths(entityOfFiles ? rights.entity(entityOfFiles.name) : null),
    )
    return {
      openapi: '3.1.0',
      info: {
        title: 'XRM',
        version: String(model.version),
        description: 'Made from the published model; it shows what you may do.',
      },
      tags,
      paths,
      components: {
        schemas,
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'xrm.session_token' },
          key: { type: 'http', scheme: 'bearer', description: 'A key of your account page: `xrm_…`.' },
        },
      },
      security: [{ session: [] }, { key: [] }],
    }
  })
}

const sharedSchemas: Record<string, Schema> = {
  problem: {
    type: 'object',
    description: 'RFC 9457. Branch on `code`; the page at `type` explains it.',
    properties: {
      type: { type: 'string', format: 'uri-reference' },
      code: { type: 'string' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      errors: array({
        type: 'object',
        properties: {
          pointer: { type: 'string' },
          code: { type: 'string' },
          detail: { type: 'string' },
          params: { type: 'object' },
        },
        required: ['pointer', 'code', 'detail'],
      }),
    },
    required: ['type', 'code', 'title', 'status'],
  },
  aggregate: {
    type: 'object',
    properties: {
      filter: { type: 'string' },
      search: { type: 'string' },
      groupBy: array({ type: 'string' }),
      measures: {
        type: 'object',
        additionalProperties: { type: 'string' },
        description: '`count`, or sum, avg, min, max, count of a field: "sum(amount)".',
      },
    },
    required: ['measures'],
    additionalProperties: false,
  },
}

/** JSON Schema of a record as it is read, or of what may be given for a new one or a change. */
export function recordSchema(
  rights: Pick<Rights, 'entity'>,
  own: EntityRights,
  use: 'read' | 'create' | 'update',
): Schema {
  const properties: Record<string, Schema> = {}
  const required: string[] = []
  for (const field of own.entity.fields.values()) {
    const usable =
      use === 'read'
        ? own.readField(field.name) !== null
        : field.writable &&
          field.columns.length > 0 &&
          (use === 'create' ? own.createField(field.name) : own.updateField(field.name).length > 0)
    if (!usable) continue
    properties[field.name] = fieldSchema(rights, field, use)
    if (use === 'create' && field.required && field.default === undefined) required.push(field.name)
    if (use === 'read' && (field.name === 'id' || field.name === 'version')) required.push(field.name)
  }
  return {
    type: 'object',
    title: own.entity.body.title,
    ...(own.entity.body.description === undefined ? {} : { description: own.entity.body.description }),
    properties,
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  }
}

const byValueType: Record<string, Schema> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int: { type: 'integer' },
  decimal: { type: 'string', format: 'decimal' },
  date: { type: 'string', format: 'date' },
  timestamp: { type: 'string', format: 'date-time' },
  money: { type: 'object', properties: { amount: { type: 'string' }, currency: { type: 'string' } } },
}

function fieldSchema(
  rights: Pick<Rights, 'entity'>,
  field: FieldModel,
  use: 'read' | 'create' | 'update',
): Schema {
  const computed =
    field.program && typeof field.valueType === 'string' ? byValueType[field.valueType] : undefined
  const base: Schema =
    field.name === 'id'
      ? { type: 'string', format: 'uuid' }
      : (computed ?? field.type.jsonSchema(field.field))
  const keys = field.options.filter((option) => use === 'read' || option.active).map((option) => option.key)
  const withOptions: Schema =
    keys.length === 0
      ? base
      : base['type'] === 'array'
        ? { ...base, items: { type: 'string', enum: keys } }
        : { ...base, enum: keys }
  const alwaysThere = field.name === 'id' || field.name === 'version' || (use !== 'read' && field.required)
  return {
    ...(alwaysThere ? withOptions : nullable(withOptions)),
    title: field.field.title ?? field.name,
    ...(field.field.description === undefined ? {} : { description: field.field.description }),
    ...(use === 'create' && field.default !== undefined ? { default: field.default } : {}),
    ...(field.relation === null || !rights.entity(field.relation)
      ? {}
      : { 'x-relation': { entity: field.relation } }),
  }
}

function nullable(schema: Schema): Schema {
  if (typeof schema['type'] !== 'string') return schema
  return {
    ...schema,
    type: [schema['type'], 'null'],
    ...(Array.isArray(schema['enum']) ? { enum: [...(schema['enum'] as unknown[]), null] } : {}),
  }
}

const listParameters = [
  parameter('filter', 'A condition in CEL, such as `status == "new" && owner == me`.'),
  parameter('search', 'Words that must stand somewhere in the search fields.'),
  parameter(
    'fields',
    'Names with commas: own fields, `*`, and paths through relations such as `account.display`.',
  ),
  parameter('sort', 'Names with commas; `-` before a name sorts downwards.'),
  parameter('limit', 'Records on a page, 1 to 500.', {
    type: 'integer',
    minimum: 1,
    maximum: 500,
    default: 25,
  }),
  parameter('after', '`next` of the page before.'),
  parameter('count', 'Also count: exactly, or up to 1000.', { enum: ['none', 'capped', 'exact'] }),
]

function entityPaths(own: EntityRights): Record<string, Schema> {
  const { entity } = own
  const { name } = entity
  const ref: Schema = { $ref: `#/components/schemas/${name}` }
  const page: Schema = {
    type: 'object',
    properties: {
      items: array(ref),
      next: { type: ['string', 'null'] },
      count: { type: 'object', properties: { value: { type: 'integer' }, capped: { type: 'boolean' } } },
    },
    required: ['items', 'next'],
  }
  const mayWrite = !entity.readOnly
  const base = `/api/records/${name}`
  const tag = [name]
  const id = parameter('id', 'Id of the record.', { type: 'string', format: 'uuid' }, 'path')
  const ifMatch = parameter(
    'If-Match',
    'The version that the change is based on, in quotes.',
    { type: 'string' },
    'header',
  )
  const key = parameter(
    'Idempotency-Key',
    'A repetition under the same key changes nothing and gets the same answer.',
    { type: 'string' },
    'header',
  )
  const change: Schema = { $ref: `#/components/schemas/${name}.change` }
  const create: Schema = { $ref: `#/components/schemas/${name}.new` }
  return {
    [base]: {
      get: operation(`List ${entity.plural}`, tag, {
        parameters: [...listParameters, parameter('deleted', 'Only those in the bin.', { type: 'boolean' })],
        answer: json(page),
      }),
      // A file comes by /api/files.
      ...(mayWrite && own.create && !entity.content
        ? {
            post: operation(`Create one of the ${entity.plural}, or a batch`, tag, {
              parameters: [
                key,
                parameter('partial', 'Write the rows that can be written, and answer for each.', {
                  type: 'boolean',
                }),
              ],
              body: { oneOf: [create, array(create)] },
              status: 201,
              answer: json({ oneOf: [ref, array(ref)] }),
            }),
          }
        : {}),
    },
    [`${base}/{id}`]: {
      parameters: [id],
      get: operation(`Read one of the ${entity.plural}`, tag, {
        parameters: [named(listParameters, 'fields')],
        answer: json(ref),
      }),
      ...(mayWrite && own.rows.update.length > 0
        ? {
            patch: operation(`Change one of the ${entity.plural}`, tag, {
              parameters: [ifMatch, key],
              body: change,
              answer: json(ref),
            }),
          }
        : {}),
      ...(mayWrite && own.rows.delete.length > 0
        ? {
            delete: operation(`Put one of the ${entity.plural} into the bin`, tag, {
              parameters: [ifMatch, key],
              status: 204,
            }),
          }
        : {}),
    },
    ...(mayWrite && own.rows.delete.length > 0
      ? {
          [`${base}/{id}/restore`]: {
            parameters: [id],
            post: operation('Take it out of the bin', tag, { parameters: [key], answer: json(ref) }),
          },
        }
      : {}),
    [`${base}/{id}/history`]: {
      parameters: [id],
      get: operation('Its changes, newest first', tag, { answer: json({ type: 'object' }) }),
    },
    [`${base}/{id}/timeline`]: {
      parameters: [id],
      get: operation('What happened and what is planned', tag, { answer: json({ type: 'object' }) }),
    },
    [`${base}/{id}/conversions`]: {
      parameters: [id],
      get: operation('Runs it was part of', tag, { answer: json({ type: 'object' }) }),
    },
    [`${base}/{id}/related/{relation}`]: {
      parameters: [
        id,
        parameter('relation', 'entity.field of the related list.', { type: 'string' }, 'path'),
      ],
      get: operation('Records that name it', tag, {
        parameters: listParameters,
        answer: json({ type: 'object' }),
      }),
    },
    ...sharePaths(base, own, id, tag),
    [`${base}/aggregate`]: {
      post: operation(`Count and sum ${entity.plural}`, tag, {
        body: { $ref: '#/components/schemas/aggregate' },
        answer: json({ type: 'object', properties: { rows: array({ type: 'object' }) }, required: ['rows'] }),
      }),
    },
  }
}
