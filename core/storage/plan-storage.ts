import type { Entity, Field, FieldType } from '@xrm/sdk'
import type { EntityStorage } from '../documents/compile.ts'
import { systemColumns } from '../documents/system-fields.ts'
import { fieldTypeName } from '../fields/index.ts'
import { quoteName, quoteText } from './names.ts'
import type { FreeColumn, RegisteredField, Registry, RegistryChange } from './registry.ts'

/** One statement of a plan, with what an admin wants to know before it runs. */
export interface PlanStep {
  sql: string
  description: string
  entity: string
  field?: string
  /** The strongest lock that readers or writers could meet. */
  lock: 'none' | 'short exclusive'
}

/** A field that goes over to other columns: its values have to be converted, if there are any. */
export interface ColumnMove {
  entity: string
  field: string
  from: RegisteredField
  /** Columns that once held the field in this form; null: new ones. */
  to: RegisteredField | null
  add: Extract<RegistryChange, { op: 'add' }> | null
  columns: readonly string[]
  /** What makes the new columns. */
  steps: PlanStep[]
}

export interface StoragePlan {
  steps: PlanStep[]
  storage: Map<string, EntityStorage>
  /** The registry after the plan. */
  changes: RegistryChange[]
  moves: ColumnMove[]
  /** Tables that the plan creates: their indexes can be built at once. */
  created: ReadonlySet<string>
}

export interface PlanOptions {
  /** Columns that were prepared for this changeset come into force. */
  changeset?: string
  /** Row in force → row that comes back into force in its place, when a changeset is taken back. */
  restore?: ReadonlyMap<number, number>
  /** Fields (`entity.field`) that get new columns of the same form, because their values change. */
  fresh?: ReadonlySet<string>
}

/** Columns that PostgreSQL itself gives every table (INJ-02). */
const hiddenColumns = ['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']

/** Entities without a table of records. */
const unstored = new Set(['user'])

/**
 * Compares the entities with what the database holds and says which statements bring it there. Nothing is ever dropped:
 * a field that is gone is retired, and one that comes back in the same form finds its column and its data. A renamed one
 * (`x-was`) keeps its columns.
 */
export function planStorage(
  registry: Registry,
  entities: ReadonlyMap<string, Entity>,
  fieldTypes: ReadonlyMap<string, FieldType>,
  options: PlanOptions = {},
): StoragePlan {
  const plan = new StoragePlanner(registry, fieldTypes, options)
  const stored = new Map([...entities].filter(([name]) => !unstored.has(name)))
  plan.tables(stored)
  for (const [name, entity] of stored) plan.fields(name, entity)
  return plan.result()
}

class StoragePlanner {
  readonly #registry: Registry
  readonly #fieldTypes: ReadonlyMap<string, FieldType>
  readonly #options: PlanOptions
  readonly #steps: PlanStep[] = []
  readonly #foreignKeys: PlanStep[] = []
  readonly #storage = new Map<string, EntityStorage>()
  readonly #changes: RegistryChange[] = []
  readonly #moves: ColumnMove[] = []
  readonly #created = new Set<string>()
  /** Entity → table, and entity → the name under which its columns are registered. */
  readonly #tables = new Map<string, string>()
  readonly #registeredAs = new Map<string, string>()
  readonly #free: FreeColumn[]

  constructor(registry: Registry, fieldTypes: ReadonlyMap<string, FieldType>, options: PlanOptions) {
    this.#registry = registry
    this.#fieldTypes = fieldTypes
    this.#options = options
    this.#free = [...registry.free]
  }

  tables(entities: ReadonlyMap<string, Entity>): void {
    for (const { entity, table } of this.#registry.tables)
      if (entities.has(entity) || unstored.has(entity)) this.#tables.set(entity, table)
    const taken = new Set(this.#registry.tables.map(({ table }) => table))
    for (const [name, body] of entities) {
      if (this.#tables.has(name)) continue
      const renamed = this.#registry.tables.find(
        ({ entity, was }) =>
          !entities.has(entity) && (body['x-entity'].was?.[entity] === true || was.includes(name)),
      )
      if (renamed) {
        this.#tables.set(name, renamed.table)
        this.#registeredAs.set(name, renamed.entity)
        this.#changes.push({ op: 'rename-table', table: renamed.table, from: renamed.entity, to: name })
        continue
      }
      const table = freeName(name, (candidate) => taken.has(candidate))
      taken.add(table)
      this.#create(name, table)
    }
  }

  #create(entity: string, table: string): void {
    this.#tables.set(entity, table)
    this.#created.add(entity)
    this.#changes.push({ op: 'table', entity, table })
    const columns = Object.entries(systemColumns).map(([column, type]) => `${quoteName(column)} ${type}`)
    this.#steps.push({
      sql: `CREATE TABLE ${this.#sqlTable(entity)} (${columns.join(', ')})`,
      description: `Create the table of ${entity}`,
      entity,
      lock: 'none',
    })
  }

  fields(entity: string, body: Entity): void {
    const registered = this.#registeredAs.get(entity) ?? entity
    const rows = this.#registry.columns.filter((row) => row.entity === registered)
    const taken = new Set([
      ...Object.keys(systemColumns),
      ...hiddenColumns,
      ...rows.flatMap((row) => row.columns),
      ...(this.#registry.tables.find(({ table }) => table === this.#tables.get(entity))?.spent ?? []),
      ...this.#free.filter(({ table }) => table === this.#tables.get(entity)).map(({ column }) => column),
    ])
    const columns = new Map<string, readonly string[]>()
    const used = new Set<number>()
    const former = new Map<string, string>()
    for (const [name, field] of Object.entries(body.properties)) {
      const type = this.#fieldTypes.get(fieldTypeName(field))
      if (!type || Object.keys(type.columns(field)).length === 0) continue
      const known = this.#rowsOf(rows, name, field, body)
      const active = known.find((row) => !row.retired)
      const signature = this.#signatureOf(type.columns(field), field)
      const chosen = this.#choose(known, active, `${entity}.${name}`, type.name, signature)
      if (chosen) {
        used.add(chosen.id)
        columns.set(name, chosen.columns)
        this.#take(entity, name, chosen, active, type.name)
      } else {
        const add = this.#newColumns(entity, name, field, type, signature, taken)
        columns.set(name, add.columns)
        const steps = this.#columnSteps(entity, name, field, type, add)
        if (active)
          this.#moves.push({ entity, field: name, from: active, to: null, add, columns: add.columns, steps })
        else {
          this.#changes.push(add)
          this.#steps.push(...steps.filter(({ sql }) => !sql.includes('FOREIGN KEY')))
          this.#foreignKeys.push(...steps.filter(({ sql }) => sql.includes('FOREIGN KEY')))
        }
      }
      for (const row of this.#relatives(known, columns.get(name)!)) former.set(row.columns[0]!, name)
    }
    for (const row of rows)
      if (!row.retired && !used.has(row.id)) this.#changes.push({ op: 'retire', id: row.id })
    this.#storage.set(entity, {
      table: this.#sqlTable(entity),
      key: this.#tables.get(entity)!,
      columns,
      former,
    })
  }

  result(): StoragePlan {
    return {
      steps: [...this.#steps, ...this.#foreignKeys],
      storage: this.#storage,
      changes: this.#changes,
      moves: this.#moves,
      created: this.#created,
    }
  }

  /** The registered forms of a field; those of a field that was renamed to it move along. */
  #rowsOf(
    rows: readonly RegisteredField[],
    name: string,
    field: Field,
    { properties }: Entity,
  ): readonly RegisteredField[] {
    const own = rows.filter((row) => row.field === name)
    if (own.some((row) => !row.retired)) return own
    const renamed = rows.find(
      (row) =>
        !row.retired &&
        !Object.hasOwn(properties, row.field) &&
        (field['x-was']?.[row.field] === true || row.was.includes(name)),
    )
    if (!renamed) return own
    const along = rows.filter((row) => row.field === renamed.field)
    this.#changes.push({ op: 'rename', ids: along.map((row) => row.id), from: renamed.field, to: name })
    return along
  }

  /** The registered columns that serve the field in its form; undefined: it needs new ones. */
  #choose(
    known: readonly RegisteredField[],
    active: RegisteredField | undefined,
    key: string,
    type: string,
    signature: string,
  ): RegisteredField | undefined {
    const { changeset, restore, fresh } = this.#options
    const fits = (row: RegisteredField): boolean =>
      row.signature === signature && (row.type === type || row.type === '')
    const prepared = known.find((row) => row.prepared !== null && row.prepared === changeset && fits(row))
    if (prepared) return prepared
    const wanted = known.find((row) => active && row.id === restore?.get(active.id) && fits(row))
    if (wanted) return wanted
    if (fresh?.has(key)) return undefined
    if (active && fits(active)) return active
    const retired = known.filter((row) => row.retired && row.prepared === null && fits(row)).toReversed()
    const origin = retired.find(({ id }) =>
      this.#registry.conversions.some(({ source, target }) => source === id && target === active?.id),
    )
    if (origin) return origin
    // The same columns can hold the values; whether these fit is found out before it is published.
    if (active?.signature === signature) return active
    return retired[0]
  }

  #take(
    entity: string,
    field: string,
    chosen: RegisteredField,
    active: RegisteredField | undefined,
    type: string,
  ): void {
    if (chosen.type !== type) this.#changes.push({ op: 'retype', id: chosen.id, type })
    if (!chosen.retired) return
    if (active && chosen.prepared === null) {
      this.#moves.push({
        entity,
        field,
        from: active,
        to: chosen,
        add: null,
        columns: chosen.columns,
        steps: [],
      })
    }
    this.#changes.push({ op: 'restore', id: chosen.id })
  }

  #newColumns(
    entity: string,
    field: string,
    body: Field,
    type: FieldType,
    signature: string,
    taken: Set<string>,
  ): Extract<RegistryChange, { op: 'add' }> {
    const table = this.#tables.get(entity)!
    const reused: FreeColumn[] = []
    const columns = Object.entries(type.columns(body)).map(([suffix, pgType]) => {
      const name = freeName(suffix === '' ? field : `${field}_${suffix}`, (candidate) => taken.has(candidate))
      taken.add(name)
      const at = this.#free.findIndex((free) => free.table === table && free.type === pgType)
      if (at >= 0) reused.push(...this.#free.splice(at, 1))
      return name
    })
    return { op: 'add', entity, field, type: type.name, signature, columns, taken: reused }
  }

  #columnSteps(
    entity: string,
    field: string,
    body: Field,
    type: FieldType,
    { columns, taken }: Extract<RegistryChange, { op: 'add' }>,
  ): PlanStep[] {
    const types = Object.values(type.columns(body))
    const table = this.#sqlTable(entity)
    const lock = this.#created.has(entity) ? 'none' : 'short exclusive'
    const left = [...taken]
    const added: string[] = []
    const steps: PlanStep[] = []
    for (const [index, name] of columns.entries()) {
      const at = left.findIndex((free) => free.type === types[index])
      const [free] = at >= 0 ? left.splice(at, 1) : []
      if (!free) added.push(`ADD COLUMN ${quoteName(name)} ${types[index]}`)
      else
        steps.push({
          sql: `ALTER TABLE ${table} RENAME COLUMN ${quoteName(free.column)} TO ${quoteName(name)}`,
          description: `Take an emptied column of ${entity} for ${field}`,
          entity,
          field,
          lock,
        })
    }
    if (added.length > 0)
      steps.push({
        sql: `ALTER TABLE ${table} ${added.join(', ')}`,
        description: `Add ${field} to ${entity}`,
        entity,
        field,
        lock,
      })
    const referenced = this.#referencedTable(body, type)
    if (referenced !== null) {
      // NOT VALID: new values are checked, and no existing row needs to be, for they are all empty.
      const onDelete = body['x-relation']?.onDelete === 'restrict' ? '' : ' ON DELETE SET NULL'
      steps.push({
        sql: `ALTER TABLE ${table} ADD FOREIGN KEY (${quoteName(columns[0]!)}) REFERENCES ${referenced} (id)${onDelete} NOT VALID`,
        description: `Let ${entity}.${field} name only existing records`,
        entity,
        field,
        lock,
      })
    }
    if (type.name === 'auto-number') steps.push(this.#number(entity, field, body, columns[0]!))
    return steps
  }

  #number(entity: string, field: string, body: Field, column: string): PlanStep {
    const { prefix = '', digits = 5 } = body['x-number'] ?? {}
    const sequence = `record.${quoteName(`${this.#tables.get(entity)!}_${column}_seq`.slice(0, 63))}`
    const table = this.#sqlTable(entity)
    const name = quoteName(column)
    return {
      sql:
        `CREATE SEQUENCE ${sequence} OWNED BY ${table}.${name}; ` +
        `ALTER TABLE ${table} ALTER COLUMN ${name} SET DEFAULT xrm.auto_number(${quoteText(sequence)}, ${quoteText(prefix)}, ${digits})`,
      description: `Number new records of ${entity} in ${field}`,
      entity,
      field,
      lock: 'short exclusive',
    }
  }

  #referencedTable(field: Field, type: FieldType): string | null {
    if (type.name === 'user') return 'xrm."user"'
    const entity =
      type.name === 'team' ? 'team' : type.name === 'relation' ? field['x-relation']?.entity : undefined
    if (entity === undefined) return null
    if (entity === 'user') return 'xrm."user"'
    return this.#tables.has(entity) ? this.#sqlTable(entity) : null
  }

  /**
   * Column types and what a relation names, by its table, which outlives renames: columns can serve a field again only
   * when this is equal.
   */
  #signatureOf(types: Readonly<Record<string, string>>, field: Field): string {
    const related = field['x-relation']?.entity
    return (
      Object.entries(types)
        .map(([suffix, type]) => `${suffix}:${type}`)
        .join(',') + (related === undefined ? '' : ` → ${this.#tables.get(related) ?? related}`)
    )
  }

  /** The forms whose values were converted into these columns, or from them: what was said of one is said of the field. */
  #relatives(known: readonly RegisteredField[], columns: readonly string[]): RegisteredField[] {
    const found = new Set(known.filter((row) => row.columns[0] === columns[0]).map(({ id }) => id))
    for (let size = -1; size !== found.size;) {
      size = found.size
      for (const { source, target } of this.#registry.conversions) {
        if (found.has(source)) found.add(target)
        else if (found.has(target)) found.add(source)
      }
    }
    return known.filter(({ id }) => found.has(id))
  }

  #sqlTable(entity: string): string {
    return `record.${quoteName(this.#tables.get(entity)!)}`
  }
}

function freeName(wanted: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(wanted)) return wanted
  for (let number = 2; ; number++) if (!isTaken(`${wanted}_${number}`)) return `${wanted}_${number}`
}
