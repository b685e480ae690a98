import type { Session } from '../accounts/accounts.ts'
import type { ConversionSummary, EntityView, FieldView, MeView, ModelView, OptionView } from '@xrm/sdk/api'
import { type Actor, type EntityRights, type Rights, rightsOf } from '../access/rights.ts'
import { pluralTitle } from '../documents/compile.ts'
import {
  cached,
  type ConversionModel,
  type EntityModel,
  type FieldModel,
  type Model,
  type OptionModel,
} from '../documents/model.ts'
import { orderedKeys } from '../documents/normalise.ts'
import { mayReadAll, visibleForm, visibleView } from './visible-documents.ts'

/** The part of the model that an actor may see, without what belongs to the person: the same for equal roles. */
export function modelView(model: Model, actor: Actor): Omit<ModelView, 'me'> {
  const rights = rightsOf(model, actor)
  return cached(model, `view|${rights.key}`, () => {
    const entities: Record<string, EntityView> = {}
    for (const name of model.entities.keys()) {
      const own = rights.entity(name)
      if (own) entities[name] = entityView(model, rights, own)
    }
    return {
      version: model.version,
      entities,
      views: [...model.views].flatMap(([name, view]) => {
        const seen = entities[view.entity] ? visibleView(model, rights, view) : null
        return seen ? [{ ...seen, name }] : []
      }),
      forms: [...model.forms].flatMap(([name, form]) =>
        entities[form.entity] ? [{ ...visibleForm(model, rights, form), name }] : [],
      ),
      settings: {
        currency: model.settings.currency,
        timeZone: model.settings.timeZone,
        languages: ['en', 'de'],
      },
    }
  })
}

/** The person who asks. */
export function meView(
  model: Model,
  actor: Actor,
  session: Pick<Session, 'email' | 'language' | 'impersonator' | 'readOnly'>,
): MeView {
  return {
    id: actor.userId ?? '',
    name: actor.name,
    email: session.email,
    language: session.language,
    roles: [...actor.roles],
    administer: rightsOf(model, actor).administer,
    viewedBy: session.impersonator?.name ?? null,
    readOnly: session.readOnly ?? false,
  }
}

function entityView(model: Model, rights: Rights, own: EntityRights): EntityView {
  const { entity } = own
  const body = entity.body['x-entity']
  const labels = body.labels ?? {}
  const fields = [...entity.fields.values()].filter(
    (field) => own.readField(field.name) !== null && canBeShown(rights, field),
  )
  const conversions =
    own.rows.convert.length === 0
      ? []
      : [...model.conversions.values()].filter((one) => one.body.source === entity.name)
  return {
    name: entity.name,
    plural: entity.plural,
    title: labels['en']?.one ?? entity.body.title,
    labels: Object.fromEntries(Object.entries(labels).map(([language, label]) => [language, label.one])),
    pluralTitle: pluralTitle(entity),
    pluralLabels: Object.fromEntries(
      Object.entries(labels).map(([language, label]) => [language, label.other]),
    ),
    ...(entity.body.description === undefined ? {} : { description: entity.body.description }),
    ...(body.descriptions === undefined ? {} : { descriptions: body.descriptions }),
    icon: body.icon ?? 'square',
    order: body.order ?? 1000,
    navigation: body.navigation !== false,
    owner: body.owner === true,
    activities: body.activities === true,
    files: body.files === true,
    ...contentView(own),
    ...timelineView(own),
    search: entity.search.filter((field) => own.readField(field.name) !== null).map((field) => field.name),
    fields: Object.fromEntries(fields.map((field) => [field.name, fieldView(model, rights, field, own)])),
    related: entity.related
      .filter((relation) => rights.entity(relation.entity)?.readField(relation.field) != null)
      .map((relation) => ({
        key: `${relation.entity}.${relation.field}`,
        entity: relation.entity,
        field: relation.field,
        title: relation.title,
        labels: relation.labels,
      })),
    rules: entity.rules
      .filter(({ program }) => program.paths.every((path) => own.readField(path.split('.')[0]!) !== null))
      .map(({ message, messages }) => ({ message, messages })),
    can: {
      // A file comes with what is in it, by a call of its own.
      create: own.create && !entity.readOnly && entity.content === null,
      update: own.rows.update.length > 0 && !entity.readOnly,
      delete: own.rows.delete.length > 0 && !entity.readOnly,
      convert: own.rows.convert.length > 0,
      import: own.import && !entity.readOnly,
      export: own.rows.export.length > 0,
      share: own.rows.share.length > 0 && !entity.readOnly,
    },
    duplicates: Object.keys(entity.body['x-duplicates'] ?? {}).length > 0,
    conversions: conversions
      .map((conversion) => conversionSummary(model, rights, conversion))
      .toSorted((a, b) => a.order - b.order),
  }
}

function timelineView({ entity: { timeline }, readField }: EntityRights): Pick<EntityView, 'timeline'> {
  if (!timeline || readField(timeline.regarding.name) === null) return {}
  const { regarding, kind } = timeline
  return {
    timeline: {
      regarding: regarding.name,
      ...(kind && readField(kind.name) !== null ? { kind: kind.name } : {}),
    },
  }
}

/** Where files stand with what; for those who may read what is in them. */
function contentView({ entity: { content }, readField, create }: EntityRights): Pick<EntityView, 'content'> {
  if (!content || readField(content.key.name) === null) return {}
  const [name, type, size] = [content.name.name, content.type.name, content.size.name]
  return { content: { name, type, size, regarding: content.regarding.name, add: create } }
}

/** A relation to records of which the user may not even read the name would show nothing but ids. */
function canBeShown(rights: Rights, { relation }: FieldModel): boolean {
  return relation === null || rights.entity(relation)?.readField('display') != null
}

function fieldView(model: Model, rights: Rights, field: FieldModel, own: EntityRights): FieldView {
  const body = field.field
  const isList = typeof field.valueType === 'object' && field.valueType !== null && 'list' in field.valueType
  const usable = field.valueType !== null && field.valueType !== 'json' && field.type.name !== 'address'
  return {
    name: field.name,
    title: body.title ?? field.name.replaceAll('_', ' '),
    labels: body['x-labels'] ?? {},
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body['x-descriptions'] === undefined ? {} : { descriptions: body['x-descriptions'] }),
    type: field.type.name,
    required: field.required,
    writable: field.writable && (own.createField(field.name) || own.updateField(field.name).length > 0),
    system: field.system,
    order: field.order,
    multiple: field.multiple,
    sortable: usable && !isList,
    filterable: usable,
    ...(field.options.length > 0 ? { options: field.options.map((option) => optionView(option, own)) } : {}),
    ...(field.relation === null
      ? {}
      : {
          relation: {
            entity: field.relation,
            ...visibleFilter(model, rights, field.relation, body['x-relation']?.filter),
          },
        }),
    ...(field.type.name === 'relation-any'
      ? {
          entities: body['x-entities']
            ? Object.keys(body['x-entities']).filter((name) => rights.entity(name) !== null)
            : null,
        }
      : {}),
    ...(body['x-formula'] !== undefined && mayReadAll(model, rights, own.entity, body['x-formula'])
      ? { formula: body['x-formula'] }
      : {}),
    ...(body.maxLength === undefined ? {} : { maxLength: body.maxLength }),
    ...(body.minimum === undefined ? {} : { minimum: String(body.minimum) }),
    ...(body.maximum === undefined ? {} : { maximum: String(body.maximum) }),
    ...(body['x-scale'] === undefined ? {} : { scale: body['x-scale'] }),
    ...(body['x-currency'] === undefined ? {} : { currency: body['x-currency'] }),
    ...(field.default === undefined ? {} : { default: field.default }),
    valueType: field.valueType,
  }
}

/** What may be chosen: said where it may be known, kept by the server in any case. */
function visibleFilter(
  model: Model,
  rights: Rights,
  target: string,
  filter: string | undefined,
): { filter?: string } {
  const entity = model.entities.get(target)
  return filter !== undefined && entity && mayReadAll(model, rights, entity, filter) ? { filter } : {}
}

function optionView(option: OptionModel, own: EntityRights): OptionView {
  const { key, title, labels, color, active, description, descriptions, category, phase, next } = option
  const requires = option.requires?.filter((name) => own.readField(name) !== null)
  return {
    key,
    title,
    labels,
    ...(description === undefined ? {} : { description }),
    ...(descriptions === undefined ? {} : { descriptions }),
    color,
    active,
    ...(category ? { category } : {}),
    ...(phase ? { phase } : {}),
    ...(next ? { next: [...next] } : {}),
    ...(requires ? { requires } : {}),
  }
}

function conversionSummary(
  model: Model,
  rights: Rights,
  { name, body, broken }: ConversionModel,
): ConversionSummary {
  return {
    name,
    title: body.title,
    labels: body.labels ?? {},
    ...(body.description === undefined ? {} : { description: body.description }),
    icon: body.icon ?? 'arrow-right-left',
    order: body.order ?? 1000,
    source: body.source,
    targets: orderedKeys(body.targets).flatMap((key) => {
      const target = body.targets[key]!
      if (!rights.entity(target.entity)) return []
      const entity: EntityModel | undefined = model.entities.get(target.entity)
      const labels = entity?.body['x-entity'].labels ?? {}
      return [
        {
          key,
          entity: target.entity,
          title: target.title ?? entity?.body.title ?? target.entity,
          labels:
            target.labels ??
            Object.fromEntries(Object.entries(labels).map(([language, label]) => [language, label.one])),
        },
      ]
    }),
    broken: broken.length === 0 ? null : broken.join(' '),
    offered: {
      button: !body.channels || Object.hasOwn(body.channels, 'button'),
      list: !body.channels || Object.hasOwn(body.channels, 'list'),
    },
    decline: body.decline
      ? {
          title: body.decline.title ?? 'Close without converting',
          labels: body.decline.labels ?? {},
          reason: body.decline.reason ?? null,
          required: body.decline.required === true,
        }
      : null,
  }
}
