import { html } from 'lit'
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
  cell: (value) => {
    void import('./reference.element.ts')
    return (Array.isArray(value) ? value : [value]).map((reference: string, index) => {
      const { entity, id } = splitReference(reference)
      return html`${index > 0 ? ', ' : ''}<xrm-reference entity=${entity} .recordId=${id}></xrm-reference>`
    })
  },
  editor: (context) => html`<xrm-any-lookup .context=${context}></xrm-any-lookup>`,
}
