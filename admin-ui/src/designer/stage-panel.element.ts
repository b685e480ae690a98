import type { DocumentKind } from '@xrm/sdk'
import type { Field } from '@xrm/sdk/documents'
import type { Json } from '@xrm/sdk/merge'
import { html, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { label } from '../model/labels.ts'
import { colorChoices } from './choices.ts'
import { DocumentElement, inputValue } from './document-element.ts'
import { fieldTypeName } from './field-types.ts'
import { t } from './i18n/index.ts'
import { orderedKeys } from './order.ts'
import './stage-values.element.ts'
import type { Stages } from './stages.ts'
import { stagePanelStyles } from './stages-tab.styles.ts'

type Stage = Stages[string]

/** The settings of one stage. Fires `xrm-remove` and `xrm-close`. */
@customElement('xrm-stage-panel')
export class StagePanel extends DocumentElement {
  static override styles = [DocumentElement.styles, stagePanelStyles].flat()

  @property({ attribute: false }) entity = ''
  /** The stage field. */
  @property({ attribute: false }) field = ''
  @property({ attribute: false }) stage = ''
  /** The field that holds the probability. */
  @property({ attribute: false }) percent: string | undefined

  protected override get place(): [DocumentKind, string] | null {
    return this.entity ? ['entity', this.entity] : null
  }

  get #fields(): Record<string, Field> {
    return (this.value('/properties') ?? {}) as Record<string, Field>
  }

  #fieldTitle(name: string): string {
    const field = this.#fields[name]
    return label({ title: field?.title ?? name, labels: field?.['x-labels'] ?? {} })
  }

  override render(): unknown {
    const { stage: key, percent } = this
    const at = `/properties/${this.field}/x-stages/${key}`
    const stage = this.value(at) as Stage | undefined
    if (!stage) return nothing
    const required = stage.requires ?? {}
    return html`<section class="card panel" aria-label=${label(stage)}>
      <header>
        <h2 class="grow ellipsis">${label(stage)} <span class="mono second">${key}</span></h2>
        <button class="danger" @click=${() => this.emit('xrm-remove')}>${t('remove.button')}</button>
        <button class="quiet icon" aria-label=${t('close')} @click=${() => this.emit('xrm-close')}>
          <xrm-icon name="x"></xrm-icon>
        </button>
      </header>
      <div class="props">
        ${this.textsProperties(at, 'title', 'labels', 'text.title')}
        <div class="props two">
          ${this.selectProperty(
            `${at}/category`,
            t('stages.category'),
            (['open', 'won', 'lost'] as const).map((value) => ({ value, text: t(`category.${value}`) })),
          )}
          ${this.selectProperty(`${at}/color`, t('color'), colorChoices())}
          ${
            percent
              ? this.property(`${at}/sets/${percent}`, t('stages.probability'), (id) => {
                  const value = stage.sets?.[percent]
                  return html`<input
                    id=${id}
                    type="number"
                    min="0"
                    max="100"
                    step="any"
                    .value=${value === undefined || value === null ? '' : String(value as string)}
                    @change=${(event: Event) => void this.#set(at, stage, percent, inputValue(event).trim() || null)}
                  />`
                })
              : nothing
          }
          ${this.textProperty(`${at}/phase`, t('stages.phase'))}
        </div>
        ${this.textsProperties(at, 'description', 'descriptions', 'text.description', { area: true })}
        <div class="prop" role="group" aria-label=${t('stages.requires')}>
          <div class="head">
            <span class="name">${t('stages.requires')}</span
            >${this.originMark(`${at}/requires`, t('stages.requires'))}
          </div>
          <div class="checks" tabindex="0">
            ${this.#writable().map((name) =>
              this.flag(
                `${at}/requires/${name}`,
                this.#fieldTitle(name),
                Object.hasOwn(required, name),
                (on) => this.#require(at, stage, name, on),
              ),
            )}
          </div>
          <p class="hint">${t('stages.requires-hint')}</p>
        </div>
        <div class="prop">
          <div class="head">
            <span class="name">${t('stages.sets')}</span>${this.originMark(`${at}/sets`, t('stages.sets'))}
          </div>
          <xrm-stage-values
            .entity=${this.entity}
            .values=${stage.sets ?? {}}
            .without=${[this.field, ...(percent ? [percent] : [])]}
            @xrm-changed=${(event: CustomEvent<{ field: string; value: Json }>) =>
              void this.#set(at, stage, event.detail.field, event.detail.value)}
          ></xrm-stage-values>
          <p class="hint">${t('stages.sets-hint')}</p>
        </div>
      </div>
    </section>`
  }

  /** Fields that a user can fill, which alone can be asked for. */
  #writable(): string[] {
    return orderedKeys(this.#fields, 'x-order').filter(
      (name) =>
        name !== this.field && !['formula', 'auto-number'].includes(fieldTypeName(this.#fields[name]!)),
    )
  }

  #require(at: string, stage: Stage, name: string, on: boolean): Promise<void> {
    const last = !on && Object.keys(stage.requires ?? {}).length <= 1
    return last ? this.edit(`${at}/requires`, null) : this.edit(`${at}/requires/${name}`, on || null)
  }

  #set(at: string, stage: Stage, field: string, value: Json): Promise<void> {
    const last = value === null && Object.keys(stage.sets ?? {}).every((one) => one === field)
    return last ? this.edit(`${at}/sets`, null) : this.edit(`${at}/sets/${field}`, value)
  }
}
