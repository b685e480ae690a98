import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit'

/** A part of the page that edits one document. */
export interface Tab {
  show: (document: string) => TemplateResult
  /** Imports the element; the first tab comes with the page. */
  load: (() => Promise<unknown>) | null
  /** Places in the document whose errors are counted at the tab. */
  places?: readonly string[]
}

/** The tabs of a page, each with an address of its own: their links, and the one that is shown, fetched when it is first. */
export class Tabs<Name extends string> {
  /** Why a tab could not be fetched. */
  failure: unknown = null
  readonly #host: ReactiveControllerHost
  readonly #tabs: Readonly<Record<Name, Tab>>
  readonly #first: Name
  readonly #loaded: Set<Name>

  constructor(host: ReactiveControllerHost, tabs: Readonly<Record<Name, Tab>>, first: Name) {
    this.#host = host
    this.#tabs = tabs
    this.#first = first
    this.#loaded = new Set([first])
  }

  /** The tab of an address; the first where there is none of that name. */
  named(name: string): Name {
    return Object.hasOwn(this.#tabs, name) ? (name as Name) : this.#first
  }

  /** `mark`: what stands beside the title, such as a number of errors. */
  links(
    current: Name,
    page: string,
    title: (name: Name) => string,
    mark: (name: Name, tab: Tab) => unknown = () => nothing,
  ): TemplateResult[] {
    return (Object.entries(this.#tabs) as [Name, Tab][]).map(
      ([name, tab]) =>
        html`<a href="${page}/${name}" aria-current=${name === current ? 'page' : nothing}
          >${title(name)}${mark(name, tab)}</a
        >`,
    )
  }

  content(current: Name, document: string, loading: string): TemplateResult {
    if (this.#loaded.has(current)) return this.#tabs[current].show(document)
    void this.#load(current)
    return html`<p class="second" aria-busy="true">${loading}</p>`
  }

  async #load(name: Name): Promise<void> {
    try {
      await this.#tabs[name].load?.()
      this.#loaded.add(name)
    } catch (error) {
      this.failure = error
    }
    this.#host.requestUpdate()
  }
}
