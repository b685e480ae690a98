import type { LinkAnswer } from '@xrm/sdk/access'
import { html, type TemplateResult } from 'lit'
import { formatWhen } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { describeError } from '../shell/errors.ts'
import { toasts } from '../shell/toasts.ts'
import { t } from './i18n/index.ts'

/** What became of a link with which somebody chooses a password: sent, or to be handed over. */
export function linkText({ link, expiresAt }: LinkAnswer): TemplateResult {
  if (link === undefined) return html`<p role="status">${t('user.sent')}</p>`
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link)
      toasts.show(t('copied'))
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    }
  }
  return html`<div role="status">
    <p>${t('user.link', { when: formatWhen(expiresAt, currentLocale()) })}</p>
    <p class="row">
      <code class="link grow">${link}</code><button type="button" @click=${copy}>${t('copy')}</button>
    </p>
  </div>`
}
