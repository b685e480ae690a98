import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'

const sources = new Map<string, Promise<SVGSVGElement | null>>()

/** The drawing of an icon, fetched once. An unknown name draws nothing. */
function loadIcon(name: string): Promise<SVGSVGElement | null> {
  let source = sources.get(name)
  if (!source) {
    source = fetchIcon(name)
    sources.set(name, source)
  }
  return source
}

/** Parsed by the browser as it arrives: trusted types let no script make a document of a text. */
function fetchIcon(name: string): Promise<SVGSVGElement | null> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.responseType = 'document'
    request.addEventListener('load', () => {
      const isDrawing = (request.getResponseHeader('content-type') ?? '').includes('svg')
      const root = request.status === 200 && isDrawing ? request.responseXML?.documentElement : null
      resolve(root instanceof SVGSVGElement ? root : null)
    })
    request.addEventListener('error', () => resolve(null))
    request.open('GET', `/icons/${encodeURIComponent(name)}.svg`)
    request.send()
  })
}

/** A Lucide icon by name, in the colour of the text around it. Decoration: the name of a thing stands beside it. */
@customElement('xrm-icon')
export class IconElement extends LitElement {
  static override styles = css`
    :host {
      display: inline-flex;
      flex: none;
      width: 16px;
      height: 16px;
    }
    svg {
      width: 100%;
      height: 100%;
    }
  `

  @property() name = ''
  @property({ type: Number }) size = 16

  override connectedCallback(): void {
    super.connectedCallback()
    this.setAttribute('aria-hidden', 'true')
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('size')) {
      this.style.width = `${this.size}px`
      this.style.height = `${this.size}px`
    }
    if (changed.has('name')) void this.#draw(this.name)
  }

  async #draw(name: string): Promise<void> {
    const icon = /^[a-z0-9-]+$/.test(name) ? await loadIcon(name) : null
    if (name !== this.name) return
    const holder = this.renderRoot.querySelector('span')
    holder?.replaceChildren(...(icon ? [icon.cloneNode(true)] : []))
  }

  override render(): TemplateResult {
    return html`<span part="holder"></span>`
  }
}
