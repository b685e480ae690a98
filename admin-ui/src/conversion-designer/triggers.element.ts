import type { Conversion } from '@xrm/sdk'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import { selectControl } from '../designer/document-element.ts'
import '../designer/expression-input.element.ts'
import { nextOrder, orderedKeys } from '../designer/order.ts'
import { ownFields } from '../model/fields.ts'
import { label } from '../model/labels.ts'
import { ConversionElement } from './conversion-element.ts'
import { t } from './i18n/index.ts'

type Triggers = NonNullable<Conversion['triggers']>

const kinds = ['stage', 'condition', 'schedule'] as const

/** What starts the conversion by itself. */
@customElement('xrm-triggers')
export class TriggersEditor extends ConversionElement {
  static override styles = [
    ConversionElement.styles,
    css`
      :host {
        display: grid;
        gap: 10px;
      }
      section {
        display: grid;
        gap: 10px;
        padding: 12px;
        border: 1px solid var(--line);
        border-radius: 8px;
      }
    `,
  ].flat()

  override render(): unknown {
    const triggers = this.body?.triggers ?? {}
    return html`${orderedKeys(triggers).map((key) => this.#trigger(key, triggers[key]!))}
      <div>
        <label class="visually-hidden" for="add">${t('trigger.add')}</label>
        ${selectControl(
          'add',
          [
            { value: '', text: t('trigger.add') },
            ...kinds.map((value) => ({ value, text: t(`trigger.${value}`) })),
          ],
          '',
          (kind) => this.#add(kind as (typeof kinds)[number] | '', triggers),
        )}
      </div>`
  }

  #trigger(key: string, trigger: Triggers[string]): TemplateResult {
    const at = `/triggers/${key}`
    const title = trigger.title ? label(trigger as { title: string }) : t(`trigger.${trigger.on}`)
    return html`<section role="group" aria-label=${title}>
      <div class="bar">
        <h3 class="group-title">${t(`trigger.${trigger.on}`)}</h3>
        ${this.originMark(at, title)}<span class="grow"></span>
        <button
          class="danger"
          aria-label=${t('remove-of', { name: title })}
          @click=${() => void this.#remove(key)}
        >
          ${t('remove')}
        </button>
      </div>
      <div class="props two">${this.textsProperties(at, 'title', 'labels', 'text.title')}</div>
      ${trigger.on === 'stage' ? this.#stages(at, trigger) : nothing}
      ${this.expressionProperty(
        `${at}/when`,
        t(trigger.on === 'stage' ? 'trigger.only-when' : 'trigger.when'),
        { entity: this.body!.source, expect: 'bool' },
      )}
      <div class="props two">
        ${
          trigger.on === 'condition'
            ? this.wordProperty(`${at}/fires`, t('trigger.fires'), 'fires', [
                'firstSave',
                'firstTime',
                'everySave',
              ])
            : nothing
        }
        ${trigger.on === 'schedule' ? this.textProperty(`${at}/every`, t('trigger.every'), { hint: t('duration-hint'), placeholder: 'P1D' }) : nothing}
        ${this.wordProperty(`${at}/does`, t('trigger.does'), 'does', ['convert', 'decline'], { none: null })}
        ${this.wordProperty(`${at}/runAs`, t('run-as'), 'run-as', ['actor', 'system'])}
        ${this.wordProperty(`${at}/notify`, t('trigger.notify'), 'notify', ['owner', 'nobody'])}
      </div>
      ${trigger.does === 'decline' ? this.#reason(at) : nothing}
      ${this.flagProperty(`${at}/active`, t('trigger.active'), { absent: true, off: false })}
      ${this.issues(at)}
    </section>`
  }

  /** Nobody is there to give the reason of a closing: it is written down. */
  #reason(at: string): unknown {
    const name = this.body?.decline?.reason
    const field = this.source && ownFields(this.source).find((one) => one.name === name)
    return field ? this.valueProperty(`${at}/reason`, t('trigger.reason'), field) : nothing
  }

  #stages(at: string, trigger: Triggers[string]): TemplateResult {
    const fields = this.source ? ownFields(this.source).filter((field) => field.type === 'stage') : []
    const field = fields.find((one) => one.name === trigger.field)
    return html`${this.selectProperty(
      `${at}/field`,
      t('trigger.field'),
      fields.map((one) => ({ value: one.name, text: label(one) })),
    )}
    ${
      field
        ? this.wordsProperty(
            `${at}/stages`,
            t('trigger.stages'),
            (field.options ?? []).map((option) => ({ value: option.key, text: label(option) })),
            { as: 'map' },
          )
        : nothing
    }`
  }

  async #add(on: (typeof kinds)[number] | '', triggers: Triggers): Promise<void> {
    if (on === '') return
    let key = `on-${on}`
    for (let number = 2; Object.hasOwn(triggers, key); number++) key = `on-${on}-${number}`
    const stage = this.source && ownFields(this.source).find((field) => field.type === 'stage')
    const more = {
      stage: stage ? { field: stage.name } : {},
      condition: { fires: 'firstTime' },
      schedule: { every: 'P1D' },
    }[on]
    // Switched off until it says when: nothing converts by itself because somebody looked at a menu.
    await this.edit(`/triggers/${key}`, {
      on,
      does: 'convert',
      active: false,
      order: nextOrder(triggers),
      ...more,
    })
  }

  #remove(key: string): Promise<void> {
    const last = Object.keys(this.body?.triggers ?? {}).length <= 1
    return this.edit(last ? '/triggers' : `/triggers/${key}`, null)
  }
}
