import { Problem } from '@xrm/sdk'
import type { AccessAction, EffectiveAccess, WhyAnswer, WhyReason, WhyRequest } from '@xrm/sdk/access'
import type { EntityModel } from '../documents/model.ts'
import { isId } from '../fields/relation-rules.ts'
import { problems as recordProblems } from '../records/problems.ts'
import { named, type ReadContext, run } from '../records/query.ts'
import { SelectBuilder } from '../records/select-builder.ts'
import { type Grant, grantsOn } from './grants.ts'
import { loadActor } from './load-actor.ts'
import { problems } from './problems.ts'
import { type Actor, alwaysReadable, type EntityRights, inputsOf, rightsOf } from './rights.ts'
import { type Action, type FieldCondition, type RowScope, scopeKey, sharesOf } from './scopes.ts'
import { viewShares } from './shares.ts'

/**
 * What gives somebody something, or what is missing: the grants and conditions that act in SQL, asked one by one, and for a
 * record by the database. Not for the person's eyes: the reasons speak of what they may not see.
 */
export async function explainAccess(context: ReadContext, request: WhyRequest): Promise<WhyAnswer> {
  const { model } = context
  const entity = model.entities.get(request.entity)
  if (!entity) throw new Problem(recordProblems['entity.not-found'])
  if (request.field !== undefined && !entity.fields.has(request.field))
    throw unknown('#/field', 'is not a field')
  const actor = await subjectOf(context, request.user)
  if (!actor) return { allowed: false, reasons: [reason('inactive')] }
  const rights = rightsOf(model, actor)
  const own = rights.entity(entity.name)
  const grants = grantsOn(model, entity, rights.roles, rights.external)
  const row = request.record === undefined ? null : await askRow(context, actor, entity, own, grants, request)
  if (typeof row === 'string') return { allowed: false, reasons: [reason(row)] }
  // Who may not see it at all lacks that first.
  const action = (row ? row.visible : own !== null) ? request.action : 'read'
  const reasons = grants.map((grant, index) =>
    reasonOf(entity, grant, action, request.field, row?.covers[index]),
  )
  if (rights.external && reasons.length === 0) reasons.push(reason('external'))
  if (reasons.length === 0) reasons.push(reason('no-grant'))
  reasons.push(...foreignReasons(context, actor, entity, request))
  const isLocked = row?.locked === true && stopsAtLock(request.action)
  if (isLocked) reasons.push(reason('locked'))
  const shares = row && row.byShare ? await viewShares(context, request.record!) : []
  const giving = shares.filter(
    ({ grantee, level }) =>
      actor.grantees.includes(grantee.id) &&
      (level === 'update' || (isVisibleAction(action) && sharesOf[action as Action] === 'read')),
  )
  // The one that means the person alone says more than one that means many.
  const share = giving.find(({ grantee }) => grantee.kind === 'user') ?? giving[0] ?? null
  return {
    allowed: !isLocked && (row ? row.allowed : own !== null && isGiven(own, request)),
    reasons: reasons.map((one) =>
      one.scope === 'shared' && one.code === 'grants' ? { ...one, share } : one,
    ),
  }
}

/** What somebody may do, entity by entity; nothing when the account is closed. */
export async function effectiveAccess(context: ReadContext, userId: string): Promise<EffectiveAccess> {
  const actor = await subjectOf(context, userId)
  if (!actor) return { entities: [] }
  const rights = rightsOf(context.model, actor)
  return {
    entities: [...context.model.entities.keys()].flatMap((name) => {
      const own = rights.entity(name)
      if (!own) return []
      const fields = [...own.entity.fields.values()]
      const rows = (action: Action): string[] => own.rows[action].map(scopeText)
      const actions: Record<AccessAction, string[]> = {
        read: rows('read'),
        create: own.create ? ['all'] : [],
        update: rows('update'),
        delete: rows('delete'),
        convert: rows('convert'),
        import: own.import ? ['all'] : [],
        export: rows('export'),
        share: rows('share'),
      }
      const isWritable = (field: string): boolean =>
        own.createField(field) || own.updateField(field).length > 0
      return [
        {
          entity: name,
          actions,
          readable: fields.filter((field) => own.readField(field.name) !== null).map((field) => field.name),
          writable: fields
            .filter((field) => field.writable && field.columns.length > 0 && isWritable(field.name))
            .map((field) => field.name),
        },
      ]
    }),
  }
}

/** The user as they may act now; null when the account is closed. */
async function subjectOf({ db, model }: ReadContext, id: string): Promise<Actor | null> {
  const { rowCount } = isId(id)
    ? await db.query('SELECT FROM xrm."user" WHERE id = $1', [id])
    : { rowCount: 0 }
  if (rowCount === 0) throw unknown('#/user', 'is not a user')
  return loadActor(db, model, id)
}

interface Row {
  allowed: boolean
  visible: boolean
  locked: boolean
  /** A share has a part in it. */
  byShare: boolean
  /** By grant: covered by the scope itself, by a share only, or not. */
  covers: ('scope' | 'share' | null)[]
}

/** Asks the database about one record; a word when there is none to ask about. */
async function askRow(
  context: ReadContext,
  actor: Actor,
  entity: EntityModel,
  own: EntityRights | null,
  grants: readonly Grant[],
  { action, record, field }: WhyRequest,
): Promise<Row | 'no-such-record' | 'deleted'> {
  if (!isId(record)) return 'no-such-record'
  const builder = new SelectBuilder(context.model, rightsOf(context.model, actor), entity)
  const flag = (scopes: readonly RowScope[]): string => `(${builder.covered(scopes) ?? 'true'}) IS TRUE`
  const given = own === null ? null : conditionOf(own, action, field)
  const scopeOf = (grant: Grant): RowScope | null =>
    grant.rows[isVisibleAction(action) ? (action as Action) : 'read']
  const alone = (scope: RowScope): RowScope[] =>
    scope.kind === 'shared' ? [] : [{ ...scope, shares: null } as RowScope]
  const columns = [
    entity.fields.has('deleted_at') ? 't0.deleted_at IS NOT NULL' : 'false',
    flag(own?.rows.read ?? []),
    given === null ? 'false' : `(${given.map(flag).join(' AND ') || 'true'})`,
    lockedSql,
    ...[scopeOf, (grant: Grant) => grant.rows.read].flatMap((of) =>
      grants.flatMap((grant) => {
        const scope = of(grant)
        return scope === null ? ['false', 'false'] : [flag(alone(scope)), flag([scope])]
      }),
    ),
  ]
  builder.where.push(`t0.id = ${builder.params.slot('id', 'uuid')}`)
  const where = builder.whereSql()
  const plan = named(`SELECT ${columns.join(', ')} FROM ${builder.from()}${where}`, builder.params.list)
  const { rows } = await run({ ...context, actor }, { ...plan, name: undefined }, { id: record })
  const [values] = rows as boolean[][]
  if (!values) return 'no-such-record'
  const [deleted, visible, allowed, locked, ...flags] = values
  if (deleted === true) return 'deleted'
  // Of the action where the record is seen, of reading where it is not.
  const from = visible === true ? 0 : grants.length * 2
  const covers = grants.map((_, index): Row['covers'][number] => {
    const [scope, share] = [flags[from + index * 2], flags[from + index * 2 + 1]]
    return scope === true ? 'scope' : share === true ? 'share' : null
  })
  return {
    allowed: visible === true && allowed === true,
    visible: visible === true,
    locked: locked === true,
    byShare: covers.includes('share'),
    covers,
  }
}

/** What a record that was converted for good does not go through any more. */
export function stopsAtLock(action: AccessAction): boolean {
  return action === 'update' || action === 'delete' || action === 'convert'
}

/** SQL: whether the row `t0` was converted for good. */
export const lockedSql = `EXISTS (SELECT FROM xrm.conversion_run r WHERE r.source = t0.id AND r.locks AND r.status = 'standing')`

/** Creating and importing come before there is a row. */
function isVisibleAction(action: AccessAction): boolean {
  return action !== 'create' && action !== 'import'
}

/** What must cover a row for the action, and for the field in it; null: never. */
export function conditionOf(
  own: EntityRights,
  action: AccessAction,
  field: string | undefined,
): FieldCondition | null {
  if (action === 'create') return own.create && (field === undefined || own.createField(field)) ? [] : null
  if (action === 'import') return own.import && (field === undefined || own.createField(field)) ? [] : null
  const rows = own.rows[action]
  if (rows.length === 0) return null
  if (field === undefined) return [rows]
  if (action === 'update') return [rows, own.updateField(field)]
  const readable = own.readField(field)
  return readable && [rows, ...readable]
}

/** Whether there can be a row for which it is allowed. */
function isGiven(own: EntityRights, { action, field }: WhyRequest): boolean {
  return conditionOf(own, action, field)?.every((scopes) => scopes.length > 0) === true
}

function reasonOf(
  entity: EntityModel,
  grant: Grant,
  action: AccessAction,
  field: string | undefined,
  covers: Row['covers'][number] | undefined,
): WhyReason {
  const base = { role: grant.role, via: [...grant.via] }
  const scope = isVisibleAction(action) ? grant.rows[action as Action] : null
  const isGranted = isVisibleAction(action) ? scope !== null : grant[action as 'create' | 'import']
  if (!isGranted) return reason('no-grant', base)
  const text = scope === null ? 'all' : covers === 'share' ? 'shared' : scopeText(scope)
  if (scope !== null && covers === null) return reason('scope-misses', { ...base, scope: text })
  const denied = field === undefined ? undefined : deniedField(entity, grant, action, field)
  if (denied !== undefined) return reason('field-denied', { ...base, scope: text, field: denied })
  return reason(grant.role === null ? 'everyone' : 'grants', { ...base, scope: text, field: field ?? null })
}

/** The field that a grant withholds: the one asked for, or of a formula the first input. */
function deniedField(
  entity: EntityModel,
  grant: Grant,
  action: AccessAction,
  name: string,
): string | undefined {
  const needed =
    action === 'update' || action === 'create' || action === 'import' ? ['write'] : ['read', 'write']
  return allInputs(entity, name).find(
    (input) => !alwaysReadable.has(input) && !needed.includes(grant.field(input)),
  )
}

function allInputs(entity: EntityModel, name: string, seen = new Set<string>()): string[] {
  const field = entity.fields.get(name)
  const program = field ? inputsOf(field) : null
  if (!program || seen.has(name)) return [name]
  seen.add(name)
  return program.paths.flatMap((path) => allInputs(entity, path.split('.', 1)[0]!, seen))
}

/** A formula can also fail by what it reads of another record; of that the grants here say nothing. */
function foreignReasons(
  { model }: ReadContext,
  actor: Actor,
  entity: EntityModel,
  { field, action }: WhyRequest,
): WhyReason[] {
  const asked = field === undefined ? undefined : entity.fields.get(field)
  const program = asked ? inputsOf(asked) : null
  const own = rightsOf(model, actor).entity(entity.name)
  if (!program || !own || action !== 'read' || own.readField(field!) !== null) return []
  const near = program.paths.every((path) => own.readField(path.split('.', 1)[0]!) !== null)
  return near
    ? [reason('field-denied', { field: program.paths.find((path) => path.includes('.')) ?? field! })]
    : []
}

function scopeText(scope: RowScope): string {
  return scope.kind === 'when' ? scope.program.text : scopeKey(scope)
}

function reason(code: WhyReason['code'], more: Partial<WhyReason> = {}): WhyReason {
  return { code, role: null, via: [], scope: null, share: null, field: null, ...more }
}

function unknown(pointer: string, detail: string): Problem {
  return new Problem(problems['access.unknown'], { errors: [{ pointer, code: 'reference.unknown', detail }] })
}
