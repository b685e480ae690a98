import { noChange } from 'lit'
import { Directive, directive, type ElementPart } from 'lit/directive.js'

/**
 * Sets style properties through the CSSOM. Lit's own `styleMap` writes a `style` attribute the first time, which a strict
 * Content-Security-Policy refuses.
 *
 * @example html`<div ${cssom({ transform: `translateY(${y}px)` })}></div>`
 */
class CssomDirective extends Directive {
  #before: Record<string, string> = {}

  render(_style: Record<string, string>): typeof noChange {
    return noChange
  }

  override update(part: ElementPart, [style]: [Record<string, string>]): typeof noChange {
    const target = (part.element as HTMLElement).style
    for (const name of Object.keys(this.#before)) if (!(name in style)) target.removeProperty(name)
    for (const [name, value] of Object.entries(style)) {
      if (this.#before[name] !== value) target.setProperty(name, value)
    }
    this.#before = style
    return noChange
  }
}

export const cssom = directive(CssomDirective)
