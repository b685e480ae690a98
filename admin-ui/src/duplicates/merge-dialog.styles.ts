import { css } from 'lit'

export const mergeDialogStyles = css`
  xrm-dialog {
    --dialog-width: 1080px;
  }
  .note {
    margin-top: 10px;
  }
  .note button {
    margin-inline-start: 8px;
  }
  .scroll {
    margin-top: 12px;
    overflow-x: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    min-width: 150px;
    max-width: 320px;
    padding: 7px 10px;
    border-top: 1px solid var(--line);
    text-align: start;
    vertical-align: top;
    font-size: 13px;
    overflow-wrap: anywhere;
  }
  thead th {
    border-top: 0;
    background: var(--bg);
  }
  thead th.kept {
    background: var(--accent-soft);
  }
  th[scope='row'] {
    font-weight: 550;
  }
  th[scope='row'] label {
    margin-top: 4px;
    font-weight: 400;
  }
  td:not(.chosen) label {
    color: var(--text-2);
  }
  label {
    display: flex;
    gap: 8px;
    align-items: flex-start;
    cursor: pointer;
  }
  /* Choosing a value, not following it. */
  label a {
    pointer-events: none;
  }
  input {
    flex: none;
    height: auto;
    margin: 3px 0 0;
    accent-color: var(--accent);
  }
  .name {
    font-weight: 650;
  }
  details {
    margin-top: 10px;
  }
  summary {
    cursor: pointer;
  }
  dl {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(220px, 1fr));
    gap: 8px 16px;
    margin: 8px 0 0;
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .foot {
    display: flex;
    align-items: center;
    gap: 8px;
  }
`
