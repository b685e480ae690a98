import { html, nothing, svg, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { encode } from 'uqr'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { t } from './i18n/index.ts'
import { AccountSection } from './section.ts'

interface Factors {
  code: boolean
  passkeys: number
  recoveryLeft: number
}

/** Codes of an app: set up, recovery codes, turned off. Fires `xrm-second-factor` when the recovery codes are kept. */
@customElement('xrm-second-factor')
export class SecondFactorElement extends AccountSection {
  @state() private _begun: { secret: string; url: string } | null = null
  @state() private _recovery: string[] | null = null
  @state() private _proving: 'remove' | 'recovery' | null = null

  #factors = new QueryController<Factors>(this, () => ({
    key: ['account', 'second-factor'],
    read: (signal) => call('GET', '/api/me/second-factor', { signal }),
  }))

  override render(): TemplateResult {
    const factors = this.#factors.data
    return html`<section class="card" aria-labelledby="factor">
      <div class="head">
        <h2 id="factor" class="grow">${t('factor')}</h2>
        ${
          factors
            ? html`<span class="chip ${factors.code ? 'green' : ''}"
                >${t(factors.code ? 'factor-on' : 'factor-off')}</span
              >`
            : nothing
        }
      </div>
      ${this.error ? html`<p class="note bad" role="alert">${this.error}</p>` : nothing}
      ${
        this._recovery
          ? this.#codes(this._recovery)
          : this._begun
            ? this.#confirming(this._begun)
            : factors
              ? this.#present(factors)
              : nothing
      }
    </section>`
  }

  #present({ code, recoveryLeft }: Factors): TemplateResult {
    const prove = (what: 'remove' | 'recovery') => () => (this._proving = what)
    if (!code)
      return html`<div class="body">
        <p class="second">${t('factor-text')}</p>
        <p class="actions">
          <button ?disabled=${this.busy} @click=${() => void this.run(this.#begin)}>
            ${t('factor-begin')}
          </button>
        </p>
      </div>`
    if (this._proving)
      return html`<form class="body" @submit=${this.#prove}>
        <label
          >${t('factor-prove')}<input name="code" autocomplete="one-time-code" required autofocus
        /></label>
        <div class="actions">
          <button class="primary" ?disabled=${this.busy}>
            ${t(this._proving === 'remove' ? 'factor-remove' : 'factor-renew')}
          </button>
          <button type="button" @click=${() => (this._proving = null)}>${t('cancel')}</button>
        </div>
      </form>`
    return html`<div class="body">
      <p class="second">${t('recovery-left', { count: recoveryLeft })}</p>
      <p class="actions">
        <button @click=${prove('recovery')}>${t('factor-renew')}</button>
        <button class="danger" @click=${prove('remove')}>${t('factor-remove')}</button>
      </p>
    </div>`
  }

  #confirming({ secret, url }: { secret: string; url: string }): TemplateResult {
    const { data, size } = encode(url, { border: 0 })
    const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
    return html`<form class="body" @submit=${this.#confirm}>
      <p>${t('factor-scan')}</p>
      <svg
        class="qr"
        role="img"
        aria-label=${t('factor-qr')}
        viewBox="0 0 ${size} ${size}"
        shape-rendering="crispEdges"
      >
        ${svg`<path d=${path} fill="#000" />`}
      </svg>
      <p class="second small">${t('factor-secret')} <code>${secret.replaceAll(/.{4}(?=.)/g, '$& ')}</code></p>
      <label>
        ${t('factor-code')}
        <input name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus />
      </label>
      <div class="actions">
        <button class="primary" ?disabled=${this.busy}>${t('factor-confirm')}</button>
        <button type="button" @click=${() => (this._begun = null)}>${t('cancel')}</button>
      </div>
    </form>`
  }

  #codes(codes: readonly string[]): TemplateResult {
    return html`<div class="body">
      <h3>${t('recovery-title')}</h3>
      <p class="second">${t('recovery-text')}</p>
      <ul class="codes">
        ${codes.map((code) => html`<li><code>${code}</code></li>`)}
      </ul>
      <p class="actions">
        <button
          @click=${() => void this.run(() => navigator.clipboard.writeText(codes.join('\n')), t('copied'))}
        >
          ${t('copy')}
        </button>
        <button class="primary" @click=${this.#kept}>${t('recovery-kept')}</button>
      </p>
    </div>`
  }

  #begin = async () => {
    this._begun = await call('POST', '/api/me/second-factor', { body: {} })
  }

  #confirm = async (event: SubmitEvent) => {
    event.preventDefault()
    const body = Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement))
    await this.run(async () => {
      const { recovery } = await call<{ recovery: string[] }>('POST', '/api/me/second-factor/confirm', {
        body,
      })
      this._begun = null
      this._recovery = recovery
      await this.#factors.refetch()
    })
  }

  #prove = async (event: SubmitEvent) => {
    event.preventDefault()
    const body = Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement))
    await this.run(async () => {
      const path = `/api/me/second-factor/${this._proving}`
      const answer = await call<{ recovery: string[] } | null>('POST', path, { body })
      this._recovery = answer?.recovery ?? null
      this._proving = null
      await this.#factors.refetch()
    })
  }

  #kept = () => {
    this._recovery = null
    this.emit('xrm-second-factor')
  }
}
