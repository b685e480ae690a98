import type { FieldView } from '@xrm/sdk/api'
import { css, html, type TemplateResult } from 'lit'
import { inOrder } from '../model/fields.ts'
import { label } from '../model/labels.ts'
import { selectControl } from './document-element.ts'

export const chosenFieldsStyles = css`
  .chosen {
    display: flex;
    align-items: end;
    gap: 6px;
  }
  .chosen > :first-child {
    flex: 1;
    min-width: 0;
  }
`

export interface ChosenFields {
  fields: Readonly<Record<string, FieldView>>
  /** Those that have a value. */
  given: readonly string[]
  /** Chosen and not yet given; the host keeps it. */
  pending: string | null
  choose: (name: string | null) => void
  isFree: (name: string, field: FieldView) => boolean
  /** What gives a value to a field that is there; one that is gone is struck through. `title` is what people call it. */
  control: (name: string, title: string, field: FieldView) => unknown
  /** What is wrong with a field that is gone. */
  issues: (name: string) => unknown
  remove: (name: string) => Promise<void>
  texts: { add: string; remove: (name: string) => string }
}

/** Fields of an entity that are given values: a line for each, and below them one more to choose. */
export function chosenFields({
  fields,
  given,
  pending,
  choose,
  isFree,
  control,
  issues,
  remove,
  texts,
}: ChosenFields): TemplateResult {
  const names = [...given, ...(pending !== null && !given.includes(pending) ? [pending] : [])]
  const free = inOrder(fields).filter(([name, field]) => !names.includes(name) && isFree(name, field))
  return html`${names.map((name) => {
      const field = fields[name]
      const title = field ? label(field) : name
      return html`<div class="chosen">
        ${field ? control(name, title, field) : html`<div><s class="mono">${name}</s>${issues(name)}</div>`}
        <button
          class="quiet icon"
          aria-label=${texts.remove(title)}
          @click=${() => {
            if (pending === name) choose(null)
            void remove(name)
          }}
        >
          <xrm-icon name="x" size="14"></xrm-icon>
        </button>
      </div>`
    })}
    <div>
      <label class="visually-hidden" for="add">${texts.add}</label>
      ${selectControl(
        'add',
        [{ value: '', text: texts.add }, ...free.map(([value, field]) => ({ value, text: label(field) }))],
        '',
        (name) => choose(name || null),
      )}
    </div>`
}
