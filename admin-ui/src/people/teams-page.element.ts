import type { UserView } from '@xrm/sdk/access'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { QueryController } from '../data/queries.ts'
import { session } from '../data/session.ts'
import { optionChip } from '../fields/options.ts'
import { describeError } from '../shell/errors.ts'
import { cssom } from '../style/cssom.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import { teamsQuery, userPath, usersQuery } from './people.ts'
import { peopleStyles } from './people-styles.ts'
import './team-dialog.element.ts'
import type { TeamLine } from './team-tree.ts'

/** The teams as a tree, and who is in them. */
@customElement('xrm-teams-page')
export class TeamsPage extends XrmElement {
  static override styles = [
    XrmElement.styles,
    peopleStyles,
    css`
      .who {
        color: var(--text-2);
        font-size: 12.5px;
      }
    `,
  ]

  /** `new`, or the id of the team that is changed. */
  @state() private _editing: string | null = null
  #users = new QueryController(this, () => usersQuery)
  #teams = new QueryController(this, () => teamsQuery)

  override render(): TemplateResult {
    const lines = this.#teams.data ?? []
    const error = this.#teams.error ?? this.#users.error
    const editing = lines.find(({ team }) => team.id === this._editing)?.team ?? null
    return html`<div class="sheet">
      <div class="bar">
        <p class="second grow">${t('team.text')}</p>
        <button class="primary" @click=${() => (this._editing = 'new')}>
          <xrm-icon name="plus" size="14"></xrm-icon>${t('team.new')}
        </button>
      </div>
      ${error ? html`<p class="note bad" role="alert">${describeError(error)}</p>` : nothing}
      ${this.#teams.data && lines.length === 0 ? html`<p class="card empty">${t('team.none')}</p>` : nothing}
      ${
        lines.length > 0
          ? html`<ul class="card rows">
              ${lines.map((line) => this.#line(line))}
            </ul>`
          : nothing
      }
      ${
        this._editing === 'new' || editing
          ? html`<xrm-team-dialog
              .team=${editing}
              .lines=${lines}
              .users=${this.#users.data ?? []}
              @xrm-close=${() => (this._editing = null)}
            ></xrm-team-dialog>`
          : nothing
      }
    </div>`
  }

  #line({ team, depth, branch }: TeamLine): TemplateResult {
    const users = this.#users.data ?? []
    const members = users.filter((user) => user.active && user.teams.includes(team.id))
    const below = users.filter((user) => user.active && user.teams.some((id) => branch.has(id))).length
    const kind = session.entity('team')?.fields['kind']
    return html`<li class="line" ${cssom({ 'padding-inline-start': `${14 + depth * 24}px` })}>
      <xrm-icon name=${depth === 0 ? 'users' : 'corner-down-right'}></xrm-icon>
      <span class="grow">
        <button class="link" @click=${() => (this._editing = team.id)}><strong>${team.name}</strong></button>
        ${kind && team.kind ? optionChip(kind, team.kind) : nothing}
        <div class="who">${this.#members(members)}</div>
      </span>
      <span class="second small">
        ${t('team.count', { count: members.length })}${
          branch.size > 1 ? html`<br />${t('team.below', { count: below })}` : nothing
        }
      </span>
    </li>`
  }

  #members(members: readonly UserView[]): unknown {
    if (members.length === 0) return t('team.nobody')
    const shown = members.slice(0, 12)
    return html`${shown.map(
      (user, index) => html`${index > 0 ? ', ' : ''}<a href=${userPath(user.id)}>${user.name}</a>`,
    )}${members.length > shown.length ? ' …' : ''}`
  }
}
