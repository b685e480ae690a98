import { css } from 'lit'

export const gridStyles = css`
  :host {
    height: 100%;
    min-height: 0;
  }
  .scroller {
    height: 100%;
    overflow: auto;
    background: var(--surface);
    outline: none;
    contain: strict;
  }
  .head {
    position: sticky;
    top: 0;
    z-index: 2;
    width: max-content;
    min-width: 100%;
    background: var(--head);
    border-bottom: 1px solid var(--line);
  }
  .row {
    display: grid;
    grid-template-columns: var(--columns);
    align-items: center;
    height: var(--row);
  }
  .body {
    position: relative;
    width: max-content;
    min-width: 100%;
  }
  .body .row {
    position: absolute;
    inset: 0 0 auto 0;
    border-bottom: 1px solid var(--line);
    contain: layout style;
  }
  .body .row:hover {
    background: var(--hover);
  }
  .body .row.selected {
    background: var(--selected);
  }
  .waiting::after {
    content: '';
    grid-column: 2;
    height: 9px;
    margin: 0 10px;
    border-radius: 4px;
    background: var(--hover);
  }
  .cell {
    position: relative;
    display: flex;
    align-items: center;
    min-width: 0;
    height: 100%;
    padding: 0 10px;
    font-size: 13px;
    font-variant-numeric: tabular-nums;
  }
  .cell.end {
    justify-content: flex-end;
  }
  .cell.check {
    justify-content: center;
    padding: 0;
  }
  .cell a {
    color: inherit;
  }
  .cell .first {
    font-weight: 600;
  }
  .scroller:focus-visible .cell.active {
    outline: 2px solid var(--accent);
    outline-offset: -2px;
    border-radius: 4px;
  }
  .head .row:first-child {
    height: 32px;
  }
  .filters .cell {
    padding: 0 4px 4px;
  }
  .sort {
    max-width: 100%;
    height: 26px;
    padding: 0;
    gap: 3px;
    border: 0;
    background: none;
    color: var(--text-2);
    font-size: 12px;
    font-weight: 600;
    /* Room for what hangs below the line, in a label that is cut off at its side. */
    line-height: 1.5;
  }
  .sort:hover:not(:disabled) {
    background: none;
    color: var(--text);
  }
  .sort:disabled {
    opacity: 1;
  }
  .handle {
    position: absolute;
    inset: 5px -4px 5px auto;
    width: 9px;
    z-index: 1;
    cursor: col-resize;
    touch-action: none;
  }
  .handle::after {
    content: '';
    position: absolute;
    inset: 0 4px;
    width: 1px;
    background: var(--line);
  }
  .handle:hover::after {
    inset: 0 3px;
    width: 3px;
    background: var(--accent);
  }
  @media (max-width: 760px) {
    .filters {
      display: none;
    }
  }
`
