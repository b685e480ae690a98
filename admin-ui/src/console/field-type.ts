const byFormat: Record<string, string> = {
  email: 'email',
  uri: 'url',
  phone: 'phone',
  date: 'date',
  'date-time': 'date-time',
}
const byType: Record<string, string> = {
  string: 'text',
  integer: 'integer',
  number: 'decimal',
  boolean: 'boolean',
  object: 'json',
}

/** The field type that the body of a field says; undefined when it says none. */
export function fieldTypeOf(body: {
  'x-type'?: unknown
  format?: unknown
  type?: unknown
}): string | undefined {
  if (typeof body['x-type'] === 'string') return body['x-type']
  return byFormat[String(body.format)] ?? byType[String(body.type)]
}
