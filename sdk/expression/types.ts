/**
 * What an expression can be made of. `record` names the entity: a to-one relation evaluates to the id of the
 * related record, whose members are reached by path. `null` is the type of the literal `null` alone.
 */
export type ValueType =
  | 'string'
  | 'bool'
  | 'int'
  | 'decimal'
  | 'money'
  | 'date'
  | 'timestamp'
  | 'duration'
  | 'json'
  | 'null'
  | { list: ValueType }
  | { record: string }

/** A record of whatever entity the other side is: what a login stands for is known only when somebody asks. */
export const anyRecord: ValueType = { record: '*' }

/** What names mean: the roots (fields of the record, `source` …) and the fields of related records. */
export interface Scope {
  variable(name: string): { type: ValueType } | undefined
  member(entity: string, name: string): { type: ValueType } | undefined
}

/** A type as it is written in signatures and error messages: `list<string>`, `record<account>`. */
export function typeName(type: ValueType): string {
  if (typeof type === 'string') return type
  return 'list' in type ? `list<${typeName(type.list)}>` : `record<${type.record}>`
}

/** Whether both are the same type; records are the same when their entity is. */
export function sameType(a: ValueType, b: ValueType): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b
  if ('list' in a) return 'list' in b && sameType(a.list, b.list)
  return 'record' in b && a.record === b.record
}

const pgTypes: Record<Extract<ValueType, string>, string> = {
  string: 'text',
  bool: 'boolean',
  int: 'bigint',
  decimal: 'numeric',
  money: 'numeric',
  date: 'date',
  timestamp: 'timestamptz',
  duration: 'interval',
  json: 'jsonb',
  null: 'text',
}

/** The PostgreSQL type of a value; for money, that of the amount. */
export function pgType(type: ValueType): string {
  if (typeof type === 'string') return pgTypes[type]
  return 'list' in type ? `${pgType(type.list)}[]` : 'uuid'
}
