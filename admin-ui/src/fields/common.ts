import { html, noChange } from 'lit'
import { Directive, directive, type ElementPart } from 'lit/directive.js'
import type { EditorContext } from './kind.ts'

interface Control extends HTMLElement {
  label: string
  helperText: string
  errorMessage: string
  invalid: boolean
  required: boolean
  readonly: boolean
  disabled: boolean
  manualValidation: boolean
  autofocus: boolean
}

/** What every Vaadin control takes from its field: label, help, error, required, read-only. The server judges, not the control. */
class ControlDirective extends Directive {
  render(_context: EditorContext): typeof noChange {
    return noChange
  }

  override update(part: ElementPart, [context]: [EditorContext]): typeof noChange {
    const target = part.element as Control
    target.manualValidation = true
    target.label = context.label
    target.helperText = context.help
    target.errorMessage = context.error ?? ''
    target.invalid = context.error !== null
    target.required = context.required
    if (target.localName === 'vaadin-checkbox') target.disabled = context.readonly
    else target.readonly = context.readonly
    target.dataset['field'] = context.field.name
    if (context.autofocus) target.autofocus = true
    return noChange
  }
}

export const control = directive(ControlDirective)

/** Several texts, one per line. */
export function several(context: EditorContext): unknown {
  const lines = Array.isArray(context.value) ? context.value.join('\n') : ''
  return html`<vaadin-text-area
    ${control(context)}
    .value=${lines}
    @value-changed=${(event: CustomEvent<{ value: string }>) => {
      // A blank last line is one that is being typed.
      if (event.detail.value === lines) return
      const values = event.detail.value
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean)
      context.change(values.length > 0 ? values : null)
    }}
  ></vaadin-text-area>`
}

/** True when a control says again what it was told; such events are no change of the user. */
export function sameText(a: unknown, b: unknown): boolean {
  return (a ?? '') === (b ?? '')
}
