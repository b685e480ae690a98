import type { ConversionSummary, EntityView, FieldView } from '@xrm/sdk/api'
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { session } from '../data/session.ts'
import { optionChip } from '../fields/options.ts'
import { ownFields } from '../model/fields.ts'
import { description, label, pluralLabel } from '../model/labels.ts'
import { listPath } from '../shell/paths.ts'
import { router } from '../shell/router.ts'
import { XrmElement } from '../style/element.ts'
import { matchesEntity } from './glossary.ts'
import { find, t } from './i18n/index.ts'
import { pageStyles } from './page-styles.ts'

/** What the firm means by its words, for everyone: entities, fields, stages, rules and conversions, from the model alone. */
@customElement('xrm-glossary')
export class GlossaryElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    pageStyles,
    css`
      :host {
        height: 100%;
        overflow: auto;
      }
      header {
        position: sticky;
        top: 0;
        z-index: 1;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 14px;
        min-height: 50px;
        padding: 8px 18px;
        border-bottom: 1px solid var(--line);
        background: var(--bg);
      }
      header input {
        margin-inline-start: auto;
        width: min(280px, 100%);
      }
      .sheet {
        max-width: 900px;
      }
      .toc {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      .toc a {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        height: 28px;
        padding: 0 10px;
        border: 1px solid var(--line);
        border-radius: 14px;
        background: var(--surface);
        color: var(--text);
        font-weight: 500;
        font-size: 12.5px;
      }
      section {
        scroll-margin-top: 62px;
      }
      .title h2 {
        font-size: 15px;
      }
      .meaning {
        max-width: 68ch;
        padding: 12px 14px;
        font-size: 14px;
      }
      h3 {
        padding: 10px 14px 4px;
        color: var(--text-2);
        font-size: 12px;
        font-weight: 600;
      }
      ol,
      ul {
        margin: 0;
        padding: 0 14px 8px;
        list-style: none;
      }
      li {
        padding: 4px 0;
      }
      ol.stages li {
        display: grid;
        grid-template-columns: minmax(120px, 180px) 1fr;
        gap: 10px;
        align-items: start;
      }
      table {
        margin-bottom: 6px;
      }
      th {
        width: 30%;
      }
      td.type {
        width: 22%;
        color: var(--text-2);
      }
      @media print {
        :host {
          height: auto;
          overflow: visible;
        }
        header {
          position: static;
        }
        header input,
        header button,
        .toc {
          display: none;
        }
        section {
          break-inside: avoid;
        }
        .card {
          overflow: visible;
        }
      }
    `,
  ]

  @state() private _search = ''
  #routed = () => this.#scroll()

  override connectedCallback(): void {
    super.connectedCallback()
    router.addEventListener('change', this.#routed)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    router.removeEventListener('change', this.#routed)
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    this.#scroll()
  }

  #scroll(): void {
    const name = decodeURIComponent(router.url.hash.slice(1))
    this.renderRoot.querySelector(`[id="${CSS.escape(name)}"]`)?.scrollIntoView({ block: 'start' })
  }

  override render(): TemplateResult {
    document.title = `${t('glossary.title')} · XRM`
    const all = Object.values(session.model.entities).toSorted(
      (a, b) =>
        Number(b.navigation) - Number(a.navigation) || a.order - b.order || label(a).localeCompare(label(b)),
    )
    const shown = all.filter((entity) => matchesEntity(entity, session.language, this._search))
    return html`<header>
        <h1>${t('glossary.title')}</h1>
        <span class="second small">${t('glossary.text')}</span>
        <input
          type="search"
          aria-label=${t('glossary.search')}
          placeholder=${t('glossary.search')}
          @input=${(event: Event) => (this._search = (event.currentTarget as HTMLInputElement).value)}
        />
        <button @click=${() => print()}><xrm-icon name="printer"></xrm-icon>${t('glossary.print')}</button>
      </header>
      <div class="sheet">
        <nav class="toc" aria-label=${t('glossary.contents')}>
          ${shown.map(
            (entity) =>
              html`<a href="/glossary#${entity.name}"
                ><xrm-icon name=${entity.icon} size="14"></xrm-icon>${label(entity)}</a
              >`,
          )}
        </nav>
        ${shown.map((entity) => this.#entity(entity))}
        ${shown.length === 0 ? html`<p class="empty" role="status">${t('glossary.nothing')}</p>` : nothing}
      </div>`
  }

  #entity(entity: EntityView): TemplateResult {
    const fields = ownFields(entity)
    const stages = fields.filter((field) => field.type === 'stage')
    const become = entity.conversions
    const comesFrom = Object.values(session.model.entities).flatMap((other) =>
      other.conversions.filter((one) => one.targets.some((target) => target.entity === entity.name)),
    )
    return html`<section class="card" id=${entity.name} aria-label=${label(entity)}>
      <div class="head title">
        <xrm-icon name=${entity.icon}></xrm-icon>
        <h2>${label(entity)}</h2>
        <span class="second">${pluralLabel(entity)}</span>
        <span class="grow"></span>
        ${entity.navigation ? html`<a class="small" href=${listPath(entity.name)}>${t('glossary.open')}</a>` : nothing}
      </div>
      <p class="meaning ${description(entity) ? '' : 'second'}">
        ${description(entity) || t('glossary.no-description')}
      </p>
      ${stages.map((field) => this.#stages(field))}
      ${
        entity.rules.length > 0
          ? html`<h3>${t('glossary.rules')}</h3>
              <ul>
                ${entity.rules.map((rule) => html`<li>${rule.messages[session.language] ?? rule.message}</li>`)}
              </ul>`
          : nothing
      }
      ${become.length > 0 ? this.#conversions(t('glossary.becomes'), become) : nothing}
      ${comesFrom.length > 0 ? this.#conversions(t('glossary.comes-from'), comesFrom) : nothing}
      <h3>${t('glossary.fields')}</h3>
      <table>
        <tbody>
          ${fields.filter((field) => field.type !== 'stage').map((field) => this.#field(field))}
        </tbody>
      </table>
    </section>`
  }

  #stages(field: FieldView): TemplateResult {
    return html`<h3>${t('glossary.stages', { field: label(field) })}</h3>
      <ol class="stages">
        ${field.options?.map((stage) => {
          const meaning = description(stage)
          return html`<li>
            <span>${optionChip(field, stage.key)}</span>
            <span
              >${meaning}${meaning ? ' ' : ''}<span class="second small"
                >${t(`stage.${stage.category ?? 'open'}`)}${stage.phase ? ` · ${stage.phase}` : ''}</span
              ></span
            >
          </li>`
        })}
      </ol>`
  }

  #conversions(title: string, conversions: readonly ConversionSummary[]): TemplateResult {
    return html`<h3>${title}</h3>
      <ul>
        ${conversions.map((conversion) => {
          const source = session.entity(conversion.source)
          return html`<li>
            <strong>${label(conversion)}</strong>:
            ${source ? html`<a href="/glossary#${source.name}">${label(source)}</a>` : conversion.source} →
            ${conversion.targets.map(
              (target, index) =>
                html`${index > 0 ? ', ' : ''}${
                  session.entity(target.entity)
                    ? html`<a href="/glossary#${target.entity}">${label(target)}</a>`
                    : label(target)
                }`,
            )}
            ${description(conversion) ? html`<br /><span class="second">${description(conversion)}</span>` : nothing}
          </li>`
        })}
      </ul>`
  }

  #field(field: FieldView): TemplateResult {
    const target = field.relation && session.entity(field.relation.entity)
    return html`<tr>
      <th scope="row">
        ${label(field)}
        ${field.required ? html`<span class="second small">· ${t('glossary.required')}</span>` : nothing}
      </th>
      <td class="type">
        ${target ? html`→ <a href="/glossary#${target.name}">${label(target)}</a>` : (find(`type.${field.type}`) ?? field.type)}
      </td>
      <td>
        ${description(field)}
        ${
          field.options && field.options.length > 0
            ? html`<div class="second small">
                ${field.options
                  .filter((option) => option.active)
                  .slice(0, 20)
                  .map((option) => label(option))
                  .join(', ')}${field.options.length > 20 ? ' …' : ''}
              </div>`
            : nothing
        }
      </td>
    </tr>`
  }
}
