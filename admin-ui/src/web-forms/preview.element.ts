import type { WebForm } from '@xrm/sdk'
import type { FieldView, OptionView } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { orderedKeys } from '../designer/order.ts'
import { addressParts } from '../fields/address.ts'
import { label } from '../model/labels.ts'
import { t } from './i18n/index.ts'
import { questionOf, WebFormElement } from './web-form-element.ts'

/** The page of a web form as visitors will see it, in the reader's language; it cannot be filled in. */
@customElement('xrm-web-form-preview')
export class WebFormPreview extends WebFormElement {
  static override styles = [
    WebFormElement.styles,
    css`
      .page {
        display: grid;
        gap: 14px;
        padding: 20px 22px;
        border: 1px solid var(--line);
        border-radius: 12px;
        background: var(--surface);
        font-size: 14.5px;
        overflow-wrap: anywhere;
      }
      h2 {
        padding-bottom: 6px;
      }
      h3 {
        font-size: 21px;
        font-weight: 700;
      }
      .lead {
        color: var(--text-2);
        white-space: pre-line;
      }
      .one {
        display: grid;
        gap: 4px;
      }
      .name {
        font-weight: 600;
      }
      .mark,
      .help {
        color: var(--text-2);
        font-size: 12.5px;
        font-weight: 400;
      }
      input:not([type='checkbox']),
      select,
      textarea {
        width: 100%;
        min-height: 36px;
      }
      .tick {
        display: flex;
        gap: 8px;
        align-items: flex-start;
      }
    `,
  ].flat()

  override render(): unknown {
    const { body, entity } = this
    if (!body) return nothing
    const intro = body.description && words(body.description, body.descriptions)
    return html`<section aria-label=${t('preview')}>
      <h2>${t('preview')}</h2>
      <div class="page" inert>
        <h3>${words(body.title, body.labels)}</h3>
        ${intro ? html`<p class="lead">${intro}</p>` : nothing}
        ${repeat(
          orderedKeys(body.fields),
          (key) => key,
          (key) => this.#field(key, body.fields[key]!, entity?.fields[key]),
        )}
        ${
          body.consent
            ? html`<div class="tick">
                <input type="checkbox" tabindex="-1" /><span
                  >${words(body.consent.message, body.consent.messages)}</span
                >
              </div>`
            : nothing
        }
        <div>
          <button class="primary">
            ${body.submit ? words(body.submit.title, body.submit.labels) : t('preview.send')}
          </button>
        </div>
      </div>
    </section>`
  }

  #field(key: string, body: WebForm['fields'][string], field: FieldView | undefined): TemplateResult {
    const title = questionOf(body, field, key)
    const required = body.required === true || (field?.required === true && field.type !== 'boolean')
    const mark = required ? html` <span class="mark">(${t('preview.required')})</span>` : nothing
    const help = body.description && words(body.description, body.descriptions)
    const below = help ? html`<span class="help">${help}</span>` : nothing
    if (field?.type === 'boolean')
      return html`<div class="one">
        <div class="tick"><input type="checkbox" /><span>${title}${mark}</span></div>
        ${below}
      </div>`
    return html`<div class="one">
      <span class="name">${title}${mark}</span>${control(body, field)}${below}
    </div>`
  }
}

function words(english: string, others: Record<string, string> | undefined): string {
  return label({ title: english, labels: others ?? {} })
}

function offered(field: FieldView): OptionView[] {
  return (field.options ?? []).filter(({ active }) => active)
}

function control(body: WebForm['fields'][string], field: FieldView | undefined): unknown {
  const placeholder = body.placeholder ? words(body.placeholder, body.placeholders) : ''
  switch (field?.type) {
    case 'long-text':
      return html`<textarea rows="4" placeholder=${placeholder}></textarea>`
    case 'select':
      return html`<select>
        <option>${t('preview.choose')}</option>
        ${offered(field).map((option) => html`<option>${label(option)}</option>`)}
      </select>`
    case 'multi-select':
      return offered(field).map(
        (option) => html`<span class="tick"><input type="checkbox" /><span>${label(option)}</span></span>`,
      )
    case 'address':
      return addressParts.map((part) => html`<span class="help">${t(`address.${part}`)}</span><input />`)
    case 'date':
      return html`<input type="date" />`
    default:
      return html`<input placeholder=${placeholder} />`
  }
}
