import type { Conversion } from '@xrm/sdk'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import { draftModel } from '../designer/draft-model.ts'
import { ConversionElement } from './conversion-element.ts'
import { t } from './i18n/index.ts'
import { targetTitle } from './names.ts'
import { childRelations, relationTitle } from './relations.ts'

type Child = NonNullable<Conversion['children']>[string]

/** What becomes of the records that name the source: a card for each rule, and what has none yet. */
@customElement('xrm-children-tab')
export class ChildrenTab extends ConversionElement {
  static override styles = [
    ConversionElement.styles,
    css`
      :host {
        display: grid;
        gap: 14px;
        max-width: 900px;
      }
      section,
      .free li {
        padding: 12px 14px;
      }
      section {
        display: grid;
        gap: 12px;
      }
      .free {
        padding: 0;
        margin: 8px 0 0;
        list-style: none;
      }
      .free li {
        display: flex;
        align-items: center;
        gap: 10px;
      }
      .free li + li {
        border-top: 1px solid var(--line);
      }
    `,
  ].flat()

  override render(): unknown {
    const { body } = this
    if (!body) return nothing
    const rules = Object.entries(body.children ?? {})
    const ruled = new Set([
      ...rules.map(([, rule]) => rule.relation),
      ...Object.values(body.targets).flatMap(({ each }) => (each ? [each.relation] : [])),
    ])
    // The server's list is the better one; without it, what the model says.
    const free = (
      this.check?.unruledChildren.map(({ relation }) => relation) ?? childRelations(body.source)
    ).filter((relation) => !ruled.has(relation))
    return html`<p class="hint">${t('children.about')}</p>
      ${rules.map(([key, rule]) => this.#rule(key, rule))}
      ${rules.length === 0 && free.length === 0 ? html`<p class="empty">${t('children.nothing')}</p>` : nothing}
      ${
        free.length > 0
          ? html`<div>
              <h2>${t('children.free', { count: free.length })}</h2>
              <p class="hint">${t('children.free-hint')}</p>
              <ul class="card free">
                ${free.map(
                  (relation) =>
                    html`<li>
                      <span class="grow">${relationTitle(relation)}</span>
                      <button
                        aria-label=${t('children.add-for', { name: relationTitle(relation) })}
                        @click=${() => void this.#add(relation)}
                      >
                        ${t('children.add')}
                      </button>
                    </li>`,
                )}
              </ul>
            </div>`
          : nothing
      }`
  }

  #rule(key: string, rule: Child): TemplateResult {
    const at = `/children/${key}`
    const title = relationTitle(rule.relation)
    const acts = rule.action === 'alsoLink' || rule.action === 'move' || rule.action === 'copy'
    return html`<section class="card" aria-label=${title}>
      <div class="bar">
        <h2>${title}</h2>
        ${this.originMark(at, title)}<span class="grow"></span>
        <button
          class="danger"
          aria-label=${t('remove-of', { name: title })}
          @click=${() => void this.#remove(key)}
        >
          ${t('remove')}
        </button>
      </div>
      ${this.wordProperty(
        `${at}/action`,
        t('children.action'),
        'child',
        ['alsoLink', 'move', 'copy', 'map', 'leave'],
        {
          none: null,
          hint: t(`child.${rule.action}-hint`),
        },
      )}
      ${acts ? this.wordsProperty(`${at}/to`, t('children.to'), this.#targets()) : nothing}
      ${
        acts && this.#isTimeline(rule.relation)
          ? this.selectProperty(
              `${at}/reassignOpen`,
              t('children.reassign'),
              [{ value: '', text: t('none') }, ...this.#targets()],
              { hint: t('children.reassign-hint') },
            )
          : nothing
      }
      ${this.issues(at)}
    </section>`
  }

  #targets(): { value: string; text: string }[] {
    return Object.entries(this.body!.targets).map(([value, target]) => ({
      value,
      text: targetTitle(value, target),
    }))
  }

  #isTimeline(relation: string): boolean {
    return draftModel.entity(relation.split('.')[0] ?? '')?.timeline !== undefined
  }

  async #add(relation: string): Promise<void> {
    const [entity = '', name = ''] = relation.split('.')
    const children = this.body!.children ?? {}
    const plain = (draftModel.entity(entity)?.plural ?? entity).replaceAll('_', '-')
    const key = Object.hasOwn(children, plain) ? `${plain}-${name.replaceAll('_', '-')}` : plain
    const field = draftModel.entity(entity)?.fields[name]
    // What can be said without knowing more: entries of a timeline are shown on all targets, the rest stays.
    const rule = field?.multiple
      ? { relation, action: 'alsoLink', to: Object.keys(this.body!.targets) }
      : { relation, action: 'leave' }
    await this.edit(`/children/${key}`, rule)
  }

  #remove(key: string): Promise<void> {
    const last = Object.keys(this.body?.children ?? {}).length <= 1
    return this.edit(last ? '/children' : `/children/${key}`, null)
  }
}
