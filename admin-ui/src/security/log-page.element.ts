import type { AuditKind, AuditView } from '@xrm/sdk/access'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { pagedTable } from '../console/paged-table.ts'
import { PagesController } from '../data/pages.ts'
import { session } from '../data/session.ts'
import { formatInstant } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { peopleStyles } from '../people/people-styles.ts'
import { recordPath } from '../shell/paths.ts'
import { XrmElement } from '../style/element.ts'
import { en } from './i18n/en.ts'
import { t } from './i18n/index.ts'

const kinds = Object.keys(en).flatMap((key) =>
  key.startsWith('kind.') ? [key.slice('kind.'.length) as AuditKind] : [],
)

/** What happened to the installation's security, newest first: who did what to whom, with both names where somebody stood in. */
@customElement('xrm-security-log')
export class SecurityLogElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    peopleStyles,
    css`
      .small {
        white-space: nowrap;
      }
      td:nth-child(-n + 4) {
        min-width: 110px;
      }
      pre {
        margin: 4px 0 0;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        font:
          12px/1.5 ui-monospace,
          monospace;
      }
      .more {
        justify-self: center;
      }
    `,
  ]

  @state() private _search = ''
  @state() private _kind = ''
  @state() private _from = ''
  @state() private _to = ''
  #log = new PagesController<AuditView>(this, () => ({ path: `/api/audit?${this.#query()}` }))

  #query(): string {
    const query = new URLSearchParams({ limit: '50' })
    if (this._search.trim() !== '') query.set('search', this._search.trim())
    if (this._kind !== '') query.set('kind', this._kind)
    // Days as the reader's calendar has them, the last one included.
    if (this._from !== '') query.set('from', new Date(`${this._from}T00:00`).toISOString())
    if (this._to !== '') query.set('to', new Date(`${this._to}T23:59:59.999`).toISOString())
    return query.toString()
  }

  #set(name: '_search' | '_kind' | '_from' | '_to') {
    return (event: Event) => {
      this[name] = (event.currentTarget as HTMLInputElement).value
    }
  }

  override render(): TemplateResult {
    return html`<div class="sheet">
      <div class="bar" role="search">
        <input
          type="search"
          aria-label=${t('log.search')}
          placeholder=${t('log.search')}
          .value=${this._search}
          @change=${this.#set('_search')}
        />
        <select aria-label=${t('log.kind')} .value=${this._kind} @change=${this.#set('_kind')}>
          <option value="">${t('log.all')}</option>
          ${kinds.map((kind) => html`<option value=${kind}>${t(`kind.${kind}`)}</option>`)}
        </select>
        <input type="date" aria-label=${t('log.from')} .value=${this._from} @change=${this.#set('_from')} />
        <input type="date" aria-label=${t('log.to')} .value=${this._to} @change=${this.#set('_to')} />
      </div>
      ${pagedTable({
        pages: this.#log,
        columns: [t('log.when'), t('log.kind'), t('log.who'), t('log.subject'), t('log.details')],
        row: (entry) => this.#row(entry),
        texts: { none: t('log.none'), more: t('log.more') },
      })}
    </div>`
  }

  #row({ at, kind, actor, impersonator, address, subject, details }: AuditView): TemplateResult {
    const name = actor?.name ?? (address === null ? t('log.system') : t('log.nobody'))
    return html`<td class="small">${formatInstant(at, currentLocale())}</td>
      <td>${t(`kind.${kind}`)}</td>
      <td>
        ${impersonator ? t('log.by', { who: impersonator.name, name }) : name}
        ${address === null ? nothing : html`<div class="second small">${address}</div>`}
      </td>
      <td>${subject ? subjectLink(subject) : nothing}</td>
      <td>
        ${
          Object.keys(details).length === 0
            ? nothing
            : html`<details>
                <summary>${summary(details)}</summary>
                <pre>${JSON.stringify(details, null, 2)}</pre>
              </details>`
        }
      </td>`
  }
}

function subjectLink({ kind, id, display }: NonNullable<AuditView['subject']>): unknown {
  const name = display ?? (kind === 'plugin' ? id : kind)
  if (kind === 'user') return html`<a href="/admin/users/${id}">${name}</a>`
  if (kind === 'changeset') return html`<a href="/admin/changes/${id}">${name}</a>`
  if (kind === 'plugin') return html`<a href="/admin/plugins">${name}</a>`
  if (kind === 'web-form') return html`<a href="/admin/web-forms/${encodeURIComponent(id)}">${id}</a>`
  if (kind === 'bulk') return html`<a href="/bulk/${id}">${name}</a>`
  return Object.hasOwn(session.model.entities, kind) && kind !== 'team'
    ? html`<a href=${recordPath(kind, id)}>${name}</a>`
    : name
}

/** The first words of the details: what has a plain value. */
function summary(details: Record<string, unknown>): string {
  return Object.entries(details)
    .flatMap(([key, value]) =>
      value === null || typeof value === 'object' ? [key] : [`${key}: ${String(value)}`],
    )
    .join(', ')
    .slice(0, 120)
}
