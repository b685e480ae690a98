import { css, html, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { t } from '../i18n/index.ts'
import { XrmElement } from '../style/element.ts'
import { describeError } from './errors.ts'
import './dialog.element.ts'
import { frontPage } from './front-page.ts'
import { router } from './router.ts'
import { safeReturn } from './routes.ts'

/**
 * Sign-in with e-mail and password. Fires `xrm-signed-in` with the page that asked for it. With `again` it is a dialog over
 * the page on which the session has ended, for the user with that e-mail.
 */
@customElement('xrm-sign-in')
export class SignInElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    frontPage,
    css`
      :host([again]) {
        display: contents;
        --dialog-width: 420px;
      }
      :host([again]) form {
        padding: 14px 0 0;
      }
    `,
  ]

  @property() again = ''
  @state() private _error = ''
  @state() private _busy = false

  override render(): TemplateResult {
    if (this.again !== '') {
      return html`<xrm-dialog heading=${t('sign-in.again')}>
        <p class="second">${t('sign-in.again-text')}</p>
        ${this.#form()}
      </xrm-dialog>`
    }
    document.title = `${t('sign-in.title')} · XRM`
    return html`<main>
      <div class="brand"><img src="/icon.svg" alt="" />XRM</div>
      ${this.#form()}
    </main>`
  }

  #form(): TemplateResult {
    return html`<form class=${this.again === '' ? 'card' : ''} @submit=${this.#submit}>
      ${this.again === '' ? html`<h1>${t('sign-in.title')}</h1>` : ''}
      <label>
        ${t('sign-in.email')}
        <input
          name="email"
          type="email"
          autocomplete="username"
          .value=${this.again}
          required
          ?autofocus=${this.again === ''}
        />
      </label>
      <label>
        ${t('sign-in.password')}
        <input
          name="password"
          type="password"
          autocomplete="current-password"
          required
          ?autofocus=${this.again !== ''}
        />
      </label>
      ${this._error ? html`<p class="note bad" role="alert">${this._error}</p>` : ''}
      <button class="primary" ?disabled=${this._busy}>${t('sign-in.submit')}</button>
    </form>`
  }

  #submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget as HTMLFormElement)
    this._busy = true
    this._error = ''
    try {
      await call('POST', '/api/auth/sign-in/email', {
        body: { email: data.get('email'), password: data.get('password') },
      })
      this.emit('xrm-signed-in', safeReturn(router.url.searchParams.get('return'), location.origin))
    } catch (error) {
      this._error = describeError(error)
    } finally {
      this._busy = false
    }
  }
}
