import type { Entity, Field, FieldType } from '@xrm/sdk'
import type { EntityStorage } from '../documents/compile.ts'
import { systemColumns } from '../documents/system-fields.ts'
import { fieldTypeName } from '../fields/index.ts'
import { quoteName, quoteText } from './names.ts'

/** What the database already holds: rows of `xrm.entity_table` and `xrm.field_column`. */
export interface Registry {
  tables: ReadonlyMap<string, string>
  columns: readonly RegisteredField[]
}

export interface RegisteredField {
  entity: string
  field: string
  signature: string
  columns: string[]
  retired: boolean
}

/** One statement of a plan, with what an admin wants to know before it runs. */
export interface PlanStep {
  sql: string
  description: string
  entity: string
  field?: string
  /** The strongest lock that readers or writers could meet. */
  lock: 'none' | 'short exclusive'
}

export interface StoragePlan {
  steps: PlanStep[]
  storage: Map<string, EntityStorage>
  /** Registry rows as they are after the plan. */
  newTables: Map<string, string>
  changed: RegisteredField[]
  /** Tables that the plan creates: their indexes can be built at once. */
  created: ReadonlySet<string>
}

/** Entities without a table of records. */
const unstored = new Set(['user'])

/**
 * Compares the entities with what the database holds and says which statements bring it there. Nothing is ever dropped:
 * a field that is gone is retired, and one that comes back in the same form finds its column and its data.
 */
export function planStorage(
  registry: Registry,
  entities: ReadonlyMap<string, Entity>,
  fieldTypes: ReadonlyMap<string, FieldType>,
): StoragePlan {
  const plan = new StoragePlanner(registry, fieldTypes)
  for (const name of entities.keys()) if (!unstored.has(name)) plan.table(name)
  for (const [name, entity] of entities) if (!unstored.has(name)) plan.fields(name, entity)
  return plan.result()
}

class StoragePlanner {
  readonly #registry: Registry
  readonly #fieldTypes: ReadonlyMap<string, FieldType>
  readonly #steps: PlanStep[] = []
  readonly #foreignKeys: PlanStep[] = []
  readonly #storage = new Map<string, EntityStorage>()
  readonly #newTables = new Map<string, string>()
  readonly #changed: RegisteredField[] = []
  readonly #tables: Map<string, string>

  constructor(registry: Registry, fieldTypes: ReadonlyMap<string, FieldType>) {
    this.#registry = registry
    this.#fieldTypes = fieldTypes
    this.#tables = new Map(registry.tables)
  }

  table(entity: string): void {
    if (this.#tables.has(entity)) return
    const taken = new Set(this.#tables.values())
    const name = freeName(entity, (candidate) => taken.has(candidate))
    this.#tables.set(entity, name)
    this.#newTables.set(entity, name)
    const columns = Object.entries(systemColumns).map(([column, type]) => `${quoteName(column)} ${type}`)
    this.#steps.push({
      sql: `CREATE TABLE ${this.#sqlTable(entity)} (${columns.join(', ')})`,
      description: `Create the table of ${entity}`,
      entity,
      lock: 'none',
    })
  }

  fields(entity: string, body: Entity): void {
    const columns = new Map<string, readonly string[]>()
    const known = this.#registry.columns.filter((row) => row.entity === entity)
    const taken = new Set([...Object.keys(systemColumns), ...known.flatMap((row) => row.columns)])
    for (const [name, field] of Object.entries(body.properties)) {
      const type = this.#fieldTypes.get(fieldTypeName(field))
      if (!type) continue
      const types = type.columns(field)
      if (Object.keys(types).length === 0) continue
      const signature = signatureOf(types, field)
      const row = known.find((candidate) => candidate.field === name && candidate.signature === signature)
      if (row) {
        columns.set(name, row.columns)
        if (row.retired) this.#restore(row)
        continue
      }
      const names = Object.keys(types).map((suffix) =>
        freeName(suffix === '' ? name : `${name}_${suffix}`, (candidate) => taken.has(candidate)),
      )
      for (const column of names) taken.add(column)
      columns.set(name, names)
      this.#add(entity, name, field, type, names, signature)
    }
    for (const row of known) if (!row.retired && columns.get(row.field) !== row.columns) this.#retire(row)
    this.#storage.set(entity, { table: this.#sqlTable(entity), columns })
  }

  result(): StoragePlan {
    return {
      steps: [...this.#steps, ...this.#foreignKeys],
      storage: this.#storage,
      newTables: this.#newTables,
      changed: this.#changed,
      created: new Set(this.#newTables.keys()),
    }
  }

  #add(
    entity: string,
    field: string,
    body: Field,
    type: FieldType,
    names: string[],
    signature: string,
  ): void {
    const types = Object.values(type.columns(body))
    const table = this.#sqlTable(entity)
    const added = names.map((name, index) => `ADD COLUMN ${quoteName(name)} ${types[index]}`)
    this.#steps.push({
      sql: `ALTER TABLE ${table} ${added.join(', ')}`,
      description: `Add ${field} to ${entity}`,
      entity,
      field,
      lock: this.#newTables.has(entity) ? 'none' : 'short exclusive',
    })
    const referenced = this.#referencedTable(body, type)
    if (referenced !== null) {
      // NOT VALID: new values are checked, and no existing row needs to be, for they are all empty.
      const onDelete = body['x-relation']?.onDelete === 'restrict' ? '' : ' ON DELETE SET NULL'
      this.#foreignKeys.push({
        sql: `ALTER TABLE ${table} ADD FOREIGN KEY (${quoteName(names[0]!)}) REFERENCES ${referenced} (id)${onDelete} NOT VALID`,
        description: `Let ${entity}.${field} name only existing records`,
        entity,
        field,
        lock: this.#newTables.has(entity) ? 'none' : 'short exclusive',
      })
    }
    if (type.name === 'auto-number') this.#number(entity, field, body, names[0]!)
    this.#changed.push({ entity, field, signature, columns: names, retired: false })
  }

  #number(entity: string, field: string, body: Field, column: string): void {
    const { prefix = '', digits = 5 } = body['x-number'] ?? {}
    const sequence = `record.${quoteName(`${this.#tables.get(entity)!}_${column}_seq`.slice(0, 63))}`
    const table = this.#sqlTable(entity)
    const name = quoteName(column)
    this.#steps.push({
      sql:
        `CREATE SEQUENCE ${sequence} OWNED BY ${table}.${name}; ` +
        `ALTER TABLE ${table} ALTER COLUMN ${name} SET DEFAULT xrm.auto_number(${quoteText(sequence)}, ${quoteText(prefix)}, ${digits})`,
      description: `Number new records of ${entity} in ${field}`,
      entity,
      field,
      lock: 'short exclusive',
    })
  }

  #restore(row: RegisteredField): void {
    this.#changed.push({ ...row, retired: false })
  }

  #retire(row: RegisteredField): void {
    this.#changed.push({ ...row, retired: true })
  }

  #referencedTable(field: Field, type: FieldType): string | null {
    if (type.name === 'user') return 'xrm."user"'
    const entity =
      type.name === 'team' ? 'team' : type.name === 'relation' ? field['x-relation']?.entity : undefined
    if (entity === undefined) return null
    if (entity === 'user') return 'xrm."user"'
    return this.#tables.has(entity) ? this.#sqlTable(entity) : null
  }

  #sqlTable(entity: string): string {
    return `record.${quoteName(this.#tables.get(entity)!)}`
  }
}

function signatureOf(types: Readonly<Record<string, string>>, field: Field): string {
  const references = field['x-relation'] ? ` → ${field['x-relation'].entity}` : ''
  return (
    Object.entries(types)
      .map(([suffix, type]) => `${suffix}:${type}`)
      .join(',') + references
  )
}

function freeName(wanted: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(wanted)) return wanted
  for (let number = 2; ; number++) if (!isTaken(`${wanted}_${number}`)) return `${wanted}_${number}`
}
