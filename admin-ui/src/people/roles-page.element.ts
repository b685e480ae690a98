import type { Role } from '@xrm/sdk'
import type { DocumentSummary } from '@xrm/sdk/configuration'
import type { Json } from '@xrm/sdk/merge'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { DocumentsController } from '../console/controllers.ts'
import { draft } from '../console/draft.ts'
import { QueryController } from '../data/queries.ts'
import { session } from '../data/session.ts'
import { inputValue } from '../designer/document-element.ts'
import { t as designerText } from '../designer/i18n/index.ts'
import { nameFromTitle } from '../designer/names.ts'
import { label } from '../model/labels.ts'
import { describeError } from '../shell/errors.ts'
import { router } from '../shell/router.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import { usersQuery } from './people.ts'
import { peopleStyles } from './people-styles.ts'
import { rolePath } from './role-path.ts'
import { RolesController } from './roles.ts'

/** The roles as they stand in the draft, who has them, and the way to a new one. */
@customElement('xrm-roles-page')
export class RolesPage extends XrmElement {
  static override styles = [
    XrmElement.styles,
    peopleStyles,
    css`
      td a strong {
        color: var(--text);
        font-weight: 600;
      }
      .bar input {
        flex: 1;
        max-width: 300px;
      }
    `,
  ]

  @state() private _title = ''
  @state() private _from = ''
  #documents = new DocumentsController(this)
  #roles = new RolesController(this, this.#documents)
  #users = new QueryController(this, () => usersQuery)

  override render(): TemplateResult {
    const roles = this.#documents
      .of('role')
      .toSorted((a, b) => label(a).localeCompare(label(b), session.language))
    const error = this.#documents.error ?? this.#roles.error ?? this.#users.error
    return html`<div class="sheet">
      <form class="bar" @submit=${this.#add}>
        <p class="second grow">${t('roles.text')}</p>
        <input
          aria-label=${t('role.new')}
          placeholder=${t('role.new')}
          autocomplete="off"
          maxlength="80"
          .value=${this._title}
          @input=${(event: Event) => (this._title = inputValue(event))}
        />
        <select
          aria-label=${t('role.begins')}
          .value=${this._from}
          @change=${(event: Event) => (this._from = inputValue(event))}
        >
          <option value="">${t('role.empty')}</option>
          ${roles.map((role) => html`<option value=${role.name}>${t('role.like', { name: label(role) })}</option>`)}
        </select>
        <button class="primary" ?disabled=${this._title.trim() === ''}>${designerText('add')}</button>
      </form>
      ${error ? html`<p class="note bad" role="alert">${describeError(error)}</p>` : nothing}
      <section class="card scroll" aria-label=${t('roles')}>
        <table>
          <thead>
            <tr>
              <th scope="col">${t('role')}</th>
              <th scope="col">${t('role.from')}</th>
              <th scope="col">${t('role.inherits')}</th>
              <th scope="col" class="number">${t('role.entities')}</th>
              <th scope="col" class="number">${t('role.holders')}</th>
            </tr>
          </thead>
          <tbody>
            ${roles.map((role) => this.#row(role))}
          </tbody>
        </table>
      </section>
    </div>`
  }

  #row(one: DocumentSummary): TemplateResult {
    const body = this.#roles.all?.get(one.name)
    const names = Object.keys(body?.entities ?? {})
    const holders = this.#users.data?.filter((user) => user.active && user.roles.includes(one.name)).length
    return html`<tr>
      <td>
        <a href=${rolePath(one.name)}><strong>${label(one)}</strong></a>
        <span class="second small">${one.name}</span>
        <span class="marks">
          ${body?.administer ? html`<span class="chip amber">${t('role.administers')}</span>` : nothing}
          ${one.draft ? html`<span class="chip blue">${designerText(`draft.${one.draft}`)}</span>` : nothing}
        </span>
      </td>
      <td class="second">${this.#origin(one)}</td>
      <td>${(body?.inherits ?? []).map((name) => this.#documents.title('role', name)).join(', ')}</td>
      <td class="number">${names.includes('*') ? t('role.all-entities') : body ? names.length : ''}</td>
      <td class="number">${holders ?? ''}</td>
    </tr>`
  }

  #origin({ layers, plugins }: DocumentSummary): string {
    return layers.map((layer) => (layer === 'plugin' ? plugins.join(', ') : t(`layer.${layer}`))).join(' + ')
  }

  #add = async (event: Event) => {
    event.preventDefault()
    const title = this._title.trim()
    const taken = new Set(this.#documents.of('role').map((role) => role.name))
    const name = nameFromTitle(title, (one) => taken.has(one.replaceAll('_', '-'))).replaceAll('_', '-')
    if (name === '') return
    const model: Partial<Role> = (this._from && this.#roles.all?.get(this._from)) || {}
    const own = session.language === 'en' ? {} : { labels: { [session.language]: title } }
    // Whoever may administer is said by hand, not by a copy.
    const { inherits, entities = {} } = model
    const body = { title, ...own, ...(inherits ? { inherits } : {}), entities }
    if (!(await draft.put('role', name, body as unknown as Json))) return
    await draft.touched()
    await router.go(rolePath(name))
  }
}
