import type { ConflictView } from '@xrm/sdk/configuration'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { XrmElement } from '../style/element.ts'
import { DocumentsController } from './controllers.ts'
import { describePlace, describeValue } from './describe.ts'
import { wordsFor } from './edits.element.ts'
import { t } from './i18n/index.ts'
import { pageStyles } from './page-styles.ts'

type Side = 'mine' | 'theirs'
/** What was chosen at one place; the body of `POST /api/changesets/{id}/resolve` is a list of them. */
export type Choice = Pick<ConflictView, 'kind' | 'name' | 'pointer'> & { take: Side }

/** Places that somebody else has changed as well: what was, what they made of it, what the draft makes of it. Fires `xrm-resolve`. */
@customElement('xrm-conflicts')
export class ConflictsElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    pageStyles,
    css`
      .card {
        border-color: var(--warn);
      }
      label {
        display: flex;
        gap: 7px;
        align-items: flex-start;
      }
      input {
        height: auto;
        margin: 3px 0 0;
        accent-color: var(--accent);
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 8px;
        padding: 10px 14px;
        border-top: 1px solid var(--line);
      }
      .scroll {
        overflow-x: auto;
      }
    `,
  ]

  @property({ attribute: false }) conflicts: ConflictView[] = []
  /** What an upgrade changes and somebody here has changed too: there is nothing to choose. */
  @property({ type: Boolean }) upgrade = false
  @state() private _choices: Record<string, Side> = {}
  #documents = new DocumentsController(this)

  override render(): TemplateResult {
    return html`<section class="card" aria-label=${t(this.upgrade ? 'overridden.title' : 'conflicts.title')}>
      <div class="head"><h2>${t(this.upgrade ? 'overridden.title' : 'conflicts.title')}</h2></div>
      <p class="body second">${t(this.upgrade ? 'overridden.text' : 'conflicts.text')}</p>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">${t('conflicts.place')}</th>
              <th scope="col">${t('conflicts.base')}</th>
              <th scope="col">${t(this.upgrade ? 'overridden.theirs' : 'conflicts.theirs')}</th>
              <th scope="col">${t(this.upgrade ? 'overridden.mine' : 'conflicts.mine')}</th>
            </tr>
          </thead>
          <tbody>
            ${this.conflicts.map((conflict) => this.#line(conflict))}
          </tbody>
        </table>
      </div>
      ${
        this.upgrade
          ? nothing
          : html`<div class="foot">
              <button @click=${() => this.#all('theirs')}>${t('conflicts.all-theirs')}</button>
              <button @click=${() => this.#all('mine')}>${t('conflicts.all-mine')}</button>
              <button class="primary" @click=${this.#resolve}>${t('conflicts.resolve')}</button>
            </div>`
      }
    </section>`
  }

  #line(conflict: ConflictView): TemplateResult {
    const { kind, name, pointer } = conflict
    const summary = this.#documents.find(kind, name)
    const words = wordsFor(kind === 'entity' ? name : (summary?.entity ?? null))
    const place = describePlace(kind, pointer, [], words).join(' › ')
    const key = keyOf(conflict)
    const show = (value: unknown) => {
      const { text, json } = describeValue(value, words)
      return json ? html`<code>${text}</code>` : text
    }
    const side = (take: Side, value: unknown) =>
      this.upgrade
        ? show(value)
        : html`<label
            ><input
              type="radio"
              name=${key}
              .checked=${(this._choices[key] ?? 'mine') === take}
              @change=${() => (this._choices = { ...this._choices, [key]: take })}
            /><span>${show(value)}</span></label
          >`
    return html`<tr>
      <th scope="row">${this.#documents.title(kind, name)}${place ? ` › ${place}` : ''}</th>
      <td class="second">${show(conflict.base)}</td>
      <td>${side('theirs', conflict.theirs)}</td>
      <td>${side('mine', conflict.mine)}</td>
    </tr>`
  }

  #all(side: Side): void {
    this._choices = Object.fromEntries(this.conflicts.map((conflict) => [keyOf(conflict), side]))
  }

  #resolve = () => {
    const choices = this.conflicts.map((conflict): Choice => {
      const { kind, name, pointer } = conflict
      return { kind, name, pointer, take: this._choices[keyOf(conflict)] ?? 'mine' }
    })
    this.emit('xrm-resolve', choices)
  }
}

function keyOf({ kind, name, pointer }: ConflictView): string {
  return `${kind}/${name}${pointer}`
}
