import type { ApiKeyView } from '@xrm/sdk/access'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { session } from '../data/session.ts'
import { formatWhen } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { pluralLabel } from '../model/labels.ts'
import { confirm } from '../shell/confirm.ts'
import { t } from './i18n/index.ts'
import { AccountSection } from './section.ts'

/** Keys for programs. Only the person themselves makes one. */
@customElement('xrm-api-keys')
export class ApiKeysElement extends AccountSection {
  /** Id of a user, for administrators; null: one's own. */
  @property({ attribute: false }) of: string | null = null
  @state() private _making = false
  @state() private _made: string | null = null

  #keys = new QueryController<{ items: ApiKeyView[] }>(this, () => ({
    key: ['account', 'api-keys', this.of],
    read: (signal) => call('GET', this.#path, { signal }),
  }))

  get #path(): string {
    return this.of === null ? '/api/me/api-keys' : `/api/users/${encodeURIComponent(this.of)}/api-keys`
  }

  override render(): TemplateResult {
    const items = this.#keys.data?.items ?? []
    return html`<section class="card" aria-labelledby="keys">
      <div class="head">
        <h2 id="keys" class="grow">${t('keys')}</h2>
        ${this._making || this.of !== null ? nothing : html`<button @click=${() => (this._making = true)}>${t('key-new')}</button>`}
      </div>
      ${this.error ? html`<p class="note bad" role="alert">${this.error}</p>` : nothing}
      ${this._made ? this.#shown(this._made) : nothing} ${this._making ? this.#form() : nothing}
      ${
        items.length === 0
          ? html`<p class="body second">${this.of === null ? `${t('keys-text')} ` : ''}${t('keys-none')}</p>`
          : html`<ul class="rows">
              ${items.map((one) => this.#row(one))}
            </ul>`
      }
    </section>`
  }

  #shown(key: string): TemplateResult {
    return html`<div class="body" role="status">
      <p>${t('key-made')}</p>
      <p><code>${key}</code></p>
      <p class="actions">
        <button @click=${() => void this.run(() => navigator.clipboard.writeText(key), t('copied'))}>
          ${t('copy')}
        </button>
      </p>
    </div>`
  }

  #row(one: ApiKeyView): TemplateResult {
    const when = (at: string) => ({ when: formatWhen(at, currentLocale()) })
    const isOver = one.expiresAt !== null && Date.parse(one.expiresAt) < Date.now()
    const { access, entities } = one.scopes
    return html`<li class="line">
      <span class="grow">
        <strong>${one.name}</strong> <code>${one.start}…</code>
        <span class="second small">
          ${t(access === 'read' ? 'key-read' : 'key-write')}${entities ? `: ${entities.map(nameOf).join(', ')}` : ''}
        </span>
      </span>
      <span class="second small">
        ${one.lastUsedAt ? t('key-used', when(one.lastUsedAt)) : t('key-unused')}
        ${one.expiresAt ? ` · ${t(isOver ? 'key-ended' : 'key-ends', when(one.expiresAt))}` : ''}
      </span>
      <button class="quiet danger" ?disabled=${this.busy} @click=${() => void this.#remove(one)}>
        ${t('remove')}
      </button>
    </li>`
  }

  #form(): TemplateResult {
    const entities = Object.values(session.model.entities).toSorted((a, b) =>
      pluralLabel(a).localeCompare(pluralLabel(b)),
    )
    return html`<form class="body" @submit=${this.#make}>
      <label>${t('key-name')}<input name="name" maxlength="100" required autofocus /></label>
      <label>
        ${t('key-access')}
        <select name="access">
          <option value="read">${t('key-read')}</option>
          <option value="write">${t('key-write')}</option>
        </select>
      </label>
      <fieldset>
        <legend>${t('key-entities')}</legend>
        <p class="second small">${t('key-all')}</p>
        <div class="several">
          ${entities.map(
            (entity) =>
              html`<label class="row"
                ><input type="checkbox" name="entities" value=${entity.name} />${pluralLabel(entity)}</label
              >`,
          )}
        </div>
      </fieldset>
      <label
        >${t('key-days')}<input name="days" type="number" min="1" max="3650" value="365" required
      /></label>
      <div class="actions">
        <button class="primary" ?disabled=${this.busy}>${t('key-make')}</button>
        <button type="button" @click=${() => (this._making = false)}>${t('cancel')}</button>
      </div>
    </form>`
  }

  #make = async (event: SubmitEvent) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget as HTMLFormElement)
    const entities = data.getAll('entities')
    const scopes = { access: data.get('access'), ...(entities.length > 0 ? { entities } : {}) }
    const body = { name: data.get('name'), scopes, days: Number(data.get('days')) }
    await this.run(async () => {
      this._made = (await call<{ key: string }>('POST', '/api/me/api-keys', { body })).key
      this._making = false
      await this.#keys.refetch()
    })
  }

  async #remove({ id, name }: ApiKeyView): Promise<void> {
    const yes = await confirm({ title: t('keys'), text: t('key-remove', { name }), yes: t('remove') })
    if (!yes) return
    await this.run(async () => {
      await call('DELETE', `${this.#path}/${id}`)
      await this.#keys.refetch()
    })
  }
}

function nameOf(entity: string): string {
  const known = session.entity(entity)
  return known ? pluralLabel(known) : entity
}
