import type { EntityView, Labelled } from '@xrm/sdk/api'
import { session } from '../data/session.ts'

/** The title of anything that has one, in the user's language. */
export function label(thing: { title?: string; labels?: Record<string, string> }): string {
  return thing.labels?.[session.language] ?? thing.title ?? ''
}

/** The title of many, e.g. "Leads". */
export function pluralLabel(entity: EntityView): string {
  return entity.pluralLabels[session.language] ?? entity.pluralTitle
}

/** What the thing means, in the user's language; empty when nobody wrote it down. */
export function description(thing: Labelled): string {
  return thing.descriptions?.[session.language] ?? thing.description ?? ''
}
