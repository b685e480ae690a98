import { html, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { frontPage } from '../shell/front-page.ts'
import { AttemptElement } from './attempt-element.ts'
import { t } from './i18n/index.ts'

/** Where the link of an invitation leads, or of a forgotten password. Fires `xrm-signed-in`, or leads to the second step. */
@customElement('xrm-choose-password')
export class ChoosePasswordElement extends AttemptElement {
  static override styles = [AttemptElement.styles, frontPage]

  @state() private _person: { email: string; name: string } | null = null

  #token = new URLSearchParams(location.hash.slice(1)).get('token') ?? ''

  override connectedCallback(): void {
    super.connectedCallback()
    void this.attempt(async () => {
      this._person = await call('POST', '/api/auth/link', { body: { token: this.#token } })
    })
  }

  override render(): TemplateResult {
    document.title = `${t('choose')} · XRM`
    const error = this._error ? html`<p class="note bad" role="alert">${this._error}</p>` : ''
    const person = this._person
    return html`<main>
      <div class="brand"><img src="/icon.svg" alt="" />XRM</div>
      <form class="card" @submit=${this.#submit}>
        <h1>${t('choose')}</h1>
        ${
          person
            ? html`<p class="second">${t('choose-hello', person)}</p>
                <input name="email" type="email" autocomplete="username" .value=${person.email} hidden />
                <label>
                  ${t('password-new')}
                  <input
                    name="password"
                    type="password"
                    autocomplete="new-password"
                    aria-describedby="help"
                    required
                    autofocus
                  />
                  <span id="help" class="second small">${t('too-short')}</span>
                </label>
                ${error}
                <button class="primary" ?disabled=${this._busy}>${t('choose-save')}</button>`
            : html`${error}<a href="/sign-in">${t('to-sign-in')}</a>`
        }
      </form>
    </main>`
  }

  #submit = (event: SubmitEvent) => {
    event.preventDefault()
    const password = String(new FormData(event.currentTarget as HTMLFormElement).get('password'))
    void this.attempt(async () => {
      const body = { token: this.#token, password }
      const { email } = await call<{ email: string }>('POST', '/api/auth/choose-password', { body })
      const { secondFactor } = await call<{ secondFactor?: string[] }>('POST', '/api/auth/sign-in/email', {
        body: { email, password },
      })
      // The second factor is asked for where everybody is asked for it.
      if (secondFactor) location.assign('/sign-in')
      else this.emit('xrm-signed-in', '/')
    })
  }
}
