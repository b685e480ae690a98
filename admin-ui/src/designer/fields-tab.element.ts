import type { DocumentKind } from '@xrm/sdk'
import type { DocumentView, NewRelation, RetiredView } from '@xrm/sdk/configuration'
import type { Entity, Field } from '@xrm/sdk/documents'
import { isEqual } from '@xrm/sdk/merge'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { DocumentsController } from '../console/controllers.ts'
import { draft } from '../console/draft.ts'
import { bornIn, isChanged, valueBelow } from '../console/layers.ts'
import { call, paths } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { session } from '../data/session.ts'
import { label } from '../model/labels.ts'
import { describeError } from '../shell/errors.ts'
import { router } from '../shell/router.ts'
import { toasts } from '../shell/toasts.ts'
import type { NewField, NewLink } from './add-field-dialog.element.ts'
import './add-field-dialog.element.ts'
import { announce } from './announce.ts'
import { typeTitle } from './choices.ts'
import { DocumentElement, inputValue } from './document-element.ts'
import './field-panel.element.ts'
import { fieldTypeOf, fieldTypes } from './field-types.ts'
import { t } from './i18n/index.ts'
import { moveHandle } from './move-handle.ts'
import { movedKeys, nextOrder, orderedKeys, orderPatch } from './order.ts'
import { placeInForm, placeInList } from './place-field.ts'
import './preview.element.ts'
import { Sortable } from './sortable.ts'

/** The fields of an entity in order, the properties of the chosen one, and how form and list will look. */
@customElement('xrm-fields-tab')
export class FieldsTab extends DocumentElement {
  static override styles = [
    DocumentElement.styles,
    css`
      :host {
        container-type: inline-size;
      }
      .columns {
        display: grid;
        grid-template-columns: minmax(340px, 1fr) minmax(320px, 400px);
        gap: 16px;
        align-items: start;
      }
      .columns.chosen {
        grid-template-columns: minmax(300px, 1fr) minmax(320px, 360px) minmax(280px, 380px);
      }
      .side {
        position: sticky;
        top: 0;
        display: grid;
        gap: 16px;
        max-height: calc(100dvh - 128px);
        overflow: auto;
      }
      .panel {
        padding: 14px;
      }
      .bar {
        margin-bottom: 10px;
      }
      .bar input {
        flex: 1;
        min-width: 120px;
      }
      li {
        display: grid;
        grid-template-columns: 26px minmax(0, 1fr);
        align-items: center;
        border-top: 1px solid var(--line);
      }
      li:first-child {
        border-top: 0;
      }
      li.chosen {
        background: var(--selected);
      }
      .field {
        display: grid;
        grid-template-columns: 20px minmax(0, 1fr) auto;
        gap: 10px;
        width: 100%;
        height: auto;
        min-height: 38px;
        padding: 4px 10px 4px 4px;
        border: 0;
        border-radius: 0;
        background: none;
        font-weight: 450;
        text-align: start;
        white-space: normal;
      }
      .field:hover:not(:disabled) {
        background: var(--hover);
      }
      .field xrm-icon {
        color: var(--text-2);
      }
      .field > span {
        line-height: 1.45;
      }
      .field strong {
        font-weight: 600;
      }
      .field .mono {
        color: var(--text-2);
        font-size: 11.5px;
      }
      .marks {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 4px;
        max-width: 180px;
      }
      .retired {
        margin-top: 16px;
        padding: 12px 14px;
      }
      .retired li {
        grid-template-columns: minmax(0, 1fr) auto;
        padding: 5px 0;
      }
      @container (max-width: 1100px) {
        .columns.chosen {
          grid-template-columns: minmax(280px, 1fr) minmax(320px, 380px);
        }
        .columns.chosen .preview {
          grid-column: 1 / -1;
          position: static;
          max-height: none;
        }
      }
      @container (max-width: 720px) {
        .columns,
        .columns.chosen {
          grid-template-columns: minmax(0, 1fr);
        }
        .side {
          position: static;
          max-height: none;
        }
        .side:not(.preview) {
          order: -1;
        }
      }
    `,
  ].flat()

  @property({ attribute: false }) entity = ''
  @state() private _search = ''
  @state() private _adding: 'field' | 'relation' | null = null

  #documents = new DocumentsController(this)
  #sortable = new Sortable(this, ({ key, before }) => void this.#move(key, before))
  #retired = new QueryController<{ items: RetiredView[] }>(this, () => ({
    key: ['console', 'retired'],
    read: (signal) => call('GET', '/api/documents/retired', { signal }),
  }))

  /** As it is published, to show what the draft does to it. */
  #published = new QueryController<DocumentView>(this, () => ({
    key: ['console', 'published', 'entity', this.entity],
    read: (signal) => call('GET', paths.document('entity', this.entity), { signal }),
    enabled: this.#documents.find('entity', this.entity)?.draft === 'changed',
  }))

  get #before(): Record<string, Field> | null {
    if (this.#documents.find('entity', this.entity)?.draft !== 'changed') return null
    return (this.#published.data?.body as Entity | undefined)?.properties as Record<string, Field> | null
  }

  protected override get place(): [DocumentKind, string] | null {
    return this.entity ? ['entity', this.entity] : null
  }

  get #fields(): Record<string, Field> {
    return (this.value('/properties') ?? {}) as Record<string, Field>
  }

  get #chosen(): string | null {
    const name = router.url.searchParams.get('field')
    return name !== null && Object.hasOwn(this.#fields, name) ? name : null
  }

  override render(): unknown {
    if (!this.view) return nothing
    const chosen = this.#chosen
    return html`<div class="columns ${chosen === null ? '' : 'chosen'}">
        <div>
          <div class="bar">
            <input
              type="search"
              aria-label=${t('fields.search')}
              placeholder=${t('fields.search')}
              .value=${this._search}
              @input=${(event: Event) => (this._search = inputValue(event))}
            />
            <button class="primary" @click=${() => (this._adding = 'field')}>
              <xrm-icon name="plus" size="14"></xrm-icon>${t('field.add')}
            </button>
            <button @click=${() => (this._adding = 'relation')}>
              <xrm-icon name="git-branch" size="14"></xrm-icon>${t('relation')}
            </button>
          </div>
          ${this.#list(chosen)} ${this.#gone()}
        </div>
        ${
          chosen === null
            ? nothing
            : html`<div class="side">
                <div class="card panel">
                  <xrm-field-panel
                    .entity=${this.entity}
                    .field=${chosen}
                    @xrm-close=${(event: Event) => this.#closed(event)}
                    @xrm-renamed=${(event: CustomEvent<string>) => this.#choose(event.detail)}
                    @xrm-removed=${() => this.#choose(null)}
                  ></xrm-field-panel>
                </div>
              </div>`
        }
        <div class="side preview">
          <xrm-preview .entity=${this.entity}></xrm-preview>
        </div>
      </div>
      ${
        this._adding === null
          ? nothing
          : html`<xrm-add-field-dialog
              .entity=${this.entity}
              .entityTitle=${this.#title()}
              .taken=${new Set(Object.keys(this.#fields))}
              ?relation=${this._adding === 'relation'}
              @xrm-field=${(event: CustomEvent<NewField>) => void this.#add(event.detail)}
              @xrm-link=${(event: CustomEvent<NewLink>) => void this.#link(event.detail)}
              @xrm-close=${() => (this._adding = null)}
            ></xrm-add-field-dialog>`
      }`
  }

  #title(): string {
    const document = this.#documents.find('entity', this.entity)
    return document ? label(document) : this.entity
  }

  #list(chosen: string | null): TemplateResult {
    const fields = this.#fields
    const words = this._search.trim().toLowerCase()
    const names = orderedKeys(fields, 'x-order').filter((name) =>
      `${name} ${titleOf(name, fields[name]!)} ${typeTitle(fieldTypeOf(fields[name]!).name)}`
        .toLowerCase()
        .includes(words),
    )
    if (names.length === 0) {
      return html`<div class="card empty">${words ? t('fields.no-match') : t('fields.none')}</div>`
    }
    return html`<ol
      class="entries card"
      data-group="fields"
      aria-label=${t('tab.fields')}
      @keydown=${this.#arrows}
    >
      ${repeat(
        names,
        (name) => name,
        (name) => this.#row(name, fields[name]!, name === chosen),
      )}
    </ol>`
  }

  #row(name: string, field: Field, chosen: boolean): TemplateResult {
    const type = fieldTypeOf(field)
    const title = titleOf(name, field)
    const at = `/properties/${name}`
    return html`<li data-key=${name} class=${chosen ? 'chosen' : ''}>
      ${moveHandle(title)}
      <button class="field" aria-pressed=${chosen} @click=${() => this.#choose(chosen ? null : name)}>
        <xrm-icon name=${type.icon}></xrm-icon>
        <span class="ellipsis"><strong>${title}</strong> <span class="mono">${name}</span></span>
        <span class="marks">
          ${this.invalid(at) ? html`<span class="chip red">${t('field.wrong')}</span>` : nothing}
          ${field['x-required'] ? html`<span class="chip">${t('field.required')}</span>` : nothing}
          ${this.#draftMark(name, field) ?? this.#origin(at)}
          <span class="second small">${typeTitle(type.name)}</span>
        </span>
      </button>
    </li>`
  }

  #draftMark(name: string, field: Field): unknown {
    const before = this.#before
    if (!before || isEqual(before[name], field)) return null
    return html`<span class="chip amber">${t(before[name] ? 'draft.changed' : 'draft.added')}</span>`
  }

  #origin(at: string): unknown {
    const view = this.view!
    if (bornIn(view, at) === 'admin') {
      const all = Object.keys(view.layers).every((layer) => layer === 'admin')
      return all ? nothing : html`<span class="chip violet">${t('origin.own')}</span>`
    }
    return isChanged(view, at) ? html`<span class="chip blue">${t('origin.changed')}</span>` : nothing
  }

  /** Fields that were removed: in this draft, and earlier ones whose data is kept. */
  #gone(): unknown {
    const shipped = Object.keys((valueBelow(this.view!, '/properties') ?? {}) as object)
    const kept = (this.#retired.data?.items ?? []).filter(
      (one) => one.entity === this.entity && one.field !== null,
    )
    const names = new Set(
      [...shipped, ...Object.keys(this.#before ?? {}), ...kept.map((one) => one.field!)].filter(
        (name) => !Object.hasOwn(this.#fields, name),
      ),
    )
    const error = this.#retired.error
    if (names.size === 0 && !error) return nothing
    return html`<section class="card retired" aria-label=${t('fields.retired')}>
      <h2>${t('fields.retired')}</h2>
      <p class="hint">${t('fields.retired-hint')}</p>
      ${error ? html`<p class="error" role="alert">${describeError(error)}</p>` : nothing}
      <ul class="entries">
        ${[...names].map((name) => {
          const one = kept.find((other) => other.field === name)
          return html`<li>
            <span
              ><span class="mono">${name}</span>
              ${one ? html`<span class="second small">${typeTitle(one.type)} · ${t('fields.filled', { count: one.filled })}</span>` : nothing}</span
            >
            <button class="link" @click=${() => void this.#restore(name, one)}>${t('fields.restore')}</button>
          </li>`
        })}
      </ul>
    </section>`
  }

  async #restore(name: string, retired: RetiredView | undefined): Promise<void> {
    const at = `/properties/${name}`
    const before = this.#before?.[name]
    if (before) await this.edit(at, before)
    else if (valueBelow(this.view!, at) !== undefined) await draft.reset('entity', this.entity, at)
    else {
      const type = fieldTypes.find((one) => one.name === retired?.type)
      const title = name.replaceAll('_', ' ')
      await this.edit(at, { ...type?.template, title, 'x-order': nextOrder(this.#fields, 'x-order') })
    }
    this.#choose(name)
  }

  #choose(name: string | null): void {
    void this.#show(name)
  }

  async #show(name: string | null): Promise<void> {
    const query = name === null ? '' : `?field=${encodeURIComponent(name)}`
    await router.go(location.pathname + query, { replace: true })
    this.requestUpdate()
    await this.updateComplete
    if (name === null) return
    this.renderRoot.querySelector(`[data-key="${CSS.escape(name)}"]`)?.scrollIntoView({ block: 'nearest' })
  }

  #closed(event: Event): void {
    // Dialogs inside the panel close themselves.
    if (
      (event.target as HTMLElement).localName === 'xrm-field-panel' &&
      event.composedPath()[0] === event.target
    )
      this.#choose(null)
  }

  #arrows = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const here = (event.target as HTMLElement).closest('.field, .handle')
    if (step === undefined || event.altKey || !here) return
    const kind = here.classList.contains('field') ? '.field' : '.handle'
    const all = [...this.renderRoot.querySelectorAll<HTMLElement>(`[data-group=fields] ${kind}`)]
    event.preventDefault()
    all[all.indexOf(here as HTMLElement) + step]?.focus()
  }

  async #move(name: string, before: string | null): Promise<void> {
    const fields = this.#fields
    const keys = movedKeys(orderedKeys(fields, 'x-order'), name, before)
    const orders = orderPatch(keys, name, (one) => fields[one]?.['x-order'])
    const patch = Object.fromEntries(
      Object.entries(orders).map(([one, order]) => [one, { 'x-order': order }]),
    )
    announce(
      t('moved', { name: titleOf(name, fields[name]!), place: keys.indexOf(name) + 1, count: keys.length }),
    )
    const done = this.edit('/properties', patch)
    await this.#sortable.focus(name)
    await done
  }

  async #add({ name, field, inForm, inCreate, inList, another }: NewField): Promise<void> {
    if (!another) this._adding = null
    const order = nextOrder(this.#fields, 'x-order')
    // One after the other: form and view name the field, so it must be there first.
    await this.edit(`/properties/${name}`, { ...field, 'x-order': order })
    announce(t('added', { name: field.title ?? name }))
    if (!another) this.#choose(name)
    if (inForm) await placeInForm(this.entity, name, field, inCreate)
    if (inList) await placeInList(this.entity, name)
  }

  async #link({ kind, name, title, target }: NewLink): Promise<void> {
    const labels = session.language === 'en' ? {} : { labels: { [session.language]: title } }
    const body: NewRelation = { kind, entity: this.entity, target, name, title, ...labels }
    try {
      await draft.run(this.#title(), (id) => call('POST', `/api/changesets/${id}/relations`, { body }))
      this._adding = null
      const where = kind === 'many' ? target : name
      toasts.show(t(kind === 'many' ? 'relation.made-many' : 'relation.made-both', { name: title }), {
        links: [{ label: t('open'), href: `/admin/entities/${where}/fields` }],
      })
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    }
  }
}

function titleOf(name: string, field: NonNullable<Entity['properties'][string]>): string {
  return label({ title: field.title ?? name.replaceAll('_', ' '), labels: field['x-labels'] ?? {} })
}
