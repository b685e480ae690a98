import type { ConversionSummary, EntityView, RecordData, RunView } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { session } from '../data/session.ts'
import { optionChip } from '../fields/options.ts'
import { t } from '../i18n/index.ts'
import { stageField } from '../model/fields.ts'
import { description, pluralLabel, label } from '../model/labels.ts'
import '../shell/about.element.ts'
import { listPath } from '../shell/paths.ts'
import { XrmElement } from '../style/element.ts'
import { placeMenu } from '../style/menu.ts'

/**
 * What a record is and what can be done with it. Fires `xrm-convert` (the conversion), `xrm-ask` (`share` or `who`),
 * `xrm-save`, `xrm-discard` and `xrm-delete`.
 */
@customElement('xrm-record-header')
export class RecordHeaderElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      header {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 54px;
        padding: 8px 18px;
      }
      header .grow {
        min-width: 0;
      }
      .about {
        max-width: 760px;
      }
      @media (max-width: 760px) {
        header {
          flex-wrap: wrap;
          padding: 8px 10px;
        }
        header .grow {
          flex: 1 1 100%;
        }
        .about {
          display: none;
        }
      }
    `,
  ]

  @property({ attribute: false }) entity!: EntityView
  @property({ attribute: false }) record!: RecordData
  @property() display = ''
  /** Runs that began with the record. */
  @property({ attribute: false }) runs: readonly RunView[] = []
  /** Something was changed in the form. */
  @property({ type: Boolean }) dirty = false
  @property({ type: Boolean }) busy = false
  /** Converted for good. */
  @property({ type: Boolean }) converted = false

  override render(): TemplateResult {
    const { entity, record, dirty } = this
    const deleted = record['deleted_at'] != null
    const stage = stageField(entity)
    const stageKey = stage ? record[stage.name] : null
    return html`<header>
      <div class="grow">
        <div class="row">
          <a class="second small" href=${listPath(entity.name)} title=${description(entity)}
            >${pluralLabel(entity)}</a
          >
          <span class="second small" aria-hidden="true">/</span>
          <h1 class="ellipsis">${this.display}</h1>
          ${stage && typeof stageKey === 'string' ? optionChip(stage, stageKey) : nothing}
          ${record['active'] === false ? html`<span class="chip">${t('record.inactive')}</span>` : nothing}
        </div>
        <xrm-about class="about" .text=${description(entity)}></xrm-about>
      </div>
      ${
        dirty
          ? html`<button class="quiet" @click=${() => this.emit('xrm-discard')}>
              ${t('record.discard')}
            </button>`
          : nothing
      }
      ${deleted ? nothing : this.#convertButton()} ${deleted ? nothing : this.#people()}
      ${
        entity.can.delete && !deleted && !this.converted
          ? html`<button
              class="quiet icon"
              title=${t('delete')}
              aria-label=${t('delete')}
              @click=${() => this.emit('xrm-delete')}
            >
              <xrm-icon name="trash-2"></xrm-icon>
            </button>`
          : nothing
      }
      ${
        entity.can.update && !deleted && !this.converted
          ? html`<button
              class="primary"
              ?disabled=${!dirty || this.busy}
              title="${t('keys.ctrl')} S"
              @click=${() => this.emit('xrm-save')}
            >
              ${t('save')}
            </button>`
          : nothing
      }
    </header>`
  }

  #convertButton(): unknown {
    // What was taken back, or closed and opened again, can be converted again.
    const done = this.runs
      .filter(({ once, status }) => once && status === 'standing')
      .map((run) => run.conversion)
    const conversions = this.entity.conversions
      .filter(({ name, offered }) => offered.button && !done.includes(name))
      .toSorted((a, b) => a.order - b.order)
    const [only] = conversions
    if (!only || !this.entity.can.convert) return nothing
    const choose = (conversion: ConversionSummary) => () => this.emit('xrm-convert', conversion)
    if (conversions.length === 1) {
      return html`<button
        ?disabled=${only.broken !== null}
        title=${only.broken ?? description(only)}
        @click=${choose(only)}
      >
        <xrm-icon name="arrow-right-left"></xrm-icon><span>${t('convert.open')}</span>
      </button>`
    }
    return html`<button popovertarget="convert">
        <xrm-icon name="arrow-right-left"></xrm-icon><span>${t('convert.open')}</span>
      </button>
      <div id="convert" class="menu" popover @toggle=${placeMenu}>
        ${conversions.map(
          (conversion) =>
            html`<button
              ?disabled=${conversion.broken !== null}
              title=${conversion.broken ?? description(conversion)}
              popovertarget="convert"
              popovertargetaction="hide"
              @click=${choose(conversion)}
            >
              <xrm-icon name=${conversion.icon}></xrm-icon>${label(conversion)}
            </button>`,
        )}
      </div>`
  }

  /** Sharing it, and for administrators who can see it. */
  #people(): TemplateResult {
    const ask = (what: 'share' | 'who', icon: string, text: string) =>
      html`<button
        class="quiet icon"
        title=${text}
        aria-label=${text}
        @click=${() => this.emit('xrm-ask', what)}
      >
        <xrm-icon name=${icon}></xrm-icon>
      </button>`
    return html`${this.entity.can.share ? ask('share', 'share-2', t('record.share')) : nothing}
    ${session.model.me.administer ? ask('who', 'shield-question-mark', t('record.who')) : nothing}`
  }
}
