import type { Form, View } from '@xrm/sdk'
import { compileExpression } from '@xrm/sdk/expression'
import type { Rights } from '../access/rights.ts'
import type { EntityModel, Model } from '../documents/model.ts'
import { resolvePath } from '../documents/paths.ts'
import { recordScope } from '../documents/scope.ts'

/** Whether every step of a path may be read on some row. */
function mayReadPath(model: Model, rights: Rights, entity: EntityModel, path: string): boolean {
  const resolved = resolvePath(model.entities, entity, path)
  if (!resolved) return false
  const names = path.split('.')
  let owner = entity.name
  for (const [index, hop] of resolved.hops.entries()) {
    if (rights.entity(owner)?.readField(names[index]!) == null) return false
    owner = hop.entity.name
  }
  return rights.entity(owner)?.readField(names[resolved.hops.length]!) != null
}

/** Whether everything that a published expression about records of an entity speaks of may be read on some row. */
export function mayReadAll(model: Model, rights: Rights, entity: EntityModel, expression: string): boolean {
  const { paths } = compileExpression(expression, recordScope(model.entities, entity.name))
  return paths.every((path) => mayReadPath(model, rights, entity, path))
}

/** A view without the columns and sorts that may not be read; null when its filter may not: the list would be refused. */
export function visibleView(model: Model, rights: Rights, view: View): View | null {
  const entity = model.entities.get(view.entity)!
  if (view.filter !== undefined && !mayReadAll(model, rights, entity, view.filter)) return null
  const keep = <T>(places: Record<string, T>): Record<string, T> =>
    entriesOf(places, (path) => mayReadPath(model, rights, entity, path))
  return { ...view, columns: keep(view.columns), ...(view.sort ? { sort: keep(view.sort) } : {}) }
}

/**
 * A form without the fields that may not be read. What shows only while something holds that may not be read shows never,
 * or it would tell.
 */
export function visibleForm(model: Model, rights: Rights, form: Form): Form {
  const entity = model.entities.get(form.entity)!
  const own = rights.entity(form.entity)!
  const reads = (name: string): boolean => own.readField(name) !== null
  const shows = ({ when }: { when?: string }): boolean =>
    when === undefined || mayReadAll(model, rights, entity, when)
  const relates = (key: string): boolean => {
    const [other, field] = key.split('.') as [string, string]
    return rights.entity(other)?.readField(field) != null
  }
  return {
    ...form,
    ...(form.highlights ? { highlights: entriesOf(form.highlights, reads) } : {}),
    sections: Object.fromEntries(
      Object.entries(form.sections).flatMap(([key, section]) =>
        shows(section)
          ? [
              [
                key,
                {
                  ...section,
                  fields: entriesOf(section.fields, (name, place) => reads(name) && shows(place)),
                },
              ],
            ]
          : [],
      ),
    ),
    ...(form.related ? { related: entriesOf(form.related, relates) } : {}),
  }
}

function entriesOf<T>(all: Record<string, T>, keep: (key: string, value: T) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([key, value]) => keep(key, value)))
}
