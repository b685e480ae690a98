import type { ErasureReport, PersonalDataAnswer, PersonalDataPlace } from '@xrm/sdk/access'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { session } from '../data/session.ts'
import { label } from '../model/labels.ts'
import { peopleStyles } from '../people/people-styles.ts'
import '../shell/dialog.element.ts'
import { describeError } from '../shell/errors.ts'
import { recordPath } from '../shell/paths.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'

/** What is held about a person: found, handed out as a file, or erased after a dry run and the name typed once more. */
@customElement('xrm-personal-data')
export class PersonalDataElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    peopleStyles,
    css`
      thead td {
        border-top: 0;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      form input {
        flex: 1;
        max-width: 420px;
      }
    `,
  ]

  @state() private _text = ''
  @state() private _asked = ''
  @state() private _places: PersonalDataPlace[] | null = null
  @state() private _chosen: ReadonlySet<string> = new Set()
  @state() private _report: ErasureReport | null = null
  @state() private _typed = ''
  @state() private _began = false
  @state() private _busy = false
  @state() private _failure: unknown = null

  async #do(work: () => Promise<void>): Promise<void> {
    this._busy = true
    this._failure = null
    try {
      await work()
    } catch (error) {
      this._failure = error
    } finally {
      this._busy = false
    }
  }

  #find = (event: Event): void => {
    event.preventDefault()
    void this.#do(async () => {
      const text = this._text.trim()
      const { places } = await call<PersonalDataAnswer>('POST', '/api/personal-data/find', { body: { text } })
      this._asked = text
      this._places = places
      this._began = false
      this._chosen = new Set()
    })
  }

  #selection(): { records: { entity: string; id: string }[] } {
    const chosen = (this._places ?? []).filter(({ record }) => this._chosen.has(record.id))
    return { records: chosen.map(({ record: { entity, id } }) => ({ entity, id })) }
  }

  #export = (): void =>
    void this.#do(async () => {
      const file = await call<unknown>('POST', '/api/personal-data/export', { body: this.#selection() })
      const address = URL.createObjectURL(
        new Blob([JSON.stringify(file, null, 2)], { type: 'application/json' }),
      )
      const link = document.createElement('a')
      link.href = address
      link.download = 'personal-data.json'
      link.click()
      URL.revokeObjectURL(address)
    })

  #rehearse = (): void =>
    void this.#do(async () => {
      this._typed = ''
      this._report = await call<ErasureReport>('POST', '/api/personal-data/erase?dry=true', {
        body: this.#selection(),
      })
    })

  #erase = (): void =>
    void this.#do(async () => {
      await call('POST', '/api/personal-data/erase', { body: this.#selection() })
      this._report = null
      this._places = null
      this._began = true
    })

  override render(): TemplateResult {
    return html`<div class="sheet">
      <p class="second">${t('personal.about')}</p>
      <form @submit=${this.#find}>
        <input
          aria-label=${t('personal.text')}
          placeholder=${t('personal.text')}
          minlength="3"
          maxlength="200"
          required
          .value=${this._text}
          @input=${(event: Event) => (this._text = (event.currentTarget as HTMLInputElement).value)}
        />
        <button class="primary" ?disabled=${this._busy}>${t('personal.find')}</button>
      </form>
      ${this._failure ? html`<p class="note bad" role="alert">${describeError(this._failure)}</p>` : nothing}
      ${
        this._began
          ? html`<p class="note" role="status"><a href="/admin/jobs">${t('erase.began')}</a></p>`
          : nothing
      }
      ${this._places ? this.#found(this._places) : nothing}
      ${this._report ? this.#dialog(this._report) : nothing}
    </div>`
  }

  #found(places: PersonalDataPlace[]): TemplateResult {
    if (places.length === 0)
      return html`<section class="card"><p class="empty" role="status">${t('personal.none')}</p></section>`
    const none = this._busy || this._chosen.size === 0
    return html`<section class="card">
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <td></td>
                <th scope="col">${t('personal.record')}</th>
                <th scope="col">${t('personal.because')}</th>
                <th scope="col" class="number">${t('personal.history')}</th>
                <th scope="col" class="number">${t('personal.runs')}</th>
                <th scope="col" class="number">${t('personal.audit')}</th>
              </tr>
            </thead>
            <tbody>
              ${places.map((place) => this.#row(place))}
            </tbody>
          </table>
        </div>
      </section>
      <div class="actions">
        <button ?disabled=${none} @click=${this.#export}>${t('personal.export')}</button>
        <button class="danger" ?disabled=${none} @click=${this.#rehearse}>${t('personal.erase')}</button>
      </div>`
  }

  #row({
    record: { entity, id, display },
    because,
    history,
    runs,
    audit,
  }: PersonalDataPlace): TemplateResult {
    const known = session.model.entities[entity]
    const name = display?.trim() || t('personal.hidden')
    const toggle = (): void => {
      const chosen = new Set(this._chosen)
      if (!chosen.delete(id)) chosen.add(id)
      this._chosen = chosen
    }
    return html`<tr>
      <td>
        <input
          type="checkbox"
          aria-label=${t('personal.choose', { name })}
          .checked=${this._chosen.has(id)}
          @change=${toggle}
        />
      </td>
      <td>
        <a href=${recordPath(entity, id)}>${name}</a>
        <div class="second small">${known ? label(known) : entity}</div>
      </td>
      <td>${t(`personal.because.${because}`)}</td>
      <td class="number">${history}</td>
      <td class="number">${runs}</td>
      <td class="number">${audit}</td>
    </tr>`
  }

  #dialog({ places }: ErasureReport): TemplateResult {
    const sum = (of: (place: ErasureReport['places'][number]) => number) =>
      String(places.reduce((all, place) => all + of(place), 0))
    const counts = {
      records: String(places.length),
      history: sum((place) => place.history),
      runs: sum((place) => place.runs + place.merges),
      audit: sum((place) => place.audit),
    }
    return html`<xrm-dialog heading=${t('erase.title')} @xrm-close=${() => (this._report = null)}>
      <div class="form">
        <p>${t('erase.text')}</p>
        <p><strong>${t('erase.report', counts)}</strong></p>
        <label class="text"
          >${t('erase.confirm', { name: this._asked })}
          <input
            autocomplete="off"
            .value=${this._typed}
            @input=${(event: Event) => (this._typed = (event.currentTarget as HTMLInputElement).value)}
        /></label>
        ${this._failure ? html`<p class="note bad" role="alert">${describeError(this._failure)}</p>` : nothing}
      </div>
      <button
        slot="footer"
        class="danger"
        ?disabled=${this._busy || this._typed.trim() !== this._asked}
        @click=${this.#erase}
      >
        ${t('erase.yes')}
      </button>
    </xrm-dialog>`
  }
}
