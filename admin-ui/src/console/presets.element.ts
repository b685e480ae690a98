import type { ChangesetView } from '@xrm/sdk/configuration'
import type { PresetView } from '@xrm/sdk/conversions'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { description, label } from '../model/labels.ts'
import { describeError } from '../shell/errors.ts'
import { router } from '../shell/router.ts'
import { FormElement } from '../style/form-element.ts'
import { t } from './i18n/index.ts'
import { pageStyles } from './page-styles.ts'
import { documentPath } from './pages.ts'

/** Ways of working that plugins offer. Choosing one makes a draft, which is looked at and published like any other. */
@customElement('xrm-presets')
export class PresetsElement extends FormElement {
  static override styles = [
    ...FormElement.styles,
    pageStyles,
    css`
      .ways {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(320px, 1fr));
        gap: 18px;
        margin-top: 14px;
      }
      .way {
        display: grid;
        grid-template-rows: auto 1fr auto auto;
        gap: 10px;
        padding: 14px;
      }
      .way p {
        margin: 0;
      }
      .what {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 12px;
      }
    `,
  ]

  @state() private _busy: string | null = null
  @state() private _error: unknown = null
  #presets = new QueryController<PresetView[]>(this, () => ({
    key: ['console', 'presets'],
    read: async (signal) => (await call<{ items: PresetView[] }>('GET', '/api/presets', { signal })).items,
  }))

  override render(): TemplateResult {
    const error = this._error ?? this.#presets.error
    return html`<div class="sheet">
      <p class="second text">${t('presets.about')}</p>
      ${error ? html`<p class="note bad" role="alert">${describeError(error)}</p>` : nothing}
      <div class="ways">${(this.#presets.data ?? []).map((preset) => this.#way(preset))}</div>
    </div>`
  }

  #way(preset: PresetView): TemplateResult {
    return html`<section class="card way" aria-label=${label(preset)}>
      <h2>${label(preset)}</h2>
      <p>${description(preset)}</p>
      <p class="what small">
        ${preset.documents.map((one) =>
          one.does === 'change' || one.does === 'remove'
            ? html`<a href=${documentPath(one.kind, one.name)}
                >${one.does === 'remove' ? html`<s>${label(one)}</s>` : label(one)}</a
              >`
            : one.does === 'add'
              ? html`<span>+ ${label(one)}</span>`
              : html`<s class="second" title=${t('presets.left-out')}>${label(one)}</s>`,
        )}
      </p>
      <div>
        <button
          class="button"
          aria-label=${t('presets.choose-named', { name: label(preset) })}
          ?disabled=${this._busy !== null}
          @click=${() => this.#choose(preset)}
        >
          ${t('presets.choose')}
        </button>
      </div>
    </section>`
  }

  async #choose({ name }: PresetView): Promise<void> {
    this._busy = name
    this._error = null
    try {
      const { id } = await call<ChangesetView>('POST', `/api/presets/${encodeURIComponent(name)}/draft`)
      await router.go(`/admin/changes/${id}`)
    } catch (error) {
      this._error = error
    } finally {
      this._busy = null
    }
  }
}
