import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { describeError } from '../shell/errors.ts'
import { router } from '../shell/router.ts'
import { XrmElement } from '../style/element.ts'
import { DocumentsController } from './controllers.ts'
import './draft-bar.element.ts'
import { draft } from './draft.ts'
import { t } from './i18n/index.ts'
import './navigation.element.ts'
import { type ConsolePage, matchPage, sections, sectionTitle } from './pages.ts'

/** The frame of every console page: where one is, the draft that one writes to, and the page itself. */
@customElement('xrm-console')
export class ConsoleElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      :host {
        display: grid;
        grid-template-rows: auto minmax(0, 1fr);
        height: 100%;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 16px;
        min-height: 50px;
        padding: 8px 18px;
        border-bottom: 1px solid var(--line);
      }
      ol {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 7px;
        min-width: 0;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        gap: 7px;
        min-width: 0;
      }
      li a {
        color: var(--text-2);
        font-weight: 500;
      }
      li xrm-icon {
        color: var(--text-2);
      }
      xrm-draft-bar {
        margin-inline-start: auto;
      }
      .page {
        position: relative;
        overflow: auto;
      }
      .middle {
        display: grid;
        place-content: center;
        justify-items: center;
        gap: 12px;
        height: 100%;
        padding: 24px;
        text-align: center;
      }
      @media (max-width: 760px) {
        header {
          padding: 8px 10px;
        }
        xrm-draft-bar {
          margin-inline-start: 0;
        }
      }
    `,
  ]

  #documents = new DocumentsController(this)
  @state() private _started = false
  @state() private _failure: unknown = null
  /** What the page that is shown calls itself, where the address alone does not say it. */
  @state() private _titled: { of: string; title: string } | null = null
  #loaded = new Set<ConsolePage>()
  #routed = () => this.requestUpdate()

  override connectedCallback(): void {
    super.connectedCallback()
    router.addEventListener('change', this.#routed)
    void this.#start()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    router.removeEventListener('change', this.#routed)
  }

  async #start(): Promise<void> {
    this._failure = null
    try {
      await draft.start()
      this._started = true
    } catch (error) {
      this._failure = error
    }
  }

  async #load(page: ConsolePage): Promise<void> {
    try {
      await page.load()
      this.#loaded.add(page)
      this.requestUpdate()
    } catch (error) {
      this._failure = error
    }
  }

  override render(): TemplateResult {
    const found = matchPage(router.url.pathname)
    return html`<header>
        ${this.#crumbs(found)} ${this._started ? html`<xrm-draft-bar></xrm-draft-bar>` : nothing}
      </header>
      <div
        class="page"
        @xrm-titled=${(event: CustomEvent<string>) => {
          if (found) this._titled = { of: placeOf(found), title: event.detail }
        }}
      >
        ${this.#page(found)}
      </div>`
  }

  #crumbs(found: ReturnType<typeof matchPage>): TemplateResult {
    const titled = found && this._titled?.of === placeOf(found) ? this._titled.title : undefined
    const own = titled ?? found?.page.crumb?.(found.params, (kind, name) => this.#documents.title(kind, name))
    const section = sections.find((one) => one.name === found?.page.section)
    const title = own ?? (section ? sectionTitle(section.name) : t('console.not-found'))
    document.title = `${title} · XRM`
    return html`<nav aria-label=${t('console.breadcrumb')}>
      <ol>
        ${
          section && own !== undefined
            ? html`<li>
                <a href=${section.path}>${sectionTitle(section.name)}</a>
                <xrm-icon name="chevron-right" size="14"></xrm-icon>
              </li>`
            : nothing
        }
        <li aria-current="page"><h1 class="ellipsis">${title}</h1></li>
      </ol>
    </nav>`
  }

  #page(found: ReturnType<typeof matchPage>): unknown {
    const error = this._failure ?? this.#documents.error
    if (error !== null && !this.#documents.all) {
      return html`<div class="middle" role="alert">
        <p class="second">${describeError(error)}</p>
        <button class="primary" @click=${() => void this.#start()}>${t('draft.retry')}</button>
      </div>`
    }
    if (!found) {
      return html`<div class="middle">
        <p class="second">${t('console.not-found-text')}</p>
        <a href="/admin">${t('console.home')}</a>
      </div>`
    }
    if (!this._started) return html`<div class="middle second" aria-busy="true"></div>`
    if (!this.#loaded.has(found.page)) {
      void this.#load(found.page)
      return html`<div class="middle second" aria-busy="true"></div>`
    }
    return found.page.show(found.params)
  }
}

/** The same on all tabs of a page. */
function placeOf({ page, params }: NonNullable<ReturnType<typeof matchPage>>): string {
  const { tab: _, ...rest } = params
  return JSON.stringify([page.path, rest])
}
