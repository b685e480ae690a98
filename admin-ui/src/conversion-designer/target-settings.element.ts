import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { pathChoices } from '../designer/choices.ts'
import { draftModel } from '../designer/draft-model.ts'
import '../designer/expression-input.element.ts'
import { label } from '../model/labels.ts'
import { ConversionElement } from './conversion-element.ts'
import { t } from './i18n/index.ts'
import './match-rules.element.ts'
import './owner-editor.element.ts'
import { childRelations, relationTitle } from './relations.ts'

/** What holds for one target as a whole: when it comes about, what users may choose, how its record is found. */
@customElement('xrm-target-settings')
export class TargetSettings extends ConversionElement {
  static override styles = [
    ConversionElement.styles,
    css`
      .settings {
        display: grid;
        gap: 14px;
        padding: 12px 14px;
      }
      h3 {
        font-size: 13px;
      }
    `,
  ].flat()

  @property({ attribute: false }) target = ''

  override render(): unknown {
    const { body, source } = this
    const target = body?.targets[this.target]
    if (!target || !source) return nothing
    const at = `/targets/${this.target}`
    const finds = target.policy === 'link' || target.policy === 'matchOrCreate'
    return html`<div class="settings">
      <div class="props two">${this.textsProperties(at, 'title', 'labels', 'text.title')}</div>
      ${this.expressionProperty(
        `${at}/when`,
        t('target.when'),
        { entity: source.name, expect: 'bool' },
        { hint: t('target.when-hint') },
      )}
      <div class="props two">
        ${this.wordsProperty(
          `${at}/userMay`,
          t('target.user-may'),
          (['create', 'link', 'skip'] as const).map((value) => ({ value, text: t(`may.${value}`) })),
        )}
        <div class="props">
          ${this.flagProperty(`${at}/required`, t('target.required'), { absent: true, off: false })}
          ${this.textProperty(`${at}/atLeastOne`, t('target.at-least-one'), { hint: t('target.at-least-one-hint') })}
        </div>
        ${this.#preset(at, target.entity)} ${this.#each(at)}
      </div>
      ${
        target.each
          ? this.expressionProperty(`${at}/each/when`, t('target.each-when'), {
              entity: target.each.relation.split('.')[0] ?? '',
              expect: 'bool',
            })
          : nothing
      }
      <xrm-owner-editor .name=${this.name} .pointer=${`${at}/owner`}></xrm-owner-editor>
      ${finds ? this.#finding(at) : nothing}
    </div>`
  }

  #preset(at: string, entity: string): TemplateResult {
    const paths = this.source ? pathChoices(this.source) : []
    const fitting = paths.filter(({ field }) => field.relation?.entity === entity && !field.multiple)
    return this.selectProperty(
      `${at}/preset`,
      t('target.preset'),
      [{ value: '', text: t('none') }, ...fitting.map(({ path, text }) => ({ value: path, text }))],
      { hint: t('target.preset-hint') },
    )
  }

  #each(at: string): TemplateResult {
    const relations = childRelations(this.body!.source)
    return this.selectProperty(
      `${at}/each/relation`,
      t('target.each'),
      [
        { value: '', text: t('target.each-none') },
        ...relations.map((relation) => ({ value: relation, text: relationTitle(relation) })),
      ],
      {
        hint: t('target.each-hint'),
        change: (value) => (value ? this.edit(`${at}/each/relation`, value) : this.edit(`${at}/each`, null)),
      },
    )
  }

  #finding(at: string): TemplateResult {
    const entity = draftModel.entity(this.body!.targets[this.target]!.entity)
    const word = (key: 'one' | 'many' | 'none' | 'inactive', words: readonly string[]) =>
      this.wordProperty(`${at}/onMatch/${key}`, t(`on-match.${key}`), 'found', words)
    return html`<h3>${t('match.title', { name: entity ? label(entity) : '' })}</h3>
      <xrm-match-rules .name=${this.name} .target=${this.target}></xrm-match-rules>
      <div class="props two">
        ${word('one', ['link', 'ask', 'create'])} ${word('many', ['ask', 'create'])}
        ${word('none', ['create', 'skip', 'ask'])} ${word('inactive', ['offerReactivate', 'ignore'])}
      </div>`
  }
}
