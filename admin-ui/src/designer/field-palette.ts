import type { FieldView } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { label } from '../model/labels.ts'
import { inputValue } from './document-element.ts'
import { fieldTypes } from './field-types.ts'

/** Of the palette, and of the pieces that are moved between it and the lists beside it. */
export const paletteStyles = css`
  .palette {
    position: sticky;
    top: 56px;
    max-height: calc(100dvh - 140px);
    padding: 12px;
    overflow: auto;
  }
  .palette h2 {
    padding-bottom: 6px;
  }
  .palette input {
    width: 100%;
    margin-bottom: 8px;
  }
  .palette ul {
    display: grid;
    gap: 4px;
    min-height: 60px;
    align-content: start;
  }
  .piece {
    display: grid;
    grid-template-columns: 22px minmax(0, 1fr);
    align-items: center;
    border: 1px solid var(--line);
    border-radius: 7px;
    background: var(--surface);
  }
  .piece .choose {
    justify-content: flex-start;
    min-width: 0;
    height: auto;
    min-height: 32px;
    padding: 4px 8px 4px 2px;
    border: 0;
    background: none;
    font-weight: 500;
    line-height: 1.3;
    text-align: start;
    white-space: normal;
  }
  .piece.chosen {
    border-color: var(--accent);
    background: var(--selected);
  }
`

const icons = new Map(fieldTypes.map((type) => [type.name, type.icon]))

/** The icon of a field's type; that of a plugin's own type, and of a field that is gone, is a piece of a puzzle. */
export function fieldIcon(field: FieldView | undefined): TemplateResult {
  return html`<xrm-icon name=${icons.get(field?.type ?? '') ?? 'puzzle'} size="14"></xrm-icon>`
}

export interface FieldPalette {
  /** Of the group of a `Sortable`. */
  group: string
  /** What its pieces are to lists that accept only some (`data-accepts`). */
  kind?: string
  /** All that can still be placed, in order. */
  fields: readonly FieldView[]
  /** What is searched for so far; the host keeps it. */
  words: string
  typed: (words: string) => void
  place: (field: FieldView) => unknown
  texts: {
    title: string
    search: string
    /** There is no field left. */
    none: string
    /** What the button of a field is called, if not by the field alone. */
    add?: (name: string) => string
    hint?: string
  }
}

/** Fields that are not used yet: found by words, placed by dragging or pressing. */
export function fieldPalette({
  group,
  kind,
  fields,
  words,
  typed,
  place,
  texts,
}: FieldPalette): TemplateResult {
  const wanted = words.trim().toLowerCase()
  const shown = fields.filter((field) => `${field.name} ${label(field)}`.toLowerCase().includes(wanted))
  return html`<section class="card palette" aria-label=${texts.title}>
    <h2>${texts.title}</h2>
    <input
      type="search"
      aria-label=${texts.search}
      placeholder=${texts.search}
      .value=${words}
      @input=${(event: Event) => typed(inputValue(event))}
    />
    <ul class="entries" data-group=${group} data-accepts=${kind ?? nothing} data-by-pointer>
      ${repeat(
        shown,
        (field) => field.name,
        (field) =>
          html`<li class="piece" data-key=${field.name} data-kind=${kind ?? nothing}>
            <span class="handle row" data-handle><xrm-icon name="grip-vertical" size="14"></xrm-icon></span>
            <button
              class="choose"
              aria-label=${texts.add?.(label(field)) ?? nothing}
              title=${texts.hint ?? nothing}
              @click=${() => void place(field)}
            >
              ${fieldIcon(field)}${label(field)}
            </button>
          </li>`,
      )}
    </ul>
    ${fields.length === 0 ? html`<p class="hint">${texts.none}</p>` : nothing}
  </section>`
}
