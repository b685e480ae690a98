import type { Form } from '@xrm/sdk'
import { compileExpression } from '@xrm/sdk/expression'
import { compileAt } from './compile-at.ts'
import type { Issues } from './issues.ts'
import { escapePointer } from '@xrm/sdk/merge'
import type { EntityModel } from './model.ts'
import { recordScope } from './scope.ts'

/** Checks that a form's fields and relations exist and its conditions fit. */
export function lintForm(
  name: string,
  form: Form,
  entities: ReadonlyMap<string, EntityModel>,
  issues: Issues,
): void {
  const place = { kind: 'form' as const, name }
  const entity = entities.get(form.entity)
  if (!entity) {
    issues.error(place, '/entity', 'reference.unknown', `There is no entity "${form.entity}".`)
    return
  }
  const condition = (pointer: string, when: string | undefined): void => {
    if (when === undefined) return
    compileAt(issues, place, pointer, () =>
      compileExpression(when, recordScope(entities, form.entity), { expect: 'bool' }),
    )
  }
  const field = (pointer: string, key: string): void => {
    if (!entity.fields.has(key))
      issues.error(place, pointer, 'reference.unknown', `"${form.entity}" has no field "${key}".`)
  }
  for (const key of Object.keys(form.highlights ?? {})) field(`/highlights/${escapePointer(key)}`, key)
  for (const [sectionKey, section] of Object.entries(form.sections)) {
    const pointer = `/sections/${escapePointer(sectionKey)}`
    if (section.tab !== undefined && !Object.hasOwn(form.tabs ?? {}, section.tab))
      issues.error(place, `${pointer}/tab`, 'reference.unknown', `There is no tab "${section.tab}".`)
    condition(`${pointer}/when`, section.when)
    for (const [key, entry] of Object.entries(section.fields)) {
      field(`${pointer}/fields/${escapePointer(key)}`, key)
      condition(`${pointer}/fields/${escapePointer(key)}/when`, entry.when)
    }
  }
  for (const key of Object.keys(form.related ?? {})) {
    const [other, relation] = key.split('.') as [string, string]
    if (!entity.related.some((entry) => entry.entity === other && entry.field === relation)) {
      issues.error(
        place,
        `/related/${escapePointer(key)}`,
        'reference.unknown',
        `"${key}" is not a relation to "${form.entity}".`,
      )
    }
  }
}
