import type { EntityView, FieldView, ModelView } from '@xrm/sdk/api'
import { inOrder, ownFields } from './fields.ts'

export interface FormField {
  field: FieldView
  span: number
  when: string | null
  create: boolean
}

export interface FormTab {
  key: string
  title: string
  labels: Record<string, string>
}

export interface FormSection {
  key: string
  /** The tab that it is on; null without tabs. */
  tab: string | null
  title: string
  labels: Record<string, string>
  columns: number
  when: string | null
  fields: FormField[]
}

export interface FormLayout {
  highlights: string[]
  /** In order; none, or at least two that have something to show. */
  tabs: FormTab[]
  sections: FormSection[]
  /** Related lists in order: `contact.account`. */
  related: { key: string; title: string; labels: Record<string, string> }[]
}

const tall = ['long-text', 'markdown', 'json']

/** How a record is arranged: by its form document, or all fields in one section when there is none. */
export function layoutOf(model: ModelView, entity: EntityView): FormLayout {
  const form = model.forms.find((one) => one.entity === entity.name)
  if (!form) return plainLayout(entity)
  const tabs = inOrder(form.tabs)
  const first = tabs[0]?.[0] ?? null
  const sections = inOrder(form.sections).map(([key, section]): FormSection => ({
    key,
    tab: section.tab ?? first,
    title: section.title ?? '',
    labels: section.labels ?? {},
    columns: section.columns ?? 3,
    when: section.when ?? null,
    fields: inOrder(section.fields).flatMap(([name, place]) => {
      const field = entity.fields[name]
      if (!field) return []
      const span = place.span ?? (tall.includes(field.type) ? (section.columns ?? 3) : 1)
      return [{ field, span, when: place.when ?? null, create: place.create ?? false }]
    }),
  }))
  return {
    highlights: inOrder(form.highlights)
      .map(([name]) => name)
      .filter((name) => entity.fields[name]),
    ...withTabs(
      tabs.map(([key, tab]) => ({ key, title: tab.title, labels: tab.labels ?? {} })),
      sections.filter((section) => section.fields.length > 0),
    ),
    related: relatedOf(entity, form.related),
  }
}

/** A tab without fields that the user may see is left out; a single one is no choice. */
function withTabs(tabs: FormTab[], sections: FormSection[]): Pick<FormLayout, 'tabs' | 'sections'> {
  const used = tabs.filter(({ key }) => sections.some((section) => section.tab === key))
  return { tabs: used.length > 1 ? used : [], sections }
}

function plainLayout(entity: EntityView): FormLayout {
  const fields = ownFields(entity).map((field): FormField => ({
    field,
    span: tall.includes(field.type) ? 3 : 1,
    when: null,
    create: false,
  }))
  return {
    highlights: fields
      .filter(({ field }) => !tall.includes(field.type))
      .slice(0, 4)
      .map(({ field }) => field.name),
    tabs: [],
    sections: [{ key: 'all', tab: null, title: '', labels: {}, columns: 3, when: null, fields }],
    related: relatedOf(entity, undefined),
  }
}

type RelatedPlaces = NonNullable<ModelView['forms'][number]['related']>

function relatedOf(entity: EntityView, places: RelatedPlaces | undefined): FormLayout['related'] {
  const known = new Map(entity.related.map((related) => [related.key, related]))
  if (!places) return entity.related.map(({ key, title, labels }) => ({ key, title, labels }))
  return inOrder(places).flatMap(([key, place]) => {
    const related = known.get(key)
    if (!related || place.hidden) return []
    return [{ key, title: place.title ?? related.title, labels: place.labels ?? related.labels }]
  })
}

/** The fields of the create dialog: required ones, those the form marks, or the first few when it marks none. */
export function createFields(layout: FormLayout): FormField[] {
  const writable = layout.sections.flatMap((section) => section.fields).filter(({ field }) => field.writable)
  const chosen = writable.filter(({ field, create }) => create || field.required)
  if (chosen.some(({ create }) => create)) return chosen
  return writable.filter((one, index) => one.field.required || index < 8)
}
