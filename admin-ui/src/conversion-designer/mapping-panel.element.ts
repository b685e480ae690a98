import type { Mapping } from '@xrm/sdk'
import type { FieldView } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { pathChoices } from '../designer/choices.ts'
import { inputValue } from '../designer/document-element.ts'
import { draftModel } from '../designer/draft-model.ts'
import '../designer/expression-input.element.ts'
import { fieldAt } from '../model/fields.ts'
import { label } from '../model/labels.ts'
import { ConversionElement } from './conversion-element.ts'
import { t } from './i18n/index.ts'
import { type Feed, feedOf, feedPatch, fieldPatch, sameOptions } from './mapping.ts'
import './value-map.element.ts'

const texts = new Set(['text', 'email', 'phone', 'url'])

/** All that one mapping can say, below its row. */
@customElement('xrm-mapping-panel')
export class MappingPanel extends ConversionElement {
  static override styles = [
    ConversionElement.styles,
    css`
      :host {
        container-type: inline-size;
      }
      .panel {
        display: grid;
        gap: 12px;
        padding: 4px 0 6px;
      }
      @container (max-width: 460px) {
        .props.two {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ].flat()

  @property({ attribute: false }) target = ''
  @property({ attribute: false }) field!: FieldView
  /** Chosen and not yet given: it is written with its value. */
  @property({ attribute: false }) pending: Feed | null = null

  get #at(): string {
    return `/targets/${this.target}/map/${this.field.name}`
  }

  override render(): unknown {
    const mapping = this.value(this.#at) as Mapping | undefined
    const feed = this.pending ?? feedOf(mapping)
    if (feed === null) return nothing
    return html`<div class="panel">
      ${this.#feed(feed, mapping)} ${mapping && this.pending === null ? this.#rules(feed, mapping) : nothing}
    </div>`
  }

  #feed(feed: Feed, mapping: Mapping | undefined): unknown {
    if (feed === 'from') return this.#path(mapping)
    if (feed === 'child') return this.#child()
    if (feed === 'value') {
      return html`${this.valueProperty(`${this.#at}/value`, t('feed.value'), this.field, (value) => this.#feedWith('value', value))}
      ${this.pending ? html`<p class="hint">${t('feed.pending')}</p>` : nothing}`
    }
    if (feed === 'expression') {
      return this.property(
        `${this.#at}/expression`,
        t('feed.expression'),
        (id) =>
          html`<xrm-expression-input
            id=${id}
            .label=${t('feed.expression')}
            .scope=${{ entity: this.body?.source ?? '', scope: 'source' as const }}
            .text=${mapping?.expression ?? ''}
            @xrm-changed=${(event: CustomEvent<string>) => this.#feedWith('expression', event.detail)}
          ></xrm-expression-input>`,
        { told: 'expression.', hint: t('feed.expression-hint') },
      )
    }
    return feed === 'input' ? html`<p class="hint">${t('feed.input-hint')}</p>` : nothing
  }

  #feedWith(feed: Feed, value: unknown): void {
    if (value === null || value === '') return
    const mapping = this.value(this.#at) as Mapping | undefined
    const patch = feedOf(mapping) === feed ? { [feed]: value } : feedPatch(mapping, feed, value as never)
    void this.patch({ targets: { [this.target]: { map: { [this.field.name]: patch } } } } as never)
    this.emit('xrm-given')
  }

  /** Fields of related records stand in the long list, which a row would not bear. */
  #path(mapping: Mapping | undefined): unknown {
    const { source } = this
    if (!source) return nothing
    const choices = pathChoices(source).map(({ path, text }) => ({ value: path, text }))
    return this.selectProperty(`${this.#at}/from`, t('feed.path'), choices, {
      change: (path) => {
        const from = fieldAt(draftModel.model, source, path)
        const patch = fieldPatch(mapping, path, from, this.field)
        return this.patch({ targets: { [this.target]: { map: { [this.field.name]: patch } } } } as never)
      },
    })
  }

  #child(): unknown {
    const [name = ''] = this.body?.targets[this.target]?.each?.relation.split('.') ?? []
    const entity = draftModel.entity(name)
    if (!entity) return nothing
    const choices = pathChoices(entity).map(({ path, text }) => ({ value: path, text }))
    return this.selectProperty(`${this.#at}/child`, t('feed.child-of', { name: label(entity) }), choices)
  }

  #rules(feed: Feed, mapping: Mapping): TemplateResult {
    const { field } = this
    const at = this.#at
    const from =
      this.source && mapping.from ? fieldAt(draftModel.model, this.source, mapping.from) : undefined
    const reads = feed === 'from' || feed === 'expression' || feed === 'child'
    const choice = field.options !== undefined && reads && !(from?.options && sameOptions(from, field))
    const days = field.type === 'date' || field.type === 'date-time'
    return html`${
        choice || mapping.values
          ? html`<xrm-value-map
              .name=${this.name}
              .pointer=${at}
              .from=${from}
              .into=${field}
            ></xrm-value-map>`
          : nothing
      }
      ${reads || feed === 'input' ? this.valueProperty(`${at}/default`, t('map.default'), field) : nothing}
      <div class="props two">
        ${this.wordProperty(`${at}/edit`, t('map.edit'), 'edit', ['hidden', 'readonly', 'editable', 'required'])}
        ${this.wordProperty(`${at}/onLink`, t('map.on-link'), 'link', [
          'keep',
          'fillEmpty',
          'overwrite',
          ...(texts.has(field.type) || field.type === 'long-text' ? ['append'] : []),
          ...(field.multiple || field.type === 'tags' || field.type === 'multi-select' ? ['union'] : []),
          'newer',
          'ask',
        ])}
        ${
          (texts.has(field.type) || field.type === 'long-text') && reads
            ? this.wordProperty(`${at}/onTooLong`, t('map.too-long'), 'too-long', ['error', 'truncate'])
            : nothing
        }
        ${days && reads ? this.wordProperty(`${at}/timeZone`, t('map.time-zone'), 'time-zone', ['business']) : nothing}
        ${
          field.type === 'money' && reads
            ? this.property(
                `${at}/currency`,
                t('map.currency'),
                (id) =>
                  html`<input
                    id=${id}
                    maxlength="3"
                    placeholder="EUR"
                    .value=${mapping.currency ?? ''}
                    @change=${(event: Event) =>
                      void this.edit(`${at}/currency`, inputValue(event).trim().toUpperCase())}
                  />`,
                { hint: t('map.currency-hint') },
              )
            : nothing
        }
      </div>`
  }
}
