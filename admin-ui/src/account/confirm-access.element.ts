import { css, html, nothing, render, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { session } from '../data/session.ts'
import '../shell/dialog.element.ts'
import { accountStyles } from './account-styles.ts'
import { AttemptElement } from './attempt-element.ts'
import { t } from './i18n/index.ts'
import { canPasskeys, passkeyAnswer } from './webauthn.ts'

/** Asks who is there, before something that opens another way in; true when they have shown it. */
export function confirmAccess(ways: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const holder = document.createElement('div')
    document.body.append(holder)
    const answer = (event: CustomEvent<boolean>) => {
      render('', holder)
      holder.remove()
      resolve(event.detail)
    }
    render(html`<xrm-confirm-access .ways=${ways} @xrm-answer=${answer}></xrm-confirm-access>`, holder)
  })
}

/** The password, a passkey, or the provider once more. Fires `xrm-answer`. */
@customElement('xrm-confirm-access')
export class ConfirmAccessElement extends AttemptElement {
  static override styles = [
    AttemptElement.styles,
    accountStyles,
    css`
      xrm-dialog {
        --dialog-width: 420px;
      }
      form {
        display: grid;
        gap: 14px;
      }
      .actions {
        justify-content: flex-end;
      }
    `,
  ]

  /** Of `password`, `passkey` and `sso`. */
  @property({ attribute: false }) ways: readonly string[] = []

  override render(): TemplateResult {
    const has = (way: string): boolean => this.ways.includes(way)
    const passkey = has('passkey') && canPasskeys()
    return html`<xrm-dialog
      heading=${t('confirm.title')}
      @xrm-close=${(event: Event) => {
        event.stopPropagation()
        this.emit('xrm-answer', false)
      }}
    >
      <form id="confirm" @submit=${this.#submit}>
        <p class="second">${t('confirm.text')}</p>
        ${
          has('password')
            ? html`<input type="email" autocomplete="username" .value=${session.model.me.email} hidden />
                <label
                  >${t('password')}<input
                    name="password"
                    type="password"
                    autocomplete="current-password"
                    required
                    autofocus
                /></label>`
            : nothing
        }
        ${this._error ? html`<p class="note bad" role="alert">${this._error}</p>` : nothing}
      </form>
      <div slot="footer" class="actions">
        <button type="button" @click=${() => this.emit('xrm-answer', false)}>${t('cancel')}</button>
        ${has('sso') ? html`<a class="button" href="/api/auth/sso?returnTo=/account">${t('confirm.sso')}</a>` : nothing}
        ${
          passkey
            ? html`<button type="button" ?disabled=${this._busy} @click=${this.#passkey}>
                ${t('confirm.passkey')}
              </button>`
            : nothing
        }
        ${
          has('password')
            ? html`<button class="primary" form="confirm" ?disabled=${this._busy}>
                ${t('confirm.yes')}
              </button>`
            : nothing
        }
      </div>
    </xrm-dialog>`
  }

  #submit = (event: SubmitEvent) => {
    event.preventDefault()
    const password = String(new FormData(event.currentTarget as HTMLFormElement).get('password'))
    void this.attempt(() => this.#confirm({ password }))
  }

  #passkey = () =>
    void this.attempt(async () => {
      const response = await passkeyAnswer()
      if (response) await this.#confirm({ response })
    })

  async #confirm(body: object): Promise<void> {
    await call('POST', '/api/auth/confirm', { body })
    this.emit('xrm-answer', true)
  }
}
