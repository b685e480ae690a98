import { css } from 'lit'

export const matrixStyles = css`
  .bar {
    margin-bottom: 12px;
  }
  .bar input {
    flex: 1;
    max-width: 300px;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 14px;
  }
  .sample {
    color: var(--text);
    font-weight: 550;
  }
  .sample.grey,
  .cell.grey {
    color: var(--text-2);
    font-style: italic;
    font-weight: 400;
  }
  .scroll {
    overflow: auto;
    max-height: calc(100vh - 250px);
    min-height: 240px;
  }
  table {
    width: 100%;
    border-collapse: separate;
    border-spacing: 0;
  }
  th,
  td {
    padding: 0;
    border-bottom: 1px solid var(--line);
    text-align: start;
  }
  thead th {
    position: sticky;
    top: 0;
    z-index: 2;
    padding: 8px 10px;
    background: var(--head);
    color: var(--text-2);
    font-size: 12px;
    font-weight: 550;
    white-space: nowrap;
  }
  thead th:first-child,
  tbody th {
    position: sticky;
    inset-inline-start: 0;
    z-index: 1;
    background: var(--surface);
  }
  thead th:first-child {
    z-index: 3;
    background: var(--head);
  }
  td + td,
  th + td {
    border-inline-start: 1px solid var(--line);
  }
  .cell {
    display: grid;
    align-content: center;
    justify-items: start;
    gap: 2px;
    width: 100%;
    min-width: 84px;
    height: 36px;
    padding: 0 10px;
    border: 0;
    border-radius: 0;
    background: none;
    font-weight: 550;
    text-align: start;
  }
  tbody th .cell {
    min-width: 150px;
    font-weight: 500;
  }
  tbody th .cell.named {
    font-weight: 650;
  }
  .cell .ellipsis {
    max-width: 170px;
    line-height: 1.25;
  }
  .cell small {
    max-width: 170px;
    overflow: hidden;
    color: var(--text-2);
    font-size: 11px;
    font-style: italic;
    font-weight: 400;
    text-overflow: ellipsis;
  }
  .cell:focus-visible {
    outline-offset: -2px;
  }
  .cell.changed,
  .sample.changed {
    box-shadow: inset 3px 0 0 0 var(--accent);
  }
  .sample.changed {
    padding-inline-start: 8px;
  }
  .cell.wrong {
    color: var(--danger);
  }
  .keys {
    margin-top: 8px;
  }
  #menu.menu {
    position: fixed;
    position-area: none;
    margin: 4px 0 0;
  }
`
