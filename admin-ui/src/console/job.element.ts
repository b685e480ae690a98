import type { JobView } from '@xrm/sdk/configuration'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { formatWhen } from '../i18n/format.ts'
import { translateCode } from '../i18n/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { confirm } from '../shell/confirm.ts'
import { describeError } from '../shell/errors.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import { progressStyles } from '../style/progress.ts'
import { t } from './i18n/index.ts'
import { count } from './names.ts'

const chips = { waiting: '', running: 'blue', done: 'green', failed: 'red', cancelled: 'amber' } as const

/** One job: how far it is, what it is at, and the way to stop it. Fires `xrm-job-cancelled`. */
@customElement('xrm-job')
export class JobElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    progressStyles,
    css`
      :host {
        padding: 10px 14px 12px;
      }
      .row {
        flex-wrap: wrap;
      }
      strong {
        flex: 1 1 200px;
      }
      .note {
        margin-top: 6px;
      }
      progress {
        margin: 8px 0 4px;
      }
    `,
  ]

  @property({ attribute: false }) job!: JobView

  override render(): TemplateResult {
    const { job } = this
    const active = job.status === 'running' || job.status === 'waiting'
    const share = job.total > 0 ? job.done / job.total : null
    return html`<div class="row">
        <strong class="ellipsis">${this.#title(job)}</strong>
        ${
          job.changeset
            ? html`<a class="small" href="/admin/changes/${job.changeset}">${t('jobs.changeset')}</a>`
            : nothing
        }
        <span class="chip ${chips[job.status]}">${t(`job.${job.status}`)}</span>
        ${
          active && job.canCancel
            ? html`<button class="quiet" @click=${() => void this.#cancel()}>${t('jobs.cancel')}</button>`
            : nothing
        }
      </div>
      ${
        !active
          ? nothing
          : share === null
            ? html`<progress aria-label=${this.#title(job)} max="1"></progress>`
            : html`<progress aria-label=${this.#title(job)} max="1" .value=${share}></progress>`
      }
      <p class="second small">
        ${active ? `${job.step} ` : ''}${
          job.total > 0 ? `${count(job.done)} / ${count(job.total)} · ` : job.step && active ? '· ' : ''
        }${job.actor?.name ?? t('changes.system')}
        · ${formatWhen(job.finishedAt ?? job.startedAt ?? job.createdAt, currentLocale())}
      </p>
      ${
        job.error
          ? html`<p class="note bad">
              ${translateCode(job.error.code, job.error.title)}${
                job.error.detail ? `: ${job.error.detail}` : ''
              }
            </p>`
          : nothing
      }`
  }

  async #cancel(): Promise<void> {
    const yes = await confirm({
      title: t('jobs.cancel-title', { title: this.job.title }),
      text: t('jobs.cancel-text'),
      yes: t('jobs.cancel'),
      no: t('jobs.go-on'),
    })
    if (!yes) return
    try {
      await call('POST', `/api/jobs/${encodeURIComponent(this.job.id)}/cancel`)
      this.emit('xrm-job-cancelled', this.job)
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    }
  }

  /** What people started has their words; what happens by itself has ours. */
  #title(job: JobView): string {
    return job.kind === 'indexes' ? t('job.indexes') : job.title
  }
}
