import type { DocumentKind } from '@xrm/sdk'
import type { DocumentView } from '@xrm/sdk/configuration'
import type { Entity, Field, Form, OptionSet } from '@xrm/sdk/documents'
import { isObject, type Json, valueAt } from '@xrm/sdk/merge'
import { orderedKeys } from './order.ts'

export type LabelKind =
  | 'entity'
  | 'plural'
  | 'description'
  | 'field'
  | 'option'
  | 'stage'
  | 'inverse'
  | 'rule'
  | 'form'
  | 'tab'
  | 'section'
  | 'view'

/** One text of the model in every language, with the places where it is written. */
export interface LabelRow {
  kind: DocumentKind
  name: string
  what: LabelKind
  /** The name in the API of what the text belongs to. */
  key: string
  english: string
  translation: (language: string) => string
  /** Long texts get more room. */
  long: boolean
  /** Without an English text nothing is missing: descriptions are free. */
  optional: boolean
}

/** Every title and description of an entity, its views, its forms and the option sets that it uses, in reading order. */
export function labelRows(documents: readonly DocumentView[]): LabelRow[] {
  return documents.flatMap((view) => {
    switch (view.kind) {
      case 'entity':
        return entityRows(view.name, view.body as Entity)
      case 'form':
        return formRows(view.name, view.body as Form)
      case 'view':
        return [titleRow('view', view.name, 'view', view.name, '')]
      case 'option-set':
        return optionRows('option-set', view.name, '', (view.body as OptionSet).options, '/options')
      default:
        return []
    }
  })
}

/** What stands in a row: '' where nothing does. */
export function textAt(view: DocumentView, pointer: string): string {
  const value = valueAt(view.body as Json, pointer)
  return typeof value === 'string' ? value : ''
}

/** True where users of the language see another language's text. */
export function isMissing(row: LabelRow, english: string, own: string, language: string): boolean {
  if (own !== '') return false
  return language === 'en' ? !row.optional : english !== '' || !row.optional
}

function titleRow(
  kind: DocumentKind,
  name: string,
  what: LabelKind,
  key: string,
  at: string,
  [title, labels]: readonly [string, string] = ['title', 'labels'],
  more: Partial<LabelRow> = {},
): LabelRow {
  return {
    kind,
    name,
    what,
    key,
    english: `${at}/${title}`,
    translation: (language) => `${at}/${labels}/${language}`,
    long: false,
    optional: false,
    ...more,
  }
}

const free = { long: true, optional: true }

function entityRows(name: string, body: Entity): LabelRow[] {
  const labels = '/x-entity/labels'
  const rows: LabelRow[] = [
    {
      ...titleRow('entity', name, 'entity', name, ''),
      translation: (language) => `${labels}/${language}/one`,
    },
    {
      ...titleRow('entity', name, 'plural', name, ''),
      english: `${labels}/en/other`,
      translation: (language) => `${labels}/${language}/other`,
    },
    titleRow('entity', name, 'description', name, '', ['description', 'x-entity/descriptions'], free),
  ]
  for (const key of orderedKeys(body.properties, 'x-order'))
    rows.push(...fieldRows(name, key, body.properties[key] as Field))
  for (const key of Object.keys(body['x-rules'] ?? {})) {
    rows.push(titleRow('entity', name, 'rule', key, `/x-rules/${key}`, ['message', 'messages']))
  }
  return rows
}

function fieldRows(entity: string, key: string, field: Field): LabelRow[] {
  const at = `/properties/${key}`
  const rows = [
    titleRow('entity', entity, 'field', key, at, ['title', 'x-labels']),
    titleRow('entity', entity, 'description', key, at, ['description', 'x-descriptions'], free),
  ]
  if (field['x-relation']?.inverse) {
    rows.push(titleRow('entity', entity, 'inverse', key, `${at}/x-relation/inverse`))
  }
  if (isObject(field['x-options'])) {
    rows.push(...optionRows('entity', entity, `${key}.`, field['x-options'], `${at}/x-options`))
  }
  for (const stage of orderedKeys(field['x-stages'])) {
    rows.push(...optionTexts('entity', entity, 'stage', `${key}.${stage}`, `${at}/x-stages/${stage}`))
  }
  return rows
}

function optionRows(
  kind: DocumentKind,
  name: string,
  before: string,
  options: object,
  at: string,
): LabelRow[] {
  const own = kind === 'option-set' ? `${name}.` : before
  return orderedKeys(options).flatMap((key) => optionTexts(kind, name, 'option', own + key, `${at}/${key}`))
}

function optionTexts(kind: DocumentKind, name: string, what: LabelKind, key: string, at: string): LabelRow[] {
  return [
    titleRow(kind, name, what, key, at),
    titleRow(kind, name, 'description', key, at, ['description', 'descriptions'], free),
  ]
}

function formRows(name: string, body: Form): LabelRow[] {
  const title = titleRow('form', name, 'form', name, '', ['title', 'labels'], { optional: true })
  return [
    title,
    ...orderedKeys(body.tabs).map((key) =>
      titleRow('form', name, 'tab', key, `/tabs/${key}`, ['title', 'labels']),
    ),
    ...orderedKeys(body.sections).map((key) =>
      titleRow('form', name, 'section', key, `/sections/${key}`, ['title', 'labels'], { optional: true }),
    ),
  ]
}

/** The names of the option sets that an entity's fields share with others. */
export function sharedSets(body: Entity): string[] {
  const names = Object.values(body.properties).flatMap((field) => {
    const options = (field as Field)['x-options']
    return typeof options === 'string' ? [options] : []
  })
  return [...new Set(names)]
}
