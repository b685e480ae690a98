import type { ModelView } from '@xrm/sdk/api'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { session } from '../data/session.ts'
import { asLanguage, languages, t as common, useLanguage } from '../i18n/index.ts'
import { t } from './i18n/index.ts'
import { AccountSection } from './section.ts'

/** Name, language and password. */
@customElement('xrm-profile')
export class ProfileElement extends AccountSection {
  override render(): TemplateResult {
    const { me } = session.model
    return html`<section class="card" aria-labelledby="profile">
      <div class="head"><h2 id="profile">${t('profile')}</h2></div>
      ${this.error ? html`<p class="note bad" role="alert">${this.error}</p>` : nothing}
      <form class="body" @submit=${this.#save}>
        <p class="second">${me.email}</p>
        <label
          >${t('name')}<input name="name" autocomplete="name" .value=${me.name} maxlength="200" required
        /></label>
        <label>
          ${common('app.language')}
          <select name="language">
            ${languages.map(
              (one) =>
                html`<option value=${one} ?selected=${one === session.language}>
                  ${common(`language.${one}`)}
                </option>`,
            )}
          </select>
        </label>
        <div class="actions"><button ?disabled=${this.busy}>${t('save')}</button></div>
      </form>
      <form class="body" @submit=${this.#changePassword}>
        <h3>${t('password')}</h3>
        <p class="second">${t('password-text')}</p>
        <input name="email" type="email" autocomplete="username" .value=${me.email} hidden />
        <label>
          ${t('password-now')}
          <input name="currentPassword" type="password" autocomplete="current-password" required />
        </label>
        <label>
          ${t('password-new')}
          <input
            name="newPassword"
            type="password"
            autocomplete="new-password"
            aria-describedby="length"
            required
          />
          <span id="length" class="second small">${t('too-short')}</span>
        </label>
        <div class="actions"><button ?disabled=${this.busy}>${t('password-save')}</button></div>
      </form>
    </section>`
  }

  #save = async (event: SubmitEvent) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget as HTMLFormElement)
    await this.run(async () => {
      await call('POST', '/api/auth/update-user', { body: { name: data.get('name') } })
      const language = asLanguage(String(data.get('language')))
      if (language) await useLanguage(language, true)
      session.setModel(await call<ModelView>('GET', '/api/model'))
    }, t('saved'))
  }

  #changePassword = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const { currentPassword, newPassword } = Object.fromEntries(new FormData(form))
    const body = { currentPassword, newPassword }
    if (await this.run(() => call('POST', '/api/auth/change-password', { body }), t('password-saved')))
      form.reset()
  }
}
