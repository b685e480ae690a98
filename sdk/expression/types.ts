/** The types of the expression language. A record is known by its id; its members are reached by path. */
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
