import type { Field, FieldContext, Parsed } from '@xrm/sdk'

/** One key of the field's options or stages. Options that are switched off stay readable but are not taken anew. */
export function parseChoice(value: unknown, { options }: FieldContext): Parsed {
  if (typeof value !== 'string') return { error: 'field.type', detail: 'must be the key of an option' }
  const option = options?.get(value)
  if (option === undefined) {
    return {
      error: 'field.option',
      detail: `"${value.slice(0, 60)}" is not an option`,
      params: { options: [...(options?.keys() ?? [])].slice(0, 50) },
    }
  }
  if (!option.active) return { error: 'field.option-inactive', detail: `"${value}" is no longer offered` }
  return { value }
}

/** A select needs options from somewhere. */
export function lintChoice(field: Field): string[] {
  return field['x-options'] === undefined ? ['A field of this type needs x-options'] : []
}
