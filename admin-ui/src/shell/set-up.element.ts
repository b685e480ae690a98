import type { ProblemItem } from '@xrm/sdk'
import { html, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { ApiError, call } from '../data/client.ts'
import { t, type MessageKey } from '../i18n/index.ts'
import { XrmElement } from '../style/element.ts'
import { describeError, describeItem } from './errors.ts'
import { frontPage } from './front-page.ts'
import { router } from './router.ts'

const fields: {
  name: string
  type: string
  autocomplete: AutoFill
  text: MessageKey
  help: MessageKey | null
}[] = [
  {
    name: 'token',
    type: 'text',
    autocomplete: 'one-time-code',
    text: 'set-up.token',
    help: 'set-up.token-help',
  },
  { name: 'name', type: 'text', autocomplete: 'name', text: 'set-up.name', help: null },
  { name: 'email', type: 'email', autocomplete: 'username', text: 'sign-in.email', help: null },
  {
    name: 'password',
    type: 'password',
    autocomplete: 'new-password',
    text: 'sign-in.password',
    help: 'set-up.password-help',
  },
]

/** The first run: whoever reads the server's console makes the administrator. */
@customElement('xrm-set-up')
export class SetUpElement extends XrmElement {
  static override styles = [XrmElement.styles, frontPage]

  @state() private _error = ''
  @state() private _items: ProblemItem[] = []
  @state() private _busy = false

  override render(): TemplateResult {
    document.title = `${t('set-up.title')} · XRM`
    const token =
      new URLSearchParams(location.hash.slice(1)).get('token') ?? router.url.searchParams.get('token') ?? ''
    return html`<main>
      <div class="brand"><img src="/icon.svg" alt="" />XRM</div>
      <form class="card" @submit=${this.#submit}>
        <h1>${t('set-up.title')}</h1>
        <p class="second">${t('set-up.text')}</p>
        ${fields.map((field) => {
          const item = this._items.find((one) => one.pointer === `#/${field.name}`)
          return html`<label>
            ${t(field.text)}
            <input
              name=${field.name}
              type=${field.type}
              autocomplete=${field.autocomplete}
              .defaultValue=${field.name === 'token' ? token : ''}
              aria-invalid=${item ? 'true' : 'false'}
              aria-describedby="${field.name}-note"
              required
            />
            <span id="${field.name}-note" class="small ${item ? 'error' : 'second'}"
              >${item ? describeItem(item) : field.help ? t(field.help) : ''}</span
            >
          </label>`
        })}
        ${this._error ? html`<p class="note bad" role="alert">${this._error}</p>` : ''}
        <button class="primary" ?disabled=${this._busy}>${t('set-up.submit')}</button>
      </form>
    </main>`
  }

  #submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const data = Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement))
    this._busy = true
    this._error = ''
    this._items = []
    try {
      await call('POST', '/api/setup', { body: data })
      await call('POST', '/api/auth/sign-in/email', {
        body: { email: data['email'], password: data['password'] },
      })
      this.emit('xrm-signed-in', '/')
    } catch (error) {
      this._items = error instanceof ApiError ? (error.problem.errors ?? []) : []
      const shown = this._items.every((item) => fields.some((field) => item.pointer === `#/${field.name}`))
      if (this._items.length === 0 || !shown) this._error = describeError(error)
    } finally {
      this._busy = false
    }
  }
}
