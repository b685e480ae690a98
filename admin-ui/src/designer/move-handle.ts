import { html, type TemplateResult } from 'lit'
import { t } from './i18n/index.ts'

/** What an entry of a list is moved by: with the pointer, or with Alt and the arrow keys. See `Sortable`. */
export function moveHandle(name: string): TemplateResult {
  return html`<button class="handle" data-handle aria-label=${t('move', { name })} title=${t('move-hint')}>
    <xrm-icon name="grip-vertical" size="14"></xrm-icon>
  </button>`
}
