import type { UserView } from '@xrm/sdk/access'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { tabStyles } from '../designer/tab-styles.ts'
import { QueryController } from '../data/queries.ts'
import { formatWhen } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { describeError } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import { userPath, usersQuery } from './people.ts'
import { peopleStyles } from './people-styles.ts'
import './user-form.element.ts'
import './user-sign-in.element.ts'

const tabs = ['person', 'access'] as const

/** One user: who they are and how they get in, and on a tab of its own what they may do and why. Fires `xrm-titled`. */
@customElement('xrm-user-page')
export class UserPage extends XrmElement {
  static override styles = [
    XrmElement.styles,
    peopleStyles,
    tabStyles,
    css`
      .state {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 10px;
      }
    `,
  ]

  @property({ attribute: false }) userId = ''
  @property({ attribute: false }) tab = ''
  @state() private _failure: unknown = null
  #users = new QueryController(this, () => usersQuery)
  #hasAccess = false
  #titled: string | undefined

  override updated(): void {
    const name = this.#users.data?.find((one) => one.id === this.userId)?.name
    if (name !== undefined && name !== this.#titled) this.emit('xrm-titled', name)
    this.#titled = name
  }

  override render(): TemplateResult {
    const user = this.#users.data?.find((one) => one.id === this.userId)
    const tab = tabs.find((one) => one === this.tab) ?? 'person'
    const error = this._failure ?? this.#users.error
    return html`<nav aria-label=${t('user.tabs')}>
        ${tabs.map(
          (name) =>
            html`<a
              href=${userPath(this.userId, name === 'person' ? '' : name)}
              aria-current=${name === tab ? 'page' : nothing}
              >${t(`user.tab.${name}`)}</a
            >`,
        )}
      </nav>
      <div class="sheet">
        ${error ? html`<p class="note bad" role="alert">${describeError(error)}</p>` : nothing}
        ${this.#users.data && !user ? html`<p class="empty" role="alert">${t('user.gone')}</p>` : nothing}
        ${user ? html`${this.#state(user)}${tab === 'access' ? this.#access(user) : this.#person(user)}` : nothing}
      </div>`
  }

  #state(user: UserView): TemplateResult {
    const seen = user.lastSeenAt ? formatWhen(user.lastSeenAt, currentLocale()) : t('users.never')
    return html`<div class="state">
      <span class="second">${user.email}</span>
      <span class="chip dot ${user.active ? 'green' : 'red'}"
        >${t(user.active ? 'user.active' : 'user.closed')}</span
      >
      ${user.invited ? html`<span class="chip amber">${t('user.invited')}</span>` : nothing}
      ${user.secondFactor ? html`<span class="chip green">${t('user.second-factor')}</span>` : nothing}
      ${user.external ? html`<span class="chip violet">${t('user.external')}</span>` : nothing}
      <span class="second small">${t('users.seen')}: ${seen}</span>
    </div>`
  }

  #person(user: UserView): TemplateResult {
    return html`<xrm-user-form .user=${user}></xrm-user-form>
      <xrm-user-sign-in .user=${user}></xrm-user-sign-in>`
  }

  #access(user: UserView): TemplateResult {
    if (!this.#hasAccess) {
      void this.#load()
      return html`<p class="second" aria-busy="true"></p>`
    }
    return html`<xrm-user-access .user=${user}></xrm-user-access>`
  }

  async #load(): Promise<void> {
    try {
      await import('./user-access.element.ts')
      this.#hasAccess = true
      this.requestUpdate()
    } catch (error) {
      this._failure = error
    }
  }
}
