import type { AccessAction, WhoAnswer, WhoRequest, WhyRequest } from '@xrm/sdk/access'
import type { EntityView } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { session } from '../data/session.ts'
import { label } from '../model/labels.ts'
import '../shell/dialog.element.ts'
import { describeError } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import { usersQuery } from './people.ts'
import { peopleStyles } from './people-styles.ts'
import { actionLabel } from './scope-texts.ts'
import { choice } from './user-access.element.ts'
import { actionsFor, hasFields } from './why.ts'
import './why-answer.element.ts'

/** How many users are shown at a time. */
const page = 25
/** The server answers about so many at once. */
const most = 100

/** Who may see or change a record, or one field of it, and for each why. For administrators. Fires `xrm-close`. */
@customElement('xrm-who-dialog')
export class WhoDialog extends XrmElement {
  static override styles = [
    XrmElement.styles,
    peopleStyles,
    css`
      xrm-dialog {
        --dialog-width: 680px;
      }
      .form {
        padding: 0;
      }
      .ask {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(170px, 1fr));
        align-items: end;
        gap: 12px;
      }
      .ask select,
      .ask input {
        width: 100%;
      }
      .who {
        width: 100%;
        height: 36px;
        border: 0;
        border-radius: 0;
        background: none;
        font-weight: 500;
        text-align: start;
      }
      .why {
        padding: 4px 14px 12px;
      }
      .yes {
        color: var(--ok);
      }
      .no {
        color: var(--danger);
      }
    `,
  ]

  @property({ attribute: false }) entity!: EntityView
  @property({ attribute: false }) recordId = ''
  @property({ attribute: false }) display = ''
  @state() private _action: AccessAction = 'read'
  @state() private _field = ''
  @state() private _search = ''
  @state() private _open: string | null = null
  @state() private _pages = 1
  #users = new QueryController(this, () => usersQuery)
  #answers = new QueryController<Map<string, boolean>>(this, () => {
    const users = this.#shown.map((user) => user.id)
    const { user: _, ...request } = this.#request('')
    return {
      key: ['people', 'who', request, users],
      read: async (signal) => {
        const allowed = new Set<string>()
        for (let at = 0; at < users.length; at += most) {
          const body = { ...request, users: users.slice(at, at + most) } as WhoRequest
          const answer = await call<WhoAnswer>('POST', '/api/access/who', { body, signal })
          for (const id of answer.allowed) allowed.add(id)
        }
        return new Map(users.map((id) => [id, allowed.has(id)]))
      },
      enabled: users.length > 0,
      keep: true,
    }
  })

  get #found() {
    const words = this._search.trim().toLowerCase()
    return (this.#users.data ?? []).filter(
      (user) => user.active && `${user.name} ${user.email}`.toLowerCase().includes(words),
    )
  }

  get #shown() {
    return this.#found.slice(0, this._pages * page)
  }

  #request(user: string): WhyRequest {
    const field = this._field && hasFields(this._action) ? { field: this._field } : {}
    return { user, entity: this.entity.name, action: this._action, record: this.recordId, ...field }
  }

  override render(): TemplateResult {
    const fields = Object.values(this.entity.fields).toSorted((a, b) =>
      label(a).localeCompare(label(b), session.language),
    )
    const error = this.#users.error ?? this.#answers.error
    const shown = this.#shown
    return html`<xrm-dialog heading=${t('who.title', { name: this.display })}>
      <div class="form">
        <div class="ask">
          ${choice(
            t('why.action'),
            this._action,
            actionsFor(true).map((action) => [action, actionLabel(action)] as const),
            (action) => (this._action = action as AccessAction),
          )}
          ${
            hasFields(this._action)
              ? choice(
                  t('fields.field'),
                  this._field,
                  [['', t('why.any-field')], ...fields.map((field) => [field.name, label(field)] as const)],
                  (field) => (this._field = field),
                )
              : nothing
          }
          <label class="text"
            >${t('users.search')}
            <input
              type="search"
              .value=${this._search}
              @input=${(event: Event) => (this._search = (event.currentTarget as HTMLInputElement).value)}
            />
          </label>
        </div>
        ${error ? html`<p class="note bad" role="alert">${describeError(error)}</p>` : nothing}
        <ul class="rows card" aria-busy=${this.#answers.result?.isFetching ?? false}>
          ${shown.map((user) => this.#line(user.id, user.name))}
        </ul>
        ${
          shown.length < this.#found.length
            ? html`<button @click=${() => this._pages++}>
                ${t('who.more', { count: this.#found.length - shown.length })}
              </button>`
            : nothing
        }
      </div>
      <div slot="footer" class="row">
        <span class="grow"></span>
        <button class="primary" @click=${() => this.emit('xrm-close')}>${t('done')}</button>
      </div>
    </xrm-dialog>`
  }

  #line(id: string, name: string): TemplateResult {
    const allowed = this.#answers.data?.get(id)
    const isOpen = this._open === id
    return html`<li>
      <button class="who" aria-expanded=${isOpen} @click=${() => (this._open = isOpen ? null : id)}>
        <xrm-icon
          class=${allowed ? 'yes' : 'no'}
          name=${allowed === undefined ? 'ellipsis' : allowed ? 'circle-check' : 'circle-x'}
        ></xrm-icon>
        <span class="grow ellipsis">${name}</span>
        <span class="second small">${allowed === undefined ? '' : t(allowed ? 'who.yes' : 'who.no')}</span>
      </button>
      ${
        isOpen
          ? html`<div class="why">
              <xrm-why-answer .request=${this.#request(id)} .record=${this.display}></xrm-why-answer>
            </div>`
          : nothing
      }
    </li>`
  }
}
