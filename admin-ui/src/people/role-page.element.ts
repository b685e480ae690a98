import type { DocumentKind, Role } from '@xrm/sdk'
import type { DocumentView } from '@xrm/sdk/configuration'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { DocumentsController } from '../console/controllers.ts'
import '../console/document.element.ts'
import { draft } from '../console/draft.ts'
import { call, paths } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { DocumentElement } from '../designer/document-element.ts'
import { t as designerText } from '../designer/i18n/index.ts'
import { tabStyles } from '../designer/tab-styles.ts'
import { label } from '../model/labels.ts'
import { confirm } from '../shell/confirm.ts'
import { describeError } from '../shell/errors.ts'
import { router } from '../shell/router.ts'
import { t } from './i18n/index.ts'
import { rolesQuery, usersQuery, userPath } from './people.ts'
import './role-matrix.element.ts'
import { rolePath } from './role-path.ts'
import { RolesController } from './roles.ts'

const tabs = ['matrix', 'settings', 'json'] as const

/** One role: what it grants as a matrix, its texts and the roles that it inherits, and the document itself. */
@customElement('xrm-role-page')
export class RolePage extends DocumentElement {
  static override styles = [
    DocumentElement.styles,
    tabStyles,
    css`
      .settings {
        display: grid;
        gap: 14px;
        max-width: 860px;
        padding: 14px 16px;
      }
      .holders {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 12px;
      }
    `,
  ].flat()

  @property({ attribute: false }) name = ''
  @property({ attribute: false }) tab = ''
  @state() private _busy = false
  #documents = new DocumentsController(this)
  #roles = new RolesController(this, this.#documents)
  #users = new QueryController(this, () => usersQuery)
  #given = new QueryController(this, () => rolesQuery)
  /** The role as it is in force, to show what the draft changes; null: it is new. */
  #published = new QueryController<Role | null>(this, () => ({
    key: ['console', 'published-role', this.name, this.#given.data?.length ?? 0],
    read: async (signal) => {
      if (!this.#given.data?.some((role) => role.name === this.name)) return null
      const view = await call<DocumentView>('GET', paths.document('role', this.name), { signal })
      return view.body as Role
    },
    enabled: this.#given.data !== undefined,
  }))

  protected override get place(): [DocumentKind, string] | null {
    return this.name ? ['role', this.name] : null
  }

  override render(): unknown {
    const tab = tabs.find((one) => one === this.tab) ?? 'matrix'
    const body = this.view?.body as Role | undefined
    const error = this.document.error ?? this.#roles.error ?? this.#published.error
    return html`<nav aria-label=${t('role.tabs')}>
        ${tabs.map(
          (name) =>
            html`<a
              href=${rolePath(this.name, name === 'matrix' ? '' : name)}
              aria-current=${name === tab ? 'page' : nothing}
              >${t(`role.tab.${name}`)}</a
            >`,
        )}
      </nav>
      <div class="tab">
        ${error && !body ? html`<div class="note bad" role="alert">${describeError(error)}</div>` : nothing}
        ${body && this.#roles.all ? this.#content(tab, body) : nothing}
      </div>`
  }

  #content(tab: (typeof tabs)[number], body: Role): TemplateResult {
    if (tab === 'json') return html`<xrm-document .kind=${'role'} .name=${this.name} embedded></xrm-document>`
    if (tab === 'settings') return this.#settings(body)
    return html`<xrm-role-matrix
      .name=${this.name}
      .roles=${this.#roles.all}
      .published=${this.#published.data ?? null}
    ></xrm-role-matrix>`
  }

  #settings(body: Role): TemplateResult {
    const inherits = body.inherits ?? []
    const holders = (this.#users.data ?? []).filter((user) => user.active && user.roles.includes(this.name))
    const others = this.#documents.of('role').filter((one) => one.name !== this.name)
    return html`<section class="card settings" aria-label=${t('role.tab.settings')}>
      <div class="props two">${this.textsProperties('', 'title', 'labels', 'text.title')}</div>
      ${this.areaProperty('/description', designerText('text.description'))}
      ${this.flagProperty('/administer', t('role.administer'), { hint: t('role.administer-hint') })}
      <fieldset>
        <legend>${t('role.inherits')}</legend>
        ${others.map((one) =>
          this.flag(
            `/inherits/${one.name}`,
            label(one),
            inherits.includes(one.name),
            (on) =>
              this.edit(
                '/inherits',
                on ? [...inherits, one.name] : inherits.filter((name) => name !== one.name),
              ),
            {},
          ),
        )}
        ${this.issues('/inherits')}
      </fieldset>
      <div>
        <h2>${t('role.holders')}</h2>
        ${holders.length === 0 ? html`<p class="second">${t('role.nobody')}</p>` : nothing}
        <p class="holders">${holders.map((user) => html`<a href=${userPath(user.id)}>${user.name}</a>`)}</p>
      </div>
      <div class="bar">
        <span class="mono second grow">${this.name}</span>
        <button class="danger" ?disabled=${this._busy} @click=${() => void this.#remove(holders.length)}>
          ${designerText('remove.button')}
        </button>
      </div>
    </section>`
  }

  async #remove(count: number): Promise<void> {
    const name = this.#documents.title('role', this.name)
    const text = t('role.remove-text', { name, count })
    if (!(await confirm({ title: t('role.remove'), text, yes: t('role.remove') }))) return
    this._busy = true
    if (await draft.remove('role', this.name)) await router.go('/admin/roles')
    this._busy = false
  }
}
