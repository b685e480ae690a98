import type { ChangesetView } from '@xrm/sdk/configuration'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { t as common } from '../i18n/index.ts'
import { confirm } from '../shell/confirm.ts'
import '../shell/dialog.element.ts'
import { describeError } from '../shell/errors.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import { placeMenu } from '../style/menu.ts'
import { changeCount } from './changeset.ts'
import { followDraft } from './controllers.ts'
import { draft } from './draft.ts'
import { t } from './i18n/index.ts'

/** The draft that one writes to: what it holds, what is wrong with it, the way to its review, and to other drafts. */
@customElement('xrm-draft-bar')
export class DraftBarElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      :host {
        min-width: 0;
      }
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px;
      }
      .what {
        display: flex;
        align-items: center;
        gap: 8px;
        min-width: 0;
        color: var(--text-2);
        font-size: 12.5px;
      }
      .title {
        max-width: 260px;
        color: var(--text);
        font-weight: 550;
      }
      form {
        display: grid;
        gap: 10px;
      }
      label {
        display: grid;
        gap: 4px;
        font-weight: 500;
      }
      textarea {
        min-height: 70px;
        padding: 7px 9px;
        border: 1px solid var(--line-strong);
        border-radius: 7px;
        background: var(--surface);
        color: var(--text);
        font: inherit;
        resize: vertical;
      }
      .menu hr {
        margin: 5px 0;
        border: 0;
        border-top: 1px solid var(--line);
      }
      .menu p {
        padding: 4px 9px;
      }
      [popover].menu {
        max-width: 340px;
      }
      .menu .two {
        height: auto;
        padding-block: 6px;
      }
      .two span {
        display: grid;
        gap: 3px;
        min-width: 0;
      }
      a.button {
        background: var(--accent);
        border-color: var(--accent);
        color: var(--on-accent);
      }
      a.button:hover {
        background: var(--accent-hover);
      }
    `,
  ]

  constructor() {
    super()
    followDraft(this)
  }

  @state() private _naming = false

  override render(): TemplateResult {
    const { changeset } = draft
    return html`<section class="bar" aria-label=${t('draft.bar')}>
      <div class="what" role="status">
        ${changeset ? this.#what(changeset) : html`<span>${t('draft.none')}</span>`}
      </div>
      ${
        draft.unsaved > 0
          ? html`<button class="danger" @click=${() => draft.retry()}>${t('draft.retry')}</button>
              <button class="quiet" @click=${() => draft.forget()}>${t('draft.forget')}</button>`
          : nothing
      }
      ${changeset ? html`<a class="button" href="/admin/changes/${changeset.id}">${t('draft.review')}</a>` : nothing}
      ${changeset || draft.open.length > 0 ? this.#menu(changeset) : nothing}
      ${this._naming && changeset ? this.#rename(changeset) : nothing}
    </section>`
  }

  #what(changeset: ChangesetView): TemplateResult {
    const errors = draft.issues.filter((issue) => issue.severity === 'error').length
    const warnings = draft.issues.length - errors
    return html`<xrm-icon name="git-branch" size="14"></xrm-icon
      ><span class="title ellipsis" title=${changeset.note ?? changeset.title}>${changeset.title}</span>
      <span>${t('draft.changes', { count: changeCount(changeset) })}</span>
      ${errors > 0 ? html`<span class="chip red">${t('draft.errors', { count: errors })}</span>` : nothing}
      ${warnings > 0 ? html`<span class="chip amber">${t('draft.warnings', { count: warnings })}</span>` : nothing}
      ${
        changeset.conflicts.length > 0
          ? html`<span class="chip red">${t('draft.conflicts', { count: changeset.conflicts.length })}</span>`
          : nothing
      }
      ${draft.unsaved > 0 ? html`<span class="chip red">${t('draft.unsaved', { count: draft.unsaved })}</span>` : nothing}
      ${draft.saving ? html`<span>${t('draft.saving')}</span>` : nothing}`
  }

  #menu(current: ChangesetView | null): TemplateResult {
    const others = draft.open.filter((one) => one.id !== current?.id)
    return html`<button class="quiet icon" popovertarget="drafts" aria-label=${t('draft.menu')}>
        <xrm-icon name="ellipsis"></xrm-icon>
      </button>
      <div id="drafts" class="menu" popover @toggle=${placeMenu} @click=${this.#close}>
        ${
          current
            ? html`<button @click=${() => (this._naming = true)}>
                  <xrm-icon name="pencil"></xrm-icon>${t('draft.rename')}
                </button>
                <button class="danger" @click=${() => void this.#discard(current)}>
                  <xrm-icon name="trash-2"></xrm-icon>${t('draft.discard')}
                </button>
                <button @click=${() => draft.use(null)}>
                  <xrm-icon name="plus"></xrm-icon>${t('draft.new')}
                </button>`
            : nothing
        }
        ${
          others.length > 0
            ? html`${current ? html`<hr />` : nothing}
                <p class="second small">${t('draft.others')}</p>
                ${others.map(
                  (one) =>
                    html`<button class="two" @click=${() => draft.use(one.id)}>
                      <xrm-icon name=${one.origin === 'upgrade' ? 'package' : 'git-branch'}></xrm-icon>
                      <span
                        ><span class="ellipsis">${one.title}</span
                        ><span class="second small">${one.createdBy?.name ?? t('changes.system')}</span></span
                      >
                    </button>`,
                )}`
            : nothing
        }
      </div>`
  }

  #rename(changeset: ChangesetView): TemplateResult {
    return html`<xrm-dialog heading=${t('draft.rename')} @xrm-close=${() => (this._naming = false)}>
      <form id="rename" @submit=${this.#saveName}>
        <label
          >${t('draft.title')}
          <input name="title" required maxlength="200" autofocus .value=${changeset.title} />
        </label>
        <label
          >${t('draft.note')}
          <textarea name="note" maxlength="4000" .value=${changeset.note ?? ''}></textarea>
        </label>
        <div class="row">
          <span class="grow"></span>
          <button type="button" @click=${() => (this._naming = false)}>${common('cancel')}</button>
          <button class="primary">${common('save')}</button>
        </div>
      </form>
    </xrm-dialog>`
  }

  #saveName = async (event: SubmitEvent) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget as HTMLFormElement)
    try {
      await draft.rename(String(data.get('title')).trim(), String(data.get('note')).trim())
      this._naming = false
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    }
  }

  async #discard(changeset: ChangesetView): Promise<void> {
    const yes = await confirm({
      title: t('draft.discard-title', { title: changeset.title }),
      text: t('draft.discard-text', { count: changeCount(changeset) }),
      yes: t('draft.discard'),
    })
    if (!yes) return
    try {
      await draft.discard()
      toasts.show(t('draft.discarded', { title: changeset.title }))
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    }
  }

  #close = (event: Event) => {
    ;(event.currentTarget as HTMLElement).hidePopover()
  }
}
