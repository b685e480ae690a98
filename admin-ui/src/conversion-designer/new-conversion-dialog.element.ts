import type { Conversion } from '@xrm/sdk'
import type { Json } from '@xrm/sdk/merge'
import { html, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { queries } from '../data/queries.ts'
import { makeableEntities } from '../designer/choices.ts'
import { draftModel } from '../designer/draft-model.ts'
import { NewDocumentDialog } from '../designer/new-document-dialog.ts'
import { checkQuery } from './conversion-element.ts'
import { t } from './i18n/index.ts'
import { fieldPatch } from './mapping.ts'

/** A new conversion: from what, into what. */
@customElement('xrm-new-conversion-dialog')
export class NewConversionDialog extends NewDocumentDialog {
  @state() private _source = ''
  @state() private _targets: readonly string[] = []
  @state() private _suggest = true
  protected override text = t

  protected override get kind() {
    return 'conversion' as const
  }

  protected override get proposed(): string {
    const titles = [this._source, this._targets[0]].map((name) => draftModel.entity(name ?? '')?.title ?? '')
    return titles.every(Boolean) ? `${titles[0]} to ${titles[1]!.toLowerCase()}` : ''
  }

  protected override choices(): TemplateResult {
    return html`${this.entityChoice('source', t('new.source'), this._source, (name) => (this._source = name))}
      <fieldset>
        <legend>${t('new.targets')}</legend>
        <div class="checks">
          ${makeableEntities().map(
            ({ value, text }) =>
              html`<label class="check"
                ><input
                  type="checkbox"
                  .checked=${this._targets.includes(value)}
                  @change=${() => this.#toggle(value)}
                />${text}</label
              >`,
          )}
        </div>
      </fieldset>`
  }

  protected override options(): TemplateResult {
    return html`<label class="check"
      ><input
        type="checkbox"
        .checked=${this._suggest}
        @change=${(event: Event) => (this._suggest = (event.currentTarget as HTMLInputElement).checked)}
      />${t('new.suggest')}</label
    >`
  }

  #toggle(name: string): void {
    const { _targets: targets } = this
    this._targets = targets.includes(name) ? targets.filter((one) => one !== name) : [...targets, name]
  }

  protected override missing(name: string): string | null {
    if (this._source === '' || this._targets.length === 0) return t('new.incomplete')
    return name === '' ? t('new.no-title') : null
  }

  /** Relations between the targets are mapped, and fields that mean the same where that is wanted. */
  protected override async begin(name: string, title: string): Promise<Json> {
    const targets: Record<
      string,
      { entity: string; policy: 'create'; order: number; map: Record<string, object> }
    > = {}
    for (const [index, entity] of this._targets.entries()) {
      const map: Record<string, object> = {}
      for (const field of Object.values(draftModel.entity(entity)?.fields ?? {})) {
        const other = this._targets.slice(0, index).find((one) => one === field.relation?.entity)
        if (other !== undefined && !field.system && !field.multiple)
          map[field.name] = { target: other.replaceAll('_', '-') }
      }
      targets[entity.replaceAll('_', '-')] = { entity, policy: 'create', order: (index + 1) * 10, map }
    }
    const body: Conversion = { title, source: this._source, targets: targets as Conversion['targets'] }
    if (!this._suggest) return body as unknown as Json
    const source = draftModel.entity(this._source)
    const { key, read } = checkQuery(name, body)
    const check = await queries.fetchQuery({ queryKey: key, queryFn: ({ signal }) => read(signal) })
    for (const [target, { suggestions }] of Object.entries(check.targets)) {
      const { entity, map } = targets[target]!
      for (const { field, from } of suggestions) {
        const into = draftModel.entity(entity)?.fields[field]
        if (into && !Object.hasOwn(map, field))
          map[field] = fieldPatch(undefined, from, source?.fields[from], into)
      }
    }
    return body as unknown as Json
  }
}
