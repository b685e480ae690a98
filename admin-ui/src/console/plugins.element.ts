import type { DocumentKind } from '@xrm/sdk'
import type { DocumentView, PluginView } from '@xrm/sdk/configuration'
import { isObject, type Json } from '@xrm/sdk/merge'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import '../fields/controls.ts'
import { kindOf } from '../fields/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { description, label } from '../model/labels.ts'
import { confirm } from '../shell/confirm.ts'
import { describeError } from '../shell/errors.ts'
import { FormElement } from '../style/form-element.ts'
import { DocumentsController } from './controllers.ts'
import { draft } from './draft.ts'
import { t } from './i18n/index.ts'
import { pageStyles } from './page-styles.ts'
import { documentPath } from './pages.ts'
import { settingField } from './settings.ts'

/** The kind of the documents that turn plugins on and off and hold their settings. */
const kind = 'plugin' as DocumentKind

/** The plugins of this installation: what each brings and needs, whether it runs, and its settings. */
@customElement('xrm-plugins')
export class PluginsElement extends FormElement {
  static override styles = [
    ...FormElement.styles,
    pageStyles,
    css`
      .note {
        margin-bottom: 8px;
      }
      .text {
        max-width: 68ch;
      }
      dl {
        display: grid;
        grid-template-columns: 110px minmax(0, 1fr);
        gap: 5px 14px;
        margin: 10px 0 0;
      }
      dt {
        color: var(--text-2);
      }
      dd {
        margin: 0;
      }
      .brings {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 12px;
      }
      .settings {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(240px, 1fr));
        gap: 12px 16px;
        padding: 12px 14px 16px;
        border-top: 1px solid var(--line);
      }
      .off {
        color: var(--text-2);
      }
    `,
  ]

  /** What is typed into a setting and no value of its type. */
  @state() private _problems: Record<string, string> = {}
  #timers = new Map<string, number>()
  #documents = new DocumentsController(this)
  /** Reads what the draft says about plugins, so that `draft.view` knows it. */
  #drafts = new QueryController<DocumentView[]>(this, () => {
    const names = this.#documents.of(kind).map(({ name }) => name)
    return {
      key: ['console', 'plugin-documents', draft.id, names],
      read: () => Promise.all(names.map((name) => draft.document(kind, name))),
    }
  })
  #plugins = new QueryController<PluginView[]>(this, () => ({
    key: ['console', 'plugins'],
    read: async (signal) => (await call<{ items: PluginView[] }>('GET', '/api/plugins', { signal })).items,
  }))

  override render(): TemplateResult {
    const error = this.#plugins.error ?? this.#drafts.error
    return html`<div class="sheet">
      ${error ? html`<p class="note bad" role="alert">${describeError(error)}</p>` : nothing}
      ${this.#plugins.data?.map((plugin) => this.#plugin(plugin))}
    </div>`
  }

  #plugin(plugin: PluginView): TemplateResult {
    const wanted = this.#drafted(plugin.name)['enabled']
    const enabled = typeof wanted === 'boolean' ? wanted : plugin.enabled
    const settings = Object.entries(plugin.settings)
    return html`<section class="card" aria-label=${label(plugin)}>
      <div class="head">
        <xrm-icon name="plug"></xrm-icon>
        <h2 class=${enabled ? '' : 'off'}>${label(plugin)}</h2>
        <span class="second small">${plugin.version}</span>
        ${plugin.error ? html`<span class="chip red">${t('plugins.failed')}</span>` : nothing}
        ${plugin.enabled ? nothing : html`<span class="chip">${t('plugins.disabled')}</span>`}
        ${enabled === plugin.enabled ? nothing : html`<span class="chip blue">${t('plugins.in-draft')}</span>`}
        <span class="grow"></span>
        <button @click=${() => void this.#switch(plugin, !enabled)}>
          ${enabled ? t('plugins.disable') : t('plugins.enable')}
        </button>
      </div>
      <div class="body">
        ${plugin.error ? html`<p class="note bad">${plugin.error}</p>` : nothing}
        <p class="text">${plugin.description}</p>
        <dl>
          ${
            plugin.brings.length > 0
              ? html`<dt>${t('plugins.brings')}</dt>
                  <dd class="brings">
                    ${plugin.brings.map(
                      (one) =>
                        html`<a href=${documentPath(one.kind, one.name)}
                          >${t('draft.place', { kind: t(`kind.${one.kind}`), name: one.title })}</a
                        >`,
                    )}
                  </dd>`
              : nothing
          }
          ${
            plugin.code.length > 0
              ? html`<dt>${t('plugins.code')}</dt>
                  <dd>${plugin.code.join(', ')}</dd>`
              : nothing
          }
          ${
            plugin.requires.length > 0
              ? html`<dt>${t('plugins.requires')}</dt>
                  <dd>${plugin.requires.join(', ')}</dd>`
              : nothing
          }
          ${
            plugin.requiredBy.length > 0
              ? html`<dt>${t('plugins.required-by')}</dt>
                  <dd>${plugin.requiredBy.join(', ')}</dd>`
              : nothing
          }
        </dl>
      </div>
      ${
        settings.length > 0
          ? html`<div
              class="settings"
              role="group"
              aria-label=${t('plugins.settings', { name: label(plugin) })}
            >
              ${settings
                .map(([name, body], index) => settingField(name, body as Json, index))
                .toSorted((a, b) => a.order - b.order)
                .map((field) => this.#setting(plugin, field))}
            </div>`
          : nothing
      }
    </section>`
  }

  #setting(plugin: PluginView, field: ReturnType<typeof settingField>): TemplateResult {
    const { editor } = kindOf(field)
    if (!editor)
      return html`<p class="second">${label(field)}: ${JSON.stringify(plugin.values[field.name])}</p>`
    const drafted = this.#drafted(plugin.name)['settings']
    const key = `${plugin.name}.${field.name}`
    const value =
      isObject(drafted) && Object.hasOwn(drafted, field.name)
        ? drafted[field.name]
        : plugin.values[field.name]
    const issue = draft.issuesAt(kind, plugin.name, `/settings/${field.name}`)[0]
    return html`<div>
      ${editor({
        field,
        id: key,
        label: label(field),
        help: description(field),
        value: value ?? null,
        display: null,
        error: this._problems[key] ?? issue?.message ?? null,
        required: field.required,
        readonly: false,
        locale: currentLocale(),
        autofocus: false,
        change: (next, extra) => this.#change(plugin.name, field.name, next, extra?.problem),
      })}
    </div>`
  }

  /** Typing is one edit when it comes to rest. */
  #change(plugin: string, name: string, value: unknown, problem: string | undefined): void {
    const key = `${plugin}.${name}`
    const { [key]: _, ...others } = this._problems
    this._problems = problem === undefined ? others : { ...others, [key]: problem }
    clearTimeout(this.#timers.get(key))
    if (problem !== undefined) return
    const send = () => void draft.patch(kind, plugin, { settings: { [name]: value as Json } })
    this.#timers.set(key, window.setTimeout(send, 400))
  }

  async #switch(plugin: PluginView, enabled: boolean): Promise<void> {
    if (!enabled) {
      const yes = await confirm({
        title: t('plugins.disable-title', { name: label(plugin) }),
        text: [
          t('plugins.disable-text'),
          plugin.requiredBy.length > 0
            ? t('plugins.disable-needed', { plugins: plugin.requiredBy.join(', ') })
            : '',
        ].join(' '),
        yes: t('plugins.disable'),
      })
      if (!yes) return
    }
    await draft.patch(kind, plugin.name, { enabled })
  }

  /** What the draft says about a plugin; nothing until it is read or edited. */
  #drafted(name: string): { [key: string]: Json } {
    const body = draft.view(kind, name)?.body as Json | undefined
    return isObject(body) ? body : {}
  }
}
