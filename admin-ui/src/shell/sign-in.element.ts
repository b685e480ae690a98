import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { AttemptElement } from '../account/attempt-element.ts'
import { describeSignInError } from '../account/describe.ts'
import { find, t as own } from '../account/i18n/index.ts'
import { canPasskeys, signInWithPasskey } from '../account/webauthn.ts'
import { call } from '../data/client.ts'
import { t } from '../i18n/index.ts'
import './dialog.element.ts'
import { frontPage } from './front-page.ts'
import { router } from './router.ts'
import { safeReturn } from './routes.ts'

interface Ways {
  forgotPassword: boolean
  singleSignOn: { name: string } | null
}

type Step = 'password' | 'code' | 'recovery' | 'forgot' | 'sent'

/**
 * Every way in: password with a second step, passkey, single sign-on. Fires `xrm-signed-in` with the page that asked for it.
 * With `again` it is a dialog over the page on which the session has ended, for the user with that e-mail.
 */
@customElement('xrm-sign-in')
export class SignInElement extends AttemptElement {
  static override styles = [
    AttemptElement.styles,
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
  @state() private _step: Step = 'password'
  @state() private _ways: Ways = { forgotPassword: false, singleSignOn: null }

  override connectedCallback(): void {
    super.connectedCallback()
    const problem = router.url.searchParams.get('problem')
    this._error = problem === null ? '' : (find(`sign-in.problem.${problem}`) ?? '')
    // Without an answer there is still the password.
    call<Ways>('GET', '/api/auth/options').then(
      (ways) => (this._ways = ways),
      (error: unknown) => (this._error = describeSignInError(error)),
    )
    if (this.again !== '') addEventListener('focus', this.#look)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('focus', this.#look)
  }

  /** Back from another tab, such as that of single sign-on: there the session may have begun again. */
  #look = async () => {
    const answer = await fetch('/api/me').catch(() => null)
    if (answer?.ok === true) this.#done()
  }

  override render(): TemplateResult {
    const title =
      this._step === 'code' || this._step === 'recovery' ? own('sign-in.second') : t('sign-in.title')
    if (this.again !== '') {
      return html`<xrm-dialog heading=${t('sign-in.again')}>
        <p class="second">${t('sign-in.again-text')}</p>
        <form @submit=${this.#submit}>${this.#parts()}</form>
      </xrm-dialog>`
    }
    document.title = `${title} · XRM`
    return html`<main>
      <div class="brand"><img src="/icon.svg" alt="" />XRM</div>
      <form class="card" @submit=${this.#submit}>
        <h1>${title}</h1>
        ${this.#parts()}
      </form>
    </main>`
  }

  #parts(): TemplateResult {
    return html`${this.#fields()}
    ${this._error ? html`<p class="note bad" role="alert">${this._error}</p>` : ''} ${this.#buttons()}`
  }

  #fields(): TemplateResult {
    switch (this._step) {
      case 'code':
        return html`<label>
          ${own('sign-in.code')}
          <input name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus />
        </label>`
      case 'recovery':
        return html`<label>
          ${own('sign-in.recovery')}
          <input name="recovery" autocomplete="off" required autofocus />
        </label>`
      case 'sent':
        return html`<p role="status">${own('sign-in.forgot-text')}</p>`
      default:
        return html`<label>
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
          ${
            this._step === 'forgot'
              ? nothing
              : html`<label>
                  ${t('sign-in.password')}
                  <input
                    name="password"
                    type="password"
                    autocomplete="current-password"
                    required
                    ?autofocus=${this.again !== ''}
                  />
                </label>`
          }`
    }
  }

  #buttons(): TemplateResult {
    const to = (step: Step) => () => {
      this._step = step
      this._error = ''
    }
    const back = html`<button type="button" class="quiet" @click=${to('password')}>
      ${own('sign-in.back')}
    </button>`
    if (this._step === 'sent') return back
    const submit = html`<button class="primary" ?disabled=${this._busy}>
      ${this._step === 'forgot' ? own('sign-in.forgot-send') : t('sign-in.submit')}
    </button>`
    if (this._step === 'forgot') return html`${submit}${back}`
    if (this._step !== 'password') {
      const other = this._step === 'code' ? 'recovery' : 'code'
      return html`${submit}
        <button type="button" class="quiet" @click=${to(other)}>${own(`sign-in.use-${other}`)}</button>
        ${back}`
    }
    const { singleSignOn, forgotPassword } = this._ways
    const returnTo = encodeURIComponent(this.#target())
    return html`${submit}
    ${
      singleSignOn
        ? html`<a
            class="button"
            target=${this.again === '' ? '_self' : '_blank'}
            href="/api/auth/sso?returnTo=${returnTo}"
            >${own('sign-in.with', { name: singleSignOn.name })}</a
          >`
        : nothing
    }
    ${
      canPasskeys()
        ? html`<button type="button" ?disabled=${this._busy} @click=${() => void this.attempt(this.#passkey)}>
            ${own('sign-in.passkey')}
          </button>`
        : nothing
    }
    ${
      forgotPassword
        ? html`<button type="button" class="quiet" @click=${to('forgot')}>${own('sign-in.forgot')}</button>`
        : nothing
    }`
  }

  #submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const data = Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement))
    await this.attempt(async () => {
      switch (this._step) {
        case 'forgot':
          await call('POST', '/api/auth/forgot-password', { body: data })
          this._step = 'sent'
          return
        case 'code':
        case 'recovery':
          await call('POST', '/api/auth/second-factor', { body: data })
          return this.#done()
        default: {
          const { secondFactor } = await call<{ secondFactor?: string[] }>(
            'POST',
            '/api/auth/sign-in/email',
            {
              body: data,
            },
          )
          if (!secondFactor) return this.#done()
          if (secondFactor.includes('code')) this._step = 'code'
          else {
            this._error = own('sign-in.passkey-only')
            await this.#passkey()
          }
        }
      }
    })
  }

  #passkey = async () => {
    if (await signInWithPasskey()) this.#done()
    else this._error = own('passkey-refused')
  }

  #target(): string {
    return safeReturn(router.url.searchParams.get('return'), location.origin)
  }

  #done(): void {
    this.emit('xrm-signed-in', this.#target())
  }
}
