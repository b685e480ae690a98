import { css } from 'lit'

/** What all designers share: rows of properties, lists that can be put into order, chips of origin. */
export const designerStyles = css`
  textarea {
    width: 100%;
    min-height: 58px;
    max-height: 240px;
    field-sizing: content;
    padding: 6px 9px;
    border: 1px solid var(--line-strong);
    border-radius: 7px;
    background: var(--surface);
    color: var(--text);
    font: 400 13.5px/1.45 var(--font);
    resize: vertical;
  }
  .mono {
    font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
    font-size: 12px;
  }
  .props {
    display: grid;
    gap: 12px;
  }
  .props.two {
    grid-template-columns: repeat(2, minmax(0, 1fr));
  }
  .prop {
    display: grid;
    gap: 4px;
    min-width: 0;
    align-content: start;
  }
  .prop > .head {
    display: flex;
    align-items: baseline;
    gap: 8px;
    min-height: 18px;
  }
  .prop .head label,
  .prop .head .name {
    font-size: 12.5px;
    font-weight: 550;
  }
  .prop > input:not([type='checkbox']),
  .prop > select {
    width: 100%;
  }
  .prop.flag {
    grid-template-columns: auto minmax(0, 1fr);
    align-items: center;
    column-gap: 8px;
  }
  .prop.flag > .hint,
  .prop.flag > .error {
    grid-column: 2;
  }
  .hint {
    color: var(--text-2);
    font-size: 12px;
  }
  p.error {
    font-size: 12px;
  }
  [aria-invalid='true'] {
    border-color: var(--danger) !important;
  }
  button.reset {
    margin-inline-start: auto;
    font-size: 12px;
    line-height: 1.3;
  }
  .origin {
    color: var(--accent);
    font-size: 11.5px;
    white-space: nowrap;
  }
  .group-title {
    padding-top: 4px;
    color: var(--text-2);
    font-size: 12px;
    font-weight: 600;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .entries {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .handle {
    width: 22px;
    height: 26px;
    padding: 0;
    justify-content: center;
    border-color: transparent;
    background: none;
    color: var(--text-2);
    cursor: grab;
    touch-action: none;
  }
  [data-dragging] {
    opacity: 0.4;
  }
  [data-shadow] {
    border-radius: 8px;
    background: var(--raised);
    box-shadow: var(--shadow-lg);
    list-style: none;
  }
  [data-before] {
    box-shadow: 0 -2px 0 0 var(--accent);
  }
  [data-direction='row'] > [data-before] {
    box-shadow: -2px 0 0 0 var(--accent);
  }
  [data-over='end'] {
    box-shadow: inset 0 -2px 0 0 var(--accent);
  }
  .color-dot {
    flex: none;
    width: 9px;
    height: 9px;
    border-radius: 50%;
    border: 1.5px solid var(--text-2);
  }
  .color-dot.gray {
    border: 0;
    background: var(--chip-gray-text);
  }
  .color-dot.blue {
    border: 0;
    background: var(--chip-blue-text);
  }
  .color-dot.green {
    border: 0;
    background: var(--chip-green-text);
  }
  .color-dot.amber {
    border: 0;
    background: var(--chip-amber-text);
  }
  .color-dot.red {
    border: 0;
    background: var(--chip-red-text);
  }
  .color-dot.violet {
    border: 0;
    background: var(--chip-violet-text);
  }
  .color-dot.teal {
    border: 0;
    background: var(--chip-teal-text);
  }
  .foot {
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 8px;
  }
  .empty {
    padding: 28px 16px;
    text-align: center;
    color: var(--text-2);
  }
  .empty button {
    margin-top: 12px;
  }
  /* Where the name of one more entry is typed, below a list. */
  .new {
    display: flex;
    gap: 6px;
    margin-top: 8px;
  }
  .new input {
    flex: 1;
    min-width: 0;
  }
  fieldset {
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0 0 6px;
    font-size: 12.5px;
    font-weight: 550;
  }
`

/** Dialogs that say who uses a thing before it goes or is called otherwise. */
export const usesStyles = css`
  .body {
    display: grid;
    gap: 12px;
  }
  ul {
    display: grid;
    gap: 3px;
    max-height: 200px;
    margin: 6px 0 0;
    padding: 0;
    overflow: auto;
    list-style: none;
  }
`
