import type { LinkAnswer, UserView } from '@xrm/sdk/access'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import '../account/api-keys.element.ts'
import '../account/sessions.element.ts'
import { call } from '../data/client.ts'
import { session } from '../data/session.ts'
import { confirm } from '../shell/confirm.ts'
import { describeError } from '../shell/errors.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import { linkText } from './link.ts'
import { peopleChanged } from './people.ts'
import { peopleStyles } from './people-styles.ts'

/** How somebody gets in and out, and seeing with their eyes. */
@customElement('xrm-user-sign-in')
export class UserSignIn extends XrmElement {
  static override styles = [XrmElement.styles, peopleStyles]

  @property({ attribute: false }) user!: UserView
  @state() private _busy = false
  @state() private _link: LinkAnswer | null = null

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('user') && changed.get('user')?.id !== this.user.id) this._link = null
  }

  override render(): TemplateResult {
    const { user } = this
    const { name } = user
    const isMe = user.id === session.model.me.id
    return html`<div class="sections">
      <section class="card" aria-labelledby="sign-in">
        <div class="head"><h2 id="sign-in">${t('user.sign-in')}</h2></div>
        <div class="form">
          <div class="actions">
            <button ?disabled=${this._busy || !user.active} @click=${() => void this.#makeLink()}>
              ${t('user.reset')}
            </button>
            ${
              user.secondFactor
                ? html`<button
                    class="danger"
                    ?disabled=${this._busy}
                    @click=${() => void this.#removeFactor()}
                  >
                    ${t('user.factor-off')}
                  </button>`
                : nothing
            }
            ${
              isMe || !user.active
                ? nothing
                : html`<button ?disabled=${this._busy} @click=${() => void this.#view('look')}>
                      <xrm-icon name="eye" size="14"></xrm-icon>${t('user.look', { name })}
                    </button>
                    <button ?disabled=${this._busy} @click=${() => void this.#view('act')}>
                      <xrm-icon name="drama" size="14"></xrm-icon>${t('user.act', { name })}
                    </button>`
            }
          </div>
          ${this._link ? linkText(this._link) : nothing}
          ${isMe || !user.active ? nothing : html`<p class="second small">${t('user.view-text')}</p>`}
        </div>
      </section>
      <xrm-sessions .of=${user.id}></xrm-sessions>
      <xrm-api-keys .of=${user.id}></xrm-api-keys>
    </div>`
  }

  async #makeLink(): Promise<void> {
    const action = this.user.invited ? 'invitation' : 'reset'
    await this.#run(async () => {
      this._link = await call<LinkAnswer>('POST', `/api/users/${this.user.id}/${action}`, { body: {} })
    })
  }

  async #removeFactor(): Promise<void> {
    const text = t('user.factor-off-text', { name: this.user.name })
    if (!(await confirm({ title: t('user.factor-off'), text, yes: t('user.factor-off') }))) return
    await this.#run(async () => {
      await call('DELETE', `/api/users/${this.user.id}/second-factor`)
      toasts.show(t('user.factor-gone'))
      await peopleChanged()
    })
  }

  async #view(mode: 'look' | 'act'): Promise<void> {
    await this.#run(async () => {
      await call('POST', `/api/users/${this.user.id}/view-as`, { body: { mode } })
      // Everything that is remembered was seen with other eyes.
      location.assign('/')
    })
  }

  async #run(work: () => Promise<void>): Promise<void> {
    this._busy = true
    try {
      await work()
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    } finally {
      this._busy = false
    }
  }
}
