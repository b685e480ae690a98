import type { UserChange, UserView } from '@xrm/sdk/access'
import type { FieldView } from '@xrm/sdk/api'
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { QueryController } from '../data/queries.ts'
import { fieldAlone } from '../fields/field-alone.ts'
import '../fields/controls.ts'
import { splitReference } from '../fields/relation-any.ts'
import { currentLocale } from '../i18n/locale.ts'
import { label } from '../model/labels.ts'
import { confirm } from '../shell/confirm.ts'
import { describeError } from '../shell/errors.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import { choices } from './choices.ts'
import { t } from './i18n/index.ts'
import { changeUser, rolesQuery, teamsQuery } from './people.ts'
import { peopleStyles } from './people-styles.ts'

/** Name, roles and where somebody stands among the others; saved as one. */
@customElement('xrm-user-form')
export class UserForm extends XrmElement {
  static override styles = [
    XrmElement.styles,
    peopleStyles,
    css`
      .column {
        display: grid;
        gap: 12px;
      }
      .hint {
        margin-top: 3px;
        color: var(--text-2);
        font-size: 12px;
      }
      .foot {
        padding: 10px 14px;
        border-top: 1px solid var(--line);
      }
    `,
  ]

  @property({ attribute: false }) user!: UserView
  @state() private _change: UserChange = {}
  @state() private _names: Record<string, string> = {}
  @state() private _failure = ''
  @state() private _busy = false
  #roles = new QueryController(this, () => rolesQuery)
  #teams = new QueryController(this, () => teamsQuery)

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('user') && changed.get('user')?.id !== this.user.id) this.#forget()
  }

  #forget(): void {
    this._change = {}
    this._failure = ''
  }

  #set(change: UserChange): void {
    this._change = { ...this._change, ...change }
  }

  override render(): TemplateResult {
    const { user } = this
    const now = { ...user, ...this._change }
    const isNew = Object.keys(this._change).length > 0
    return html`<section class="card" aria-label=${t('user.person')}>
      <form @submit=${this.#save}>
        <div class="form two">
          <div class="column">
            <label class="text"
              >${t('name')}
              <input
                maxlength="120"
                required
                autocomplete="off"
                .value=${live(now.name)}
                @input=${(event: Event) => this.#set({ name: (event.currentTarget as HTMLInputElement).value })}
              />
            </label>
            ${this.#manager(now.manager)}
            <div>
              <label class="row"
                ><input
                  type="checkbox"
                  .checked=${live(now.external)}
                  @change=${() => this.#set({ external: !now.external })}
                />${t('user.external-label')}</label
              >
              <p class="hint">${t('user.external-hint')}</p>
            </div>
            ${this.#represents(now.represents)}
          </div>
          <div class="column">
            ${choices(
              t('roles'),
              (this.#roles.data ?? []).map((role) => ({ value: role.name, text: label(role) })),
              new Set(now.roles),
              (roles) => this.#set({ roles: [...roles] }),
            )}
            ${choices(
              t('teams'),
              (this.#teams.data ?? []).map(({ team, depth }) => ({ value: team.id, text: team.name, depth })),
              new Set(now.teams),
              (teams) => this.#set({ teams: [...teams] }),
            )}
          </div>
        </div>
        ${this._failure ? html`<p class="note bad" role="alert">${this._failure}</p>` : nothing}
        <div class="foot row">
          <button
            type="button"
            class=${user.active ? 'danger' : ''}
            ?disabled=${this._busy}
            @click=${() => void this.#toggleActive()}
          >
            ${t(user.active ? 'user.close' : 'user.open')}
          </button>
          <span class="grow"></span>
          ${isNew ? html`<button type="button" class="quiet" @click=${() => this.#forget()}>${t('cancel')}</button>` : nothing}
          <button class="primary" ?disabled=${!isNew || this._busy}>${t('save')}</button>
        </div>
      </form>
    </section>`
  }

  #manager(manager: string | null): TemplateResult {
    const field = fieldAlone({
      name: 'manager',
      type: 'relation',
      title: t('user.manager'),
      relation: { entity: 'user' },
    })
    return html`<div>
      <xrm-lookup
        .context=${{
          ...lookupContext(field),
          value: manager,
          display: manager === null ? null : (this._names[manager] ?? null),
          change: (value: unknown, extra?: { display?: string }) => {
            const id = typeof value === 'string' ? value : null
            if (id !== null && extra?.display) this._names = { ...this._names, [id]: extra.display }
            if (id !== manager) this.#set({ manager: id })
          },
        }}
      ></xrm-lookup>
      <p class="hint">${t('user.manager-hint')}</p>
    </div>`
  }

  #represents(record: { entity: string; id: string } | null): TemplateResult {
    const field = fieldAlone({ name: 'represents', type: 'relation-any', title: t('user.represents') })
    const reference = record && `${record.entity}/${record.id}`
    return html`<div>
      <xrm-any-lookup
        .context=${{
          ...lookupContext(field),
          value: reference,
          display: null,
          change: (value: unknown) => {
            if (value === reference) return
            this.#set({ represents: typeof value === 'string' ? splitReference(value) : null })
          },
        }}
      ></xrm-any-lookup>
      <p class="hint">${t('user.represents-hint')}</p>
    </div>`
  }

  #save = async (event: Event) => {
    event.preventDefault()
    await this.#write(this._change)
  }

  async #toggleActive(): Promise<void> {
    const { name, active } = this.user
    const question = {
      title: t('user.close'),
      text: t('user.close-text', { name }),
      yes: t('user.close'),
    }
    if (active && !(await confirm(question))) return
    await this.#write({ active: !active })
  }

  async #write(change: UserChange): Promise<void> {
    this._busy = true
    this._failure = ''
    try {
      const { name } = await changeUser(this.user.id, change)
      if (change === this._change) this._change = {}
      toasts.show(t('saved', { name }))
    } catch (error) {
      this._failure = describeError(error)
    } finally {
      this._busy = false
    }
  }
}

function lookupContext(field: FieldView) {
  return {
    field,
    id: field.name,
    label: field.title,
    help: '',
    error: null,
    required: false,
    readonly: false,
    locale: currentLocale(),
    autofocus: false,
  }
}
