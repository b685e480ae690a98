import {
  breakableKinds,
  type ChangesetView,
  type ConflictView,
  type DataCheck,
  type EditView,
  type IssueView,
  type JobView,
  type PlanView,
} from '@xrm/sdk/configuration'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { ApiError, call, paths } from '../data/client.ts'
import { refreshModel } from '../data/model.ts'
import { QueryController } from '../data/queries.ts'
import { formatInstant } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { confirm } from '../shell/confirm.ts'
import { describeError } from '../shell/errors.ts'
import { router } from '../shell/router.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import { blockedBy, changeCount, changesetIcon, conflictsOf, isRunning, risksOf } from './changeset.ts'
import './conflicts.element.ts'
import type { Choice } from './conflicts.element.ts'
import { DocumentsController } from './controllers.ts'
import { describePlace } from './describe.ts'
import { draft } from './draft.ts'
import { wordsFor } from './edits.element.ts'
import { t } from './i18n/index.ts'
import './issues.element.ts'
import './job.element.ts'
import { count, duration } from './names.ts'
import { pageStyles } from './page-styles.ts'
import './plan.element.ts'
import './values-dialog.element.ts'

/** One changeset: as a draft what it does, what that means for the data, and publishing it; published: what it did, and taking it back. */
@customElement('xrm-changeset')
export class ChangesetElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    pageStyles,
    css`
      .top {
        display: flex;
        flex-wrap: wrap;
        align-items: flex-start;
        gap: 10px 14px;
      }
      .top xrm-icon {
        margin-top: 3px;
      }
      .top h2 {
        font-size: 16px;
      }
      .why {
        max-width: 68ch;
        margin-top: 6px;
        white-space: pre-line;
      }
      .publish {
        display: grid;
        justify-items: end;
        gap: 4px;
        max-width: 280px;
        text-align: end;
      }
      h3 {
        font-size: 13.5px;
      }
    `,
  ]

  @property({ attribute: false }) changesetId = ''
  @state() private _busy = false
  @state() private _values: DataCheck | null = null
  /** Why a revert was refused, place by place. */
  @state() private _conflicts: ConflictView[] = []
  #finished: string | null = null
  #documents = new DocumentsController(this)

  #changeset = new QueryController<ChangesetView>(this, () => ({
    key: [
      'console',
      'changeset',
      this.changesetId,
      this.changesetId === draft.id ? draft.changeset?.edits : null,
    ],
    read: (signal) => call('GET', paths.changeset(this.changesetId), { signal }),
    keep: true,
  }))
  #plan = new QueryController<PlanView>(this, () => ({
    key: ['console', 'plan', this.changesetId, this.#changeset.data?.edits, this.#changeset.data?.values],
    read: (signal) => call('POST', paths.changeset(this.changesetId, '/plan'), { signal }),
    enabled: this.#changeset.data?.status === 'draft' && this.#changeset.data.id === this.changesetId,
    keep: true,
  }))
  #job = new QueryController<JobView>(this, () => {
    const id = this.#changeset.data?.job ?? null
    return {
      key: ['console', 'job', id],
      read: (signal) => call('GET', `/api/jobs/${encodeURIComponent(id ?? '')}`, { signal }),
      enabled: id !== null && this.#changeset.data?.status === 'publishing',
      every: (job) => (isRunning(job) ? 800 : false),
    }
  })

  override updated(): void {
    const job = this.#job.data
    if (!job || this.#changeset.data?.status !== 'publishing' || isRunning(job) || this.#finished === job.id)
      return
    this.#finished = job.id
    void this.#afterJob(job)
  }

  override render(): TemplateResult {
    const one = this.#changeset.data
    if (!one) {
      const { error } = this.#changeset
      return html`<div class="sheet">
        ${error ? html`<p class="note bad" role="alert">${describeError(error)}</p>` : nothing}
      </div>`
    }
    const isDraft = one.status === 'draft'
    const plan = isDraft ? this.#plan.data : undefined
    return html`<div class="sheet">
      ${this.#top(one)}
      ${one.status === 'publishing' && this.#job.data ? html`<xrm-job class="card" .job=${this.#job.data}></xrm-job>` : nothing}
      ${
        isDraft && one.conflicts.length > 0
          ? html`<xrm-conflicts
              .conflicts=${one.conflicts}
              ?upgrade=${one.origin === 'upgrade'}
              @xrm-resolve=${this.#resolve}
            ></xrm-conflicts>`
          : nothing
      }
      ${this._conflicts.length > 0 ? this.#revertConflicts() : nothing}
      ${
        isDraft && this.#issues(one).length > 0
          ? html`<xrm-issues .issues=${this.#issues(one)}></xrm-issues>`
          : nothing
      }
      ${
        isDraft && this.#plan.error
          ? html`<div class="note bad row" role="alert">
              <span class="grow">${t('plan.failed', { reason: describeError(this.#plan.error) })}</span>
              <button @click=${() => void this.#plan.refetch()}>${t('draft.retry')}</button>
            </div>`
          : nothing
      }
      ${
        plan
          ? html`<xrm-plan
              .plan=${plan}
              @xrm-values=${(event: CustomEvent<DataCheck>) => (this._values = event.detail)}
            ></xrm-plan>`
          : isDraft && !this.#plan.error
            ? html`<p class="second" role="status">${t('plan.computing')}</p>`
            : nothing
      }
      <h3>${t('changeset.edits', { count: changeCount(one) })}</h3>
      <xrm-edits .changeset=${one} ?editable=${isDraft} @xrm-take-out=${this.#takeOut}></xrm-edits>
      ${
        this._values
          ? html`<xrm-values-dialog
              .changeset=${one.id}
              .entity=${this._values.entity}
              .field=${this._values.field}
              .rule=${this.#ruleOf(one, this._values)}
              @xrm-close=${this.#valuesDone}
            ></xrm-values-dialog>`
          : nothing
      }
    </div>`
  }

  #top(one: ChangesetView): TemplateResult {
    const who = (one.status === 'published' ? one.publishedBy : one.createdBy)?.name ?? t('changes.system')
    const at = formatInstant(one.publishedAt ?? one.createdAt, currentLocale())
    const chip = { draft: 'blue', publishing: 'amber', published: 'green', discarded: '' }[one.status]
    return html`<div class="top">
      <xrm-icon name=${changesetIcon(one)}></xrm-icon>
      <div class="grow">
        <h2>${one.title} <span class="chip ${chip}">${t(`status.${one.status}`)}</span></h2>
        <p class="second">
          ${t(one.status === 'published' ? 'changeset.published-by' : 'changeset.begun-by', { who, at })}${
            one.version === null ? '' : ` · ${t('changes.version', { version: one.version })}`
          }
          ${one.reverts ? html`· <a href="/admin/changes/${one.reverts}">${t('changeset.reverts')}</a>` : nothing}
          ${one.revertedBy ? html`· <a href="/admin/changes/${one.revertedBy}">${t('changeset.reverted-by')}</a>` : nothing}
        </p>
        ${one.note ? html`<p class="why">${one.note}</p>` : nothing}
      </div>
      ${this.#actions(one)}
    </div>`
  }

  #actions(one: ChangesetView): unknown {
    if (one.status === 'draft') {
      const blocked = this.#plan.data ? blockedBy(one, this.#plan.data, this.#issues(one)) : null
      return html`${
          one.id === draft.id
            ? nothing
            : html`<button @click=${() => draft.use(one.id)}>${t('changeset.work-on')}</button>`
        }
        <div class="publish">
          <button
            class="primary"
            aria-describedby="blocked"
            ?disabled=${this._busy || blocked !== null || !this.#plan.data}
            @click=${() => void this.#publish(one)}
          >
            <xrm-icon name="rocket"></xrm-icon>${t('changeset.publish')}
          </button>
          <span id="blocked" class="second small">${blocked ? t(`blocked.${blocked}`) : ''}</span>
        </div>`
    }
    if (one.status === 'published' && !one.revertedBy && one.createdBy !== null) {
      return html`<button ?disabled=${this._busy} @click=${() => void this.#revert(one)}>
        <xrm-icon name="undo-2"></xrm-icon>${t('changeset.revert')}
      </button>`
    }
    return nothing
  }

  #issues(one: ChangesetView): IssueView[] {
    const planned = this.#plan.data?.issues ?? []
    return one.id === draft.id
      ? [...draft.issues.filter((issue) => issue.code === 'draft.unsaved'), ...planned]
      : planned
  }

  #ruleOf(one: ChangesetView, check: DataCheck) {
    return (
      one.values.find((value) => value.entity === check.entity && value.field === check.field)?.rule ??
      check.rule
    )
  }

  #valuesDone = async () => {
    this._values = null
    await this.#changeset.refetch()
    await this.#plan.refetch()
  }

  #takeOut = async (event: CustomEvent<EditView>) => {
    const { kind, name, title } = event.detail
    const yes = await confirm({
      title: t('edit.take-out-title', { title }),
      text: t('edit.take-out-text'),
      yes: t('edit.take-out'),
    })
    if (!yes) return
    await this.#try(async () => {
      const place = `${encodeURIComponent(kind)}/${encodeURIComponent(name)}`
      await call('DELETE', paths.changeset(this.changesetId, `/edits/${place}`))
      draft.forget(kind, name)
      await draft.touched()
    })
  }

  #resolve = (event: CustomEvent<Choice[]>) =>
    this.#try(async () => {
      await call('POST', paths.changeset(this.changesetId, '/resolve'), { body: { choices: event.detail } })
      await draft.touched()
      await draft.reload()
    })

  async #publish(one: ChangesetView): Promise<void> {
    const plan = this.#plan.data
    if (!plan) return
    const risks = risksOf(plan)
    const lines = [
      t('publish.text', { count: changeCount(one) }),
      ...risks.map(({ risk, amount }) => t(`risk.${risk}`, { count: amount, text: count(amount) })),
      plan.online ? t('publish.online', { duration: duration(plan.seconds) }) : '',
    ]
    const yes = await confirm({
      title: t('publish.title', { title: one.title }),
      text: lines.filter(Boolean).join(' '),
      yes: t('changeset.publish'),
    })
    if (!yes) return
    // Also for one that was broken before: it does not keep other changes back.
    const broken = plan.issues.some((issue) => issue.severity === 'error' && breakableKinds.has(issue.kind))
    const force = broken ? '?force=true' : ''
    await this.#try(async () => {
      const answer = await call<ChangesetView>('POST', paths.changeset(one.id, `/publish${force}`))
      await this.#published(answer)
    })
  }

  async #revert(one: ChangesetView): Promise<void> {
    const yes = await confirm({
      title: t('revert.title', { title: one.title }),
      text: t('revert.text'),
      yes: t('changeset.revert'),
    })
    if (!yes) return
    this._conflicts = []
    await this.#try(async () => {
      try {
        const answer = await call<ChangesetView>('POST', paths.changeset(one.id, '/revert'))
        await this.#published(answer)
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'changeset.conflict') throw error
        this._conflicts = conflictsOf(error.problem.errors ?? [])
      }
    })
  }

  #revertConflicts(): TemplateResult {
    return html`<div class="note" role="alert">
      <p>${t('revert.conflicts')}</p>
      <ul>
        ${this._conflicts.map(({ kind, name, pointer }) => {
          const place = describePlace(kind, pointer, [], wordsFor(kind === 'entity' ? name : null))
          return html`<li>${[this.#documents.title(kind, name), ...place].join(' › ')}</li>`
        })}
      </ul>
    </div>`
  }

  /** A publish is either done, or a job does it. */
  async #published(answer: ChangesetView): Promise<void> {
    if (answer.id === draft.id) draft.leave()
    await draft.touched()
    await draft.reload()
    if (answer.status !== 'publishing') {
      await refreshModel()
      toasts.show(t('publish.done', { title: answer.title }))
    }
    if (answer.id !== this.changesetId) await router.go(`/admin/changes/${answer.id}`)
  }

  async #afterJob(job: JobView): Promise<void> {
    await this.#try(async () => {
      await draft.reload()
      if (job.status === 'done') {
        await refreshModel()
        toasts.show(t('publish.done', { title: this.#changeset.data?.title ?? job.title }))
      } else
        toasts.show(t(job.status === 'cancelled' ? 'publish.cancelled' : 'publish.failed'), { bad: true })
      await this.#changeset.refetch()
    })
  }

  async #try(work: () => Promise<void>): Promise<void> {
    this._busy = true
    try {
      await work()
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
      // What is shown may be what the refusal is about.
      await this.#changeset.refetch()
    } finally {
      this._busy = false
    }
  }
}
