import { html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { formatWhen } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { confirm } from '../shell/confirm.ts'
import { t } from './i18n/index.ts'
import { AccountSection } from './section.ts'
import { addPasskey, canPasskeys } from './webauthn.ts'

interface Passkey {
  id: string
  name: string
  lastUsedAt: string | null
}

/** Passkeys of one's devices. */
@customElement('xrm-passkeys')
export class PasskeysElement extends AccountSection {
  @state() private _adding = false

  #passkeys = new QueryController<{ items: Passkey[] }>(this, () => ({
    key: ['account', 'passkeys'],
    read: (signal) => call('GET', '/api/me/passkeys', { signal }),
  }))

  override render(): TemplateResult {
    const items = this.#passkeys.data?.items ?? []
    return html`<section class="card" aria-labelledby="passkeys">
      <div class="head">
        <h2 id="passkeys" class="grow">${t('passkeys')}</h2>
        ${
          canPasskeys() && !this._adding
            ? html`<button @click=${() => (this._adding = true)}>${t('passkey-add')}</button>`
            : nothing
        }
      </div>
      ${this.error ? html`<p class="note bad" role="alert">${this.error}</p>` : nothing}
      ${
        this._adding
          ? html`<form class="body" @submit=${this.#add}>
              <label>${t('passkey-name')}<input name="name" maxlength="100" required autofocus /></label>
              <div class="actions">
                <button class="primary" ?disabled=${this.busy}>${t('passkey-add')}</button>
                <button type="button" @click=${() => (this._adding = false)}>${t('cancel')}</button>
              </div>
            </form>`
          : nothing
      }
      ${
        items.length === 0
          ? html`<p class="body second">${t('passkeys-text')} ${t('passkeys-none')}</p>`
          : html`<ul class="rows">
              ${items.map(
                (one) =>
                  html`<li class="line">
                    <span class="grow">${one.name}</span>
                    <span class="second small"
                      >${
                        one.lastUsedAt
                          ? t('passkey-used', { when: formatWhen(one.lastUsedAt, currentLocale()) })
                          : t('passkey-unused')
                      }</span
                    >
                    <button
                      class="quiet danger"
                      ?disabled=${this.busy}
                      @click=${() => void this.#remove(one)}
                    >
                      ${t('remove')}
                    </button>
                  </li>`,
              )}
            </ul>`
      }
    </section>`
  }

  #add = async (event: SubmitEvent) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget as HTMLFormElement).get('name'))
    let isAdded = false
    await this.run(async () => {
      isAdded = await addPasskey(name)
      await this.#passkeys.refetch()
    })
    if (isAdded) this._adding = false
    else this.error ||= t('passkey-refused')
  }

  async #remove({ id, name }: Passkey): Promise<void> {
    const yes = await confirm({ title: t('passkeys'), text: t('passkey-remove', { name }), yes: t('remove') })
    if (!yes) return
    await this.run(async () => {
      await call('DELETE', `/api/me/passkeys/${encodeURIComponent(id)}`)
      await this.#passkeys.refetch()
    })
  }
}
