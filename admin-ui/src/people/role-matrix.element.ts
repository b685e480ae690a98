import type { DocumentKind, Role } from '@xrm/sdk'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { DocumentsController } from '../console/controllers.ts'
import { originOf } from '../console/layers.ts'
import { session } from '../data/session.ts'
import { DocumentElement } from '../designer/document-element.ts'
import { draftModel, followDraftModel } from '../designer/draft-model.ts'
import { type CellPlace, moveCell } from '../list/grid-keys.ts'
import { label, pluralLabel } from '../model/labels.ts'
import { t } from './i18n/index.ts'
import { actions, cellOf, fieldCellOf, isSame, patchRight, type Scope, scopesOf } from './matrix.ts'
import { matrixStyles } from './matrix-styles.ts'
import './role-expression.element.ts'
import './role-fields.element.ts'
import { actionLabel, type CellText, cellText, fieldsText, scopeKeys, scopeLabel } from './scope-texts.ts'

interface Line {
  entity: string
  title: string
}

/** What a menu of the matrix offers. */
interface Choice {
  text: string
  key?: string | undefined
  checked?: boolean
  run: () => unknown
}

/**
 * What a role grants: entities by actions, every cell a scope. Cells that come from other roles or from the line "all
 * others" are grey and say where from. Arrows move, Enter opens the choices, a letter chooses at once, Delete takes back.
 */
@customElement('xrm-role-matrix')
export class RoleMatrix extends DocumentElement {
  static override styles = [DocumentElement.styles, matrixStyles].flat()

  @property({ attribute: false }) name = ''
  @property({ attribute: false }) roles: ReadonlyMap<string, Role> = new Map()
  /** As it is in force; null for a role that is new. */
  @property({ attribute: false }) published: Role | null = null
  @state() private _search = ''
  @state() private _at: CellPlace = { row: 0, column: 1 }
  @state() private _choices: Choice[] = []
  @state() private _expression: { entity: string; action: (typeof actions)[number] } | null = null
  @state() private _fields: string | null = null
  #documents = new DocumentsController(this)

  constructor() {
    super()
    followDraftModel(this)
  }

  protected override get place(): [DocumentKind, string] | null {
    return this.name ? ['role', this.name] : null
  }

  get #role(): Role {
    return this.roles.get(this.name) ?? { title: '', entities: {} }
  }

  /** "All others" first, then every entity by title, and those that the role names and nobody knows. */
  get #lines(): Line[] {
    const words = this._search.trim().toLowerCase()
    const known = this.#documents
      .of('entity')
      .map((one) => {
        const view = draftModel.entity(one.name)
        return { entity: one.name, title: view ? pluralLabel(view) : label(one) }
      })
      .toSorted((a, b) => a.title.localeCompare(b.title, session.language))
    const names = new Set(known.map((line) => line.entity))
    const unknown = Object.keys(this.#role.entities)
      .filter((name) => name !== '*' && !names.has(name))
      .map((name) => ({ entity: name, title: name }))
    return [
      { entity: '*', title: t('matrix.others') },
      ...[...known, ...unknown].filter((line) =>
        `${line.title} ${line.entity}`.toLowerCase().includes(words),
      ),
    ]
  }

  override render(): TemplateResult {
    const lines = this.#lines
    return html`<div class="bar">
        <input
          type="search"
          aria-label=${t('matrix.search')}
          placeholder=${t('matrix.search')}
          .value=${this._search}
          @input=${(event: Event) => (this._search = (event.currentTarget as HTMLInputElement).value)}
        />
        <span class="legend second small">
          <span class="sample">${t('matrix.own')}</span>
          <span class="sample grey">${t('matrix.inherited')}</span>
          <span class="sample changed">${t('matrix.changed')}</span>
        </span>
      </div>
      ${this.issues('/entities')}
      <div class="scroll card">
        <table role="grid" aria-label=${t('role.tab.matrix')} @keydown=${this.#key} @focusin=${this.#focused}>
          <thead>
            <tr role="row">
              <th role="columnheader" scope="col">${t('matrix.entity')}</th>
              ${actions.map(
                (action) => html`<th role="columnheader" scope="col">${actionLabel(action)}</th>`,
              )}
              <th role="columnheader" scope="col">${t('matrix.fields')}</th>
            </tr>
          </thead>
          <tbody>
            ${lines.map((line, row) => this.#line(line, row))}
          </tbody>
        </table>
      </div>
      <p class="second small keys">${t('matrix.keys')}</p>
      <div
        id="menu"
        class="menu"
        popover
        role="menu"
        aria-label=${t('matrix.choose')}
        @keydown=${this.#menuKey}
      >
        ${this._choices.map(
          (choice) =>
            html`<button
              role=${choice.checked === undefined ? 'menuitem' : 'menuitemradio'}
              aria-checked=${choice.checked ?? nothing}
              @click=${() => this.#choose(choice)}
            >
              <span class="grow">${choice.text}</span>${choice.key ? html`<kbd>${choice.key}</kbd>` : nothing}
            </button>`,
        )}
      </div>
      ${
        this._expression
          ? html`<xrm-role-expression
              .entity=${this._expression.entity}
              .heading=${`${this.#title(this._expression.entity)}: ${actionLabel(this._expression.action)}`}
              .text=${this.#expressionText(this._expression)}
              @xrm-done=${this.#expressionDone}
              @xrm-close=${() => this.#closed(() => (this._expression = null))}
            ></xrm-role-expression>`
          : nothing
      }
      ${
        this._fields === null
          ? nothing
          : html`<xrm-role-fields
              .name=${this.name}
              .roles=${this.roles}
              .published=${this.published}
              .entity=${this._fields}
              .heading=${t('fields.title', { name: this.#title(this._fields) })}
              @xrm-close=${() => this.#closed(() => (this._fields = null))}
            ></xrm-role-fields>`
      }`
  }

  #line({ entity, title }: Line, row: number): TemplateResult {
    const isNamed = Object.hasOwn(this.#role.entities, entity)
    return html`<tr role="row">
      <th role="rowheader" scope="row">
        ${this.#button(row, 0, { text: title, grey: false, also: '', hint: entity === '*' ? t('matrix.others-hint') : entity }, isNamed ? 'named' : '')}
      </th>
      ${actions.map((action, index) => {
        const cell = cellOf(this.roles, this.name, entity, action)
        const text = cellText(cell, (name) => this.#documents.title('role', name))
        const before =
          this.published && cellOf(new Map([[this.name, this.published]]), this.name, entity, action)
        const changed = this.published !== null && !isSame(cell.own ?? cell.star, before?.own ?? before?.star)
        const wrong = entity !== '*' && this.issuesOf(`/entities/${entity}/${action}`).length > 0
        return html`<td role="gridcell">
          ${this.#button(row, index + 1, this.#withOrigin(text, entity, action), [changed ? 'changed' : '', wrong ? 'wrong' : ''].join(' '), `${title}, ${actionLabel(action)}`)}
        </td>`
      })}
      <td role="gridcell">
        ${this.#button(row, actions.length + 1, this.#fieldsText(entity), this.#fieldsChanged(entity) ? 'changed' : '', `${title}, ${t('matrix.fields')}`)}
      </td>
    </tr>`
  }

  #button(row: number, column: number, text: CellText, kind: string, name?: string): TemplateResult {
    const isHere = this._at.row === row && this._at.column === column
    const also = text.also ? html` <small>${text.also}</small>` : nothing
    return html`<button
      class="cell ${kind} ${text.grey ? 'grey' : ''}"
      tabindex=${isHere ? 0 : -1}
      data-row=${row}
      data-column=${column}
      title=${text.hint}
      aria-label=${name ? [name, `${text.text} ${text.also}`.trim(), text.hint].filter(Boolean).join(': ') : nothing}
      aria-haspopup=${column > actions.length ? 'dialog' : 'menu'}
      @click=${() => this.#open(row, column)}
    >
      <span class="ellipsis">${text.text}</span>${also}
    </button>`
  }

  #withOrigin(text: CellText, entity: string, action: string): CellText {
    const { view } = this
    if (text.grey || text.text === '–' || !view) return text
    const layer = originOf(view, `/entities/${entity}/${action}`)
    if (layer === null) return text
    const from = layer === 'plugin' ? view.plugins.join(', ') : t(`layer.${layer}`)
    return { ...text, hint: [t('matrix.from', { name: from }), text.hint].filter(Boolean).join(' ') }
  }

  #fieldsText(entity: string): CellText {
    const role = this.#role.entities
    const body = Object.hasOwn(role, entity) ? role[entity] : role['*']
    const all = fieldCellOf(this.roles, this.name, entity, '*')
    return fieldsText(all, body?.fields ?? {}, (name) => this.#documents.title('role', name))
  }

  #fieldsChanged(entity: string): boolean {
    const of = (role: Role | null) => role?.entities[entity]?.fields ?? role?.entities['*']?.fields ?? {}
    return this.published !== null && JSON.stringify(of(this.published)) !== JSON.stringify(of(this.#role))
  }

  #title(entity: string): string {
    return this.#lines.find((line) => line.entity === entity)?.title ?? entity
  }

  #expressionText({ entity, action }: { entity: string; action: (typeof actions)[number] }): string {
    const scope = this.#role.entities[entity]?.[action] as Scope | undefined
    return typeof scope === 'object' ? scope.when : ''
  }

  #buttonAt(at = this._at): HTMLButtonElement | null {
    return this.renderRoot.querySelector(`button[data-row="${at.row}"][data-column="${at.column}"]`)
  }

  #focused = (event: Event) => {
    const { dataset } = event.target as HTMLElement
    if (dataset['row'] !== undefined)
      this._at = { row: Number(dataset['row']), column: Number(dataset['column']) }
  }

  #key = (event: KeyboardEvent) => {
    const next = moveCell(event, this._at, this.#lines.length, actions.length + 2, 10)
    if (next) {
      event.preventDefault()
      return void this.#buttonAt(next)?.focus()
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const line = this.#lines[this._at.row]
    const action = actions[this._at.column - 1]
    if (!line || !action) return
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault()
      return this.#set(line.entity, action, null)
    }
    const scope = scopesOf(action).find((one) => scopeKeys()[one] === event.key.toLowerCase())
    if (!scope) return
    event.preventDefault()
    this.#set(line.entity, action, scope)
  }

  #menuKey = (event: KeyboardEvent) => {
    const items = [...this.renderRoot.querySelectorAll<HTMLElement>('#menu button')]
    const at = items.findIndex((item) => item.matches(':focus'))
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const to =
      step !== undefined
        ? (at + step + items.length) % items.length
        : event.key === 'Home'
          ? 0
          : event.key === 'End'
            ? items.length - 1
            : items.findIndex(
                (_, index) => this._choices[index]?.key?.toLowerCase() === event.key.toLowerCase(),
              )
    if (event.key === 'Tab') this.#menu.hidePopover()
    if (to < 0) return
    event.preventDefault()
    if (step === undefined && event.key.length === 1) items[to]?.click()
    else items[to]?.focus()
  }

  get #menu(): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>('#menu')!
  }

  #open(row: number, column: number): void {
    const line = this.#lines[row]
    if (!line) return
    this._at = { row, column }
    if (column > actions.length) return void (this._fields = line.entity)
    const action = actions[column - 1]
    this._choices = action ? this.#scopeChoices(line.entity, action) : this.#lineChoices(line.entity)
    void this.#showMenu()
  }

  async #showMenu(): Promise<void> {
    await this.updateComplete
    const menu = this.#menu
    menu.showPopover()
    const box = this.#buttonAt()!.getBoundingClientRect()
    const left = Math.max(8, Math.min(box.left, innerWidth - menu.offsetWidth - 8))
    const below = box.bottom + menu.offsetHeight + 8 < innerHeight
    menu.style.left = `${left}px`
    menu.style.top = `${below ? box.bottom : Math.max(8, box.top - menu.offsetHeight - 8)}px`
    const checked = menu.querySelector<HTMLElement>('[aria-checked="true"]') ?? menu.querySelector('button')
    checked?.focus()
  }

  #scopeChoices(entity: string, action: (typeof actions)[number]): Choice[] {
    const { own } = cellOf(this.roles, this.name, entity, action)
    const given = scopesOf(action)
    return [
      ...given.map((scope) => ({
        text: scopeLabel(scope),
        key: scopeKeys()[scope].toUpperCase(),
        checked: own === scope,
        run: () => this.#set(entity, action, scope),
      })),
      ...(entity === '*' || given.length === 2
        ? []
        : [
            {
              text: t('scope.when'),
              checked: typeof own === 'object',
              run: () => (this._expression = { entity, action }),
            },
          ]),
      {
        text: t('matrix.clear'),
        key: t('matrix.delete-key'),
        run: () => this.#set(entity, action, null),
      },
    ]
  }

  #lineChoices(entity: string): Choice[] {
    const every = Object.fromEntries(actions.map((action) => [action, 'all']))
    const none = Object.fromEntries(actions.map((action) => [action, null]))
    const put = (body: Record<string, unknown> | null) => () => this.edit(`/entities/${entity}`, body)
    return [
      { text: t('matrix.everything'), run: put({ ...every, fields: { '*': 'write' } }) },
      { text: t('matrix.look'), run: put({ ...none, read: 'all', fields: { '*': 'read' } }) },
      { text: t(entity === '*' ? 'matrix.clear-line' : 'matrix.as-others'), run: put(null) },
    ]
  }

  #choose(choice: Choice): void {
    this.#menu.hidePopover()
    this.#buttonAt()?.focus()
    choice.run()
  }

  #set(entity: string, action: (typeof actions)[number], value: Scope | null): void {
    void this.patch(patchRight(this.#role, entity, { action, value }))
  }

  #expressionDone = (event: CustomEvent<string>) => {
    const place = this._expression
    if (!place) return
    const when = event.detail
    this.#set(place.entity, place.action, when === '' ? null : { when })
  }

  #closed(close: () => void): void {
    close()
    void this.updateComplete.then(() => this.#buttonAt()?.focus())
  }
}
