import type { WebFormEntry } from '@xrm/sdk/web-forms'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { pagedTable } from '../console/paged-table.ts'
import { PagesController } from '../data/pages.ts'
import { formatInstant } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { peopleStyles } from '../people/people-styles.ts'
import { recordPath } from '../shell/paths.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'

/** What came in by a web form, newest first: when, which record it became, and what was agreed to. */
@customElement('xrm-web-form-entries')
export class WebFormEntriesTab extends XrmElement {
  static override styles = [
    XrmElement.styles,
    peopleStyles,
    css`
      .more {
        margin-top: 12px;
      }
      td {
        vertical-align: top;
      }
    `,
  ].flat()

  @property({ attribute: false }) name = ''
  #entries = new PagesController<WebFormEntry>(this, () => ({
    path: `/api/web-forms/${encodeURIComponent(this.name)}/entries`,
    enabled: this.name !== '',
  }))

  override render(): TemplateResult {
    return pagedTable({
      pages: this.#entries,
      columns: [t('entries.when'), t('entries.record'), t('entries.consent'), t('entries.run')],
      row: (entry) => this.#row(entry),
      texts: { none: t('entries.none'), more: t('entries.more') },
    })
  }

  #row({ at, record, known, consent, run, language }: WebFormEntry): TemplateResult {
    return html`<td class="small">${formatInstant(at, currentLocale())}</td>
      <td>
        ${
          record && record.display !== null
            ? html`<a href=${recordPath(record.entity, record.id)}>${record.display || record.id}</a>`
            : html`<span class="second">${t('entries.gone')}</span>`
        }
        ${known ? html`<span class="chip">${t('entries.known')}</span>` : nothing}
      </td>
      <td>${consent === null ? nothing : html`<span lang=${language}>${consent}</span>`}</td>
      <td>${run === null ? nothing : html`<a href="/runs/${run}">${t('entries.converted')}</a>`}</td>`
  }
}
