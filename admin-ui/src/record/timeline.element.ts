import type { ChangeActor, ChangeView, EntityView, TimelineAnswer, TimelineEntry } from '@xrm/sdk/api'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { call, paths } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { session } from '../data/session.ts'
import { showValue } from '../fields/index.ts'
import { formatWhen } from '../i18n/format.ts'
import { t } from '../i18n/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { label } from '../model/labels.ts'
import { t as tRuns } from '../runs/i18n/index.ts'
import { runPath } from '../runs/run-texts.ts'
import { describeError } from '../shell/errors.ts'
import { recordPath } from '../shell/paths.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import { placeMenu } from '../style/menu.ts'
import { changedFields, entryIcon } from './timeline-entries.ts'
import { timelineStyles } from './timeline.styles.ts'

/** What is planned and what happened with a record, newest first. */
@customElement('xrm-timeline')
export class TimelineElement extends XrmElement {
  static override styles = [XrmElement.styles, timelineStyles]

  @property({ attribute: false }) entity!: EntityView
  @property({ attribute: false }) recordId = ''
  @property({ attribute: false }) display = ''
  @state() private _older: TimelineEntry[] = []
  @state() private _next: string | null | undefined = undefined

  #timeline = new QueryController<TimelineAnswer>(this, () => ({
    key: ['around', this.entity.name, this.recordId, 'timeline'],
    read: (signal) => {
      this._older = []
      this._next = undefined
      return call('GET', `${paths.record(this.entity.name, this.recordId)}/timeline`, { signal })
    },
    enabled: this.recordId !== '',
  }))

  override render(): TemplateResult {
    const { data, error } = this.#timeline
    const next = this._next === undefined ? (data?.next ?? null) : this._next
    const items = [...(data?.items ?? []), ...this._older]
    return html`<section class="card" aria-label=${t('timeline.title')}>
      <header>
        <h2>${t('timeline.title')}</h2>
        <span class="grow"></span>
        ${this.#addMenu()}
      </header>
      ${error ? html`<p class="error" role="alert">${describeError(error)}</p>` : nothing}
      ${
        data && data.planned.length > 0
          ? html`<h3>${t('timeline.planned')}</h3>
              <ol>
                ${data.planned.map((entry) => this.#entry(entry))}
              </ol>`
          : nothing
      }
      ${data && data.planned.length > 0 && items.length > 0 ? html`<h3>${t('timeline.past')}</h3>` : nothing}
      <ol>
        ${items.map((entry) => this.#entry(entry))}
      </ol>
      ${data && items.length + data.planned.length === 0 ? html`<p class="second small">${t('timeline.empty')}</p>` : nothing}
      ${next === null ? nothing : html`<button class="link small" @click=${() => void this.#more(next)}>${t('timeline.more')}</button>`}
    </section>`
  }

  #addMenu(): unknown {
    if (!this.entity.activities) return nothing
    const kinds = Object.values(session.model.entities).filter(
      (entity) => entity.timeline && entity.can.create,
    )
    const [only] = kinds
    if (!only) return nothing
    if (kinds.length === 1) {
      return html`<button class="quiet" @click=${() => this.#add(only)}>
        <xrm-icon name="plus" size="14"></xrm-icon>${label(only)}
      </button>`
    }
    return html`<button class="quiet" popovertarget="add">
        <xrm-icon name="plus" size="14"></xrm-icon>${t('timeline.add')}
      </button>
      <div id="add" class="menu" popover @toggle=${placeMenu}>
        ${kinds.map(
          (entity) =>
            html`<button popovertarget="add" popovertargetaction="hide" @click=${() => this.#add(entity)}>
              <xrm-icon name=${entity.icon}></xrm-icon>${label(entity)}
            </button>`,
        )}
      </div>`
  }

  #add(entity: EntityView): void {
    const regarding = entity.timeline?.regarding
    const field = regarding === undefined ? undefined : entity.fields[regarding]
    if (!field) return
    const reference = `${this.entity.name}/${this.recordId}`
    this.emit('xrm-add', { entity, preset: { [field.name]: field.multiple ? [reference] : reference } })
  }

  #entry(entry: TimelineEntry): TemplateResult {
    return html`<li>
      <span class="mark"><xrm-icon name=${entryIcon(session.model, entry)} size="13"></xrm-icon></span>
      <div class="grow">
        <div class="text">${this.#text(entry)}</div>
        <div class="second small">
          ${formatWhen(entry.at, currentLocale())}${entry.actor ? ` · ${nameOf(entry.actor)}` : ''}${entry.change?.cause.kind === 'web-form' ? ` · ${t('timeline.web-form', { name: entry.change.cause.ref ?? '' })}` : ''}
        </div>
      </div>
    </li>`
  }

  #text(entry: TimelineEntry): unknown {
    if (entry.type === 'activity' && entry.entity) {
      return html`<a href=${recordPath(entry.entity, entry.id)}>${entry.display ?? ''}</a>`
    }
    if (entry.type === 'conversion' && entry.run) {
      const { run } = entry
      const targets = run.targets.flatMap(({ record }) => (record ? [record] : []))
      const from = run.source.id === this.recordId
      const shown = from ? targets : [run.source]
      const what = from ? t('timeline.converted-to') : t('timeline.converted-from')
      return html`<a href=${runPath(run.id)}
          >${run.status === 'declined' ? tRuns('status.declined') : what}</a
        >
        ${shown.map((record, index) => [
          index > 0 ? ', ' : '',
          record.display === null
            ? t('conversions.hidden')
            : html`<a href=${recordPath(record.entity, record.id)}>${record.display}</a>`,
        ])}
        ${run.status === 'reversed' ? html`<span class="chip amber">${tRuns('status.reversed')}</span>` : nothing}`
    }
    return entry.change ? this.#change(entry.change) : ''
  }

  #change(change: ChangeView): unknown {
    if (change.action === 'create') return t('timeline.created')
    if (change.action === 'delete') return t('timeline.deleted')
    if (change.action === 'restore') return t('timeline.restored')
    const fields = changedFields(this.entity, change)
    if (fields.length === 0) return t('timeline.updated')
    const locale = currentLocale()
    return fields.map(({ field, before, after }) => {
      const show = (value: unknown, record: Record<string, unknown>) => {
        const shown = showValue(value, { field, path: field.name, record, locale })
        return shown === '' ? html`<span class="second">${t('timeline.nothing')}</span>` : shown
      }
      if (change.erased?.includes(field.name))
        return html`<div>${label(field)}: <span class="second">${t('timeline.erased')}</span></div>`
      return html`<div>${label(field)}: ${show(before, change.before)} → ${show(after, change.after)}</div>`
    })
  }

  async #more(after: string): Promise<void> {
    try {
      const path = `${paths.record(this.entity.name, this.recordId)}/timeline?${new URLSearchParams({ after })}`
      const answer = await call<TimelineAnswer>('GET', path)
      this._older = [...this._older, ...answer.items]
      this._next = answer.next
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    }
  }
}

/** Who did it, and who was in their place. */
function nameOf({ name, impersonator }: ChangeActor): string {
  return impersonator ? t('timeline.in-place', { name, impersonator: impersonator.name }) : name
}
