import { html } from 'lit'
import { recordPath } from '../shell/paths.ts'
import { session } from '../data/session.ts'
import type { FieldKind } from './kind.ts'

/** One record of another entity; users and teams too. */
export const relation: FieldKind = {
  width: 160,
  filter: 'relation',
  cell: (value, { field, path, record }) => {
    const display = record[`${path}.display`]
    const text = typeof display === 'string' ? display : ''
    const entity = field.relation?.entity ?? ''
    // People and teams have no page yet.
    if (!session.entity(entity)?.navigation) return text
    return html`<a href=${recordPath(entity, String(value))} tabindex="-1">${text}</a>`
  },
  editor: (context) => html`<xrm-lookup .context=${context}></xrm-lookup>`,
}
