import type { EntityView } from '@xrm/sdk/api'
import type { MergeAnswer, UnmergeAnswer } from '@xrm/sdk/duplicates'
import { css, html, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { call, paths } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { formatWhen } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { confirm } from '../shell/confirm.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import { describe, listOf } from './reasons.ts'
import { leftText, unmerge, unmergePath } from './undo-merge.ts'

/** The merges that made a record what it is, and the way back. Not there when there are none. */
@customElement('xrm-merges')
export class MergesElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      section {
        padding: 13px 16px 14px;
      }
      ul {
        margin: 8px 0 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        gap: 9px;
        min-height: 34px;
      }
    `,
  ]

  @property({ attribute: false }) entity!: EntityView
  @property({ attribute: false }) recordId = ''

  #merges = new QueryController<{ items: MergeAnswer[] }>(this, () => ({
    key: ['around', this.entity.name, this.recordId, 'merges'],
    read: (signal) => call('GET', `${paths.record(this.entity.name, this.recordId)}/merges`, { signal }),
  }))

  override render(): unknown {
    const { data, error } = this.#merges
    this.hidden = !error && !data?.items.length
    if (error) return html`<p class="note bad" role="alert">${describe(error)}</p>`
    return html`<section class="card" aria-label=${t('merges.title')}>
      <h2>${t('merges.title')}</h2>
      <ul>
        ${data?.items.map((merge) => this.#line(merge))}
      </ul>
    </section>`
  }

  #line(merge: MergeAnswer): TemplateResult {
    const name = (display: string | null) => display ?? t('hidden')
    const names = listOf(merge.others.map(({ display }) => name(display)))
    const what =
      merge.record.id === this.recordId
        ? t('merges.kept', { names })
        : t('merges.gone', { name: name(merge.record.display) })
    const who = merge.actor ? ` · ${merge.actor.name}` : ''
    const mayUndo = !merge.undone && this.entity.can.update && this.entity.can.delete
    return html`<li>
      <span class="grow"
        >${what}
        <span class="second small"
          >·
          ${formatWhen(merge.at, currentLocale())}${who}${merge.undone ? ` · ${t('merges.was-undone')}` : ''}</span
        ></span
      >
      ${
        mayUndo
          ? html`<button
              class="quiet"
              aria-label="${t('merges.undo')}: ${what}"
              @click=${() => void this.#undo(merge)}
            >
              ${t('merges.undo')}
            </button>`
          : ''
      }
    </li>`
  }

  /** Looks first what could not go back, and says so before anything is written. */
  async #undo(merge: MergeAnswer): Promise<void> {
    let left: UnmergeAnswer['left']
    try {
      ;({ left } = await call<UnmergeAnswer>('POST', unmergePath(merge.id, true)))
    } catch (error) {
      toasts.show(describe(error), { bad: true })
      return
    }
    const stays = left.length > 0 ? ` ${t('merges.undo-left', { what: leftText(left) })}` : ''
    const yes = await confirm({
      title: t('merges.undo-title'),
      text: t('merges.undo-text') + stays,
      yes: t('merges.undo'),
    })
    if (yes) await unmerge(merge.id)
  }
}
