import { css } from 'lit'

/** The test run of a conversion. */
export const testStyles = css`
  :host {
    display: grid;
    gap: 14px;
  }
  .note.good {
    background: var(--ok-soft);
    color: var(--ok);
  }
  .note ul {
    margin: 6px 0 0;
    padding-inline-start: 18px;
  }
  .targets {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr));
    gap: 14px;
    align-items: start;
  }
  section {
    overflow: hidden;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    padding: 8px 14px 4px;
  }
  header select {
    max-width: 220px;
  }
  h3 {
    font-size: 14px;
    font-weight: 650;
  }
  .why {
    padding: 0 14px 8px;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    table-layout: fixed;
  }
  th,
  td {
    padding: 6px 14px;
    border-top: 1px solid var(--line);
    text-align: start;
    vertical-align: top;
    overflow-wrap: anywhere;
  }
  th {
    font-weight: 550;
  }
  thead th {
    color: var(--text-2);
    font-size: 12px;
  }
  .from {
    display: block;
    font-weight: 400;
  }
  tr.bad {
    background: var(--danger-soft);
  }
`
