import type { Conversion } from '@xrm/sdk'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import '../designer/expression-input.element.ts'
import '../designer/icon-picker.element.ts'
import { ownFields } from '../model/fields.ts'
import { label } from '../model/labels.ts'
import { ConversionElement } from './conversion-element.ts'
import { find, t } from './i18n/index.ts'
import './owner-editor.element.ts'
import './source-writes.element.ts'
import './triggers.element.ts'

const channels = ['button', 'list', 'api', 'rule', 'import', 'form'] as const

/** What holds for a conversion as a whole. */
@customElement('xrm-conversion-settings')
export class ConversionSettings extends ConversionElement {
  static override styles = [
    ConversionElement.styles,
    css`
      :host {
        container-type: inline-size;
      }
      .parts {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 14px;
        align-items: start;
        max-width: 1200px;
      }
      .part {
        display: grid;
        gap: 12px;
        padding: 14px;
      }
      .wide {
        grid-column: 1 / -1;
      }
      @container (max-width: 820px) {
        .parts {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ].flat()

  override render(): unknown {
    const { body, source } = this
    if (!body || !source) return nothing
    return html`<div class="parts">
      ${this.#part('general', this.#general(body))} ${this.#part('available', this.#available(body))}
      ${this.#part('outcome', this.#outcome(body))} ${this.#part('rights', this.#rights())}
      ${this.#part('later', this.#later(body))} ${this.#part('decline', this.#decline(body))}
      ${this.#part(
        'triggers',
        html`<p class="hint">${t('trigger.about')}</p>
          <xrm-triggers .name=${this.name}></xrm-triggers>`,
        true,
      )}
    </div>`
  }

  #part(
    key: 'general' | 'available' | 'outcome' | 'rights' | 'later' | 'decline' | 'triggers',
    content: unknown,
    wide = false,
  ): TemplateResult {
    return html`<section class="card part ${wide ? 'wide' : ''}" aria-label=${t(`part.${key}`)}>
      <h2>${t(`part.${key}`)}</h2>
      ${content}
    </section>`
  }

  #general(body: Conversion): TemplateResult {
    return html`<div class="props two">${this.textsProperties('', 'title', 'labels', 'text.title')}</div>
      ${this.areaProperty('/description', t('description'))}
      <xrm-icon-picker
        .value=${body.icon ?? 'arrow-right-left'}
        @xrm-changed=${(event: CustomEvent<string>) => void this.edit('/icon', event.detail)}
      ></xrm-icon-picker>
      ${this.wordsProperty(
        '/channels',
        t('channels'),
        channels.map((value) => ({ value, text: find(`channel.${value}`) ?? value })),
        { as: 'map', hint: t('channels-hint') },
      )}`
  }

  #available(body: Conversion): TemplateResult {
    const fields = ownFields(this.source!).map((field) => ({ value: field.name, text: label(field) }))
    const needed = body.available?.require?.length ?? 0
    return html`${this.expressionProperty(
        '/available/when',
        t('available.when'),
        { entity: body.source, expect: 'bool' },
        { hint: t('available.hint') },
      )}
      <div class="props two">
        ${this.textsProperties('/available', 'message', 'messages', 'text.message')}
      </div>
      <details ?open=${needed > 0}>
        <summary>
          ${needed > 0 ? t('available.require-some', { count: needed }) : t('available.require')}
        </summary>
        ${this.wordsProperty('/available/require', t('available.require'), fields)}
      </details>
      ${this.flagProperty('/once', t('once'), { hint: t('once-hint'), absent: true, off: false })}`
  }

  #outcome(body: Conversion): TemplateResult {
    return html`${this.wordProperty('/after', t('after'), 'after', ['lock', 'editable', 'archive'], {
        hint: body.after ? t(`after.${body.after}-hint`) : '',
      })}
      <xrm-source-writes .name=${this.name} .outcome=${'converted' as const}></xrm-source-writes>
      ${this.issues('/source-writes')}`
  }

  #rights(): TemplateResult {
    return html`<xrm-owner-editor .name=${this.name}></xrm-owner-editor>
      ${this.wordProperty('/permissions/runAs', t('run-as'), 'run-as', ['actor', 'system'], { hint: t('run-as-hint') })}
      <div class="props two">
        ${this.wordProperty('/permissions/onDeniedTarget', t('denied.target'), 'denied', ['fail', 'skip'])}
        ${this.wordProperty('/permissions/onDeniedField', t('denied.field'), 'denied', ['fail', 'drop'])}
      </div>`
  }

  #later(body: Conversion): TemplateResult {
    const within = body.reversible?.within ?? ''
    const days = /^P(\d+)D$/.exec(within)?.[1]
    return html`${this.flag(
      '/reversible',
      t('reversible'),
      body.reversible !== undefined,
      (on) => this.edit('/reversible', on ? { within: 'P30D', untouchedCreated: 'delete' } : null),
      { hint: t('reversible-hint') },
    )}
    ${
      body.reversible
        ? html`<div class="props two">
            ${
              days === undefined
                ? this.textProperty('/reversible/within', t('reversible.within'), {
                    hint: t('duration-hint'),
                  })
                : this.property(
                    '/reversible/within',
                    t('reversible.days'),
                    (id) =>
                      html`<input
                        id=${id}
                        type="number"
                        min="1"
                        .value=${days}
                        @change=${(event: Event) => {
                          const typed = Number((event.currentTarget as HTMLInputElement).value)
                          if (typed >= 1) void this.edit('/reversible/within', `P${Math.round(typed)}D`)
                        }}
                      />`,
                  )
            }
            ${this.wordProperty('/reversible/untouchedCreated', t('reversible.created'), 'untouched', ['archive', 'delete'])}
          </div>`
        : nothing
    }
    ${this.wordProperty('/bulk/unresolved', t('bulk'), 'bulk', ['hold', 'skip', 'create'], { hint: t('bulk-hint') })}`
  }

  #decline(body: Conversion): TemplateResult {
    const fields = ownFields(this.source!).map((field) => ({ value: field.name, text: label(field) }))
    return html`${this.flag(
      '/decline',
      t('decline'),
      body.decline !== undefined,
      (on) => this.edit('/decline', on ? {} : null),
      { hint: t('decline-hint') },
    )}
    ${
      body.decline
        ? html`<div class="props two">
              ${this.textsProperties('/decline', 'title', 'labels', 'text.title')}
            </div>
            ${this.selectProperty('/decline/reason', t('decline.reason'), [{ value: '', text: t('none') }, ...fields])}
            ${this.flagProperty('/decline/required', t('decline.required'), { off: null })}
            <xrm-source-writes .name=${this.name} .outcome=${'declined' as const}></xrm-source-writes>`
        : nothing
    }`
  }
}
