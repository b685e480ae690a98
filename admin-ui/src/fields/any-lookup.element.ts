import type { SearchAnswer } from '@xrm/sdk/api'
import { html, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { nameOf } from '../data/names.ts'
import { session } from '../data/session.ts'
import { label } from '../model/labels.ts'
import { describeError } from '../shell/errors.ts'
import { toasts } from '../shell/toasts.ts'
import { FormElement } from '../style/form-element.ts'
import { control } from './common.ts'
import type { EditorContext } from './kind.ts'
import { splitReference } from './relation-any.ts'

interface Item {
  id: string
  display: string
}

/** Chooses records of whichever entity the field allows, by the global search. The value is `entity/id`, or several. */
@customElement('xrm-any-lookup')
export class AnyLookupElement extends FormElement {
  @property({ attribute: false }) context!: EditorContext
  #known = new Map<string, Item>()
  #asked = new Set<string>()

  get #references(): string[] {
    const { value } = this.context
    if (Array.isArray(value)) return value as string[]
    return typeof value === 'string' ? [value] : []
  }

  #provide = async ({ filter }: { filter: string }, done: (items: Item[], size: number) => void) => {
    if (filter.trim().length < 2) return done(this.#items(), this.#references.length)
    try {
      const answer = await call<SearchAnswer>(
        'GET',
        `/api/search?${new URLSearchParams({ q: filter, limit: '8' })}`,
      )
      const allowed = this.context.field.entities ?? null
      const items = answer.groups
        .filter((group) => allowed === null || allowed.includes(group.entity))
        .flatMap((group) =>
          group.items.map((item) => this.#remember(`${group.entity}/${item.id}`, item.display)),
        )
      done(items, items.length)
    } catch (error) {
      done([], 0)
      toasts.show(describeError(error), { bad: true })
    }
  }

  #items(): Item[] {
    return this.#references.map((reference) => {
      const known = this.#known.get(reference)
      if (!known) void this.#load(reference)
      return known ?? { id: reference, display: '…' }
    })
  }

  #remember(reference: string, display: string): Item {
    const entity = session.entity(splitReference(reference).entity)
    const item = this.#known.get(reference) ?? {
      id: reference,
      display: entity ? `${display} (${label(entity)})` : display,
    }
    this.#known.set(reference, item)
    return item
  }

  async #load(reference: string): Promise<void> {
    if (this.#asked.has(reference)) return
    this.#asked.add(reference)
    const { entity, id } = splitReference(reference)
    const view = session.entity(entity)
    const name = view ? await nameOf(entity, id).catch(() => null) : null
    // Not visible to this user: the kind of record is all there is to say.
    if (name === null) this.#known.set(reference, { id: reference, display: view ? label(view) : entity })
    else this.#remember(reference, name)
    this.requestUpdate()
  }

  override render(): TemplateResult {
    const items = this.#items()
    if (!this.context.field.multiple) {
      return html`<vaadin-combo-box
        ${control(this.context)}
        item-id-path="id"
        item-value-path="id"
        item-label-path="display"
        clear-button-visible
        .dataProvider=${this.#provide}
        .selectedItem=${items[0] ?? null}
        @selected-item-changed=${(event: CustomEvent<{ value: Item | null }>) => this.#changed(event.detail.value ? [event.detail.value] : [])}
      ></vaadin-combo-box>`
    }
    return html`<vaadin-multi-select-combo-box
      ${control(this.context)}
      item-id-path="id"
      item-value-path="id"
      item-label-path="display"
      .dataProvider=${this.#provide}
      .selectedItems=${items}
      @selected-items-changed=${(event: CustomEvent<{ value: Item[] }>) => this.#changed(event.detail.value)}
    ></vaadin-multi-select-combo-box>`
  }

  #changed(items: Item[]): void {
    const next = items.map((item) => item.id)
    if (next.join() === this.#references.join()) return
    if (this.context.field.multiple) this.context.change(next.length > 0 ? next : null)
    else this.context.change(next[0] ?? null)
  }
}
