import type { EntityView } from '@xrm/sdk/api'
import type { ConversionReport, ConversionReportRequest, ConversionReportRow } from '@xrm/sdk/conversions'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import { pageStyles } from '../console/page-styles.ts'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { session } from '../data/session.ts'
import { formatDecimal } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { label, pluralLabel } from '../model/labels.ts'
import { describeError } from '../shell/errors.ts'
import { router } from '../shell/router.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import { columns, groupFields, monthText, readRequest, toCsv } from './report.ts'
import { valueText } from './run-texts.ts'
import { runStyles } from './run.styles.ts'

const month = 'created_at:month'

/** How many records were converted, how fast, and what became of the others. What is shown is in the address. */
@customElement('xrm-conversion-report')
export class ConversionReportElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    pageStyles,
    runStyles,
    css`
      .ask {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 10px 14px;
      }
      .ask label {
        display: grid;
        gap: 3px;
        color: var(--text-2);
        font-size: 12px;
      }
      .ask input,
      .ask select {
        color: var(--text);
      }
      .rate {
        display: grid;
        grid-template-columns: minmax(60px, 1fr) 56px;
        align-items: center;
        gap: 10px;
        min-width: 150px;
      }
      svg {
        width: 100%;
        height: 10px;
        border-radius: 5px;
        background: var(--active);
      }
      rect {
        fill: var(--accent);
      }
      td,
      tbody th,
      tfoot th {
        vertical-align: middle;
      }
      thead th.number {
        text-align: end;
      }
      tfoot th,
      tfoot td {
        border-top: 2px solid var(--line);
        font-weight: 600;
      }
    `,
  ]

  #entities(): EntityView[] {
    return Object.values(session.model.entities)
      .filter(({ conversions }) => conversions.length > 0)
      .toSorted((a, b) => a.order - b.order)
  }

  #request(): ConversionReportRequest {
    return readRequest(router.url.searchParams, this.#entities())
  }

  #report = new QueryController<ConversionReport>(this, () => {
    const body = this.#request()
    return {
      key: ['around', 'conversion-report', JSON.stringify(body)],
      read: (signal) => call('POST', '/api/conversions/report', { body, signal }),
      enabled: body.source !== '',
      keep: true,
    }
  })

  #routed = () => this.requestUpdate()

  override connectedCallback(): void {
    super.connectedCallback()
    router.addEventListener('change', this.#routed)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    router.removeEventListener('change', this.#routed)
  }

  override render(): TemplateResult {
    document.title = `${t('report.title')} · XRM`
    const request = this.#request()
    const entity = session.entity(request.source)
    const { data, error } = this.#report
    return html`<header>
        <h1>${t('report.title')}</h1>
        <div class="end">
          <button ?disabled=${!data} @click=${() => data && this.#download(data, request)}>
            <xrm-icon name="download"></xrm-icon><span>${t('report.csv')}</span>
          </button>
        </div>
      </header>
      <div class="sheet">
        ${
          entity
            ? html`<section class="card body" aria-label=${t('report.title')}>
                ${this.#ask(entity, request)}
              </section>`
            : html`<p class="card empty">${t('report.no-entities')}</p>`
        }
        ${error ? html`<p class="note bad" role="alert">${describeError(error)}</p>` : nothing}
        ${data && entity && !error ? this.#table(data, entity, request) : nothing}
      </div>`
  }

  #ask(entity: EntityView, request: ConversionReportRequest): TemplateResult {
    const day = (name: 'from' | 'to') =>
      html`<label
        >${t(`report.${name}`)}<input
          type="date"
          .value=${request[name] ?? ''}
          @change=${(event: Event) => this.#go({ [name]: (event.currentTarget as HTMLInputElement).value })}
      /></label>`
    return html`<div class="ask">
      ${this.#select(
        'source',
        entity.name,
        this.#entities().map((one) => [one.name, pluralLabel(one)]),
      )}
      ${
        entity.conversions.length > 1
          ? this.#select('conversion', request.conversion ?? '', [
              ['', t('report.any')],
              ...entity.conversions.map((one): [string, string] => [one.name, label(one)]),
            ])
          : nothing
      }
      ${day('from')}${day('to')}
      ${this.#select('by', request.by ?? 'none', [
        [month, t('report.by-month')],
        ...groupFields(entity).map((field): [string, string] => [field.name, label(field)]),
        ['none', t('report.none')],
      ])}
    </div>`
  }

  #select(name: 'source' | 'conversion' | 'by', value: string, options: [string, string][]): TemplateResult {
    return html`<label
      >${t(`report.${name}`)}<select
        @change=${(event: Event) => this.#go({ [name]: (event.currentTarget as HTMLSelectElement).value })}
      >
        ${options.map(
          ([key, text]) => html`<option value=${key} .selected=${key === value}>${text}</option>`,
        )}
      </select></label
    >`
  }

  #table(
    { rows, total }: ConversionReport,
    entity: EntityView,
    request: ConversionReportRequest,
  ): TemplateResult {
    if (total.sources === 0)
      return html`<div class="card empty" role="status">
        <h2>${t('report.nothing')}</h2>
        <p>${t('report.nothing-text')}</p>
      </div>`
    return html`<section
        class="card"
        aria-label=${pluralLabel(entity)}
        aria-busy=${this.#report.result?.isFetching === true}
      >
        <div class="scroll" tabindex="0" role="group" aria-label=${pluralLabel(entity)}>
          <table>
            <thead>
              <tr>
                ${this.#head(entity, request).map(
                  (text, index) =>
                    html`<th scope="col" class=${index > 0 && index !== 6 ? 'number' : ''}>${text}</th>`,
                )}
              </tr>
            </thead>
            <tbody>
              ${rows.map((row) => this.#row(this.#groupText(row, entity, request), row))}
            </tbody>
            <tfoot>
              ${this.#row(t('report.total'), total)}
            </tfoot>
          </table>
        </div>
      </section>
      <p class="second small">${t('report.about')}</p>`
  }

  #head(entity: EntityView, { by }: ConversionReportRequest): string[] {
    const field = by === undefined ? undefined : entity.fields[by]
    const group = by === month ? t('report.by-month') : field ? label(field) : ''
    return [
      group,
      ...columns.map((column) => t(`report.${column}`)),
      t('report.rate'),
      t('report.median'),
      t('report.average'),
    ]
  }

  #row(name: unknown, row: ConversionReportRow): TemplateResult {
    const locale = currentLocale()
    const days = (value: number | null) => (value === null ? '–' : formatDecimal(value, locale))
    const rate = row.rate ?? 0
    const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(rate)
    return html`<tr>
      <th scope="row">${name}</th>
      ${columns.map((column) => html`<td class="number">${formatDecimal(row[column], locale)}</td>`)}
      <td>
        <div class="rate">
          <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect width=${rate * 100} height="10"></rect>
          </svg>
          <span class="number">${percent}</span>
        </div>
      </td>
      <td class="number">${days(row.medianDays)}</td>
      <td class="number">${days(row.averageDays)}</td>
    </tr>`
  }

  #groupText(
    { key, display }: ConversionReportRow,
    entity: EntityView,
    { by }: ConversionReportRequest,
  ): unknown {
    if (key === null || key === '') return t('report.empty-group')
    if (by === month) return monthText(String(key), currentLocale())
    const field = entity.fields[by ?? '']
    if (field?.relation) return display ?? t('hidden')
    const option = field?.options?.find((one) => one.key === key)
    return option ? label(option) : valueText(field, key)
  }

  #go(change: Partial<Record<'source' | 'conversion' | 'from' | 'to' | 'by', string>>): void {
    const parameters = new URLSearchParams(router.url.searchParams)
    // Groups and conversions belong to their entity.
    if (change.source !== undefined) for (const name of ['by', 'conversion']) parameters.delete(name)
    for (const [name, value] of Object.entries(change))
      if (value === '') parameters.delete(name)
      else parameters.set(name, value)
    void router.go(`/reports/conversions?${parameters}`, { replace: true })
  }

  #download({ rows, total }: ConversionReport, request: ConversionReportRequest): void {
    const entity = session.entity(request.source)
    if (!entity) return
    const lines = rows.map((row) => ({ name: plain(this.#groupText(row, entity, request), row.key), row }))
    const csv = toCsv(this.#head(entity, request), [...lines, { name: t('report.total'), row: total }])
    // Spreadsheets know UTF-8 by its mark.
    const url = URL.createObjectURL(new Blob(['\uFEFF', csv], { type: 'text/csv' }))
    const link = document.createElement('a')
    link.href = url
    link.download = `${request.source}-conversions.csv`
    link.click()
    // Not at once: the download begins after this.
    setTimeout(() => URL.revokeObjectURL(url), 60_000)
  }
}

function plain(shown: unknown, key: unknown): string {
  return typeof shown === 'string' ? shown : String(key)
}
