import type { ConversionModel, EntityModel, FieldModel } from '../documents/model.ts'

type Entities = ReadonlyMap<string, EntityModel>

/** Source fields that nothing in the conversion takes: what they hold will not be found on the targets. */
export function fieldsLeftBehind({ source, paths, body }: ConversionModel): FieldModel[] {
  if (!source) return []
  const used = new Set<string>()
  const use = (path: string): void => {
    const name = path.split('.', 1)[0]!
    if (used.has(name)) return
    used.add(name)
    source.fields.get(name)?.program?.paths.forEach(use)
  }
  paths.forEach(use)
  // What the conversion itself writes tells of the conversion.
  for (const values of Object.values(body['source-writes'] ?? {})) Object.keys(values ?? {}).forEach(use)
  if (body.decline?.reason !== undefined) use(body.decline.reason)
  return [...source.fields.values()].filter(
    (field) => !field.system && field.columns.length > 0 && !used.has(field.name),
  )
}

export interface UnruledChild {
  relation: string
  entity: EntityModel
  field: FieldModel
}

/** Relations to the source that the conversion says nothing about: what names it goes on naming it alone. */
export function childrenWithoutRule(
  { source, body }: Pick<ConversionModel, 'source' | 'body'>,
  entities: Entities,
): UnruledChild[] {
  if (!source) return []
  const ruled = new Set([
    ...Object.values(body.children ?? {}).map(({ relation }) => relation),
    ...Object.values(body.targets).flatMap(({ each }) => (each ? [each.relation] : [])),
  ])
  return [...entities.values()].flatMap((entity) =>
    entity.readOnly
      ? []
      : [...entity.fields.values()].flatMap((field) => {
          const relation = `${entity.name}.${field.name}`
          return !field.system && namesEntity(entity, field, source) && !ruled.has(relation)
            ? [{ relation, entity, field }]
            : []
        }),
  )
}

/** Whether the field may name records of `to`. A timeline that `to` does not have gets no entries of it. */
function namesEntity(owner: EntityModel, field: FieldModel, to: EntityModel): boolean {
  if (field.relation !== null) return field.relation === to.name && field.columns.length > 0
  if (field.type.name !== 'relation-any') return false
  const allowed = field.field['x-entities']
  if (allowed) return Object.hasOwn(allowed, to.name)
  return owner.timeline?.regarding !== field || takesEntriesOf(owner, to)
}

/** Whether entries of a timeline, or files, belong on records of `to`. */
export function takesEntriesOf(owner: EntityModel, to: EntityModel): boolean {
  const { activities, files } = to.body['x-entity']
  return owner.content ? files === true : activities === true
}
