import type { DocumentKind } from '@xrm/sdk'
import type { Field } from '@xrm/sdk/documents'
import { isObject, type Json } from '@xrm/sdk/merge'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { label } from '../model/labels.ts'
import { router } from '../shell/router.ts'
import { announce } from './announce.ts'
import { DocumentElement, selectControl } from './document-element.ts'
import { fieldTypeName } from './field-types.ts'
import { t } from './i18n/index.ts'
import { moveHandle } from './move-handle.ts'
import { newEntry } from './new-entry.ts'
import { nameFromTitle } from './names.ts'
import { movedKeys, nextOrder, orderedKeys, orderPatch } from './order.ts'
import './remove-dialog.element.ts'
import type { Removal } from './remove-dialog.element.ts'
import { placeInForm, placeInList } from './place-field.ts'
import { Sortable } from './sortable.ts'
import { allowsTransition, firstStages, toggleTransition, type Stages } from './stages.ts'
import './stage-panel.element.ts'
import { remapOption } from './usage.ts'
import { stagesStyles } from './stages-tab.styles.ts'

type Stage = Stages[string]

const categories = ['open', 'won', 'lost'] as const
const categoryColors = { open: 'blue', won: 'green', lost: 'gray' } as const

/** The stages of an entity: the path that users see, its stages by category, what each asks and sets, and the ways between. */
@customElement('xrm-stages-tab')
export class StagesTab extends DocumentElement {
  static override styles = [DocumentElement.styles, stagesStyles].flat()

  @property({ attribute: false }) entity = ''
  @state() private _chosen: string | null = null
  @state() private _new: Partial<Record<Stage['category'], string>> = {}
  @state() private _removal: Removal | null = null

  #sortable = new Sortable(
    this,
    ({ key, group, before }) => void this.#move(key, group as Stage['category'], before),
  )

  protected override get place(): [DocumentKind, string] | null {
    return this.entity ? ['entity', this.entity] : null
  }

  get #fields(): Record<string, Field> {
    return (this.value('/properties') ?? {}) as Record<string, Field>
  }

  get #stageFields(): string[] {
    return orderedKeys(this.#fields, 'x-order').filter(
      (name) => fieldTypeName(this.#fields[name]!) === 'stage',
    )
  }

  /** The stage field that is shown: the one of the address, else the first. */
  get #field(): string {
    const wanted = router.url.searchParams.get('field')
    const all = this.#stageFields
    return all.find((name) => name === wanted) ?? all[0] ?? ''
  }

  get #at(): string {
    return `/properties/${this.#field}/x-stages`
  }

  get #stages(): Stages {
    const stages = this.value(this.#at)
    return isObject(stages) ? (stages as Stages) : {}
  }

  override render(): unknown {
    if (!this.view) return nothing
    const fields = this.#stageFields
    if (fields.length === 0) return this.#none()
    const stages = this.#stages
    const chosen = this._chosen !== null && Object.hasOwn(stages, this._chosen) ? this._chosen : null
    return html`<div class="all">
        ${
          fields.length > 1
            ? html`<div class="bar">
                <label for="field">${t('stages.field')}</label>
                ${selectControl(
                  'field',
                  fields.map((name) => ({ value: name, text: this.#fieldTitle(name) })),
                  this.#field,
                  (name) => {
                    this._chosen = null
                    void router
                      .go(`${location.pathname}?field=${name}`, { replace: true })
                      .then(() => this.requestUpdate())
                  },
                )}
              </div>`
            : nothing
        }
        ${this.#path(stages)} ${this.issues(this.#at)}
        <div class=${chosen === null ? '' : 'with-panel'}>
          <div class="all">
            <div class="columns">${categories.map((category) => this.#column(category, stages, chosen))}</div>
            ${this.#matrix(stages)} ${this.#reasons(stages)}
          </div>
          ${
            chosen === null
              ? nothing
              : html`<xrm-stage-panel
                  .entity=${this.entity}
                  .field=${this.#field}
                  .stage=${chosen}
                  .percent=${this.#percent}
                  @xrm-close=${() => (this._chosen = null)}
                  @xrm-remove=${() => this.#remove(chosen, stages)}
                ></xrm-stage-panel>`
          }
        </div>
      </div>
      ${
        this._removal
          ? html`<xrm-remove-dialog
              .removal=${this._removal}
              @xrm-close=${() => (this._removal = null)}
            ></xrm-remove-dialog>`
          : nothing
      }`
  }

  #none(): TemplateResult {
    return html`<div class="card empty">
      <p>${t('stages.none')}</p>
      <button class="primary" @click=${() => void this.#begin()}>${t('stages.begin')}</button>
    </div>`
  }

  /** The stage field that nearly every entity means: a status with a beginning and two ends. */
  async #begin(): Promise<void> {
    const free = (name: string): string => (Object.hasOwn(this.#fields, name) ? free(`${name}_2`) : name)
    const name = free('stage')
    const field: Field = {
      'x-type': 'stage',
      title: 'Stage',
      'x-labels': { de: 'Phase' },
      'x-order': nextOrder(this.#fields, 'x-order'),
      'x-stages': firstStages(),
      default: 'new',
    }
    await this.edit(`/properties/${name}`, field)
    await placeInForm(this.entity, name, field, true)
    await placeInList(this.entity, name)
  }

  #fieldTitle(name: string): string {
    const field = this.#fields[name]
    return label({ title: field?.title ?? name, labels: field?.['x-labels'] ?? {} })
  }

  #path(stages: Stages): TemplateResult {
    // What is open comes first, whatever its order; then the ways to end.
    const keys = categories.flatMap((category) =>
      orderedKeys(stages).filter((key) => stages[key]!.category === category),
    )
    const color = (stage: Stage) => stage.color ?? categoryColors[stage.category]
    return html`<section class="card" aria-label=${t('stages.path')}>
      <h2 class="title">${t('stages.path')}</h2>
      <ol class="path" tabindex="0">
        ${keys.map((key) => {
          const stage = stages[key]!
          return html`<li class="${color(stage)} ${stage.category === 'open' ? '' : 'end'}">
            ${label(stage)}
          </li>`
        })}
      </ol>
    </section>`
  }

  #column(category: Stage['category'], stages: Stages, chosen: string | null): TemplateResult {
    const keys = orderedKeys(stages).filter((key) => stages[key]!.category === category)
    return html`<section class="card column" aria-label=${t(`category.${category}`)}>
      <h2><span class="color-dot ${categoryColors[category]}"></span>${t(`category.${category}`)}</h2>
      <p class="hint">${t(`category.${category}.about`)}</p>
      <ol class="entries stages" data-group=${category}>
        ${repeat(
          keys,
          (key) => key,
          (key) => this.#stage(key, stages[key]!, key === chosen),
        )}
      </ol>
      ${newEntry({ label: t('stages.new-in', { category: t(`category.${category}`) }), placeholder: t('stages.new'), text: this._new[category] ?? '', typed: (text) => (this._new = { ...this._new, [category]: text }), add: () => this.#add(category) })}
    </section>`
  }

  #stage(key: string, stage: Stage, chosen: boolean): TemplateResult {
    const facts = [
      stage.phase,
      this.#percent ? percentText(stage.sets?.[this.#percent]) : '',
      stage.requires ? t('stages.requires-count', { count: Object.keys(stage.requires).length }) : '',
    ].filter(Boolean)
    return html`<li data-key=${key} class=${chosen ? 'chosen' : ''}>
      ${moveHandle(label(stage))}
      <button class="stage" aria-pressed=${chosen} @click=${() => (this._chosen = chosen ? null : key)}>
        <span class="color-dot ${stage.color ?? categoryColors[stage.category]}"></span>${label(stage)}
        ${facts.length > 0 ? html`<span class="second small">${facts.join(' · ')}</span>` : nothing}
      </button>
    </li>`
  }

  /** The field that holds the probability: the first percent field. */
  get #percent(): string | undefined {
    return orderedKeys(this.#fields, 'x-order').find(
      (name) => fieldTypeName(this.#fields[name]!) === 'percent',
    )
  }

  #matrix(stages: Stages): TemplateResult {
    const keys = orderedKeys(stages)
    const title = (key: string) => label(stages[key]!)
    return html`<section class="card" aria-label=${t('stages.transitions')}>
      <h2 class="title">${t('stages.transitions')}</h2>
      <p class="hint title">${t('stages.transitions-hint')}</p>
      <div class="matrix" tabindex="0" role="group" aria-label=${t('stages.transitions')}>
        <table>
          <thead>
            <tr>
              <th scope="col">${t('stages.from')}</th>
              ${keys.map((to) => html`<th scope="col">${title(to)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${keys.map(
              (from) =>
                html`<tr>
                  <th scope="row">${title(from)}</th>
                  ${keys.map(
                    (to) =>
                      html`<td>
                        ${
                          from === to
                            ? html`<span class="second" aria-hidden="true">–</span>`
                            : html`<input
                                type="checkbox"
                                aria-label=${t('stages.transition', { from: title(from), to: title(to) })}
                                .checked=${allowsTransition(stages, from, to)}
                                @change=${() => void this.edit(`${this.#at}/${from}/next`, toggleTransition(stages, from, to))}
                              />`
                        }
                      </td>`,
                  )}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </section>`
  }

  #reasons(stages: Stages): unknown {
    const lost = orderedKeys(stages).filter((key) => stages[key]!.category === 'lost')
    if (lost.length === 0) return nothing
    const selects = orderedKeys(this.#fields, 'x-order').filter(
      (name) => fieldTypeName(this.#fields[name]!) === 'select',
    )
    const reason = selects.find((name) => lost.every((key) => stages[key]!.requires?.[name])) ?? ''
    return html`<section class="card reasons" aria-label=${t('stages.reasons')}>
      <h2>${t('stages.reasons')}</h2>
      <p class="hint">${t('stages.reasons-hint')}</p>
      <div class="bar">
        <label for="reason">${t('stages.reason-field')}</label>
        ${selectControl(
          'reason',
          [
            { value: '', text: t('none') },
            ...selects.map((name) => ({ value: name, text: this.#fieldTitle(name) })),
          ],
          reason,
          (name) => this.#chooseReason(lost, stages, reason, name),
        )}
        ${reason ? html`<a href="/admin/entities/${this.entity}/fields?field=${reason}">${t('stages.reason-edit')}</a>` : nothing}
        <button @click=${() => void this.#newReason(lost)}>${t('stages.reason-new')}</button>
      </div>
    </section>`
  }

  async #chooseReason(lost: string[], stages: Stages, before: string, name: string): Promise<void> {
    const patch: Record<string, Json> = {}
    for (const key of lost) {
      const others = Object.keys(stages[key]!.requires ?? {}).filter((one) => one !== before)
      if (name === '' && others.length === 0) patch[key] = { requires: null }
      else
        patch[key] = {
          requires: { ...(before ? { [before]: null } : {}), ...(name ? { [name]: true } : {}) },
        }
    }
    await this.edit(this.#at, patch)
  }

  async #newReason(lost: string[]): Promise<void> {
    const free = (name: string): string => (Object.hasOwn(this.#fields, name) ? free(`${name}_2`) : name)
    const name = free('lost_reason')
    const option = (title: string, de: string, order: number) => ({ title, labels: { de }, order })
    const stages = Object.fromEntries(lost.map((key) => [key, { requires: { [name]: true } }]))
    const field: Field = {
      'x-type': 'select',
      title: 'Reason',
      'x-labels': { de: 'Grund' },
      'x-order': nextOrder(this.#fields, 'x-order'),
      'x-options': {
        price: option('Price', 'Preis', 10),
        competitor: option('Went elsewhere', 'Anderer Anbieter', 20),
        no_need: option('No need any more', 'Kein Bedarf mehr', 30),
        other: option('Other', 'Sonstiges', 40),
      },
    }
    await this.edit('/properties', { [name]: field as Json, [this.#field]: { 'x-stages': stages } })
    await placeInForm(this.entity, name, field, false)
    await router.go(`/admin/entities/${this.entity}/fields?field=${name}`)
  }

  async #add(category: Stage['category']): Promise<void> {
    const title = this._new[category]?.trim() ?? ''
    const stages = this.#stages
    const key = nameFromTitle(title, (name) => Object.hasOwn(stages, name))
    if (key === '') return
    this._new = { ...this._new, [category]: '' }
    // At the end of its own category, so that the path reads on.
    const keys = orderedKeys(stages)
    const last = keys.findLastIndex((one) => stages[one]!.category === category)
    const before = last < 0 ? null : (keys[last + 1] ?? null)
    const orders = orderPatch(movedKeys(keys, key, before), key, (one) => stages[one]?.order)
    const patch: Record<string, Json> = {}
    for (const [one, order] of Object.entries(orders)) patch[one] = { order }
    patch[key] = { title, category, color: categoryColors[category], order: orders[key] ?? nextOrder(stages) }
    this._chosen = key
    await this.edit(this.#at, patch)
    announce(t('added', { name: title }))
  }

  async #move(key: string, category: Stage['category'], before: string | null): Promise<void> {
    const stages = this.#stages
    const keys = orderedKeys(stages)
    const inCategory = keys.filter((one) => stages[one]!.category === category && one !== key)
    const last = inCategory.at(-1)
    const next =
      before ??
      (last === undefined
        ? null
        : (keys.filter((one) => one !== key)[keys.filter((one) => one !== key).indexOf(last) + 1] ?? null))
    const moved = movedKeys(keys, key, next)
    const orders = orderPatch(moved, key, (one) => stages[one]?.order)
    const patch: Record<string, Json> = {}
    for (const [one, order] of Object.entries(orders)) patch[one] = { order }
    if (stages[key]!.category !== category) patch[key] = { ...(patch[key] as object), category }
    announce(
      t('stages.moved', {
        name: label(stages[key]!),
        category: t(`category.${category}`),
        place: moved.indexOf(key) + 1,
      }),
    )
    const done = this.edit(this.#at, patch)
    await this.#sortable.focus(key)
    await done
  }

  #remove(key: string, stages: Stages): void {
    const others = orderedKeys(stages).filter((one) => one !== key)
    this._removal = {
      title: label(stages[key]!),
      questions: async () => [{ entity: this.entity, field: this.#field, option: key }],
      instead: others.map((value) => ({ value, text: label(stages[value]!) })),
      remove: async (to) => {
        const patch: Record<string, Json> = { [key]: null }
        // No way leads to a stage that is gone.
        for (const other of others) if (stages[other]!.next?.[key]) patch[other] = { next: { [key]: null } }
        await this.edit(this.#at, patch)
        this._chosen = null
        if (to !== undefined) await remapOption(this.entity, this.#field, key, to)
      },
    }
  }
}

function percentText(value: unknown): string {
  return value === undefined || value === null ? '' : `${String(value as string)} %`
}
