import type { Issues } from './issues.ts'
import type { EntityModel } from './model.ts'

/** Says of each value that was let out what it tells of. Not an error: an administrator may mean it. */
export function warnOfDeclassified({ name, fields }: EntityModel, issues: Issues): void {
  for (const { name: key, field, program } of fields.values()) {
    if (field['x-declassified'] !== true || !program) continue
    const paths = [...new Set(program.paths)].map((path) => `"${path}"`).join(', ')
    const detail = `Who may read "${key}" learns something of ${paths}, whatever their rights to that.`
    issues.warning(
      { kind: 'entity', name },
      `/properties/${key}/x-declassified`,
      'field.declassified',
      detail,
    )
  }
}
