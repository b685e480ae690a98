import type { UserView } from '@xrm/sdk/access'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { WriteKey } from '../data/idempotency.ts'
import { createRecord, deleteRecord, updateRecord } from '../data/records.ts'
import { session } from '../data/session.ts'
import { label } from '../model/labels.ts'
import { confirm } from '../shell/confirm.ts'
import '../shell/dialog.element.ts'
import { describeError } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { choices } from './choices.ts'
import { t } from './i18n/index.ts'
import { changeUser } from './people.ts'
import { peopleStyles } from './people-styles.ts'
import type { Team, TeamLine } from './team-tree.ts'

/** A team: what it is called, what it is part of, who is in it. Null as `team` makes a new one. Fires `xrm-close`. */
@customElement('xrm-team-dialog')
export class TeamDialog extends XrmElement {
  static override styles = [
    XrmElement.styles,
    peopleStyles,
    css`
      .form {
        padding: 0;
      }
      select {
        width: 100%;
      }
    `,
  ]

  @property({ attribute: false }) team: Team | null = null
  @property({ attribute: false }) lines: readonly TeamLine[] = []
  @property({ attribute: false }) users: readonly UserView[] = []
  @state() private _members: Set<string> | null = null
  @state() private _failure = ''
  @state() private _busy = false
  #key = new WriteKey()

  get #present(): ReadonlySet<string> {
    const { team } = this
    return new Set(this.users.filter((user) => team && user.teams.includes(team.id)).map((user) => user.id))
  }

  override render(): TemplateResult {
    const { team } = this
    const branch = this.lines.find((line) => line.team.id === team?.id)?.branch
    const kinds = session.entity('team')?.fields['kind']?.options ?? []
    const present = this.#present
    return html`<xrm-dialog heading=${team ? t('team.edit', { name: team.name }) : t('team.new')}>
      <form id="form" class="form" @submit=${this.#submit}>
        <label class="text"
          >${t('name')}<input
            name="name"
            maxlength="120"
            required
            autofocus
            autocomplete="off"
            value=${team?.name ?? ''}
        /></label>
        <label class="text"
          >${t('team.kind')}
          <select name="kind">
            ${kinds.map(
              (kind) =>
                html`<option value=${kind.key} ?selected=${kind.key === (team?.kind ?? 'team')}>
                  ${label(kind)}
                </option>`,
            )}
          </select>
        </label>
        <label class="text"
          >${t('team.parent')}
          <select name="parent">
            <option value="">${t('team.top')}</option>
            ${this.lines
              .filter((line) => !branch?.has(line.team.id))
              .map(
                (line) =>
                  html`<option value=${line.team.id} ?selected=${line.team.id === team?.parent}>
                    ${'\u2003'.repeat(line.depth)}${line.team.name}
                  </option>`,
              )}
          </select>
        </label>
        ${choices(
          t('team.members'),
          this.users
            .filter((user) => user.active || present.has(user.id))
            .map((user) => ({ value: user.id, text: user.name })),
          this._members ?? present,
          (members) => (this._members = members),
        )}
        ${this._failure ? html`<p class="note bad" role="alert">${this._failure}</p>` : nothing}
      </form>
      <div slot="footer" class="row">
        ${
          team
            ? html`<button type="button" class="danger" ?disabled=${this._busy} @click=${this.#remove}>
                ${t('team.remove')}
              </button>`
            : nothing
        }
        <span class="grow"></span>
        <button type="button" @click=${() => this.emit('xrm-close')}>${t('cancel')}</button>
        <button class="primary" form="form" ?disabled=${this._busy}>${t('save')}</button>
      </div>
    </xrm-dialog>`
  }

  #submit = (event: SubmitEvent) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget as HTMLFormElement)
    const values = {
      name: String(data.get('name')).trim(),
      kind: String(data.get('kind')),
      parent: String(data.get('parent')) || null,
    }
    const { team } = this
    void this.#run(async () => {
      const key = this.#key.for(values)
      const saved = team
        ? await updateRecord('team', team.id, team.version, values, key)
        : await createRecord('team', values, key)
      await this.#writeMembers(saved.id)
    })
  }

  async #writeMembers(id: string): Promise<void> {
    const present = this.#present
    const wanted = this._members ?? present
    for (const user of this.users) {
      if (present.has(user.id) === wanted.has(user.id)) continue
      const others = user.teams.filter((team) => team !== id)
      await changeUser(user.id, { teams: wanted.has(user.id) ? [...others, id] : others })
    }
  }

  #remove = async () => {
    const { team } = this
    if (!team) return
    const text = t('team.remove-text', { name: team.name })
    if (!(await confirm({ title: t('team.remove'), text, yes: t('team.remove') }))) return
    await this.#run(() => deleteRecord('team', team.id, team.version))
  }

  async #run(work: () => Promise<void>): Promise<void> {
    this._busy = true
    this._failure = ''
    try {
      await work()
      this.emit('xrm-close')
    } catch (error) {
      this.#key.refused(error)
      this._failure = describeError(error)
    } finally {
      this._busy = false
    }
  }
}
