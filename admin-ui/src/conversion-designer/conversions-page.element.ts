import type { Conversion } from '@xrm/sdk'
import type { DocumentSummary } from '@xrm/sdk/configuration'
import type { Json } from '@xrm/sdk/merge'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import { draft } from '../console/draft.ts'
import { queries } from '../data/queries.ts'
import { announce } from '../designer/announce.ts'
import { DocumentsPage } from '../designer/documents-page.ts'
import { draftModel } from '../designer/draft-model.ts'
import { freeName } from '../designer/names.ts'
import { label } from '../model/labels.ts'
import { checkQuery } from './conversion-element.ts'
import { t } from './i18n/index.ts'
import './new-conversion-dialog.element.ts'

/** All conversions as they stand in the draft: from what into what, which are broken and why. */
@customElement('xrm-conversions-page')
export class ConversionsPage extends DocumentsPage<Conversion> {
  protected override text = t

  protected override get kind() {
    return 'conversion' as const
  }

  protected override async errorsOf(name: string, body: Conversion): Promise<string[]> {
    const { key, read } = checkQuery(name, body)
    const check = await queries.fetchQuery({ queryKey: key, queryFn: ({ signal }) => read(signal) })
    return check.issues.filter(({ severity }) => severity === 'error').map(({ message }) => message)
  }

  protected override inOrder(all: readonly DocumentSummary[]): readonly DocumentSummary[] {
    const order = (one: DocumentSummary) => this.bodyOf(one)?.order ?? 1000
    return all.toSorted((a, b) => order(a) - order(b) || a.name.localeCompare(b.name))
  }

  protected override iconOf(_: DocumentSummary, body: Conversion | undefined): string {
    return body?.icon ?? 'arrow-right-left'
  }

  protected override besides({ name }: DocumentSummary): TemplateResult {
    return html`<span class="mono second">${name}</span>`
  }

  /** Lead → Account, Contact, Opportunity. */
  protected override about(_: DocumentSummary, body: Conversion | undefined): unknown {
    if (!body) return nothing
    const title = (name: string) => {
      const entity = draftModel.entity(name)
      return entity ? label(entity) : name
    }
    const targets = Object.values(body.targets).map((target) => title(target.entity))
    return html`${title(body.source)}<xrm-icon name="arrow-right" size="13"></xrm-icon
      >${targets.join(', ') || '–'}`
  }

  protected override dialog(taken: ReadonlySet<string>): TemplateResult {
    return html`<xrm-new-conversion-dialog .taken=${taken}></xrm-new-conversion-dialog>`
  }

  protected override acts(one: DocumentSummary): TemplateResult {
    const name = label(one)
    return this.act('copy', t('duplicate'), t('duplicate-of', { name }), () => this.#duplicate(one, name))
  }

  async #duplicate(one: DocumentSummary, title: string): Promise<void> {
    const taken = new Set(this.documents.of('conversion').map((other) => other.name))
    const name = freeName(`${one.name}-2`, taken)
    const { labels: _, ...body } = (await draft.document('conversion', one.name)).body as Conversion
    const copy = { ...body, title: t('copy-of', { name: title }) }
    if (!(await draft.put('conversion', name, copy as unknown as Json))) return
    await draft.touched()
    announce(t('duplicated', { name: title }))
    await this.open(name)
  }
}
