import type { AccessAction, EffectiveAccess, UserView } from '@xrm/sdk/access'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { session } from '../data/session.ts'
import { inputValue } from '../designer/document-element.ts'
import { type ChosenRecord, recordLookup } from '../designer/record-lookup.ts'
import '../fields/controls.ts'
import { label, pluralLabel } from '../model/labels.ts'
import { describeError } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import { actions } from './matrix.ts'
import { peopleStyles } from './people-styles.ts'
import { actionLabel, scopeText } from './scope-texts.ts'
import { actionsFor, hasFields } from './why.ts'
import './why-answer.element.ts'

/** What a user may do, all roles together, and why: for an entity, an action, a field, a record. */
@customElement('xrm-user-access')
export class UserAccess extends XrmElement {
  static override styles = [
    XrmElement.styles,
    peopleStyles,
    css`
      th,
      td {
        vertical-align: middle;
      }
      td button.link {
        color: var(--text);
        text-align: start;
        white-space: normal;
      }
      .ask {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(190px, 1fr));
        align-items: end;
        gap: 12px;
      }
      .ask select {
        width: 100%;
      }
      section {
        scroll-margin-top: 50px;
      }
    `,
  ]

  @property({ attribute: false }) user!: UserView
  @state() private _entity = ''
  @state() private _action: AccessAction = 'read'
  @state() private _field = ''
  @state() private _record: ChosenRecord | null = null
  #access = new QueryController<EffectiveAccess>(this, () => ({
    key: ['people', 'access', this.user.id],
    read: (signal) => call('GET', `/api/access/users/${encodeURIComponent(this.user.id)}`, { signal }),
  }))

  override render(): TemplateResult {
    const { data, error } = this.#access
    return html`<div class="sections">
      ${this.#question()}
      <section class="card" aria-labelledby="may">
        <div class="head"><h2 id="may">${t('access.title')}</h2></div>
        ${error ? html`<p class="note bad" role="alert">${describeError(error)}</p>` : nothing}
        ${data && data.entities.length === 0 ? html`<p class="empty">${t('access.nothing')}</p>` : nothing}
        ${data && data.entities.length > 0 ? this.#table(data) : nothing}
      </section>
    </div>`
  }

  #table({ entities }: EffectiveAccess): TemplateResult {
    const sorted = entities.toSorted((a, b) =>
      titleOf(a.entity).localeCompare(titleOf(b.entity), session.language),
    )
    return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">${t('matrix.entity')}</th>
            ${actions.map((action) => html`<th scope="col">${actionLabel(action)}</th>`)}
            <th scope="col">${t('matrix.fields')}</th>
          </tr>
        </thead>
        <tbody>
          ${sorted.map(
            (one) =>
              html`<tr>
                <th scope="row">${titleOf(one.entity)}</th>
                ${actions.map((action) => {
                  const text = one.actions[action].map(scopeText).join(', ') || '–'
                  return html`<td>
                    <button
                      class="link"
                      aria-label=${`${titleOf(one.entity)}, ${actionLabel(action)}: ${text}. ${t('why.ask')}`}
                      @click=${() => this.#ask(one.entity, action)}
                    >
                      ${text}
                    </button>
                  </td>`
                })}
                <td class="second small">
                  ${t('access.fields', { readable: one.readable.length, writable: one.writable.length })}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`
  }

  #ask(entity: string, action: AccessAction): void {
    if (entity !== this._entity) this.#choose(entity)
    this.#act(action)
    this.renderRoot.querySelector('section')?.scrollIntoView({ block: 'start' })
  }

  #choose(entity: string): void {
    this._entity = entity
    this._field = ''
    this._record = null
  }

  #act(action: AccessAction): void {
    this._action = action
    if (!hasFields(action)) this._field = ''
    if (!actionsFor(true).includes(action)) this._record = null
  }

  #question(): TemplateResult {
    const entities = Object.values(session.model.entities).toSorted((a, b) =>
      pluralLabel(a).localeCompare(pluralLabel(b), session.language),
    )
    const view = session.entity(this._entity)
    const fields = Object.values(view?.fields ?? {}).toSorted((a, b) =>
      label(a).localeCompare(label(b), session.language),
    )
    return html`<section class="card" aria-labelledby="why">
      <div class="head"><h2 id="why">${t('why.title', { name: this.user.name })}</h2></div>
      <div class="form">
        <div class="ask">
          ${choice(
            t('matrix.entity'),
            this._entity,
            [['', t('why.choose')], ...entities.map((one) => [one.name, pluralLabel(one)] as const)],
            (entity) => this.#choose(entity),
          )}
          ${choice(
            t('why.action'),
            this._action,
            actionsFor(false).map((action) => [action, actionLabel(action)] as const),
            (action) => this.#act(action as AccessAction),
          )}
          ${
            view && hasFields(this._action)
              ? choice(
                  t('fields.field'),
                  this._field,
                  [['', t('why.any-field')], ...fields.map((one) => [one.name, label(one)] as const)],
                  (field) => (this._field = field),
                )
              : nothing
          }
          ${
            view && actionsFor(true).includes(this._action)
              ? recordLookup({
                  entity: this._entity,
                  label: t('why.record'),
                  record: this._record,
                  choose: (record) => (this._record = record),
                })
              : nothing
          }
        </div>
        ${
          view
            ? html`<xrm-why-answer
                .request=${{
                  user: this.user.id,
                  entity: this._entity,
                  action: this._action,
                  ...(this._field ? { field: this._field } : {}),
                  ...(this._record ? { record: this._record.id } : {}),
                }}
                .record=${this._record?.display ?? ''}
              ></xrm-why-answer>`
            : html`<p class="second">${t('why.text')}</p>`
        }
      </div>
    </section>`
  }
}

function titleOf(entity: string): string {
  const view = session.entity(entity)
  return view ? pluralLabel(view) : entity
}

/** A native select with its label above it. */
export function choice(
  title: string,
  value: string,
  options: readonly (readonly [string, string])[],
  change: (value: string) => void,
): TemplateResult {
  return html`<label class="text"
    >${title}
    <select .value=${live(value)} @change=${(event: Event) => change(inputValue(event))}>
      ${options.map(([key, text]) => html`<option value=${key} ?selected=${key === value}>${text}</option>`)}
    </select>
  </label>`
}
