import type { SessionView } from '@xrm/sdk/access'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { formatWhen } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { t } from './i18n/index.ts'
import { AccountSection } from './section.ts'
import { programOf } from './user-agent.ts'

/** Where one is signed in, and ending it. */
@customElement('xrm-sessions')
export class SessionsElement extends AccountSection {
  /** Id of a user, for administrators; null: one's own. */
  @property({ attribute: false }) of: string | null = null

  #sessions = new QueryController<{ items: SessionView[] }>(this, () => ({
    key: ['account', 'sessions', this.of],
    read: (signal) => call('GET', this.#path, { signal }),
  }))

  get #path(): string {
    return this.of === null ? '/api/me/sessions' : `/api/users/${encodeURIComponent(this.of)}/sessions`
  }

  override render(): TemplateResult {
    const items = this.#sessions.data?.items ?? []
    return html`<section class="card" aria-labelledby="sessions">
      <div class="head">
        <h2 id="sessions" class="grow">${t(this.of === null ? 'sessions' : 'sessions-of')}</h2>
        ${
          items.some((one) => !one.current) && (items.length > 1 || this.of !== null)
            ? html`<button ?disabled=${this.busy} @click=${() => void this.#end('')}>
                ${t(this.of === null ? 'sessions-end' : 'sessions-end-all')}
              </button>`
            : nothing
        }
      </div>
      ${this.error ? html`<p class="note bad" role="alert">${this.error}</p>` : nothing}
      ${this.#sessions.data && items.length === 0 ? html`<p class="body second">${t('sessions-none')}</p>` : nothing}
      <ul class="rows">
        ${items.map(
          (one) =>
            html`<li class="line">
              <span class="grow">
                <strong>${programOf(one.userAgent) ?? t('session-unknown')}</strong>
                <span class="second">${one.address ?? ''}</span>
                ${
                  one.impersonatedBy
                    ? html`<span class="chip amber"
                        >${t('session-by', { name: one.impersonatedBy.name })}</span
                      >`
                    : nothing
                }
              </span>
              <span class="second small"
                >${t('session-seen', { when: formatWhen(one.lastSeenAt, currentLocale()) })}</span
              >
              ${
                one.current
                  ? html`<span class="chip green">${t('session-here')}</span>`
                  : html`<button
                      class="quiet danger"
                      ?disabled=${this.busy}
                      @click=${() => void this.#end(`/${one.id}`)}
                    >
                      ${t('end')}
                    </button>`
              }
            </li>`,
        )}
      </ul>
    </section>`
  }

  async #end(which: string): Promise<void> {
    await this.run(async () => {
      await call('DELETE', `${this.#path}${which}`)
      await this.#sessions.refetch()
    })
  }
}
