import { html, type TemplateResult } from 'lit'
import { inputValue } from './document-element.ts'
import { t } from './i18n/index.ts'

export interface NewEntry {
  label: string
  placeholder: string
  /** What is typed so far; the host keeps it. */
  text: string
  typed: (text: string) => void
  add: () => unknown
}

/** Where the name of one more entry is typed, below a list: Enter or the button adds it. */
export function newEntry({ label, placeholder, text, typed, add }: NewEntry): TemplateResult {
  return html`<div class="new">
    <input
      aria-label=${label}
      placeholder=${placeholder}
      autocomplete="off"
      .value=${text}
      @input=${(event: Event) => typed(inputValue(event))}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Enter' && !event.isComposing) void add()
      }}
    />
    <button ?disabled=${text.trim() === ''} @click=${() => void add()}>${t('add')}</button>
  </div>`
}
