import type { Field, Form, View } from '@xrm/sdk/documents'
import { draft } from '../console/draft.ts'
import { patchAt } from '../console/layers.ts'
import { fieldTypeOf } from './field-types.ts'
import { nextOrder, orderedKeys } from './order.ts'

/** Puts a new field at the end of the last section of the entity's form; an entity without a form shows all its fields. */
export async function placeInForm(
  entity: string,
  name: string,
  field: Field,
  create: boolean,
): Promise<void> {
  const summary = (await draft.documents('form')).find((one) => one.entity === entity)
  if (!summary) return
  const form = (await draft.document('form', summary.name)).body as Form
  const key = orderedKeys(form.sections).at(-1)
  const section = key === undefined ? undefined : form.sections[key]
  if (key === undefined || !section) return
  const tall = ['long-text', 'json'].includes(fieldTypeOf(field).name)
  const place = {
    order: nextOrder(section.fields),
    ...(create ? { create } : {}),
    ...(tall ? { span: section.columns ?? 3 } : {}),
  }
  await draft.patch('form', summary.name, patchAt(`/sections/${key}/fields/${name}`, place))
}

/** Puts a new field at the end of the first list of the entity. */
export async function placeInList(entity: string, name: string): Promise<void> {
  const names = (await draft.documents('view')).filter((one) => one.entity === entity).map((one) => one.name)
  const views = await Promise.all(
    names.map(async (one) => [one, (await draft.document('view', one)).body as View] as const),
  )
  const first = views.toSorted(([, a], [, b]) => (a.order ?? 1e9) - (b.order ?? 1e9))[0]
  if (!first) return
  await draft.patch('view', first[0], patchAt(`/columns/${name}`, { order: nextOrder(first[1].columns) }))
}
