import type { WebForm } from '@xrm/sdk'
import type { DocumentSummary, IssueView } from '@xrm/sdk/configuration'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import { draft } from '../console/draft.ts'
import { call } from '../data/client.ts'
import { session } from '../data/session.ts'
import { DocumentsPage } from '../designer/documents-page.ts'
import { draftModel } from '../designer/draft-model.ts'
import { label } from '../model/labels.ts'
import { t } from './i18n/index.ts'
import './new-web-form-dialog.element.ts'

/** All web forms as they stand in the draft: what for, open or not, and why one does not work. */
@customElement('xrm-web-forms')
export class WebFormsPage extends DocumentsPage<WebForm> {
  protected override text = t

  protected override get kind() {
    return 'web-form' as const
  }

  protected override async errorsOf(name: string, body: WebForm, signal: AbortSignal): Promise<string[]> {
    const changeset = draft.id === null ? '' : `?changeset=${encodeURIComponent(draft.id)}`
    const path = `/api/documents/web-form/${encodeURIComponent(name)}/check${changeset}`
    const { issues } = await call<{ issues: IssueView[] }>('POST', path, { body, signal })
    return issues
      .filter((one) => one.severity === 'error' && one.kind === 'web-form' && one.name === name)
      .map(({ message }) => message)
  }

  protected override inOrder(all: readonly DocumentSummary[]): readonly DocumentSummary[] {
    return all.toSorted((a, b) => label(a).localeCompare(label(b), session.language))
  }

  protected override iconOf({ entity }: DocumentSummary): string {
    return draftModel.entity(entity ?? '')?.icon ?? 'clipboard-pen'
  }

  protected override besides(_: DocumentSummary, body: WebForm | undefined): unknown {
    if (!body) return nothing
    const open = body.open === true
    return html`<span class="chip ${open ? 'green' : ''}">${t(open ? 'open' : 'closed')}</span>`
  }

  protected override about({ name, entity }: DocumentSummary): TemplateResult {
    const view = draftModel.entity(entity ?? '')
    return html`<span class="mono">/forms/${name}</span> · ${view ? label(view) : entity}`
  }

  protected override dialog(taken: ReadonlySet<string>): TemplateResult {
    return html`<xrm-new-web-form-dialog .taken=${taken}></xrm-new-web-form-dialog>`
  }
}
