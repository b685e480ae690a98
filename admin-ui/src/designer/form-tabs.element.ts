import type { DocumentKind } from '@xrm/sdk'
import type { Form } from '@xrm/sdk/documents'
import { css, html, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { DocumentElement } from './document-element.ts'
import { t } from './i18n/index.ts'
import { nameFromTitle } from './names.ts'
import { nextOrder, orderedKeys } from './order.ts'

/** The tabs of a form: their titles in every language, adding and removing. Sections say which of them they are on. */
@customElement('xrm-form-tabs')
export class FormTabs extends DocumentElement {
  static override styles = [
    DocumentElement.styles,
    css`
      .card {
        display: grid;
        gap: 8px;
        padding: 10px 12px 12px;
      }
      h2 {
        font-size: 13px;
      }
      .tab {
        display: grid;
        grid-template-columns: 1fr auto;
        align-items: start;
        gap: 8px;
      }
      .texts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(140px, 1fr));
        gap: 8px;
      }
    `,
  ]

  @property({ attribute: false }) name = ''

  protected override get place(): [DocumentKind, string] | null {
    return this.name === '' ? null : ['form', this.name]
  }

  override render(): TemplateResult {
    const form = this.view?.body as Form | undefined
    const tabs = form?.tabs ?? {}
    return html`<section class="card" aria-label=${t('forms.tabs')}>
      <h2>${t('forms.tabs')}</h2>
      ${orderedKeys(tabs).map(
        (key) =>
          html`<div class="tab">
            <div class="texts">${this.textsProperties(`/tabs/${key}`, 'title', 'labels', 'text.title')}</div>
            <button
              class="quiet"
              aria-label=${t('remove.title', { name: tabs[key]!.title })}
              @click=${() => void this.#remove(key, form!)}
            >
              ${t('remove')}
            </button>
          </div>`,
      )}
      <div>
        <button @click=${() => void this.#add(form)}>${t('forms.add-tab')}</button>
      </div>
    </section>`
  }

  async #add(form: Form | undefined): Promise<void> {
    const tabs = form?.tabs ?? {}
    const title = t('forms.new-tab')
    const key = nameFromTitle(title, (name) => Object.hasOwn(tabs, name))
    await this.edit(`/tabs/${key}`, { title, order: nextOrder(tabs) })
  }

  /** Its sections go to the first tab that is left. */
  async #remove(key: string, form: Form): Promise<void> {
    const sections = Object.entries(form.sections)
      .filter(([, section]) => section.tab === key)
      .map(([name]) => [name, { tab: null }] as const)
    await this.patch({
      tabs: Object.keys(form.tabs ?? {}).length === 1 ? null : { [key]: null },
      ...(sections.length > 0 ? { sections: Object.fromEntries(sections) } : {}),
    })
  }
}
