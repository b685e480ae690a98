import type { RecordConversionsAnswer, RecordRef, RunView } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { session } from '../data/session.ts'
import { formatWhen } from '../i18n/format.ts'
import { t } from '../i18n/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { label } from '../model/labels.ts'
import { t as tRuns } from '../runs/i18n/index.ts'
import { isReversible, runPath, statusChips } from '../runs/run-texts.ts'
import { describeError } from '../shell/errors.ts'
import { recordPath } from '../shell/paths.ts'
import { XrmElement } from '../style/element.ts'

/** What a record was converted to, and what it came from, with the way back. Fires `xrm-reversed`. */
@customElement('xrm-conversions')
export class ConversionsElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 14px;
      }
      section {
        padding: 13px 16px 14px;
      }
      ul {
        margin: 8px 0 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        gap: 9px;
        min-height: 28px;
      }
      .run {
        text-decoration: underline;
        text-underline-offset: 2px;
      }
      xrm-icon {
        color: var(--accent);
      }
    `,
  ]

  @property({ attribute: false }) runs: RecordConversionsAnswer | undefined
  @property({ attribute: false }) failed: Error | null = null
  @state() private _reversing: RunView | null = null

  override render(): unknown {
    this.hidden = false
    if (this.failed) return html`<p class="note bad" role="alert">${describeError(this.failed)}</p>`
    const { asSource = [], asTarget = [] } = this.runs ?? {}
    this.hidden = asSource.length + asTarget.length === 0
    const declined = asSource.filter(({ status }) => status === 'declined')
    const converted = asSource.filter(({ status }) => status !== 'declined')
    return [
      this.#card(t('conversions.to'), converted, targetsOf, true),
      this.#card(t('conversions.from'), asTarget, sourceOf),
      this.#card(tRuns('closed'), declined, () => []),
      this._reversing
        ? html`<xrm-reverse-dialog
            .run=${this._reversing}
            @xrm-close=${() => (this._reversing = null)}
          ></xrm-reverse-dialog>`
        : nothing,
    ]
  }

  #card(title: string, runs: RunView[], recordsOf: (run: RunView) => Named[], mayReverse = false): unknown {
    if (runs.length === 0) return nothing
    return html`<section class="card" aria-label=${title}>
      <h2>${title}</h2>
      ${runs.map((run) => this.#run(run, recordsOf(run), mayReverse))}
    </section>`
  }

  async #reverse(run: RunView): Promise<void> {
    await import('../runs/reverse-dialog.element.ts')
    this._reversing = run
  }

  #run(run: RunView, records: Named[], mayReverse: boolean): TemplateResult {
    const who = run.actor ? ` · ${run.actor.name}` : ''
    return html`<ul>
        ${records.map(({ record, linked }) => {
          const entity = session.entity(record.entity)
          return html`<li>
            <xrm-icon name=${entity?.icon ?? 'file'}></xrm-icon>
            ${
              record.display === null
                ? html`<span class="second">${t('conversions.hidden')}</span>`
                : html`<a class="ellipsis" href=${recordPath(record.entity, record.id)}>${record.display}</a>`
            }
            <span class="second small"
              >${entity ? label(entity) : record.entity}${linked ? `, ${t('conversions.linked')}` : ''}</span
            >
          </li>`
        })}
      </ul>
      <p class="second small">
        <a class="run" href=${runPath(run.id)} title=${tRuns('open')}>${label(run)}</a> ·
        ${formatWhen(run.at, currentLocale())}${who}
      </p>
      ${run.status === 'reversed' ? html`<p><span class="chip ${statusChips.reversed}">${tRuns('status.reversed')}</span></p>` : nothing}
      ${
        mayReverse && isReversible(run)
          ? html`<button class="link small" @click=${() => void this.#reverse(run)}>
              ${tRuns('reverse')}
            </button>`
          : nothing
      }
      ${
        run.notes.length > 0
          ? html`<details class="small">
              <summary class="second">${t('conversions.notes', { count: run.notes.length })}</summary>
              ${run.notes.map((note) => html`<div>${note.detail}</div>`)}
            </details>`
          : nothing
      }`
  }
}

interface Named {
  record: RecordRef
  linked: boolean
}

function sourceOf(run: RunView): Named[] {
  return [{ record: run.source, linked: false }]
}

function targetsOf(run: RunView): Named[] {
  return run.targets.flatMap(({ record, action }) => (record ? [{ record, linked: action === 'link' }] : []))
}
