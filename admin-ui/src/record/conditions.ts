import type { EntityView } from '@xrm/sdk/api'
import { session } from '../data/session.ts'
import type { FormSection } from '../model/forms.ts'

/**
 * The sections and fields whose condition holds for these values. The expression language is loaded only when a form has
 * conditions. A condition that cannot be evaluated here shows its field: hiding would take away what the user may need.
 */
export async function sectionsInForce(
  sections: FormSection[],
  entity: EntityView,
  values: Record<string, unknown>,
): Promise<FormSection[]> {
  const conditional = sections.some(
    (section) => section.when !== null || section.fields.some((place) => place.when !== null),
  )
  if (!conditional) return sections
  const { compileExpression } = await import('@xrm/sdk/expression')
  const holds = (when: string | null): boolean => {
    if (when === null) return true
    try {
      const program = compileExpression(when, scopeOf(entity))
      const context = {
        now: new Date().toISOString(),
        timeZone: session.model.settings.timeZone,
        me: session.model.me.id,
      }
      return program.evaluate((path) => values[path] ?? null, context) === true
    } catch {
      return true
    }
  }
  return sections
    .filter((section) => holds(section.when))
    .map((section) => ({ ...section, fields: section.fields.filter((place) => holds(place.when)) }))
}

type Scope = Parameters<typeof import('@xrm/sdk/expression').compileExpression>[1]

function scopeOf(entity: EntityView): Scope {
  const type = (view: EntityView | undefined, name: string) => {
    const valueType = view?.fields[name]?.valueType
    return valueType == null ? undefined : { type: valueType as never }
  }
  return {
    variable: (name) => type(entity, name),
    member: (owner, name) => type(session.entity(owner), name),
  }
}
