import { html, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import { cssom } from '../style/cssom.ts'
import { t } from './i18n/index.ts'

interface Choice {
  value: string
  text: string
  /** How far below the top it stands, in a tree. */
  depth?: number
}

/** Several of a list, each a box to tick. */
export function choices(
  legend: string,
  given: readonly Choice[],
  chosen: ReadonlySet<string>,
  change: (chosen: Set<string>) => void,
): TemplateResult {
  const isTree = given.some((one) => one.depth !== undefined)
  const toggle = (value: string) => {
    const next = new Set(chosen)
    if (!next.delete(value)) next.add(value)
    change(next)
  }
  return html`<fieldset>
    <legend>${legend}</legend>
    ${given.length === 0 ? html`<span class="second">${t('none')}</span>` : ''}
    <div class="choices ${isTree ? 'tree' : ''}">
      ${given.map(
        ({ value, text, depth = 0 }) =>
          html`<label ${cssom({ 'padding-inline-start': `${depth * 18}px` })}
            ><input type="checkbox" .checked=${live(chosen.has(value))} @change=${() => toggle(value)} /><span
              class="ellipsis"
              >${text}</span
            ></label
          >`,
      )}
    </div>
  </fieldset>`
}
