import type { ConversionVersion } from '@xrm/sdk/conversions'
import type { ChangeEntry } from '@xrm/sdk/configuration'
import { diffPatch, type Json, patchPointers, valueAt } from '@xrm/sdk/merge'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { changeStyles, showGroups } from '../console/change-groups.ts'
import { groupChanges } from '../console/describe.ts'
import { wordsFor } from '../console/edits.element.ts'
import { count } from '../console/names.ts'
import { ApiError, call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { selectControl } from '../designer/document-element.ts'
import { formatInstant } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { describeError } from '../shell/errors.ts'
import { router } from '../shell/router.ts'
import { ConversionElement } from './conversion-element.ts'
import { t } from './i18n/index.ts'

/** Stands for the conversion as it is in the draft. */
const now = 'now'

/** Every published form of the conversion, and the differences between two of them. */
@customElement('xrm-versions-tab')
export class VersionsTab extends ConversionElement {
  static override styles = [
    ConversionElement.styles,
    changeStyles,
    css`
      :host {
        display: grid;
        gap: 14px;
        max-width: 1000px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th,
      td {
        padding: 7px 14px;
        border-top: 1px solid var(--line);
        text-align: start;
      }
      thead th {
        border-top: 0;
        color: var(--text-2);
        font-size: 12px;
      }
      .compare {
        padding: 8px 14px;
        border-bottom: 1px solid var(--line);
      }
      .number {
        text-align: end;
        font-variant-numeric: tabular-nums;
      }
      td a {
        text-decoration: underline;
      }
    `,
  ].flat()

  @state() private _from: string | null = null
  @state() private _to: string | null = null
  #versions = new QueryController<ConversionVersion[]>(this, () => ({
    key: ['console', 'conversion-versions', this.name],
    read: async (signal) => {
      const path = `/api/conversions/${encodeURIComponent(this.name)}/versions`
      return (await call<{ items: ConversionVersion[] }>('GET', path, { signal })).items
    },
    enabled: this.name !== '',
  }))

  override render(): unknown {
    const { error } = this.#versions
    // What is only in the draft has none.
    if (error instanceof ApiError && error.status === 404)
      return html`<p class="empty">${t('versions.none')}</p>`
    if (error) return html`<div class="note bad" role="alert">${describeError(error)}</div>`
    const versions = this.#versions.data
    if (!versions || !this.body) return html`<p class="second" aria-busy="true">${t('loading')}</p>`
    if (versions.length === 0) return html`<p class="empty">${t('versions.none')}</p>`
    return html`<section class="card" aria-label=${t('tab.versions')}>${this.#table(versions)}</section>
      ${this.#difference(versions)}`
  }

  #table(versions: ConversionVersion[]): TemplateResult {
    const wanted = wantedVersion(versions)
    return html`<table>
      <thead>
        <tr>
          <th scope="col">${t('versions.version')}</th>
          <th scope="col">${t('versions.change')}</th>
          <th scope="col">${t('versions.at')}</th>
          <th scope="col">${t('versions.by')}</th>
          <th scope="col" class="number">${t('versions.runs')}</th>
          <th scope="col"><span class="visually-hidden">${t('versions.compare')}</span></th>
        </tr>
      </thead>
      <tbody>
        ${versions.map(
          (one) =>
            html`<tr aria-current=${one === wanted ? 'true' : nothing}>
              <td>
                ${one.version}
                ${one === wanted ? html`<span class="chip blue">${t('versions.of-run')}</span>` : nothing}
              </td>
              <td><a href="/admin/changes/${one.changeset}">${one.title}</a></td>
              <td>${formatInstant(one.at, currentLocale())}</td>
              <td>${one.by?.name ?? '–'}</td>
              <td class="number">${count(one.runs)}</td>
              <td>
                <button
                  class="link"
                  aria-label=${t('versions.compare-of', { version: one.version })}
                  @click=${() => this.#choose(versions, one.version)}
                >
                  ${t('versions.compare')}
                </button>
              </td>
            </tr>`,
        )}
      </tbody>
    </table>`
  }

  /** A version against the one before it; the first one has none and is shown against the present. */
  #choose(versions: ConversionVersion[], version: number): void {
    const at = versions.findIndex((one) => one.version === version)
    const before = versions[at + 1]
    this._from = String((before ?? versions[at]!).version)
    this._to = before ? String(version) : now
  }

  #difference(versions: ConversionVersion[]): TemplateResult {
    const from = this._from ?? String((wantedVersion(versions) ?? versions[0]!).version)
    const to = this._to ?? now
    const choices = [
      { value: now, text: t('versions.now') },
      ...versions.map((one) => ({
        value: String(one.version),
        text: t('versions.numbered', { version: one.version }),
      })),
    ]
    const body = (one: string): Json =>
      (one === now
        ? this.body
        : versions.find(({ version }) => String(version) === one)?.body) as unknown as Json
    const [before, after] = [body(from), body(to)]
    const groups = groupChanges(
      'conversion',
      changesBetween(before, after),
      [after, before],
      wordsFor(this.body?.source ?? null),
    )
    return html`<section class="card" aria-label=${t('versions.differences')}>
      <div class="bar compare">
        <h2>${t('versions.differences')}</h2>
        <span class="grow"></span>
        <label for="from">${t('versions.from')}</label>
        ${selectControl('from', choices, from, (value) => (this._from = value))}
        <label for="to">${t('versions.to')}</label>
        ${selectControl('to', choices, to, (value) => (this._to = value))}
      </div>
      ${
        groups.length === 0
          ? html`<p class="empty">${t('versions.same')}</p>`
          : showGroups(groups, wordsFor(this.body?.source ?? null))
      }
    </section>`
  }
}

/** The form that was in force in the version of the model that the address names, as the page of a run does. */
function wantedVersion(versions: readonly ConversionVersion[]): ConversionVersion | undefined {
  const model = Number(router.url.searchParams.get('model'))
  return model > 0 ? versions.find(({ version }) => version <= model) : undefined
}

/** Place by place what differs. */
function changesBetween(before: Json, after: Json): ChangeEntry[] {
  const patch = diffPatch(before, after)
  if (patch === undefined) return []
  return patchPointers(patch).map((pointer) => ({
    pointer,
    before: valueAt(before, pointer),
    after: valueAt(after, pointer),
  }))
}
