import type { DocumentKind, Role } from '@xrm/sdk'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { DocumentsController } from '../console/controllers.ts'
import { session } from '../data/session.ts'
import { DocumentElement, inputValue } from '../designer/document-element.ts'
import { draftModel, followDraftModel } from '../designer/draft-model.ts'
import { label } from '../model/labels.ts'
import '../shell/dialog.element.ts'
import { t } from './i18n/index.ts'
import { type FieldRight, fieldCellOf, isSame, patchRight } from './matrix.ts'

const rights: readonly FieldRight[] = ['none', 'read', 'write']

/** Everybody who sees a record sees these. */
const alwaysReadable: ReadonlySet<string> = new Set(['id', 'version'])

/** The rights of a role on the fields of one entity: a rule for all, and what differs from it. Fires `xrm-close`. */
@customElement('xrm-role-fields')
export class RoleFields extends DocumentElement {
  static override styles = [
    DocumentElement.styles,
    css`
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th,
      td {
        padding: 4px 8px;
        border-bottom: 1px solid var(--line);
        font-weight: 400;
        text-align: start;
      }
      thead th {
        color: var(--text-2);
        font-size: 12px;
      }
      .rule th {
        font-weight: 650;
      }
      .changed {
        box-shadow: inset 3px 0 0 0 var(--accent);
      }
      select.grey {
        color: var(--text-2);
        font-style: italic;
      }
      p {
        margin-bottom: 10px;
      }
    `,
  ].flat()

  @property({ attribute: false }) name = ''
  @property({ attribute: false }) entity = ''
  @property({ attribute: false }) heading = ''
  @property({ attribute: false }) roles: ReadonlyMap<string, Role> = new Map()
  @property({ attribute: false }) published: Role | null = null
  #documents = new DocumentsController(this)

  constructor() {
    super()
    followDraftModel(this)
  }

  protected override get place(): [DocumentKind, string] | null {
    return this.name ? ['role', this.name] : null
  }

  override render(): TemplateResult {
    const fields = Object.values(draftModel.entity(this.entity)?.fields ?? {})
      .filter((field) => !alwaysReadable.has(field.name))
      .map((field) => ({ name: field.name, title: label(field) }))
    const known = new Set(fields.map((field) => field.name))
    // What it says of fields that are not in sight, for instance because the draft has errors.
    const others = Object.keys(this.roles.get(this.name)?.entities[this.entity]?.fields ?? {})
      .filter((name) => name !== '*' && !known.has(name))
      .map((name) => ({ name, title: name }))
    const sorted = [...fields, ...others].toSorted((a, b) => a.title.localeCompare(b.title, session.language))
    return html`<xrm-dialog heading=${this.heading}>
      <p class="second">${t('fields.text')}</p>
      ${this.issues(`/entities/${this.entity}/fields`)}
      <table>
        <thead>
          <tr>
            <th scope="col">${t('fields.field')}</th>
            <th scope="col">${t('fields.right')}</th>
            <th scope="col">${t('fields.also')}</th>
          </tr>
        </thead>
        <tbody>
          ${this.#line({ name: '*', title: t('fields.others') })} ${sorted.map((field) => this.#line(field))}
        </tbody>
      </table>
      <div slot="footer" class="foot">
        <button class="primary" @click=${() => this.emit('xrm-close')}>${t('done')}</button>
      </div>
    </xrm-dialog>`
  }

  #line({ name, title }: { name: string; title: string }): TemplateResult {
    const role = this.roles.get(this.name)
    const body = role?.entities[this.entity] ?? role?.entities['*']
    const said = body?.fields && Object.hasOwn(body.fields, name) ? body.fields[name] : undefined
    const cell = fieldCellOf(this.roles, this.name, this.entity, name)
    const rule = cell.own ?? cell.star ?? 'none'
    const before =
      this.published && fieldCellOf(new Map([[this.name, this.published]]), this.name, this.entity, name)
    const changed = before !== null && !isSame(rule, before.own ?? before.star ?? 'none')
    return html`<tr class=${name === '*' ? 'rule' : ''}>
      <th scope="row" class=${changed ? 'changed' : ''}>
        ${title} ${name === '*' ? nothing : html`<span class="mono second">${name}</span>`}
      </th>
      <td>
        <select
          aria-label=${title}
          ?autofocus=${name === '*'}
          class=${said === undefined ? 'grey' : ''}
          .value=${live(said ?? '')}
          @change=${(event: Event) => this.#set(name, inputValue(event))}
        >
          <option value="" ?selected=${said === undefined}>
            ${name === '*' ? '–' : t('fields.like-others', { right: t(`field.${rule}`) })}
          </option>
          ${rights.map(
            (right) =>
              html`<option value=${right} ?selected=${said === right}>${t(`field.${right}`)}</option>`,
          )}
        </select>
      </td>
      <td class="second small">
        ${cell.inherited
          .map(({ role: from, value }) =>
            t('matrix.via', { scope: t(`field.${value}`), role: this.#documents.title('role', from) }),
          )
          .join(' ')}
      </td>
    </tr>`
  }

  #set(field: string, value: string): void {
    const role = this.roles.get(this.name)
    if (!role) return
    const right = value === '' ? null : (value as FieldRight)
    void this.patch(patchRight(role, this.entity, { field, value: right }))
  }
}
