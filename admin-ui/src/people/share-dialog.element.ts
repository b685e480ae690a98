import type { Share, SharesRequest } from '@xrm/sdk/access'
import type { EntityView } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { call, paths } from '../data/client.ts'
import { queries, QueryController } from '../data/queries.ts'
import { session } from '../data/session.ts'
import { fieldAlone } from '../fields/field-alone.ts'
import '../fields/controls.ts'
import { splitReference } from '../fields/relation-any.ts'
import { formatWhen } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { label } from '../model/labels.ts'
import '../shell/dialog.element.ts'
import { describeError } from '../shell/errors.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import { peopleStyles } from './people-styles.ts'

type Level = Share['level']
type Grantee = SharesRequest['shares'][number]['grantee']

/** With whom one record is shared, whatever roles say; each change is written at once. Fires `xrm-close`. */
@customElement('xrm-share-dialog')
export class ShareDialog extends XrmElement {
  static override styles = [
    XrmElement.styles,
    peopleStyles,
    css`
      xrm-dialog {
        --dialog-width: 620px;
      }
      .form {
        padding: 0;
      }
      .add {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: end;
        gap: 10px;
      }
    `,
  ]

  @property({ attribute: false }) entity!: EntityView
  @property({ attribute: false }) recordId = ''
  @property({ attribute: false }) display = ''
  @state() private _failure = ''
  @state() private _busy = false
  /** Begins anew with every share, so that the field is empty again. */
  @state() private _chosen: string | null = null
  @state() private _level: Level = 'read'
  #shares = new QueryController<Share[]>(this, () => ({
    key: this.#key,
    read: async (signal) => (await call<{ shares: Share[] }>('GET', this.#path, { signal })).shares,
  }))

  get #key() {
    return ['people', 'shares', this.entity.name, this.recordId]
  }

  get #path(): string {
    return `${paths.record(this.entity.name, this.recordId)}/shares`
  }

  override render(): TemplateResult {
    const shares = this.#shares.data
    const { error } = this.#shares
    return html`<xrm-dialog heading=${t('share.title', { name: this.display })}>
      <div class="form">
        <p class="second">${t('share.text')}</p>
        ${error ? html`<p class="note bad" role="alert">${describeError(error)}</p>` : nothing}
        ${shares ? this.#add(shares) : nothing}
        ${this._failure ? html`<p class="note bad" role="alert">${this._failure}</p>` : nothing}
        ${shares?.length === 0 ? html`<p class="second" role="status">${t('share.none')}</p>` : nothing}
        ${
          shares && shares.length > 0
            ? html`<ul class="rows card" aria-label=${t('share.list')}>
                ${shares.map((share) => this.#line(share, shares))}
              </ul>`
            : nothing
        }
      </div>
      <div slot="footer" class="row">
        <span class="grow"></span>
        <button class="primary" @click=${() => this.emit('xrm-close')}>${t('done')}</button>
      </div>
    </xrm-dialog>`
  }

  #line(share: Share, all: readonly Share[]): TemplateResult {
    const { grantee, level, by, at } = share
    const name = grantee.display ?? t(`grantee.${grantee.kind}`)
    const kind =
      grantee.kind === 'record'
        ? t('share.represents', { entity: titleOf(grantee.entity ?? '') })
        : t(`share.kind.${grantee.kind}`)
    const others = all.filter((one) => one !== share).map(plain)
    return html`<li class="line">
      <span class="grow">
        <strong>${name}</strong> <span class="second small">${kind}</span>
        <div class="second small">
          ${t('share.by', { name: by?.name ?? t('why.somebody'), when: formatWhen(at, currentLocale()) })}
        </div>
      </span>
      ${this.#levels(level, t('share.level-of', { name }), (next) => this.#write([...others, { ...plain(share), level: next }]))}
      <button
        class="quiet icon danger"
        aria-label=${t('share.remove', { name })}
        title=${t('share.remove', { name })}
        ?disabled=${this._busy}
        @click=${() => void this.#write(others)}
      >
        <xrm-icon name="x"></xrm-icon>
      </button>
    </li>`
  }

  #levels(level: Level, text: string, change: (level: Level) => unknown): TemplateResult {
    return html`<select
      aria-label=${text}
      ?disabled=${this._busy}
      .value=${live(level)}
      @change=${(event: Event) => void change((event.currentTarget as HTMLSelectElement).value as Level)}
    >
      ${(['read', 'update'] as const).map(
        (one) => html`<option value=${one} ?selected=${one === level}>${t(`level.${one}`)}</option>`,
      )}
    </select>`
  }

  #add(shares: readonly Share[]): TemplateResult {
    const add = () => {
      if (this._chosen === null) return
      const grantee = granteeOf(this._chosen)
      const others = shares.filter((share) => share.grantee.id !== grantee.id).map(plain)
      void this.#write([...others, { grantee, level: this._level }])
    }
    return html`<div class="add">
      <xrm-any-lookup
        .context=${{
          field: fieldAlone({ name: 'grantee', type: 'relation-any', title: t('share.with') }),
          id: 'grantee',
          label: t('share.with'),
          help: '',
          value: this._chosen,
          display: null,
          error: null,
          required: false,
          readonly: false,
          locale: currentLocale(),
          autofocus: true,
          change: (value: unknown) => (this._chosen = typeof value === 'string' ? value : null),
        }}
      ></xrm-any-lookup>
      <span class="row">
        ${this.#levels(this._level, t('share.level'), (level) => (this._level = level))}
        <button class="primary" ?disabled=${this._busy || this._chosen === null} @click=${add}>
          ${t('share.add')}
        </button>
      </span>
    </div>`
  }

  async #write(shares: SharesRequest['shares']): Promise<void> {
    this._busy = true
    this._failure = ''
    try {
      const answer = await call<{ shares: Share[] }>('PUT', this.#path, { body: { shares } })
      queries.setQueryData(this.#key, answer.shares)
      this._chosen = null
      toasts.show(t('share.saved'))
    } catch (error) {
      this._failure = describeError(error)
    } finally {
      this._busy = false
    }
  }
}

function plain({ grantee, level }: Share): SharesRequest['shares'][number] {
  const { kind, id, entity } = grantee
  return { grantee: { kind, id, ...(kind === 'record' && entity ? { entity } : {}) }, level }
}

/** People and teams are meant themselves; any other record means those whose login stands for it. */
function granteeOf(reference: string): Grantee {
  const { entity, id } = splitReference(reference)
  return entity === 'user' || entity === 'team' ? { kind: entity, id } : { kind: 'record', id, entity }
}

function titleOf(entity: string): string {
  const view = session.entity(entity)
  return view ? label(view) : entity
}
