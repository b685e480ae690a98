import type { FieldView, PreviewAnswer, TargetDecision, TargetPreview, ValuePreview } from '@xrm/sdk/api'
import type { ProblemItem } from '@xrm/sdk'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { draft } from '../console/draft.ts'
import '../convert/preview-details.element.ts'
import { ApiError, call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { selectControl } from '../designer/document-element.ts'
import { draftModel } from '../designer/draft-model.ts'
import { showValue } from '../fields/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { inOrder } from '../model/fields.ts'
import { label } from '../model/labels.ts'
import { describeError, describeItem } from '../shell/errors.ts'
import { ConversionElement } from './conversion-element.ts'
import { find, t } from './i18n/index.ts'
import { targetTitle } from './names.ts'
import { SampleRecord } from './sample.ts'
import './sample-picker.element.ts'
import { testStyles } from './test-tab.styles.ts'

type Decisions = Record<string, TargetDecision>

/** Runs the conversion as it stands in the draft on a real record, without writing: each target before and after. */
@customElement('xrm-test-tab')
export class TestTab extends ConversionElement {
  static override styles = [ConversionElement.styles, testStyles].flat()

  @state() private _decisions: Decisions = {}
  #sample = new SampleRecord(this, () => this.body?.source)
  #decided: string | null = null
  #test = new QueryController<PreviewAnswer>(this, () => {
    const source = this.#sample.chosen?.id
    const { name, body } = this
    const targets = this._decisions
    const changeset = draft.id === null ? '' : `?changeset=${encodeURIComponent(draft.id)}`
    return {
      key: ['console', 'conversion-test', draft.id, name, source, JSON.stringify([body, targets])],
      read: (signal) =>
        call('POST', `/api/conversions/test${changeset}`, { body: { name, body, source, targets }, signal }),
      enabled: body !== undefined && source !== undefined,
      keep: true,
    }
  })

  override willUpdate(): void {
    // What was decided for one record says nothing about another.
    const id = this.#sample.chosen?.id ?? null
    if (id !== this.#decided) this._decisions = {}
    this.#decided = id
  }

  override render(): unknown {
    const { body } = this
    if (!body) return nothing
    return html`<div class="bar top">
        <xrm-sample-picker .entity=${body.source}></xrm-sample-picker>
        <p class="hint grow">${t('test.about')}</p>
        <button ?disabled=${!this.#sample.chosen} @click=${() => void this.#test.refetch()}>
          <xrm-icon name="refresh-cw" size="14"></xrm-icon>${t('test.again')}
        </button>
      </div>
      ${this.#answer()}`
  }

  #answer(): unknown {
    if (!this.#sample.published) return nothing
    if (!this.#sample.chosen) return html`<p class="empty">${t('test.choose')}</p>`
    const { error } = this.#test
    if (error) return this.#refusal(error)
    const answer = this.#test.data
    if (!answer || answer.source.id !== this.#sample.chosen.id)
      return html`<p class="second" aria-busy="true">${t('test.running')}</p>`
    const general = answer.errors.filter(
      ({ pointer }) => !answer.targets.some(({ key }) => pointer.startsWith(`#/targets/${key}`)),
    )
    return html`<p role="status" class="note ${answer.errors.length > 0 ? 'bad' : 'good'}">
        ${answer.errors.length > 0 ? t('test.errors', { count: answer.errors.length }) : t('test.fine')}
        ${t('test.nothing-written')}
      </p>
      ${general.map((item) => html`<p class="error">${describeItem(item)}</p>`)}
      <div class="targets">${answer.targets.map((target) => this.#target(target, answer.errors))}</div>
      <xrm-preview-details .preview=${answer} open></xrm-preview-details>`
  }

  #refusal(error: Error): TemplateResult {
    const reasons = error instanceof ApiError ? (error.problem['reasons'] as string[] | undefined) : undefined
    return html`<div class="note bad" role="alert">
      ${describeError(error)}
      ${
        reasons
          ? html`<ul>
              ${reasons.map((reason) => html`<li>${reason}</li>`)}
            </ul>`
          : nothing
      }
    </div>`
  }

  #target(target: TargetPreview, errors: ProblemItem[]): TemplateResult {
    const entity = draftModel.entity(target.entity)
    const title = label(target) || (entity ? label(entity) : target.entity)
    const at = `#/targets/${target.key}`
    const own = errors.filter(({ pointer }) => pointer === at || pointer.startsWith(`${at}/`))
    const inValues = own.filter(({ pointer }) => pointer.startsWith(`${at}/values/`))
    const rest = own.filter((item) => !inValues.includes(item))
    const fields = inOrder(entity?.fields).map(([, field]) => field)
    const known = fields.filter(({ name }) => name in target.values)
    const alone = inValues.filter((item) => !(fieldOf(item, at) in target.values))
    return html`<section class="card" aria-label=${title}>
      <header>
        <xrm-icon name=${entity?.icon ?? 'box'} size="16"></xrm-icon>
        <h3 class="ellipsis">${title}</h3>
        <span class="chip ${colors[target.action]}">${t(`action.${target.action}`)}</span>
        <span class="grow"></span>
        ${this.#choice(target)}
      </header>
      <p class="why second small">
        ${this.#reason(target)}${target.child ? html` · ${target.child.display}` : nothing}
        ${target.link ? html` · <a href="/records/${target.link.entity}/${target.link.id}">${target.link.display}</a>` : nothing}
      </p>
      ${target.hiddenMatch ? html`<p class="why error">${t('test.hidden')}</p>` : nothing}
      ${[...rest, ...alone].map((item) => html`<p class="why error" role="alert">${describeItem(item)}</p>`)}
      ${
        known.length > 0
          ? html`<table>
              <thead>
                <tr>
                  <th scope="col">${t('test.field')}</th>
                  <th scope="col">${t('test.before')}</th>
                  <th scope="col">${t('test.after')}</th>
                </tr>
              </thead>
              <tbody>
                ${known.map((field) =>
                  this.#value(
                    field,
                    target.values[field.name]!,
                    inValues.filter((item) => fieldOf(item, at) === field.name),
                  ),
                )}
              </tbody>
            </table>`
          : html`<p class="why second">
              ${t(target.action === 'link' ? 'test.unchanged' : 'test.no-values')}
            </p>`
      }
    </section>`
  }

  #value(field: FieldView, value: ValuePreview, errors: ProblemItem[]): TemplateResult {
    const show = (one: unknown) =>
      one === null || one === undefined || one === ''
        ? html`<span class="second">–</span>`
        : showValue(one, { field, path: field.name, record: {}, locale: currentLocale() })
    return html`<tr class=${errors.length > 0 ? 'bad' : ''}>
      <th scope="row">${label(field)}<span class="second small from">${this.#from(value.from)}</span></th>
      <td>${show(value.before)}</td>
      <td>
        ${value.display ?? show(value.value)}
        ${value.truncated ? html`<span class="chip amber">${t('test.truncated')}</span>` : nothing}
        ${value.rate ? html`<span class="second small">${t('test.rate', { rate: value.rate.rate, date: value.rate.date })}</span>` : nothing}
        ${errors.map((item) => html`<p class="error" role="alert">${describeItem(item)}</p>`)}
      </td>
    </tr>`
  }

  #reason({ key, reason }: TargetPreview): string {
    const rule = reason.startsWith('match.') ? reason.slice('match.'.length) : null
    if (rule === null) return find(`reason.${reason}`) ?? reason
    const found = this.body?.targets[key.split('/', 1)[0]!]?.match?.[rule]
    return t('reason.match', { name: found?.title ? label(found as { title: string }) : rule })
  }

  /** `source.company` → "Company"; `constant` → "A constant". */
  #from(from: string): string {
    const [kind, name] = from.split('.') as [string, string?]
    if (name === undefined) return find(`origin.${kind}`) ?? from
    if (kind === 'source') {
      const field = this.source?.fields[name]
      return field ? label(field) : name
    }
    return targetTitle(name, this.body?.targets[name])
  }

  /** What the user of the dialog could choose here. */
  #choice(target: TargetPreview): unknown {
    const choices = target.allowed.flatMap((action) =>
      action === 'link'
        ? target.candidates.map((one) => ({
            value: `link:${one.id}`,
            text: t('test.link-to', { name: one.display }),
          }))
        : [{ value: action, text: t(`action.${action}`) }],
    )
    if (choices.length < 2 && target.action !== 'ask') return nothing
    const now = this._decisions[target.key]
    const value = now ? (now.id === undefined ? (now.action ?? '') : `link:${now.id}`) : ''
    const id = `decide-${target.key.replace(/\W/g, '-')}`
    return html`<label class="visually-hidden" for=${id}>${t('test.decide')}</label> ${selectControl(
        id,
        [{ value: '', text: t('test.as-defined') }, ...choices],
        value,
        (choice) => {
          const { [target.key]: _, ...others } = this._decisions
          const [action, record] = choice.split(':') as [TargetDecision['action'] | '', string?]
          this._decisions =
            action === '' || action === undefined
              ? others
              : { ...others, [target.key]: { action, ...(record ? { id: record } : {}) } }
        },
      )}`
  }
}

const colors = { create: 'green', link: 'blue', skip: '', ask: 'amber' } as const

function fieldOf({ pointer }: ProblemItem, at: string): string {
  return pointer.slice(`${at}/values/`.length).split('/', 1)[0]!
}
