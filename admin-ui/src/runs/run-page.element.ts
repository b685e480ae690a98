import type { RecordRef, RunView } from '@xrm/sdk/api'
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { pageStyles } from '../console/page-styles.ts'
import { ApiError, call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { nameOf } from '../data/names.ts'
import { session } from '../data/session.ts'
import { formatInstant } from '../i18n/format.ts'
import { translateCode } from '../i18n/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { label } from '../model/labels.ts'
import { describeError, describeItem } from '../shell/errors.ts'
import { recordPath } from '../shell/paths.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import './reverse-dialog.element.ts'
import {
  childText,
  isReversible,
  originText,
  rateText,
  statusChips,
  targetTitle,
  valueText,
  wayText,
} from './run-texts.ts'
import { runStyles } from './run.styles.ts'

/** One run: what came from where, field by field, by whom and how; and the way back. */
@customElement('xrm-run-page')
export class RunPageElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    pageStyles,
    runStyles,
    css`
      td:nth-child(3) {
        color: var(--text-2);
      }
    `,
  ]

  @property({ attribute: false }) runId = ''
  @state() private _reversing = false

  #run = new QueryController<RunView>(this, () => ({
    key: ['around', 'run', this.runId],
    read: (signal) => call('GET', `/api/conversions/runs/${encodeURIComponent(this.runId)}`, { signal }),
  }))

  #names = new QueryController<Map<string, string>>(this, () => ({
    key: ['around', 'run', this.runId, 'names', this.#run.data?.status],
    read: () => readNames(this.#run.data!),
    enabled: this.#run.data !== undefined,
  }))

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('runId')) this._reversing = false
  }

  override render(): TemplateResult {
    const run = this.#run.data
    const { error } = this.#run
    if (!run) {
      document.title = `${t('title')} · XRM`
      const gone = error instanceof ApiError && error.status === 404
      return html`<div class="empty" role=${error ? 'alert' : 'status'}>
        ${error ? (gone ? translateCode(error.code, error.message) : describeError(error)) : nothing}
      </div>`
    }
    document.title = `${label(run)}: ${run.source.display ?? ''} · XRM`
    return html`<header>
        <h1 class="ellipsis">${label(run)}: ${run.source.display ?? t('hidden')}</h1>
        <span class="chip ${statusChips[run.status]}" role="status">${t(`status.${run.status}`)}</span>
        <div class="end">
          ${
            isReversible(run)
              ? html`<button @click=${() => (this._reversing = true)}>
                  <xrm-icon name="undo-2"></xrm-icon><span>${t('reverse')}</span>
                </button>`
              : nothing
          }
        </div>
      </header>
      <div class="sheet">
        ${this.#about(run)}
        ${run.status === 'declined' ? html`<p class="note">${t('declined')}</p>` : nothing}
        ${run.targets.map((target) => this.#target(run, target))} ${this.#children(run)} ${this.#notes(run)}
      </div>
      ${
        this._reversing
          ? html`<xrm-reverse-dialog
              .run=${run}
              @xrm-close=${() => (this._reversing = false)}
              @xrm-reversed=${() => void this.#run.refetch()}
            ></xrm-reverse-dialog>`
          : nothing
      }`
  }

  #about(run: RunView): TemplateResult {
    const locale = currentLocale()
    const line = (name: string, value: unknown) =>
      html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`
    return html`<section class="card body" aria-label=${label(run)}>
      <dl class="about">
        ${line(t('source'), recordLink(run.source))} ${line(t('who'), run.actor?.name ?? t('system'))}
        ${line(t('when'), formatInstant(run.at, locale))} ${line(t('how'), wayText(run))}
        ${line(t('version'), this.#version(run))}
        ${
          run.reversibleUntil === null || run.status !== 'standing'
            ? nothing
            : line(
                isReversible(run) ? t('until') : t('until.over'),
                formatInstant(run.reversibleUntil, locale),
              )
        }
        ${
          run.reversed
            ? line(
                t('reversed-at'),
                t('by-whom', {
                  when: formatInstant(run.reversed.at, locale),
                  name: run.reversed.by?.name ?? t('system'),
                }),
              )
            : nothing
        }
      </dl>
    </section>`
  }

  #version(run: RunView): unknown {
    const text = t('version.text', { version: run.version })
    if (!session.model.me.administer) return text
    const href = `/admin/conversions/${encodeURIComponent(run.conversion)}/versions?model=${run.version}`
    return html`<a href=${href}>${text}</a>`
  }

  #target(run: RunView, target: RunView['targets'][number]): TemplateResult {
    const { record, action, fields } = target
    const title = targetTitle(run, target.key)
    const entity = record ? session.entity(record.entity) : undefined
    const names = this.#names.data ?? new Map<string, string>()
    const rows = fields.toSorted(
      (a, b) => (entity?.fields[a.field]?.order ?? 1e9) - (entity?.fields[b.field]?.order ?? 1e9),
    )
    return html`<section class="card" aria-label=${title}>
      <div class="head">
        <xrm-icon name=${entity?.icon ?? 'file'}></xrm-icon>
        <h2>${title}</h2>
        <span class="chip ${{ create: 'green', link: 'blue', skip: '' }[action]}"
          >${t(`action.${action}`)}</span
        >
        ${record ? recordLink(record) : nothing}
      </div>
      ${
        action === 'skip' || rows.length === 0
          ? action === 'link'
            ? html`<p class="body second">${t('unchanged')}</p>`
            : nothing
          : html`<div class="scroll" tabindex="0" role="group" aria-label=${title}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">${t('field')}</th>
                    <th scope="col">${t('from')}</th>
                    <th scope="col">${t('before')}</th>
                    <th scope="col">${t('after')}</th>
                  </tr>
                </thead>
                <tbody>
                  ${rows.map(({ field: name, from, before, after, rate }) => {
                    const field = entity?.fields[name]
                    return html`<tr>
                      <th scope="row">${field ? label(field) : name}</th>
                      <td>${originText(run, from)}</td>
                      <td>${valueText(field, before, names)}</td>
                      <td>
                        ${valueText(field, after, names)}
                        ${rate ? html`<span class="second small">${rateText(rate)}</span>` : nothing}
                      </td>
                    </tr>`
                  })}
                </tbody>
              </table>
            </div>`
      }
    </section>`
  }

  #children(run: RunView): unknown {
    const children = run.children.filter(({ count }) => count > 0)
    if (children.length === 0) return nothing
    return html`<section class="card body" aria-label=${t('children')}>
      <h2>${t('children')}</h2>
      <ul>
        ${children.map((child) => html`<li>${childText(child)}</li>`)}
      </ul>
    </section>`
  }

  #notes(run: RunView): unknown {
    if (run.notes.length === 0) return nothing
    return html`<section class="card body" aria-label=${t('notes')}>
      <h2>${t('notes')}</h2>
      <ul>
        ${run.notes.map((note) => {
          const at = placeOf(run, note.pointer)
          return html`<li>${at === '' ? '' : html`<strong>${at}</strong>: `}${describeItem(note)}</li>`
        })}
      </ul>
    </section>`
  }
}

function recordLink(record: RecordRef): TemplateResult {
  if (record.display === null) return html`<span class="second">${t('hidden')}</span>`
  return html`<a class="record ellipsis" href=${recordPath(record.entity, record.id)}>${record.display}</a>`
}

/** `#/targets/account/values/name` → "Account › Name"; `#/company` → "Company". */
function placeOf(run: RunView, pointer: string): string {
  const parts = pointer
    .replace(/^#\/?/, '')
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const fieldLabel = (entity: string | undefined, name: string) => {
    const field = session.entity(entity ?? '')?.fields[name]
    return field ? label(field) : name
  }
  if (parts[0] === 'targets' && parts[1] !== undefined) {
    const entity = run.targets.find(({ key }) => key === parts[1])?.record?.entity
    const title = targetTitle(run, parts[1])
    return parts[3] === undefined ? title : `${title} › ${fieldLabel(entity, parts[3])}`
  }
  const name = parts.at(-1) ?? ''
  return name === '' ? '' : fieldLabel(run.source.entity, name)
}

/** The names of the records that values point to, as far as the user may see them. */
async function readNames(run: RunView): Promise<Map<string, string>> {
  const names = new Map<string, string>()
  const records = [run.source, ...run.targets.flatMap(({ record }) => record ?? [])]
  for (const { entity, id, display } of records) if (display !== null) names.set(`${entity}/${id}`, display)
  const wanted = new Map<string, { entity: string; id: string }>()
  for (const { record, fields } of run.targets) {
    for (const { field, before, after } of fields) {
      const entity = session.entity(record?.entity ?? '')?.fields[field]?.relation?.entity
      if (entity === undefined) continue
      for (const id of [before, after])
        if (typeof id === 'string' && !names.has(`${entity}/${id}`))
          wanted.set(`${entity}/${id}`, { entity, id })
    }
  }
  await Promise.all(
    [...wanted].map(async ([reference, { entity, id }]) => {
      const name = await nameOf(entity, id)
      if (name !== null) names.set(reference, name)
    }),
  )
  return names
}
