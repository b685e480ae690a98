import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { session, type Theme } from '../data/session.ts'
import { unread } from '../data/unread.ts'
import { asLanguage, languages, t, useLanguage } from '../i18n/index.ts'
import { description, pluralLabel } from '../model/labels.ts'
import { XrmElement } from '../style/element.ts'
import { describeError } from './errors.ts'
import { listPath } from './paths.ts'
import { router } from './router.ts'
import { toasts } from './toasts.ts'

/** The side bar: search, the entities of the model, and the person with language, theme and sign-out. */
@customElement('xrm-navigation')
export class NavigationElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 8px;
        height: 100%;
        padding: 10px 8px;
        border-inline-end: 1px solid var(--line);
        min-width: 0;
        overflow: hidden;
      }
      .brand {
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 3px 8px;
        font-size: 15px;
        font-weight: 650;
      }
      .brand img {
        width: 20px;
        height: 20px;
      }
      .search {
        justify-content: flex-start;
        width: 100%;
        height: 32px;
        border-color: var(--line);
        color: var(--text-2);
        font-weight: 450;
      }
      .search span {
        flex: 1;
        text-align: start;
      }
      nav {
        flex: 1;
        min-height: 0;
        overflow: auto;
      }
      .foot {
        display: grid;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      a,
      .me {
        display: flex;
        align-items: center;
        gap: 9px;
        width: 100%;
        height: 30px;
        padding: 0 8px;
        margin-bottom: 1px;
        border: 0;
        border-radius: 6px;
        background: none;
        color: var(--text-2);
        font: 500 13.5px/1.3 var(--font);
      }
      a:hover {
        background: var(--hover);
        text-decoration: none;
      }
      a[aria-current] {
        background: var(--active);
        color: var(--text);
      }
      .me {
        text-align: start;
      }
      .menu-toggle {
        display: none;
      }
      [popover].menu {
        position-area: block-start span-inline-end;
      }
      .menu p {
        padding: 6px 9px 8px;
      }
      fieldset {
        display: flex;
        gap: 2px;
        margin: 0;
        padding: 4px 9px 8px;
        border: 0;
      }
      legend {
        padding: 0 0 4px;
        font-size: 12px;
        color: var(--text-2);
      }
      .menu fieldset label {
        flex: 1;
        justify-content: center;
        width: auto;
        border: 1px solid var(--line);
      }
      .menu fieldset label:has(:checked) {
        background: var(--accent-soft);
        border-color: var(--accent);
      }
      .menu fieldset label:has(:focus-visible) {
        outline: 2px solid var(--accent);
      }
      fieldset input {
        position: absolute;
        opacity: 0;
        pointer-events: none;
      }
      @media (max-width: 760px) {
        :host {
          flex-direction: row;
          flex-wrap: wrap;
          align-items: center;
          height: auto;
          border-inline-end: 0;
          border-bottom: 1px solid var(--line);
          padding: 6px 10px;
          max-height: 100dvh;
        }
        .search {
          flex: 1;
          width: auto;
        }
        .search kbd {
          display: none;
        }
        .menu-toggle {
          display: inline-flex;
        }
        nav,
        .foot {
          display: none;
          flex: none;
          width: 100%;
        }
        :host([open]) nav,
        :host([open]) .foot {
          display: block;
        }
      }
    `,
  ]

  @state() private _open = false

  #routed = () => {
    this._open = false
    this.requestUpdate()
  }

  #counted = () => this.requestUpdate()

  override connectedCallback(): void {
    super.connectedCallback()
    router.addEventListener('change', this.#routed)
    unread.addEventListener('change', this.#counted)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    router.removeEventListener('change', this.#routed)
    unread.removeEventListener('change', this.#counted)
  }

  override render(): TemplateResult {
    this.toggleAttribute('open', this._open)
    const { route } = router
    const here = 'entity' in route ? route.entity : ''
    const entities = Object.values(session.model.entities)
      .filter((entity) => entity.navigation)
      .toSorted((a, b) => a.order - b.order || a.name.localeCompare(b.name))
    return html`
      <div class="brand"><img src="/icon.svg" alt="" />XRM</div>
      <button class="search" @click=${() => this.emit('xrm-search')}>
        <xrm-icon name="search"></xrm-icon><span>${t('search')}</span><kbd>${t('keys.ctrl')} K</kbd>
      </button>
      <button
        class="menu-toggle icon"
        aria-label=${t('app.menu')}
        aria-expanded=${this._open}
        @click=${() => (this._open = !this._open)}
      >
        <xrm-icon name="menu"></xrm-icon>
      </button>
      <nav aria-label=${t('app.navigation')}>
        <slot name="sections">
          <ul>
            ${entities.map(
              (entity) =>
                html`<li>
                  <a
                    href=${listPath(entity.name)}
                    title=${description(entity)}
                    aria-current=${entity.name === here ? 'page' : nothing}
                    ><xrm-icon name=${entity.icon}></xrm-icon
                    ><span class="ellipsis">${pluralLabel(entity)}</span></a
                  >
                </li>`,
            )}
          </ul>
        </slot>
      </nav>
      <div class="foot">
        <a href="/notices" aria-current=${route.name === 'notices' ? 'page' : nothing}
          ><xrm-icon name="bell"></xrm-icon><span class="grow">${t('app.notices')}</span>${
            unread.count > 0
              ? html`<span class="chip blue"
                  >${unread.count > 99 ? '99+' : unread.count}<span class="visually-hidden">
                    ${t('app.unread')}</span
                  ></span
                >`
              : nothing
          }</a
        >
        ${
          Object.values(session.model.entities).some(({ conversions }) => conversions.length > 0)
            ? html`<a
                href="/reports/conversions"
                aria-current=${route.name === 'conversion-report' ? 'page' : nothing}
                ><xrm-icon name="chart-column"></xrm-icon>${t('app.conversion-report')}</a
              >`
            : nothing
        }
        <a href="/glossary" aria-current=${route.name === 'glossary' ? 'page' : nothing}
          ><xrm-icon name="book-open"></xrm-icon>${t('app.glossary')}</a
        >
        ${
          session.model.me.administer
            ? html`<a href="/admin" aria-current=${route.name === 'console' ? 'true' : nothing}
                ><xrm-icon name="settings"></xrm-icon>${t('app.administration')}</a
              >`
            : nothing
        }
        ${this.#me()}
      </div>
    `
  }

  #me(): TemplateResult {
    const { me } = session.model
    return html`<button class="me" popovertarget="me">
        <xrm-icon name="circle-user"></xrm-icon><span class="grow ellipsis">${me.name}</span>
        <xrm-icon name="chevrons-up-down" size="14"></xrm-icon>
      </button>
      <div id="me" class="menu" popover>
        <p class="second small">${me.email}</p>
        <fieldset>
          <legend>${t('app.language')}</legend>
          ${languages.map((language) =>
            choice('language', language, t(`language.${language}`), session.language === language, () =>
              this.#setLanguage(language),
            ),
          )}
        </fieldset>
        <fieldset>
          <legend>${t('app.theme')}</legend>
          ${(['light', 'dark', 'auto'] as Theme[]).map((theme) =>
            choice('theme', theme, t(`theme.${theme}`), session.theme === theme, () =>
              session.setTheme(theme),
            ),
          )}
        </fieldset>
        <a href="/account"><xrm-icon name="user-cog"></xrm-icon>${t('app.account')}</a>
        <button @click=${() => this.emit('xrm-shortcuts')}>
          <xrm-icon name="keyboard"></xrm-icon>${t('keys.title')}
        </button>
        <button @click=${this.#signOut}><xrm-icon name="log-out"></xrm-icon>${t('app.sign-out')}</button>
      </div>`
  }

  async #setLanguage(text: string): Promise<void> {
    const language = asLanguage(text)
    if (!language) return
    try {
      await useLanguage(language, true)
    } catch (error) {
      toasts.show(t('app.language-not-saved', { reason: describeError(error) }), { bad: true })
    }
  }

  #signOut = async () => {
    try {
      await call('POST', '/api/auth/sign-out', { body: {} })
      location.assign('/sign-in')
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    }
  }
}

function choice(
  name: string,
  value: string,
  text: string,
  checked: boolean,
  choose: () => void,
): TemplateResult {
  return html`<label
    ><input type="radio" name=${name} value=${value} .checked=${checked} @change=${choose} />${text}</label
  >`
}
