import { css, html, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import { t } from '../i18n/index.ts'
import { XrmElement } from '../style/element.ts'
import './dialog.element.ts'
import { shortcutSheet } from './shortcuts.ts'

/** All keyboard shortcuts on one sheet. */
@customElement('xrm-shortcut-sheet')
export class ShortcutSheetElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      .parts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(250px, 1fr));
        gap: 18px 28px;
      }
      dl {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 7px 12px;
        margin: 8px 0 0;
      }
      dd {
        margin: 0;
        display: flex;
        gap: 4px;
        justify-content: flex-end;
      }
    `,
  ]

  override render(): TemplateResult {
    const name = (key: string) => key.replace('Ctrl', t('keys.ctrl'))
    return html`<xrm-dialog heading=${t('keys.title')}>
      <div class="parts">
        ${shortcutSheet.map(
          (part) =>
            html`<section>
              <h2>${t(part.title)}</h2>
              <dl>
                ${part.keys.map(
                  ({ keys, text }) =>
                    html`<dt>${t(text)}</dt>
                      <dd>${keys.map((key) => html`<kbd>${name(key)}</kbd>`)}</dd>`,
                )}
              </dl>
            </section>`,
        )}
      </div>
    </xrm-dialog>`
  }
}
