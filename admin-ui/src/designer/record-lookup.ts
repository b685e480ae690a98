import { html, type TemplateResult } from 'lit'
import { fieldAlone } from '../fields/field-alone.ts'
import { session } from '../data/session.ts'

export interface ChosenRecord {
  id: string
  display: string
}

/** A field in which one record of an entity is chosen, for trying things. Needs `fields/controls.ts`. */
export function recordLookup({
  entity,
  label,
  record,
  autofocus = false,
  choose,
}: {
  entity: string
  label: string
  record: ChosenRecord | null
  autofocus?: boolean
  choose: (record: ChosenRecord | null) => void
}): TemplateResult {
  const field = fieldAlone({ name: 'record', type: 'relation', title: label, relation: { entity } })
  return html`<xrm-lookup
    .context=${{
      field,
      id: 'record',
      label,
      help: '',
      value: record?.id ?? null,
      display: record?.display ?? null,
      error: null,
      required: false,
      readonly: false,
      locale: session.language,
      autofocus,
      change: (id: unknown, extra?: { display?: string }) =>
        choose(typeof id === 'string' ? { id, display: extra?.display ?? '' } : null),
    }}
  ></xrm-lookup>`
}
