import { Hono } from 'hono'
import { Problem } from '@xrm/sdk'
import type { ExpressionAnswer, ExpressionNames, ExpressionRequest } from '@xrm/sdk/configuration'
import {
  compileExpression,
  ExpressionError,
  functionTable,
  languageForms,
  type Program,
  typeName,
} from '@xrm/sdk/expression'
import { addressParts } from '../fields/address.ts'
import type { EntityModel, Model } from '../documents/model.ts'
import { resolvePath } from '../documents/paths.ts'
import { recordScope, sourceScope } from '../documents/scope.ts'
import { problems as recordProblems } from '../records/problems.ts'
import { getRecord, type ReadContext } from '../records/query.ts'
import { type Env, reading, requireAdministrator, type Server } from './environment.ts'
import { badParameter, noParameters, oneOf, readObject, readQuery, text } from './read-request.ts'
import { problems } from './problems.ts'

const scopes = ['record', 'source'] as const
const expectations = ['bool', 'string', 'timestamp'] as const

/** `/api/expressions`: checks expressions, tries them on a record and says what may be written. For administrators. */
export function expressionRoutes(server: Server): Hono<Env> {
  const app = new Hono<Env>()
  app.use(async (c, next) => {
    requireAdministrator(c)
    await next()
  })

  app.post('/', noParameters, async (c) => {
    const request = await readObject<ExpressionRequest>(
      c,
      {
        text: 'string',
        entity: 'string',
        scope: 'string',
        expect: 'string',
        changeset: 'string',
        record: 'string',
      },
      ['text', 'entity'],
    )
    requireWord('scope', request.scope, scopes)
    requireWord('expect', request.expect, expectations)
    const model = request.changeset ? await server.documents.model(request.changeset) : c.var.model
    requireEntity(model, request.entity)
    return c.json(await tryExpression(reading(server, c), model, request))
  })

  app.get('/names', async (c) => {
    const { entity, scope, changeset } = readQuery(c, {
      entity: text,
      scope: oneOf(...scopes),
      changeset: text,
    })
    if (entity === undefined) throw badParameter('entity', 'Name the entity that the expression speaks of.')
    const model = changeset ? await server.documents.model(changeset) : c.var.model
    requireEntity(model, entity)
    return c.json(namesFor(model, entity, scope ?? 'record'))
  })
  return app
}

/** Checks an expression in one model, and computes it for a record as it is stored, as the caller may read it. */
async function tryExpression(
  context: ReadContext,
  model: Model,
  { text: source, entity, scope = 'record', expect, record }: ExpressionRequest,
): Promise<ExpressionAnswer> {
  let program: Program
  try {
    const names =
      scope === 'record' ? recordScope(model.entities, entity) : sourceScope(model.entities, entity)
    program = compileExpression(source, names, expect ? { expect } : {})
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    const { offset, length } = error.position
    return {
      type: null,
      issues: [{ from: offset, to: offset + length, code: error.code, message: error.message }],
    }
  }
  const answer: ExpressionAnswer = { type: typeName(program.type), issues: [] }
  if (record === undefined) return answer
  const read = await readerOf(context, entity, record, program.paths, scope)
  answer.value = program.evaluate(read, {
    now: context.now,
    timeZone: model.settings.timeZone,
    me: context.actor.userId,
    teams: context.actor.teams,
    record: context.actor.represents?.id ?? null,
  })
  return answer
}

/** Reads the paths that are published; what the draft alone has is still empty in every record. */
async function readerOf(
  context: ReadContext,
  entity: string,
  id: string,
  paths: readonly string[],
  scope: 'record' | 'source',
): Promise<(path: string) => unknown> {
  const prefix = scope === 'source' ? 'source.' : ''
  const own = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length))
  const published = context.model.entities.get(entity)
  const known = own.filter((path) => published && resolvePath(context.model.entities, published, path))
  const record = published && (await getRecord(context, entity, id, { fields: ['id', ...known] }))
  if (!record) throw new Problem(recordProblems['record.not-found'])
  return (path) => (path === 'source' ? id : (record[path.slice(prefix.length)] ?? null))
}

function namesFor(model: Model, entity: string, scope: 'record' | 'source'): ExpressionNames {
  const members: ExpressionNames['members'] = {}
  const visit = (name: string, depth: number): void => {
    const found = model.entities.get(name)
    if (!found || Object.hasOwn(members, name)) return
    members[name] = membersOf(found)
    if (depth > 0) for (const { record } of members[name]) if (record) visit(record, depth - 1)
  }
  visit(entity, 3)
  members['$address'] = addressParts.map((part) => ({
    name: part,
    type: 'string',
    record: null,
    title: part,
  }))
  members['user'] ??= model.entities.has('user') ? membersOf(model.entities.get('user')!) : []
  members[''] = [
    ...(scope === 'source'
      ? [{ name: 'source', type: `record<${entity}>`, record: entity, title: 'The source record' }]
      : members[entity]!),
    { name: 'me', type: 'record<user>', record: 'user', title: 'The signed-in user' },
  ]
  const functions = [...functionTable.rows, ...languageForms.filter(({ name }) => name !== 'me')]
    // Operators have no name to complete.
    .filter(({ name }) => /^\.?[a-zA-Z]/.test(name))
    .map(({ name, signature, description }) => ({ name, signature, description }))
  return { members, functions }
}

function membersOf({ fields }: EntityModel): ExpressionNames['members'][string] {
  return [...fields.values()].flatMap(({ name, field, valueType, options }) => {
    if (valueType === null) return []
    const record = typeof valueType === 'object' && 'record' in valueType ? valueType.record : null
    return [
      {
        name,
        type: typeName(valueType),
        record: name === 'id' || record === '' ? null : record,
        title: field.title ?? name.replaceAll('_', ' '),
        ...(options.length > 0 ? { options: options.map(({ key, title }) => ({ key, title })) } : {}),
      },
    ]
  })
}

function requireEntity(model: Model, entity: string): void {
  if (model.entities.has(entity)) return
  throw new Problem(problems['request.body'], {
    errors: [
      {
        pointer: '#/entity',
        code: 'reference.unknown',
        detail: `There is no entity "${entity.slice(0, 60)}"`,
      },
    ],
  })
}

function requireWord(key: string, value: string | undefined, words: readonly string[]): void {
  if (value === undefined || words.includes(value)) return
  throw new Problem(problems['request.body'], {
    errors: [{ pointer: `#/${key}`, code: 'request.type', detail: `must be one of ${words.join(', ')}` }],
  })
}
