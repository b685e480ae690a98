import type { ChangesetView, JobView, RetiredView } from '@xrm/sdk/configuration'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { listRecords } from '../data/records.ts'
import { session } from '../data/session.ts'
import { formatWhen } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { label } from '../model/labels.ts'
import { describeError } from '../shell/errors.ts'
import { listPath } from '../shell/paths.ts'
import { XrmElement } from '../style/element.ts'
import { changesetIcon, isRunning } from './changeset.ts'
import { DocumentsController, followDraft } from './controllers.ts'
import { draft } from './draft.ts'
import { t } from './i18n/index.ts'
import './issues.element.ts'
import './job.element.ts'
import { count } from './names.ts'
import { pageStyles } from './page-styles.ts'
import { documentPath } from './pages.ts'

type Items<T> = { items: T[] }

/** What there is and what goes on: entities with their records, conversions, roles, drafts, jobs, the last changes. */
@customElement('xrm-overview')
export class OverviewElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    pageStyles,
    css`
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 3fr) minmax(280px, 2fr);
        align-items: start;
        gap: 18px;
      }
      .column {
        display: grid;
        gap: 18px;
        min-width: 0;
      }
      .line {
        min-height: 38px;
      }
      .name {
        color: inherit;
        font-weight: 550;
      }
      li.line a:not(:hover) {
        text-decoration: none;
      }
      .records {
        color: var(--text-2);
        font-variant-numeric: tabular-nums;
      }
      @media (max-width: 980px) {
        .columns {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ]

  constructor() {
    super()
    followDraft(this)
  }

  #documents = new DocumentsController(this)
  #changesets = new QueryController<ChangesetView[]>(this, () => ({
    key: ['console', 'changesets'],
    read: async (signal) => (await call<Items<ChangesetView>>('GET', '/api/changesets', { signal })).items,
  }))
  #jobs = new QueryController<JobView[]>(this, () => ({
    key: ['console', 'jobs'],
    read: async (signal) => (await call<Items<JobView>>('GET', '/api/jobs', { signal })).items,
    every: (jobs) => (jobs?.some(isRunning) ? 1000 : false),
  }))
  #retired = new QueryController<RetiredView[]>(this, () => ({
    key: ['console', 'retired'],
    read: async (signal) =>
      (await call<Items<RetiredView>>('GET', '/api/documents/retired', { signal })).items,
  }))
  #counts = new QueryController<Record<string, { value: number; capped: boolean }>>(this, () => ({
    key: ['around', 'counts', session.model.version],
    read: async (signal) => {
      const names = Object.keys(session.model.entities)
      const counts = names.map(async (name) => {
        const answer = await listRecords(name, { fields: ['id'], limit: 1, count: 'capped' }, signal)
        return [name, answer.count ?? { value: 0, capped: false }] as const
      })
      return Object.fromEntries(await Promise.all(counts))
    },
  }))

  override render(): TemplateResult {
    const all = this.#changesets.data ?? []
    const waiting = all.filter((one) => one.status === 'draft' && one.origin === 'upgrade')
    const drafts = all.filter(
      (one) => ['draft', 'publishing'].includes(one.status) && one.origin !== 'upgrade',
    )
    const published = all.filter((one) => one.status === 'published').slice(0, 6)
    const running = (this.#jobs.data ?? []).filter(isRunning)
    const failed = [this.#changesets, this.#jobs, this.#retired, this.#counts].flatMap(
      ({ error }) => error ?? [],
    )
    return html`<div class="sheet">
      ${failed.map((error) => html`<p class="note bad" role="alert">${describeError(error)}</p>`)}
      ${draft.issues.length > 0 ? html`<xrm-issues .issues=${draft.issues}></xrm-issues>` : nothing}
      <div class="columns">
        <div class="column">${this.#entities()} ${this.#conversions()} ${this.#roles()}</div>
        <div class="column">
          ${
            running.length > 0
              ? html`<section class="card" aria-label=${t('jobs.running')}>
                  <div class="head">
                    <h2 class="grow">${t('jobs.running')}</h2>
                    <a href="/admin/jobs">${t('section.jobs')}</a>
                  </div>
                  ${running.map((job) => html`<xrm-job .job=${job}></xrm-job>`)}
                </section>`
              : nothing
          }
          ${waiting.length > 0 ? this.#changes(t('changes.upgrades'), waiting) : nothing}
          ${this.#changes(t('changes.drafts'), drafts, t('changes.no-drafts'))}
          ${this.#changes(t('overview.last'), published, t('changes.none-published'))} ${this.#kept()}
        </div>
      </div>
    </div>`
  }

  #entities(): TemplateResult {
    const items = this.#documents.of('entity')
    const order = (name: string) => session.entity(name)?.order ?? 1e9
    return html`<section class="card" aria-label=${t('section.entities')}>
      <div class="head">
        <h2>${t('section.entities')}</h2>
        <span class="second small grow">${items.length}</span>
        <a href="/admin/entities">${t('overview.all')}</a>
      </div>
      <ul class="rows">
        ${items
          .toSorted((a, b) => order(a.name) - order(b.name) || a.name.localeCompare(b.name))
          .map((one) => {
            const known = session.entity(one.name)
            const records = this.#counts.data?.[one.name]
            return html`<li class="line">
              <xrm-icon name=${known?.icon ?? 'square'}></xrm-icon>
              <a class="name grow ellipsis" href=${documentPath('entity', one.name)}>${label(one)}</a>
              ${one.draft ? html`<span class="chip blue">${t(`documents.${one.draft}`)}</span>` : nothing}
              ${
                known && records !== undefined
                  ? html`<a class="records small" href=${listPath(one.name)}
                      >${t('overview.records', { count: records.value, text: `${count(records.value)}${records.capped ? '+' : ''}` })}</a
                    >`
                  : nothing
              }
            </li>`
          })}
      </ul>
    </section>`
  }

  #conversions(): unknown {
    const all = Object.values(session.model.entities).flatMap((entity) => entity.conversions)
    if (all.length === 0) return nothing
    const name = (entity: string) => {
      const known = session.entity(entity)
      return known ? label(known) : entity
    }
    return html`<section class="card" aria-label=${t('overview.conversions')}>
      <div class="head">
        <h2>${t('overview.conversions')}</h2>
        <span class="second small">${all.length}</span>
      </div>
      <ul class="rows">
        ${all.map(
          (one) =>
            html`<li>
              <a class="line" href=${documentPath('conversion', one.name)}>
                <xrm-icon name=${one.icon}></xrm-icon>
                <span class="grow"
                  ><span class="name">${label(one)}</span>
                  <span class="second small"
                    >${name(one.source)} → ${one.targets.map((target) => label(target)).join(', ')}</span
                  ></span
                >
                ${one.broken ? html`<span class="chip red" title=${one.broken}>${t('overview.broken')}</span>` : nothing}
              </a>
            </li>`,
        )}
      </ul>
    </section>`
  }

  #roles(): unknown {
    const roles = this.#documents.of('role')
    if (roles.length === 0) return nothing
    return html`<section class="card" aria-label=${t('overview.roles')}>
      <div class="head">
        <h2>${t('overview.roles')}</h2>
        <span class="second small">${roles.length}</span>
      </div>
      <ul class="rows">
        ${roles.map(
          (one) =>
            html`<li>
              <a class="line" href=${documentPath('role', one.name)}
                ><xrm-icon name="key-round"></xrm-icon><span class="name">${label(one)}</span
                ><code class="second">${one.name}</code></a
              >
            </li>`,
        )}
      </ul>
    </section>`
  }

  #changes(title: string, items: ChangesetView[], empty = ''): TemplateResult {
    return html`<section class="card" aria-label=${title}>
      <div class="head">
        <h2 class="grow">${title}</h2>
        <a href="/admin/changes">${t('overview.all')}</a>
      </div>
      ${
        items.length === 0
          ? html`<p class="body second">${this.#changesets.data ? empty : ''}</p>`
          : html`<ul class="rows">
              ${items.map(
                (one) =>
                  html`<li>
                    <a class="line" href="/admin/changes/${one.id}">
                      <xrm-icon name=${changesetIcon(one)}></xrm-icon>
                      <span class="grow"
                        ><span class="name">${one.title}</span><br /><span class="second small"
                          >${(one.publishedBy ?? one.createdBy)?.name ?? t('changes.system')} ·
                          ${t('changes.documents', { count: one.edits.length })} ·
                          ${formatWhen(one.publishedAt ?? one.createdAt, currentLocale())}</span
                        ></span
                      >
                    </a>
                  </li>`,
              )}
            </ul>`
      }
    </section>`
  }

  #kept(): unknown {
    const retired = this.#retired.data ?? []
    if (retired.length === 0) return nothing
    return html`<a class="card line" href="/admin/retired"
      ><xrm-icon name="archive-restore"></xrm-icon
      ><span>${t('overview.retired', { count: retired.length })}</span></a
    >`
  }
}
