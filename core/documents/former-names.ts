import type { EntityModel } from './model.ts'

/** The names of an entity, the present one first; code that was written before a rename uses an earlier one. */
export function namesOf({ name, body }: EntityModel): string[] {
  return [name, ...Object.keys(body['x-entity'].was ?? {})]
}

/** What a field that once had this name is called now; undefined when none had it. */
export function presentName({ fields }: EntityModel, former: string): string | undefined {
  if (fields.has(former)) return undefined
  for (const { name, field } of fields.values())
    if (field['x-was'] && Object.hasOwn(field['x-was'], former)) return name
  return undefined
}

/** A record that answers to earlier names of its fields too. */
export function withFormerNames(
  { fields }: EntityModel,
  record: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const result: Record<string, unknown> = { ...record }
  for (const { name, field } of fields.values())
    for (const former of Object.keys(field['x-was'] ?? {})) result[former] = record[name]
  return Object.freeze(result)
}

/** Says where to look for a field that was renamed; empty when the name never was one. */
export function renamedHint(
  entity: EntityModel,
  name: string,
  isReadable: (name: string) => boolean,
): string {
  const present = presentName(entity, name)
  return present !== undefined && isReadable(present) ? ` "${name}" is now called "${present}".` : ''
}
