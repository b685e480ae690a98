import type { DocumentKind } from '@xrm/sdk'
import type { ReferenceView } from '@xrm/sdk/configuration'
import { css, html, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { t as consoleText } from '../console/i18n/index.ts'
import { documentPath } from '../console/pages.ts'
import { draft } from '../console/draft.ts'
import { QueryController } from '../data/queries.ts'
import { describeError } from '../shell/errors.ts'
import { router } from '../shell/router.ts'
import { DocumentElement } from './document-element.ts'
import { t } from './i18n/index.ts'
import './options-editor.element.ts'
import './remove-dialog.element.ts'
import type { Removal } from './remove-dialog.element.ts'
import { whereUsed } from './usage.ts'

/** One shared set of options: its texts, its options, and the fields that use it. */
@customElement('xrm-option-set')
export class OptionSetPage extends DocumentElement {
  static override styles = [
    DocumentElement.styles,
    css`
      :host {
        display: grid;
        gap: 14px;
        max-width: 1000px;
        padding: 18px 18px 40px;
      }
      section {
        display: grid;
        gap: 12px;
        padding: 14px 16px;
      }
    `,
  ].flat()

  @property({ attribute: false }) name = ''
  @state() private _removal: Removal | null = null

  #uses = new QueryController<ReferenceView[]>(this, () => ({
    key: ['console', 'uses', draft.id, this.name],
    read: () => whereUsed({ optionSet: this.name }),
    enabled: this.name !== '',
  }))

  protected override get place(): [DocumentKind, string] | null {
    return this.name ? ['option-set', this.name] : null
  }

  override render(): unknown {
    if (!this.view) {
      const { error } = this.document
      return error ? html`<div class="note bad" role="alert">${describeError(error)}</div>` : nothing
    }
    const uses = this.#uses.data ?? []
    return html`<section class="card" aria-label=${t('sets.texts')}>
        ${this.issues('')}
        <div class="props two">${this.textsProperties('', 'title', 'labels', 'text.title')}</div>
        ${this.areaProperty('/description', t('text.description'))}
        <div class="bar">
          <span class="mono second grow">${this.name}</span>
          <button class="danger" @click=${() => this.#remove()}>${t('remove.button')}</button>
        </div>
      </section>
      <section class="card" aria-label=${t('options.where')}>
        <h2>${t('options.where')}</h2>
        <xrm-options-editor
          wide
          .kind=${'option-set' as const}
          .name=${this.name}
          .label=${t('options.where')}
        ></xrm-options-editor>
      </section>
      <section class="card" aria-label=${t('sets.uses')}>
        <h2>${t('sets.uses')}</h2>
        ${this.#uses.error ? html`<p class="error" role="alert">${describeError(this.#uses.error)}</p>` : nothing}
        ${this.#uses.data && uses.length === 0 ? html`<p class="second">${t('remove.unused')}</p>` : nothing}
        <ul class="entries">
          ${uses.map(
            (use) =>
              html`<li>
                ${consoleText(`kind.${use.kind}`)}
                <a href=${documentPath(use.kind, use.name)}>${use.title}</a>
                <span class="mono second">${use.pointer}</span>
              </li>`,
          )}
        </ul>
      </section>
      ${
        this._removal
          ? html`<xrm-remove-dialog
              .removal=${this._removal}
              @xrm-close=${() => (this._removal = null)}
            ></xrm-remove-dialog>`
          : nothing
      }`
  }

  #remove(): void {
    const title = this.value('/title')
    this._removal = {
      title: typeof title === 'string' ? title : this.name,
      questions: async () => [{ optionSet: this.name }],
      remove: async () => {
        if (await draft.remove('option-set', this.name)) await router.go('/admin/option-sets')
      },
    }
  }
}
