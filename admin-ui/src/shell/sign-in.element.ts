import { html, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { t } from '../i18n/index.ts'
import { XrmElement } from '../style/element.ts'
import { describeError } from './errors.ts'
import { frontPage } from './front-page.ts'
import { router } from './router.ts'
import { safeReturn } from './routes.ts'

/** Sign-in with e-mail and password. Fires `xrm-signed-in` with the page that asked for it. */
@customElement('xrm-sign-in')
export class SignInElement extends XrmElement {
  static override styles = [XrmElement.styles, frontPage]

  @state() private _error = ''
  @state() private _busy = false

  override render(): TemplateResult {
    document.title = `${t('sign-in.title')} · XRM`
    return html`<main>
      <div class="brand"><img src="/icon.svg" alt="" />XRM</div>
      <form class="card" @submit=${this.#submit}>
        <h1>${t('sign-in.title')}</h1>
        <label>
          ${t('sign-in.email')}
          <input name="email" type="email" autocomplete="username" required autofocus />
        </label>
        <label>
          ${t('sign-in.password')}
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        ${this._error ? html`<p class="note bad" role="alert">${this._error}</p>` : ''}
        <button class="primary" ?disabled=${this._busy}>${t('sign-in.submit')}</button>
      </form>
    </main>`
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
