import type { ModelView } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { ApiError, call, onSignedOut } from '../data/client.ts'
import { queries } from '../data/queries.ts'
import { unread } from '../data/unread.ts'
import { session } from '../data/session.ts'
import { asLanguage, startLanguage, t, useLanguage } from '../i18n/index.ts'
import { XrmElement } from '../style/element.ts'
import { describeError } from './errors.ts'
import './icon.element.ts'
import './navigation.element.ts'
import { listPath } from './paths.ts'
import { router } from './router.ts'
import { matchShortcut } from './shortcuts.ts'
import '../list/list-page.element.ts'

const pages = {
  record: () => import('../record/record-page.element.ts'),
  signIn: () => import('./sign-in.element.ts'),
  setUp: () => import('./set-up.element.ts'),
  choosePassword: () => import('../account/choose-password.element.ts'),
  factorNeeded: () => import('../account/factor-needed.element.ts'),
  viewing: () => import('../account/viewing.element.ts'),
  account: () => import('../account/account-page.element.ts'),
  toasts: () => import('./toasts.element.ts'),
  palette: () => import('./palette.element.ts'),
  console: () => import('../console/console.element.ts'),
  glossary: () => import('../console/glossary.element.ts'),
  sheet: () => import('./shortcut-sheet.element.ts'),
  bulk: () => import('../bulk/bulk-page.element.ts'),
  bulks: () => import('../bulk/bulks-page.element.ts'),
  notices: () => import('../notices/notices-page.element.ts'),
  run: () => import('../runs/run-page.element.ts'),
  report: () => import('../runs/report-page.element.ts'),
  duplicates: () => import('../duplicates/duplicates-page.element.ts'),
}

/** The frame: who is here, the side bar, the page of the address, the keys that work everywhere. */
@customElement('xrm-app')
export class AppElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      :host {
        height: 100dvh;
      }
      .frame {
        display: grid;
        grid-template-columns: 220px minmax(0, 1fr);
        grid-template-rows: minmax(0, 1fr);
        height: 100%;
      }
      header {
        min-width: 0;
        height: 100%;
      }
      .page {
        display: flex;
        flex-direction: column;
        min-width: 0;
        height: 100%;
      }
      main {
        flex: 1;
        min-width: 0;
        min-height: 0;
        overflow: hidden;
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
      .skip {
        position: absolute;
        inset-inline-start: -999px;
      }
      .skip:focus {
        inset: 8px auto auto 8px;
        z-index: 9;
        padding: 6px 10px;
        background: var(--raised);
      }
      @media (max-width: 760px) {
        .frame {
          grid-template-columns: 1fr;
          grid-template-rows: auto minmax(0, 1fr);
        }
      }
      @media print {
        :host,
        .frame,
        .page,
        main {
          display: block;
          height: auto;
          overflow: visible;
        }
        header {
          display: none;
        }
      }
    `,
  ]

  #language = startLanguage()

  @state() private _phase: 'starting' | 'loading' | 'ready' | 'factor-needed' | 'failed' = 'starting'
  @state() private _failure = ''
  @state() private _palette = false
  @state() private _sheet = false
  @state() private _signInAgain: ((isBack: boolean) => void) | null = null
  #returned: Promise<boolean> | null = null

  override connectedCallback(): void {
    super.connectedCallback()
    router.addEventListener('change', () => this.requestUpdate())
    onSignedOut(() => this.#signedOut())
    document.addEventListener('keydown', (event) => this.#key(event))
    this.addEventListener('xrm-search', () => void this.#open('palette'))
    this.addEventListener('xrm-shortcuts', () => void this.#open('sheet'))
    this.addEventListener('xrm-second-factor', () => {
      if (this._phase === 'factor-needed') void this.#start()
    })
    this.addEventListener('xrm-signed-in', (event) => void this.#enter((event as CustomEvent<string>).detail))
    void this.#start()
    // After what is shown first; what there is to say by then waits for it.
    void pages.toasts()
  }

  async #enter(path: string): Promise<void> {
    await router.go(path, { replace: true })
    await this.#start()
  }

  async #start(): Promise<void> {
    if (this._phase !== 'starting') this._phase = 'loading'
    try {
      const [model] = await Promise.all([call<ModelView>('GET', '/api/model'), this.#language])
      session.setModel(model)
      const chosen = asLanguage(session.model.me.language)
      if (chosen && localStorage.getItem('xrm.language') === null && chosen !== session.language) {
        await useLanguage(chosen, false)
      }
      if (['set-up', 'home'].includes(router.route.name)) await router.go(this.#home(), { replace: true })
      if (router.route.name === 'record') await pages.record()
      this._phase = 'ready'
      unread.start()
      unread.addEventListener('more', this.#announce)
    } catch (error) {
      await this.#language
      if (error instanceof ApiError && error.status === 401) return
      if (error instanceof ApiError && error.code === 'accounts.second-factor-needed') {
        await pages.factorNeeded()
        this._phase = 'factor-needed'
        return
      }
      this._failure = describeError(error)
      this._phase = 'failed'
    }
  }

  /** Asks to sign in again over what is shown, so that nothing typed is lost; true when the same user has done so. */
  async #signedOut(): Promise<boolean> {
    if (!session.ready) {
      await this.#toSignIn()
      return false
    }
    this.#returned ??= pages.signIn().then(
      () =>
        new Promise<boolean>((resolve) => {
          this._signInAgain = resolve
        }),
    )
    const isBack = await this.#returned
    this.#returned = null
    this._signInAgain = null
    if (!isBack && session.ready) await this.#toSignIn()
    return isBack
  }

  /** Somebody else starts anew: what is on the page is not theirs. */
  #signedInAgain = async (resolve: (isBack: boolean) => void) => {
    const me = await call<{ id: string }>('GET', '/api/me')
    if (me.id === session.model.me.id) return resolve(true)
    router.guard(null)
    location.assign('/')
  }

  /** To the sign-in page, which returns to where one was; on the very first run to the one that makes the administrator. */
  async #toSignIn(): Promise<void> {
    await this.#language
    session.setModel(null)
    queries.clear()
    router.guard(null)
    // Whoever has a link has come to get in.
    if (router.route.name === 'choose-password') {
      await pages.choosePassword()
      this._phase = 'ready'
      return
    }
    if (await this.#isNew()) {
      await pages.setUp()
      // The address may carry the token from the console: leave it alone.
      if (router.route.name !== 'set-up') await router.go('/setup', { replace: true })
      this._phase = 'ready'
      return
    }
    this._phase = 'ready'
    const here = location.pathname + location.search
    const back = router.route.name === 'sign-in' || here === '/' ? '' : `?return=${encodeURIComponent(here)}`
    void pages.signIn()
    if (router.route.name !== 'sign-in') void router.go(`/sign-in${back}`, { replace: true })
  }

  async #isNew(): Promise<boolean> {
    try {
      return (await call<{ needed: boolean }>('GET', '/api/setup')).needed
    } catch {
      // Whatever is wrong will be said by the sign-in page when it is used.
      return false
    }
  }

  #announce = async () => {
    const { announce } = await import('../notices/announce.ts')
    await announce()
  }

  #home(): string {
    const first = Object.values(session.model.entities)
      .filter((entity) => entity.navigation)
      .toSorted((a, b) => a.order - b.order)[0]
    return first ? listPath(first.name) : '/'
  }

  override render(): unknown {
    const { route } = router
    document.title = 'XRM'
    // Before the texts are there, nothing; that is a moment.
    if (this._phase === 'starting') return nothing
    if (this._phase === 'failed') {
      return html`<div class="middle" role="alert">
        <h1>${t('app.failed')}</h1>
        <p class="second">${this._failure}</p>
        <button class="primary" @click=${() => void this.#start()}>${t('retry')}</button>
      </div>`
    }
    if (this._phase === 'factor-needed') return html`<xrm-factor-needed></xrm-factor-needed>`
    if (route.name === 'choose-password') {
      void pages.choosePassword()
      return html`<xrm-choose-password></xrm-choose-password>`
    }
    if (route.name === 'set-up') return html`<xrm-set-up></xrm-set-up>`
    if (route.name === 'sign-in') {
      void pages.signIn()
      return html`<xrm-sign-in></xrm-sign-in>`
    }
    if (this._phase === 'loading' || !session.ready) {
      return html`<div class="middle second" aria-busy="true">${t('loading')}</div>`
    }
    return html`<div class="frame">
        <header>
          <a class="skip" href="#main" @click=${this.#skip}>${t('app.skip')}</a>
          <xrm-navigation>
            ${
              route.name === 'console' && session.model.me.administer
                ? html`<xrm-console-navigation slot="sections"></xrm-console-navigation>`
                : nothing
            }
          </xrm-navigation>
        </header>
        <div class="page">
          ${this.#viewing()}
          <main id="main" tabindex="-1">${this.#page()}</main>
        </div>
      </div>
      <xrm-toasts></xrm-toasts>
      ${this._palette ? html`<xrm-palette @xrm-close=${() => (this._palette = false)}></xrm-palette>` : nothing}
      ${this.#again()}
      ${this._sheet ? html`<xrm-shortcut-sheet @xrm-close=${() => (this._sheet = false)}></xrm-shortcut-sheet>` : nothing}`
  }

  #again(): unknown {
    const resolve = this._signInAgain
    if (!resolve) return nothing
    return html`<xrm-sign-in
      again=${session.model.me.email}
      @xrm-signed-in=${(event: Event) => {
        event.stopPropagation()
        void this.#signedInAgain(resolve)
      }}
      @xrm-close=${() => resolve(false)}
    ></xrm-sign-in>`
  }

  #viewing(): unknown {
    if (session.model.me.viewedBy === null) return nothing
    void pages.viewing()
    return html`<xrm-viewing></xrm-viewing>`
  }

  #page(): TemplateResult {
    const { route } = router
    const entity = 'entity' in route ? session.entity(route.entity) : undefined
    if (route.name === 'list' && entity) return html`<xrm-list-page .entity=${entity}></xrm-list-page>`
    if (route.name === 'record' && entity) {
      void pages.record()
      return html`<xrm-record-page .entity=${entity} .recordId=${route.id}></xrm-record-page>`
    }
    if (route.name === 'console' && session.model.me.administer) {
      void pages.console()
      return html`<xrm-console></xrm-console>`
    }
    if (route.name === 'glossary') {
      void pages.glossary()
      return html`<xrm-glossary></xrm-glossary>`
    }
    if (route.name === 'bulk') {
      void pages.bulk()
      return html`<xrm-bulk-page .bulkId=${route.id}></xrm-bulk-page>`
    }
    if (route.name === 'bulks') {
      void pages.bulks()
      return html`<xrm-bulks-page></xrm-bulks-page>`
    }
    if (route.name === 'account') {
      void pages.account()
      return html`<xrm-account-page></xrm-account-page>`
    }
    if (route.name === 'notices') {
      void pages.notices()
      return html`<xrm-notices-page></xrm-notices-page>`
    }
    if (route.name === 'run') {
      void pages.run()
      return html`<xrm-run-page .runId=${route.id}></xrm-run-page>`
    }
    if (route.name === 'conversion-report') {
      void pages.report()
      return html`<xrm-conversion-report></xrm-conversion-report>`
    }
    if (route.name === 'duplicates' && entity?.duplicates) {
      void pages.duplicates()
      return html`<xrm-duplicates-page .entity=${entity}></xrm-duplicates-page>`
    }
    if (route.name === 'home') return html`<div class="middle second">${t('app.nothing')}</div>`
    return html`<div class="middle">
      <h1>${t('app.not-found')}</h1>
      <p class="second">${t('app.not-found-text')}</p>
      <a href="/">${t('app.home')}</a>
    </div>`
  }

  #skip = (event: Event) => {
    event.preventDefault()
    this.renderRoot.querySelector<HTMLElement>('main')?.focus()
  }

  #key(event: KeyboardEvent): void {
    if (!session.ready) return
    const shortcut = matchShortcut(event)
    if (shortcut === 'search') void this.#open('palette')
    else if (shortcut === 'shortcuts') void this.#open('sheet')
    else if (shortcut === 'create') {
      if (!document.dispatchEvent(new CustomEvent('xrm-create', { cancelable: true }))) event.preventDefault()
      return
    } else return
    event.preventDefault()
  }

  async #open(what: 'palette' | 'sheet'): Promise<void> {
    await pages[what]()
    if (what === 'palette') this._palette = true
    else this._sheet = true
  }
}
