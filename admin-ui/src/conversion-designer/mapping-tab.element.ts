import type { FieldView } from '@xrm/sdk/api'
import { html, nothing, svg, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { announce } from '../designer/announce.ts'
import { makeableEntities, typeTitle } from '../designer/choices.ts'
import { inputValue, selectControl } from '../designer/document-element.ts'
import { draftModel } from '../designer/draft-model.ts'
import { nextOrder, orderedKeys } from '../designer/order.ts'
import { showValue } from '../fields/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { fieldAt, inOrder } from '../model/fields.ts'
import { label } from '../model/labels.ts'
import { confirm } from '../shell/confirm.ts'
import { ConversionElement } from './conversion-element.ts'
import { DragField } from './drag-field.ts'
import { t } from './i18n/index.ts'
import { targetKey, targetTitle } from './names.ts'
import { curve, type Line, within } from './lines.ts'
import { feedPatch, fieldPatch, pathsOf } from './mapping.ts'
import { mappingStyles } from './mapping-tab.styles.ts'
import { SampleRecord } from './sample.ts'
import './sample-picker.element.ts'
import type { ConversionTarget } from './target.element.ts'
import './target.element.ts'

/** The fields of the source on one side, the targets as cards on the other, joined by lines. */
@customElement('xrm-mapping-tab')
export class MappingTab extends ConversionElement {
  static override styles = [ConversionElement.styles, mappingStyles].flat()

  @state() private _brief = false
  @state() private _search = ''
  @state() private _lines: Line[] = []
  /** The source path or `target/field` that the user looks at: its lines stand out. */
  @state() private _lit: string | null = null
  #sample = new SampleRecord(this, () => this.body?.source)
  #drag = new DragField(this, (path, { target, field }) => void this.#take(path, target, field))
  #frame = 0
  #resized = new ResizeObserver(() => this.#measureSoon())

  override connectedCallback(): void {
    super.connectedCallback()
    // Whatever scrolls on the page moves rows.
    addEventListener('scroll', this.#measureSoon, { capture: true, passive: true })
    this.addEventListener('xrm-drawn', this.#measureSoon)
    this.#resized.observe(this)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('scroll', this.#measureSoon, { capture: true })
    this.removeEventListener('xrm-drawn', this.#measureSoon)
    this.#resized.disconnect()
    cancelAnimationFrame(this.#frame)
  }

  override updated(): void {
    this.#measureSoon()
  }

  override render(): unknown {
    const { body, source } = this
    if (!body) return nothing
    if (!source)
      return html`<div class="note bad" role="alert">${t('source.gone', { name: body.source })}</div>`
    const targets = orderedKeys(body.targets)
    const suggestions = this.#suggestions()
    return html`<div class="bar top">
        <xrm-sample-picker .entity=${body.source}></xrm-sample-picker>
        <span class="grow"></span>
        <label class="check"
          ><input
            type="checkbox"
            .checked=${this._brief}
            @change=${(event: Event) => (this._brief = (event.currentTarget as HTMLInputElement).checked)}
          />${t('map.brief')}</label
        >
        ${
          suggestions.length > 0
            ? html`<button @click=${() => void this.#takeAll()}>
                <xrm-icon name="sparkles" size="14"></xrm-icon
                >${t('suggest.take-all', { count: suggestions.length })}
              </button>`
            : nothing
        }
      </div>
      ${this.checkFailure ? html`<div class="note bad" role="alert">${this.checkFailure}</div>` : nothing}
      <div
        class="board"
        @pointerover=${this.#look}
        @focusin=${this.#look}
        @pointerleave=${() => (this._lit = null)}
      >
        ${this.#drawLines()}
        <section class="card source" aria-label=${t('source.fields-of', { name: label(source) })}>
          <header>
            <xrm-icon name=${source.icon} size="16"></xrm-icon>
            <h3 class="ellipsis">${label(source)}</h3>
            <input
              type="search"
              aria-label=${t('source.search')}
              placeholder=${t('source.search')}
              .value=${this._search}
              @input=${(event: Event) => (this._search = inputValue(event))}
            />
          </header>
          <ul class="fields" tabindex="0" aria-label=${t('source.fields-of', { name: label(source) })}>
            ${this.#sourceFields().map(([path, field, text]) => this.#sourceField(path, field, text))}
          </ul>
          ${this.#behind()}
        </section>
        <div class="targets">
          ${repeat(
            targets,
            (key) => key,
            (key) =>
              html`<xrm-conversion-target
                data-target=${key}
                .name=${this.name}
                .target=${key}
                .brief=${this._brief}
                .over=${this.#drag.at?.over?.target === key ? this.#drag.at.over.field : null}
                @xrm-remove=${() => void this.#remove(key)}
              ></xrm-conversion-target>`,
          )}
          <div class="card add">
            <label for="add-target">${t('target.add')}</label>
            ${selectControl(
              'add-target',
              [{ value: '', text: t('choose') }, ...makeableEntities()],
              '',
              (entity) => this.#add(entity),
            )}
          </div>
        </div>
      </div>`
  }

  /** The fields of the source, and below them the paths through them that are used. */
  #sourceFields(): [string, FieldView, string][] {
    const source = this.source!
    const used = new Set(
      Object.values(this.body!.targets).flatMap((target) => Object.values(target.map).flatMap(pathsOf)),
    )
    const words = this._search.trim().toLowerCase()
    return inOrder(source.fields)
      .filter(([name, field]) => (!field.system || used.has(name)) && field.valueType !== null)
      .flatMap(([name, field]): [string, FieldView, string][] => {
        const through = [...used].filter((path) => path.startsWith(`${name}.`)).toSorted()
        const further = through.flatMap((path): [string, FieldView, string][] => {
          const found = fieldAt(draftModel.model, source, path)
          return found ? [[path, found, `${label(field)} › ${label(found)}`]] : []
        })
        return [[name, field, label(field)], ...further]
      })
      .filter(([path, , text]) => `${path} ${text}`.toLowerCase().includes(words))
  }

  #sourceField(path: string, field: FieldView, text: string): TemplateResult {
    const used = this._lines.some((line) => line.path === path)
    const value = this.#sample.record?.[path]
    const record = this.#sample.record ?? {}
    return html`<li
      data-source=${path}
      class="${used ? '' : 'free'} ${this._lit === path ? 'lit' : ''}"
      title=${t('source.drag')}
    >
      <span class="what">
        <span class="ellipsis">${text}</span>
        <span class="second small ellipsis">${typeTitle(field.type)}</span>
      </span>
      <span class="sample ellipsis"
        >${value === undefined ? nothing : showValue(value, { field, path, record, locale: currentLocale() })}</span
      >
      <span class="knob"></span>
    </li>`
  }

  #behind(): unknown {
    const names = this.check?.staysBehind ?? []
    if (names.length === 0) return nothing
    const fields = names.map((name) => {
      const field = this.source?.fields[name]
      return field ? label(field) : name
    })
    return html`<p class="behind hint">
      ${t('source.behind', { count: names.length, fields: fields.join(', ') })}
    </p>`
  }

  #drawLines(): TemplateResult {
    const drag = this.#drag.at
    const board = this.renderRoot.querySelector('.board')?.getBoundingClientRect()
    const row = drag && this.#rowOf(drag.path)?.getBoundingClientRect()
    const free =
      drag && board && row
        ? curve({
            x1: row.right - board.left,
            y1: (row.top + row.bottom) / 2 - board.top,
            x2: drag.x - board.left,
            y2: drag.y - board.top,
          })
        : null
    return html`<svg class="lines" aria-hidden="true">
      ${this._lines.map(
        (line) =>
          svg`<path
            class="${line.indirect ? 'indirect' : ''} ${line.hidden ? 'away' : ''} ${this.#isLit(line) ? 'lit' : ''}"
            d=${curve(line)}
          ></path>`,
      )}
      ${free ? svg`<path class="lit" d=${free}></path>` : nothing}
    </svg>`
  }

  #isLit(line: Line): boolean {
    return this._lit !== null && (this._lit === line.path || this._lit === `${line.target}/${line.field}`)
  }

  #rowOf(path: string): Element | null {
    const row = (one: string) => this.renderRoot.querySelector(`[data-source="${CSS.escape(one)}"] .knob`)
    return row(path) ?? row(path.split('.', 1)[0]!)
  }

  #measureSoon = () => {
    cancelAnimationFrame(this.#frame)
    this.#frame = requestAnimationFrame(() => this.#measure())
  }

  #measure(): void {
    const board = this.renderRoot.querySelector('.board')?.getBoundingClientRect()
    const column = this.renderRoot.querySelector('.fields')?.getBoundingClientRect()
    if (!board || !column) return
    const lines: Line[] = []
    for (const card of this.renderRoot.querySelectorAll<ConversionTarget>('xrm-conversion-target')) {
      for (const [field, mapping] of Object.entries(this.body?.targets[card.target]?.map ?? {})) {
        const end = card.anchorOf(field)?.getBoundingClientRect()
        for (const path of end ? pathsOf(mapping) : []) {
          const start = this.#rowOf(path)?.getBoundingClientRect()
          if (!start || !end) continue
          const { y, hidden } = within(start, column)
          lines.push({
            path: this.renderRoot.querySelector(`[data-source="${CSS.escape(path)}"]`)
              ? path
              : path.split('.', 1)[0]!,
            target: card.target,
            field,
            indirect: mapping.from === undefined,
            hidden,
            x1: start.right - board.left,
            y1: y - board.top,
            x2: card.getBoundingClientRect().left - board.left,
            y2: (end.top + end.bottom) / 2 - board.top,
          })
        }
      }
    }
    if (JSON.stringify(lines) !== JSON.stringify(this._lines)) this._lines = lines
  }

  #look = (event: Event) => {
    const elements = event.composedPath().filter((one): one is HTMLElement => one instanceof HTMLElement)
    const source = elements.find((one) => one.dataset['source'] !== undefined)?.dataset['source']
    const field = elements.find((one) => one.dataset['field'] !== undefined)?.dataset['field']
    const target = elements.find((one) => one.dataset['target'] !== undefined)?.dataset['target']
    this._lit = source ?? (field !== undefined && target !== undefined ? `${target}/${field}` : null)
  }

  async #take(path: string, target: string, field: string): Promise<void> {
    const card = [...this.renderRoot.querySelectorAll<ConversionTarget>('xrm-conversion-target')]
    const into = draftModel.entity(this.body?.targets[target]?.entity ?? '')?.fields[field]
    const from = this.source && fieldAt(draftModel.model, this.source, path)
    if (!into || !from) return
    announce(t('map.joined', { from: label(from), field: label(into) }))
    await card.find((one) => one.target === target)?.take(field, path)
  }

  /** The best suggestion of each field, as the server puts them in order. */
  #suggestions(): { target: string; field: string; from: string }[] {
    return Object.entries(this.check?.targets ?? {}).flatMap(([target, { suggestions }]) => {
      const best = new Map(suggestions.toReversed().map((one) => [one.field, one.from]))
      const map = this.body?.targets[target]?.map ?? {}
      return [...best]
        .filter(([field]) => !Object.hasOwn(map, field))
        .map(([field, from]) => ({ target, field, from }))
    })
  }

  async #takeAll(): Promise<void> {
    const patch: Record<string, { map: Record<string, unknown> }> = {}
    const all = this.#suggestions()
    for (const { target, field, from } of all) {
      const into = draftModel.entity(this.body!.targets[target]!.entity)?.fields[field]
      if (!into) continue
      patch[target] ??= { map: {} }
      patch[target].map[field] = fieldPatch(undefined, from, this.source?.fields[from], into)
    }
    announce(t('suggest.taken', { count: all.length }))
    await this.patch({ targets: patch } as never)
  }

  async #add(entity: string): Promise<void> {
    if (entity === '') return
    const targets = this.body!.targets
    const key = targetKey(entity, targets)
    const map: Record<string, unknown> = {}
    // A relation to another target is what people mean nearly always.
    for (const field of Object.values(draftModel.entity(entity)?.fields ?? {})) {
      const other = Object.keys(targets).find((one) => targets[one]!.entity === field.relation?.entity)
      if (other !== undefined && !field.system && !field.multiple)
        map[field.name] = feedPatch(undefined, 'target', other)
    }
    await this.edit(`/targets/${key}`, { entity, policy: 'create', order: nextOrder(targets), map })
  }

  async #remove(key: string): Promise<void> {
    const target = this.body!.targets[key]!
    const name = targetTitle(key, target)
    const yes = await confirm({
      title: t('target.remove-title', { name }),
      text: t('target.remove-text', { count: Object.keys(target.map).length }),
      yes: t('remove'),
    })
    if (yes) await this.edit(`/targets/${key}`, null)
  }
}
