import type { EntityView } from '@xrm/sdk/api'
import { css, html, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { showValue } from '../fields/index.ts'
import { t } from '../i18n/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { label } from '../model/labels.ts'
import { XrmElement } from '../style/element.ts'
import type { FieldConflict } from './draft.ts'

type Choice = 'mine' | 'theirs'

/** Two people changed the same fields: shows what was, what the other saved and what one's own is, field by field. */
@customElement('xrm-conflict')
export class ConflictElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      section {
        padding: 14px 16px;
        border-color: var(--warn);
      }
      table {
        width: 100%;
        margin: 10px 0;
        border-collapse: collapse;
      }
      th,
      td {
        padding: 6px 8px;
        border-top: 1px solid var(--line);
        text-align: start;
        font-size: 13px;
      }
      th {
        font-weight: 550;
      }
      thead th {
        border: 0;
        color: var(--text-2);
        font-size: 12px;
      }
      label {
        display: flex;
        gap: 7px;
        align-items: center;
      }
      input {
        height: auto;
        accent-color: var(--accent);
      }
    `,
  ]

  @property({ attribute: false }) entity!: EntityView
  @property({ attribute: false }) conflicts: FieldConflict[] = []
  @property({ attribute: false }) current: Record<string, unknown> = {}
  @state() private _choices: Record<string, Choice> = {}

  override render(): TemplateResult {
    return html`<section class="card" role="alert">
      <h2>${t('conflict.title')}</h2>
      <p class="second small">${t('conflict.text')}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">${t('conflict.field')}</th>
            <th scope="col">${t('conflict.original')}</th>
            <th scope="col">${t('conflict.theirs')}</th>
            <th scope="col">${t('conflict.mine')}</th>
          </tr>
        </thead>
        <tbody>
          ${this.conflicts.map((conflict) => this.#line(conflict))}
        </tbody>
      </table>
      <div class="row">
        <span class="grow"></span>
        <button @click=${() => this.emit('xrm-close')}>${t('cancel')}</button>
        <button class="primary" @click=${this.#resolve}>${t('conflict.save')}</button>
      </div>
    </section>`
  }

  #line({ name, original, theirs, mine }: FieldConflict): TemplateResult {
    const field = this.entity.fields[name]
    const show = (value: unknown) => {
      if (!field) return ''
      const shown = showValue(value, { field, path: name, record: this.current, locale: currentLocale() })
      return shown === '' ? '–' : shown
    }
    const choice = this._choices[name] ?? 'mine'
    const option = (which: Choice, value: unknown) =>
      html`<label
        ><input
          type="radio"
          name=${name}
          .checked=${choice === which}
          @change=${() => (this._choices = { ...this._choices, [name]: which })}
        />${show(value)}</label
      >`
    return html`<tr>
      <th scope="row">${field ? label(field) : name}</th>
      <td class="second">${show(original)}</td>
      <td>${option('theirs', theirs)}</td>
      <td>${option('mine', mine)}</td>
    </tr>`
  }

  #resolve = () => {
    const all = this.conflicts.map(({ name }) => [name, this._choices[name] ?? 'mine'] as const)
    this.emit('xrm-resolved', Object.fromEntries(all))
  }
}
