import type { Conversion } from '@xrm/sdk'
import { html, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { pathChoices } from '../designer/choices.ts'
import { inputValue } from '../designer/document-element.ts'
import { mailListPatch } from '../designer/mail-list.ts'
import { ConversionElement } from './conversion-element.ts'
import { t } from './i18n/index.ts'

const strategies = ['keepSource', 'actor', 'path', 'fixed', 'rotate'] as const

/** Whose the new records are: of a conversion, or of one of its targets. */
@customElement('xrm-owner-editor')
export class OwnerEditor extends ConversionElement {
  /** `/owner`, or that of a target. */
  @property({ attribute: false }) pointer = '/owner'

  override render(): unknown {
    const owner = this.value(this.pointer) as Conversion['owner']
    const none = t(this.pointer === '/owner' ? 'owner.none' : 'owner.as-conversion')
    return html`<div class="props two">
      ${this.selectProperty(
        `${this.pointer}/strategy`,
        t('owner'),
        [{ value: '', text: none }, ...strategies.map((value) => ({ value, text: t(`owner.${value}`) }))],
        // Without a strategy there is no owner rule at all.
        { change: (value) => (value ? this.#choose(value) : this.edit(this.pointer, null)) },
      )}
      ${owner ? this.#more(owner) : nothing}
    </div>`
  }

  #choose(strategy: string): Promise<void> {
    return this.#patchOwner({ strategy, path: null, user: null, team: null, users: null })
  }

  #patchOwner(owner: Record<string, string | null>): Promise<void> {
    const given = (this.value(this.pointer) ?? {}) as object
    // Nothing is removed that is not there.
    const patch = Object.fromEntries(
      Object.entries(owner).filter(([key, value]) => value !== null || key in given),
    )
    return this.edit(this.pointer, patch)
  }

  #more({ strategy, users }: NonNullable<Conversion['owner']>): unknown {
    if (strategy === 'path') {
      const people = this.source ? pathChoices(this.source).filter(({ field }) => field.type === 'user') : []
      return this.selectProperty(`${this.pointer}/path`, t('owner.path-of'), [
        { value: '', text: t('choose') },
        ...people.map(({ path, text }) => ({ value: path, text })),
      ])
    }
    if (strategy === 'fixed') {
      return html`${this.textProperty(`${this.pointer}/user`, t('owner.user'))}
      ${this.textProperty(`${this.pointer}/team`, t('owner.team'))}`
    }
    if (strategy !== 'rotate') return nothing
    return this.property(
      `${this.pointer}/users`,
      t('owner.users'),
      (id) =>
        html`<textarea
          id=${id}
          rows="3"
          .value=${Object.values(users ?? {}).join('\n')}
          @change=${(event: Event) =>
            void this.edit(`${this.pointer}/users`, mailListPatch(inputValue(event), users ?? {}))}
        ></textarea>`,
      { hint: t('owner.users-hint') },
    )
  }
}
