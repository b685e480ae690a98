import type { EntityView, RecordData } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { currentLocale } from '../i18n/locale.ts'
import { XrmElement } from '../style/element.ts'
import { contentPath, fileIcon, formatSize, isPicture } from './file-texts.ts'
import { t } from './i18n/index.ts'

/** Larger pictures are not loaded to be looked at in passing. */
const maxPreview = 5_000_000

/** On the page of a file: what is in it, to download, and to look at where it is a picture. */
@customElement('xrm-file-content')
export class FileContentElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      section {
        display: grid;
        gap: 10px;
        padding: 13px 16px 14px;
      }
      .row {
        display: flex;
        align-items: center;
        gap: 9px;
      }
      img {
        max-width: 100%;
        max-height: 320px;
        border: 1px solid var(--line);
        border-radius: 6px;
      }
    `,
  ]

  @property({ attribute: false }) entity!: EntityView
  @property({ attribute: false }) record!: RecordData

  override render(): TemplateResult {
    const { content } = this.entity
    const name = String(this.record[content!.name] ?? '')
    const type = String(this.record[content!.type] ?? '')
    const size = Number(this.record[content!.size] ?? 0)
    return html`<section class="card" aria-label=${t('files.content')}>
      ${
        isPicture(type) && size <= maxPreview
          ? html`<img
              src=${contentPath(this.record.id, true)}
              alt=${t('files.preview', { name })}
              loading="lazy"
            />`
          : nothing
      }
      <div class="row">
        <a class="button" href=${contentPath(this.record.id)} download=${name}>
          <xrm-icon name=${fileIcon(type)}></xrm-icon>${t('files.download')}
        </a>
        <span class="second small">${formatSize(size, currentLocale())}</span>
      </div>
    </section>`
  }
}
