import { css, html, nothing, type TemplateResult } from 'lit'
import { type ChangeGroup, describeValue, type Words } from './describe.ts'
import { t } from './i18n/index.ts'

/** How changes of a document look, thing by thing: before and after each place. */
export const changeStyles = css`
  .group {
    padding: 8px 14px 10px;
  }
  .group + .group {
    border-top: 1px solid var(--line);
  }
  h4 {
    display: flex;
    align-items: center;
    gap: 7px;
    margin: 0 0 4px;
    font-size: 13px;
    font-weight: 600;
  }
  dl {
    display: grid;
    grid-template-columns: minmax(110px, 200px) minmax(0, 1fr);
    gap: 4px 14px;
    margin: 0;
  }
  dt {
    color: var(--text-2);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  del,
  ins {
    padding: 1px 5px;
    border-radius: 4px;
    text-decoration: none;
  }
  del {
    background: var(--danger-soft);
    color: var(--danger);
    text-decoration: line-through;
  }
  ins {
    background: var(--ok-soft);
    color: var(--ok);
  }
  @media (max-width: 600px) {
    dl {
      grid-template-columns: minmax(0, 1fr);
      gap: 2px;
    }
  }
`

/** Shows changes under the names of the things that they belong to. */
export function showGroups(groups: readonly ChangeGroup[], words: Words): TemplateResult[] {
  return groups.map(
    ({ place, what, lines }) =>
      html`<div class="group">
        ${
          place.length > 0
            ? html`<h4>
                ${place.join(' › ')}
                ${
                  what === 'changed'
                    ? nothing
                    : html`<span class="chip ${what === 'added' ? 'green' : 'red'}"
                        >${t(`edit.was-${what}`)}</span
                      >`
                }
              </h4>`
            : nothing
        }
        <dl>
          ${lines
            .filter(({ name }) => name !== '' || what === 'changed')
            .map(
              ({ name, change }) =>
                html`<dt>${name || t('edit.value')}</dt>
                  <dd>${showChange(change.before, change.after, words)}</dd>`,
            )}
        </dl>
      </div>`,
  )
}

/** A value before and after, in words. */
function showChange(before: unknown, after: unknown, words: Words): TemplateResult {
  const show = (value: unknown, tag: 'del' | 'ins') => {
    const { text, json } = describeValue(value, words)
    const inner = json ? html`<code>${text}</code>` : text
    return tag === 'del' ? html`<del>${inner}</del>` : html`<ins>${inner}</ins>`
  }
  if (before == null) return after == null ? html`–` : show(after, 'ins')
  if (after == null) return show(before, 'del')
  return html`${show(before, 'del')} → ${show(after, 'ins')}`
}
