import type { Mapping } from '@xrm/sdk'
import type { EntityView, FieldView } from '@xrm/sdk/api'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { repeat } from 'lit/directives/repeat.js'
import { typeTitle } from '../designer/choices.ts'
import { inputValue, selectControl } from '../designer/document-element.ts'
import { draftModel } from '../designer/draft-model.ts'
import { fieldAt, inOrder } from '../model/fields.ts'
import { label } from '../model/labels.ts'
import { ConversionElement } from './conversion-element.ts'
import { t } from './i18n/index.ts'
import {
  choiceOf,
  type Feed,
  feedOf,
  feedPatch,
  namesAny,
  fieldPatch,
  fits,
  readChoice,
  takesValue,
} from './mapping.ts'
import './mapping-panel.element.ts'
import { targetTitle } from './names.ts'
import { targetStyles } from './target.styles.ts'
import './target-settings.element.ts'

/**
 * One target as a card: what it is, and a row for each field with what feeds it. Fires `xrm-drawn` when places of rows may
 * have changed, for the lines that lead to them.
 */
@customElement('xrm-conversion-target')
export class ConversionTarget extends ConversionElement {
  static override styles = [ConversionElement.styles, targetStyles].flat()

  @property({ attribute: false }) target = ''
  /** Leaves out the fields that nothing feeds and that need nothing. */
  @property({ attribute: false }) brief = false
  /** The field that something is dragged over. */
  @property({ attribute: false }) over: string | null = null
  @state() private _open: string | null = null
  @state() private _settings = false
  /** A way to feed a field that is chosen and has no value yet. */
  @state() private _pending: { field: string; feed: Feed } | null = null

  get #body() {
    return this.body?.targets[this.target]
  }

  get #entity(): EntityView | undefined {
    return this.#body && draftModel.entity(this.#body.entity)
  }

  /** Where the line to a field ends: its row, or undefined while it is not shown. */
  anchorOf(field: string): Element | undefined {
    return this.renderRoot.querySelector(`[data-field="${CSS.escape(field)}"] .line`) ?? undefined
  }

  /** Feeds a field from a source field, e.g. one that was dropped on it. */
  async take(name: string, path: string): Promise<void> {
    const into = this.#entity?.fields[name]
    if (!into || !this.source) return
    const from = fieldAt(draftModel.model, this.source, path)
    await this.#write(name, fieldPatch(this.#body?.map[name], path, from, into))
  }

  override updated(): void {
    this.emit('xrm-drawn')
  }

  override render(): unknown {
    const target = this.#body
    if (!target) return nothing
    const entity = this.#entity
    const title = targetTitle(this.target, target)
    return html`<section class="card" aria-label=${title}>
      <header>
        <xrm-icon name=${entity?.icon ?? 'box'} size="16"></xrm-icon>
        <h3 class="ellipsis">${title}</h3>
        ${entity && title !== label(entity) ? html`<span class="second">${label(entity)}</span>` : nothing}
        <span class="grow"></span>
        <label class="visually-hidden" for="policy">${t('target.policy')}</label>
        ${selectControl(
          'policy',
          (['create', 'matchOrCreate', 'link', 'skip'] as const).map((value) => ({
            value,
            text: t(`policy.${value}`),
          })),
          target.policy ?? 'create',
          (value) => this.edit(`/targets/${this.target}/policy`, value),
        )}
        <button aria-expanded=${this._settings} @click=${() => (this._settings = !this._settings)}>
          <xrm-icon name="sliders-horizontal" size="14"></xrm-icon>${t('target.rules')}
        </button>
        <button
          class="quiet icon"
          aria-label=${t('remove-of', { name: title })}
          @click=${() => this.emit('xrm-remove', this.target)}
        >
          <xrm-icon name="trash-2" size="14"></xrm-icon>
        </button>
      </header>
      ${this.#ownIssues()}
      ${
        this._settings
          ? html`<xrm-target-settings .name=${this.name} .target=${this.target}></xrm-target-settings>`
          : nothing
      }
      ${entity ? this.#rows(entity) : nothing}
    </section>`
  }

  /** Issues of the target itself; those of rows stand at them. */
  #ownIssues(): unknown {
    const at = `/targets/${this.target}`
    const own = this.issuesOf(at).filter(({ pointer }) => !pointer.startsWith(`${at}/map/`))
    const missing = this.check?.targets[this.target]?.missing ?? []
    // A required field that nothing feeds says so in its row.
    const shown = own.filter(({ code }) => code !== 'conversion.required' || missing.length === 0)
    if (shown.length === 0) return nothing
    return html`<div class="issues" role="alert">
      ${shown.map((issue) => html`<p class=${issue.severity === 'error' ? 'error' : 'hint'}>${issue.message}</p>`)}
    </div>`
  }

  #rows(entity: EntityView): TemplateResult {
    const map = this.#body?.map ?? {}
    const check = this.check?.targets[this.target]
    const fields = inOrder(entity.fields)
      .map(([, field]) => field)
      .filter((field) => (takesValue(field) && (!namesAny(field) || field.multiple)) || field.name in map)
    const shown = fields.filter(
      ({ name }) =>
        !this.brief ||
        name in map ||
        check?.missing.includes(name) ||
        check?.suggestions.some((one) => one.field === name),
    )
    // A mapping of a field that is not there any more can still be taken away.
    const gone = Object.keys(map).filter((name) => !entity.fields[name])
    return html`<ul>
      ${gone.map((name) => this.#gone(name))}
      ${repeat(
        shown,
        (field) => field.name,
        (field) => this.#row(field, map[field.name]),
      )}
    </ul>`
  }

  #gone(name: string): TemplateResult {
    return html`<li data-field=${name} class="bad">
      <div class="line">
        <s class="mono">${name}</s><span></span>
        <button
          class="quiet icon"
          aria-label=${t('remove-of', { name })}
          @click=${() => void this.edit(`/targets/${this.target}/map/${name}`, null)}
        >
          <xrm-icon name="x" size="14"></xrm-icon>
        </button>
      </div>
      ${this.issues(`/targets/${this.target}/map/${name}`)}
    </li>`
  }

  #row(field: FieldView, mapping: Mapping | undefined): TemplateResult {
    const { name } = field
    const at = `/targets/${this.target}/map/${name}`
    const pending = this._pending?.field === name ? this._pending.feed : null
    const missing = mapping === undefined && this.check?.targets[this.target]?.missing.includes(name)
    const open = this._open === name && (mapping !== undefined || pending !== null)
    const title = label(field)
    return html`<li
      data-field=${name}
      class="${mapping ? '' : 'free'} ${this.invalid(at) || missing ? 'bad' : ''} ${this.over === name ? 'over' : ''}"
    >
      <div class="line">
        <label for="feed-${name}" class="what">
          <span class="ellipsis"
            >${title}${field.required ? html`<b aria-hidden="true"> *</b>` : nothing}</span
          >
          <span class="second small ellipsis">${typeTitle(field.type)}</span>
        </label>
        ${this.#menu(field, mapping, pending)}
        <button
          class="quiet icon"
          aria-label=${t('map.more', { name: title })}
          aria-expanded=${open}
          ?disabled=${mapping === undefined && pending === null}
          @click=${() => (this._open = open ? null : name)}
        >
          <xrm-icon name=${open ? 'chevron-up' : 'chevron-down'} size="14"></xrm-icon>
        </button>
      </div>
      ${this.#marks(mapping)} ${mapping || pending ? nothing : this.#suggestion(field)}
      ${missing ? html`<p class="error">${t('map.missing')}</p>` : nothing}
      ${mapping ? html`${this.originMark(at, title)} ${open ? nothing : this.issues(at)}` : nothing}
      ${
        open
          ? html`<xrm-mapping-panel
              .name=${this.name}
              .target=${this.target}
              .field=${field}
              .pending=${pending}
              @xrm-given=${() => (this._pending = null)}
            ></xrm-mapping-panel>`
          : nothing
      }
    </li>`
  }

  /** In one line what a closed row says beside what feeds it. */
  #marks(mapping: Mapping | undefined): unknown {
    if (!mapping) return nothing
    const marks = [
      ...(mapping.values ? [t('mark.values', { count: Object.keys(mapping.values).length })] : []),
      ...(mapping.edit ? [t(`edit.${mapping.edit}`)] : []),
      ...(mapping.onLink && this.#body?.policy !== 'create' ? [t(`link.${mapping.onLink}`)] : []),
    ]
    return marks.length === 0 ? nothing : html`<p class="marks second small">${marks.join(' · ')}</p>`
  }

  #suggestion(field: FieldView): unknown {
    const found = this.check?.targets[this.target]?.suggestions.find((one) => one.field === field.name)
    const from = found && this.source?.fields[found.from]
    if (!from) return nothing
    return html`<button
      class="link suggestion small"
      aria-label=${t('suggest.take-for', { from: label(from), field: label(field) })}
      title=${t(`suggest.${found.why}`)}
      @click=${() => void this.take(field.name, from.name)}
    >
      <xrm-icon name="sparkles" size="12"></xrm-icon>${t('suggest.take', { from: label(from) })}
    </button>`
  }

  /** What feeds the field. Fields of the source that fit stand first. */
  #menu(field: FieldView, mapping: Mapping | undefined, pending: Feed | null): TemplateResult {
    const value = pending ?? choiceOf(mapping)
    const any = namesAny(field)
    const own = inOrder(this.source?.fields)
      .map(([, one]) => one)
      .filter((one) => !any && one.valueType !== null && one.name !== 'version')
    const option = (key: string, text: string) =>
      html`<option value=${key} ?selected=${key === value}>${text}</option>`
    const paths = (list: FieldView[]) => list.map((one) => option(`from:${one.name}`, label(one)))
    const fitting = own.filter((one) => fits(one, field))
    const rest = own.filter((one) => !fits(one, field))
    const path = mapping?.from?.includes('.') ? mapping.from : null
    const others = Object.entries(this.body?.targets ?? {}).filter(
      ([key, target]) => key !== this.target && field.relation?.entity === target.entity,
    )
    const child = this.#body?.each ? (mapping?.child ?? this.#firstChildField()) : undefined
    return html`<select
      id="feed-${field.name}"
      .value=${live(value)}
      @change=${(event: Event) => void this.#choose(field, mapping, inputValue(event))}
    >
      ${option('', t('feed.nothing'))} ${path ? option(`from:${path}`, this.#pathTitle(path)) : nothing}
      ${fitting.length > 0 ? html`<optgroup label=${t('feed.fits')}>${paths(fitting)}</optgroup>` : nothing}
      <optgroup label=${t('feed.other-ways')}>
        ${others.map(([key, target]) => option(`target:${key}`, t('feed.target', { name: targetTitle(key, target) })))}
        ${any ? option('targets', t('feed.targets')) : html`${option('value', t('feed.value'))} ${option('expression', t('feed.expression'))}`}
        ${option('input', t('feed.input'))}
        ${child === undefined ? nothing : option(`child:${child}`, t('feed.child', { name: child }))}
      </optgroup>
      ${rest.length > 0 ? html`<optgroup label=${t('feed.others')}>${paths(rest)}</optgroup>` : nothing}
    </select>`
  }

  #firstChildField(): string | undefined {
    const [name = ''] = this.#body?.each?.relation.split('.') ?? []
    return Object.values(draftModel.entity(name)?.fields ?? {}).find((field) => !field.system)?.name
  }

  #pathTitle(path: string): string {
    const names = path.split('.')
    return names
      .map((name, index) => {
        const field =
          this.source && fieldAt(draftModel.model, this.source, names.slice(0, index + 1).join('.'))
        return field ? label(field) : name
      })
      .join(' › ')
  }

  async #choose(field: FieldView, mapping: Mapping | undefined, choice: string): Promise<void> {
    this._pending = null
    if (choice === '') return this.edit(`/targets/${this.target}/map/${field.name}`, null)
    const [feed, value] = readChoice(choice) ?? []
    if (feed === undefined || value === undefined) return
    if (feed === 'from') return this.take(field.name, value)
    if (feed === 'value' || feed === 'expression') {
      this._open = field.name
      if (feedOf(mapping) !== feed) this._pending = { field: field.name, feed }
      return
    }
    if (feed === 'child') this._open = field.name
    return this.#write(
      field.name,
      feedPatch(mapping, feed, feed === 'input' || feed === 'targets' ? true : value),
    )
  }

  #write(name: string, patch: Record<string, unknown>): Promise<void> {
    return this.patch({ targets: { [this.target]: { map: { [name]: patch } } } } as never)
  }
}
