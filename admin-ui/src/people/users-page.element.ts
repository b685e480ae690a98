import type { UserView } from '@xrm/sdk/access'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { QueryController } from '../data/queries.ts'
import { formatWhen } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { label } from '../model/labels.ts'
import { describeError } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import './new-user-dialog.element.ts'
import { rolesQuery, teamsQuery, userPath, usersQuery } from './people.ts'
import { peopleStyles } from './people-styles.ts'

/** Everybody who can sign in. */
@customElement('xrm-users-page')
export class UsersPage extends XrmElement {
  static override styles = [
    XrmElement.styles,
    peopleStyles,
    css`
      td a strong {
        color: var(--text);
        font-weight: 600;
      }
      tr[data-closed] {
        color: var(--text-2);
      }
    `,
  ]

  @state() private _search = ''
  @state() private _closed = false
  @state() private _inviting = false
  #users = new QueryController(this, () => usersQuery)
  #roles = new QueryController(this, () => rolesQuery)
  #teams = new QueryController(this, () => teamsQuery)

  override render(): TemplateResult {
    const words = this._search.trim().toLowerCase()
    const all = this.#users.data ?? []
    const shown = all.filter(
      (user) =>
        (user.active || this._closed) &&
        `${user.name} ${user.email} ${this.#roleNames(user)} ${this.#teamNames(user)}`
          .toLowerCase()
          .includes(words),
    )
    const error = this.#users.error ?? this.#roles.error ?? this.#teams.error
    return html`<div class="sheet">
      <div class="bar">
        <input
          type="search"
          aria-label=${t('users.search')}
          placeholder=${t('users.search')}
          .value=${this._search}
          @input=${(event: Event) => (this._search = (event.currentTarget as HTMLInputElement).value)}
        />
        <label class="row"
          ><input
            type="checkbox"
            .checked=${this._closed}
            @change=${() => (this._closed = !this._closed)}
          />${t('users.closed')}</label
        >
        <span class="grow"></span>
        <button class="primary" @click=${() => (this._inviting = true)}>
          <xrm-icon name="user-plus" size="14"></xrm-icon>${t('user.new')}
        </button>
      </div>
      ${error ? html`<p class="note bad" role="alert">${describeError(error)}</p>` : nothing}
      <section class="card" aria-busy=${!this.#users.data && !error}>
        ${
          this.#users.data && shown.length === 0
            ? html`<p class="empty" role="status">${t('users.none')}</p>`
            : html`<div class="scroll">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">${t('name')}</th>
                      <th scope="col">${t('roles')}</th>
                      <th scope="col">${t('teams')}</th>
                      <th scope="col">${t('users.seen')}</th>
                      <th scope="col">${t('user.state')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${shown.map((user) => this.#row(user))}
                  </tbody>
                </table>
              </div>`
        }
      </section>
      ${
        this._inviting
          ? html`<xrm-new-user-dialog @xrm-close=${() => (this._inviting = false)}></xrm-new-user-dialog>`
          : nothing
      }
    </div>`
  }

  #row(user: UserView): TemplateResult {
    return html`<tr ?data-closed=${!user.active}>
      <td>
        <a href=${userPath(user.id)}><strong>${user.name}</strong></a>
        <div class="second small">${user.email}</div>
      </td>
      <td>${this.#roleNames(user)}</td>
      <td>${this.#teamNames(user)}</td>
      <td class="second">
        ${user.lastSeenAt ? formatWhen(user.lastSeenAt, currentLocale()) : t('users.never')}
      </td>
      <td>
        <span class="marks">
          ${
            user.active
              ? html`<span class="chip dot">${t('user.active')}</span>`
              : html`<span class="chip dot red">${t('user.closed')}</span>`
          }
          ${user.invited && user.active ? html`<span class="chip amber">${t('user.invited')}</span>` : nothing}
          ${user.secondFactor ? html`<span class="chip green">${t('user.second-factor')}</span>` : nothing}
          ${user.external ? html`<span class="chip violet">${t('user.external')}</span>` : nothing}
        </span>
      </td>
    </tr>`
  }

  #roleNames({ roles }: UserView): string {
    return roles
      .map((name) => {
        const role = this.#roles.data?.find((one) => one.name === name)
        return role ? label(role) : name
      })
      .join(', ')
  }

  #teamNames({ teams }: UserView): string {
    const lines = this.#teams.data ?? []
    return lines
      .filter(({ team }) => teams.includes(team.id))
      .map(({ team }) => team.name)
      .join(', ')
  }
}
