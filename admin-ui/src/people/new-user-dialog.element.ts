import type { LinkAnswer, UserView } from '@xrm/sdk/access'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { WriteKey } from '../data/idempotency.ts'
import { QueryController } from '../data/queries.ts'
import { label } from '../model/labels.ts'
import '../shell/dialog.element.ts'
import { describeError } from '../shell/errors.ts'
import { router } from '../shell/router.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import { choices } from './choices.ts'
import { t } from './i18n/index.ts'
import { linkText } from './link.ts'
import { peopleChanged, rolesQuery, teamsQuery, userPath } from './people.ts'
import { peopleStyles } from './people-styles.ts'

/** A new user, who is invited to choose a password. Fires `xrm-close`. */
@customElement('xrm-new-user-dialog')
export class NewUserDialog extends XrmElement {
  static override styles = [
    XrmElement.styles,
    peopleStyles,
    css`
      .form {
        padding: 0;
      }
    `,
  ]

  @state() private _roles: Set<string> = new Set()
  @state() private _teams: Set<string> = new Set()
  @state() private _busy = false
  @state() private _failure = ''
  @state() private _made: { user: UserView; link: LinkAnswer } | null = null
  #key = new WriteKey()
  #roles = new QueryController(this, () => rolesQuery)
  #teams = new QueryController(this, () => teamsQuery)

  override render(): TemplateResult {
    return html`<xrm-dialog heading=${t('user.new')} @xrm-close=${this.#done}>
      ${this._made ? this.#link(this._made) : this.#form()}
      <div slot="footer" class="row">
        <span class="grow"></span>
        ${
          this._made
            ? html`<button class="primary" @click=${this.#done}>${t('done')}</button>`
            : html`<button @click=${this.#done}>${t('cancel')}</button>
                <button class="primary" form="form" ?disabled=${this._busy}>${t('user.invite')}</button>`
        }
      </div>
    </xrm-dialog>`
  }

  #form(): TemplateResult {
    return html`<form id="form" class="form" @submit=${this.#submit}>
      <label class="text"
        >${t('name')}<input name="name" maxlength="120" autocomplete="off" required autofocus
      /></label>
      <label class="text"
        >${t('email')}<input name="email" type="email" maxlength="254" autocomplete="off" required
      /></label>
      ${choices(
        t('roles'),
        (this.#roles.data ?? []).map((role) => ({ value: role.name, text: label(role) })),
        this._roles,
        (roles) => (this._roles = roles),
      )}
      ${choices(
        t('teams'),
        (this.#teams.data ?? []).map(({ team, depth }) => ({ value: team.id, text: team.name, depth })),
        this._teams,
        (teams) => (this._teams = teams),
      )}
      ${this._failure ? html`<p class="note bad" role="alert">${this._failure}</p>` : nothing}
    </form>`
  }

  #link({ user, link }: { user: UserView; link: LinkAnswer }): TemplateResult {
    return html`<div class="form">
      <p><strong>${t('user.made', { name: user.name })}</strong></p>
      ${linkText(link)}
    </div>`
  }

  #submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget as HTMLFormElement)
    const body = {
      name: String(data.get('name')).trim(),
      email: String(data.get('email')).trim(),
      roles: [...this._roles],
      teams: [...this._teams],
    }
    this._busy = true
    this._failure = ''
    try {
      const user = await call<UserView>('POST', '/api/users', { body, key: this.#key.for(body) })
      await peopleChanged()
      try {
        const link = await call<LinkAnswer>('POST', `/api/users/${user.id}/invitation`, { body: {} })
        this._made = { user, link }
      } catch (error) {
        // The user is there; their page makes another link.
        toasts.show(describeError(error), { bad: true })
        this.emit('xrm-close')
        await router.go(userPath(user.id))
      }
    } catch (error) {
      this.#key.refused(error)
      this._failure = describeError(error)
    } finally {
      this._busy = false
    }
  }

  #done = () => {
    const made = this._made
    this.emit('xrm-close')
    if (made) void router.go(userPath(made.user.id))
  }
}
