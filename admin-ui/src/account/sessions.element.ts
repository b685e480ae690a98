import type { SessionView } from '@xrm/sdk/access'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
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
  #sessions = new QueryController<{ items: SessionView[] }>(this, () => ({
    key: ['account', 'sessions'],
    read: (signal) => call('GET', '/api/me/sessions', { signal }),
  }))

  override render(): TemplateResult {
    const items = this.#sessions.data?.items ?? []
    return html`<section class="card" aria-labelledby="sessions">
      <div class="head">
        <h2 id="sessions" class="grow">${t('sessions')}</h2>
        ${
          items.length > 1
            ? html`<button ?disabled=${this.busy} @click=${() => void this.#end('')}>
                ${t('sessions-end')}
              </button>`
            : nothing
        }
      </div>
      ${this.error ? html`<p class="note bad" role="alert">${this.error}</p>` : nothing}
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
      await call('DELETE', `/api/me/sessions${which}`)
      await this.#sessions.refetch()
    })
  }
}
