import { html } from 'lit'
import { session } from '../data/session.ts'
import { label } from '../model/labels.ts'
import { recordPath } from '../shell/paths.ts'
import type { FieldKind } from './kind.ts'

/** Splits `entity/id`. */
export function splitReference(reference: string): { entity: string; id: string } {
  const slash = reference.indexOf('/')
  return { entity: reference.slice(0, slash), id: reference.slice(slash + 1) }
}

/** Records of whichever entity, as `entity/id`. */
export const relationAny: FieldKind = {
  width: 180,
  filter: null,
  cell: (value) =>
    (Array.isArray(value) ? value : [value]).map((reference: string) => {
      const { entity, id } = splitReference(reference)
      const view = session.entity(entity)
      return html`<a href=${recordPath(entity, id)} tabindex="-1">${view ? label(view) : entity}</a> `
    }),
  editor: (context) => html`<xrm-any-lookup .context=${context}></xrm-any-lookup>`,
}
