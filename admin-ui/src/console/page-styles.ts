import { css } from 'lit'

/** What the pages of the console have in common: their width, cards, tables, empty states. */
export const pageStyles = css`
  .sheet {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 18px;
    max-width: 1080px;
    padding: 18px 18px 40px;
  }
  .card {
    overflow: hidden;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    min-height: 42px;
    padding: 6px 14px;
    border-bottom: 1px solid var(--line);
  }
  .body {
    padding: 12px 14px;
  }
  .rows {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .rows > li + li,
  .rows > tr + tr {
    border-top: 1px solid var(--line);
  }
  .line {
    display: flex;
    align-items: center;
    gap: 10px;
    min-height: 42px;
    padding: 7px 14px;
    color: inherit;
  }
  a.line:hover {
    background: var(--hover);
    text-decoration: none;
  }
  p a,
  td a,
  li a:not(.line) {
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    padding: 7px 14px;
    border-top: 1px solid var(--line);
    text-align: start;
    vertical-align: top;
    overflow-wrap: anywhere;
  }
  th {
    font-weight: 550;
  }
  thead th {
    border-top: 0;
    color: var(--text-2);
    font-size: 12px;
    white-space: nowrap;
  }
  .number {
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .empty {
    display: grid;
    justify-items: center;
    gap: 6px;
    padding: 34px 20px;
    text-align: center;
    color: var(--text-2);
  }
  code {
    font:
      12px/1.5 ui-monospace,
      'SF Mono',
      Menlo,
      monospace;
    overflow-wrap: anywhere;
  }
  @media (max-width: 760px) {
    .sheet {
      padding: 12px 10px 30px;
    }
  }
`
