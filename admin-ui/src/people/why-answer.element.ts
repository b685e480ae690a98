import type { WhyRequest } from '@xrm/sdk/access'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { QueryController } from '../data/queries.ts'
import { session } from '../data/session.ts'
import { label, pluralLabel } from '../model/labels.ts'
import { describeError } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { rolesQuery, usersQuery } from './people.ts'
import { type Answer, askWhy, headline, sentence, telling } from './why.ts'

/** The answer to why somebody may do something or not, in sentences. */
@customElement('xrm-why-answer')
export class WhyAnswerElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      .head {
        display: flex;
        align-items: center;
        gap: 8px;
        font-weight: 600;
      }
      .yes {
        color: var(--ok);
      }
      .no {
        color: var(--danger);
      }
      ul {
        display: grid;
        gap: 4px;
        margin: 6px 0 0;
        padding: 0 0 0 24px;
      }
      a {
        text-decoration: underline;
        text-underline-offset: 2px;
      }
    `,
  ]

  @property({ attribute: false }) request!: WhyRequest
  /** What people call the record; empty: any. */
  @property({ attribute: false }) record = ''
  #users = new QueryController(this, () => usersQuery)
  #roles = new QueryController(this, () => rolesQuery)
  #answer = new QueryController<Answer>(this, () => ({
    key: ['people', 'answer', this.request],
    read: () => askWhy(this.request),
  }))

  override render(): unknown {
    const answer = this.#answer.data
    if (this.#answer.error)
      return html`<p class="note bad" role="alert">${describeError(this.#answer.error)}</p>`
    if (!answer) return html`<p class="second" aria-busy="true">…</p>`
    return this.#sentences(answer)
  }

  #sentences(answer: Answer): TemplateResult {
    const { user: id, entity } = this.request
    const user = this.#users.data?.find((one) => one.id === id)?.name ?? ''
    const view = session.entity(entity)
    const thing = this.record || (view ? pluralLabel(view) : entity)
    const role = (name: string) => {
      const known = this.#roles.data?.find((one) => one.name === name)
      return known ? label(known) : name
    }
    const reasons = telling(answer)
    return html`<div role="status">
      <p class="head">
        <xrm-icon
          class=${answer.allowed ? 'yes' : 'no'}
          name=${answer.allowed ? 'circle-check' : 'circle-x'}
        ></xrm-icon
        ><span>${headline(answer, { user, thing, entity })}</span>
      </p>
      ${
        reasons.length > 0
          ? html`<ul>
              ${reasons.map((reason) => html`<li>${sentence(reason, answer, entity, { role })}</li>`)}
            </ul>`
          : nothing
      }
    </div>`
  }
}
