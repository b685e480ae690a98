import type { JobView } from '@xrm/sdk/configuration'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { describeError } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { isRunning } from './changeset.ts'
import { t } from './i18n/index.ts'
import './job.element.ts'
import { pageStyles } from './page-styles.ts'

/** Long work of the server: what runs, how far it is, what went wrong. Read again by itself while something runs. */
@customElement('xrm-jobs')
export class JobsElement extends XrmElement {
  static override styles = [XrmElement.styles, pageStyles]

  #jobs = new QueryController<JobView[]>(this, () => ({
    key: ['console', 'jobs'],
    read: async (signal) => (await call<{ items: JobView[] }>('GET', '/api/jobs', { signal })).items,
    every: (jobs) => (jobs?.some(isRunning) ? 1000 : 5000),
  }))

  override render(): TemplateResult {
    const all = this.#jobs.data
    const running = all?.filter(isRunning) ?? []
    const finished = all?.filter((job) => !isRunning(job)) ?? []
    return html`<div class="sheet" @xrm-job-cancelled=${() => void this.#jobs.refetch()}>
      ${this.#jobs.error ? html`<p class="note bad" role="alert">${describeError(this.#jobs.error)}</p>` : nothing}
      ${all ? this.#list(t('jobs.running'), running, t('jobs.none-running')) : nothing}
      ${finished.length > 0 ? this.#list(t('jobs.finished'), finished, '') : nothing}
    </div>`
  }

  #list(title: string, jobs: JobView[], empty: string): TemplateResult {
    return html`<section class="card" aria-label=${title}>
      <div class="head"><h2>${title}</h2></div>
      ${
        jobs.length === 0
          ? html`<p class="empty">${empty}</p>`
          : html`<ul class="rows">
              ${jobs.map((job) => html`<li><xrm-job .job=${job}></xrm-job></li>`)}
            </ul>`
      }
    </section>`
  }
}
