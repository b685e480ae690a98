export type Schema = { [key: string]: unknown }

/** A parameter; in the query unless said otherwise. */
export function parameter(
  name: string,
  description: string,
  schema: Schema = { type: 'string' },
  place = 'query',
): Schema {
  return { name, in: place, description, schema, ...(place === 'path' ? { required: true } : {}) }
}

/** The parameter of that name out of a list. */
export function named(parameters: readonly Schema[], name: string): Schema {
  return parameters.find((one) => one['name'] === name)!
}

export function array(items: Schema): Schema {
  return { type: 'array', items }
}

export function json(schema: Schema): Schema {
  return { 'application/json': { schema } }
}

/** One operation with its answer; every other answer is a problem. */
export function operation(
  summary: string,
  tags: string[],
  {
    parameters,
    body,
    answer,
    status = 200,
  }: { parameters?: Schema[]; body?: Schema; answer?: Schema; status?: number },
): Schema {
  return {
    summary,
    tags,
    ...(parameters ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: json(body) } } : {}),
    responses: {
      [status]: { description: 'Done', ...(answer ? { content: answer } : {}) },
      default: {
        description: 'A problem',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/problem' } } },
      },
    },
  }
}
