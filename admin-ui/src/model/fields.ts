import type { EntityView, FieldView, ModelView } from '@xrm/sdk/api'

/** A field reached from an entity by path, e.g. `account.industry`; undefined when the user may not see it. */
export function fieldAt(model: ModelView, entity: EntityView, path: string): FieldView | undefined {
  const [head = '', ...rest] = path.split('.')
  const field = entity.fields[head]
  if (!field || rest.length === 0) return field
  const next = field.relation ? model.entities[field.relation.entity] : undefined
  return next ? fieldAt(model, next, rest.join('.')) : undefined
}

/** True for fields whose value is the id of one record, which needs its display text beside it. */
export function isRelation(field: FieldView): boolean {
  return field.relation !== undefined && !field.multiple
}

/** What to ask the server for so that these paths can be shown. */
export function requestFields(model: ModelView, entity: EntityView, columns: readonly string[]): string[] {
  const fields = new Set<string>(['id', 'version'])
  if (entity.fields['display']) fields.add('display')
  for (const path of columns) {
    const field = fieldAt(model, entity, path)
    if (!field) continue
    fields.add(path)
    if (isRelation(field)) fields.add(`${path}.display`)
  }
  return [...fields]
}

/** Everything of one record: its own fields and the display texts of the records it names. */
export function recordFields(entity: EntityView): string[] {
  const all = Object.values(entity.fields)
  const system = all.filter((field) => field.system).map((field) => field.name)
  return ['*', ...system, ...all.filter(isRelation).map((field) => `${field.name}.display`)]
}

/** The fields that people arrange and fill, in order; system fields are left out. */
export function ownFields(entity: EntityView): FieldView[] {
  return Object.values(entity.fields)
    .filter((field) => !field.system)
    .toSorted((a, b) => a.order - b.order || a.name.localeCompare(b.name))
}

/** The stage field that a record's path follows, if the entity has one. */
export function stageField(entity: EntityView): FieldView | undefined {
  return ownFields(entity).find((field) => field.type === 'stage')
}

/** Keyed maps of documents in their order. */
export function inOrder<T extends { order?: number }>(map: Record<string, T> | undefined): [string, T][] {
  return Object.entries(map ?? {}).toSorted(([, a], [, b]) => (a.order ?? 1e9) - (b.order ?? 1e9))
}
