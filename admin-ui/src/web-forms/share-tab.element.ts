import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import { inputValue } from '../designer/document-element.ts'
import { describeError } from '../shell/errors.ts'
import { toasts } from '../shell/toasts.ts'
import { t } from './i18n/index.ts'
import { WebFormElement } from './web-form-element.ts'

/** Where a web form is seen: open or closed, its link, the frame for other sites and which these are. */
@customElement('xrm-web-form-share')
export class WebFormShare extends WebFormElement {
  static override styles = [
    WebFormElement.styles,
    css`
      :host {
        display: grid;
        gap: 14px;
        max-width: 760px;
      }
      section {
        display: grid;
        gap: 10px;
        padding: 14px;
      }
      code {
        padding: 7px 10px;
        border-radius: 7px;
        background: var(--hover);
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
    `,
  ].flat()

  override render(): unknown {
    const { body } = this
    if (!body) return nothing
    const link = `${location.origin}/forms/${this.name}`
    const frame = `<iframe src="${link}" title="${body.title.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}" width="100%" height="720"></iframe>`
    return html`<section class="card" aria-label=${t('share.link')}>
        ${this.flagProperty('/open', t('share.open'), { off: false, hint: t('share.open-hint') })}
        ${this.#copied(t('share.link'), link)}
        ${
          body.open
            ? html`<p>
                <a href="/forms/${this.name}" target="_blank" rel="noopener"
                  ><xrm-icon name="external-link" size="14"></xrm-icon> ${t('share.visit')}</a
                >
              </p>`
            : nothing
        }
      </section>
      <section class="card" aria-label=${t('share.frame')}>
        ${this.#copied(t('share.frame'), frame)}
        <p class="hint">${t('share.frame-hint')}</p>
        ${this.property(
          '/origins',
          t('share.sites'),
          (id) =>
            html`<textarea
              id=${id}
              rows="3"
              .value=${Object.keys(body.origins ?? {}).join('\n')}
              @change=${(event: Event) => void this.#sites(inputValue(event))}
            ></textarea>`,
          { hint: t('share.sites-hint') },
        )}
      </section>
      <section class="card" aria-label=${t('share.json')}>
        ${this.#copied(t('share.json'), `${location.origin}/api/forms/${this.name}`)}
        <p class="hint">${t('share.json-hint')}</p>
      </section>`
  }

  #copied(title: string, text: string): TemplateResult {
    return html`<div class="prop">
      <div class="head"><span class="name">${title}</span></div>
      <p class="row">
        <code class="grow mono">${text}</code>
        <button aria-label=${t('copy-of', { name: title })} @click=${() => void copy(text)}>
          <xrm-icon name="copy" size="14"></xrm-icon>${t('copy')}
        </button>
      </p>
    </div>`
  }

  async #sites(text: string): Promise<void> {
    const wanted = new Set(text.split('\n').map((line) => line.trim().replace(/\/$/, '').toLowerCase()))
    wanted.delete('')
    const before = Object.keys(this.body?.origins ?? {})
    const gone = before.filter((site) => !wanted.has(site)).map((site) => [site, null])
    const patch = Object.fromEntries([...gone, ...[...wanted].map((site) => [site, true])])
    await this.edit('/origins', wanted.size > 0 ? patch : null)
  }
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toasts.show(t('copied'))
  } catch (error) {
    toasts.show(describeError(error), { bad: true })
  }
}
