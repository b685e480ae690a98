import { css } from 'lit'

export const targetCardStyles = css`
  section {
    padding: 10px 14px 12px;
  }
  section.ask {
    border-color: var(--warn);
  }
  section.skipped {
    background: none;
    border-style: dashed;
  }
  header {
    display: flex;
    align-items: center;
    gap: 9px;
    min-height: 32px;
  }
  header xrm-icon {
    color: var(--accent);
  }
  .skipped header xrm-icon,
  .skipped h3 {
    color: var(--text-2);
  }
  h3 {
    font-size: 13.5px;
    font-weight: 650;
  }
  .note {
    margin: 8px 0 0;
  }
  .candidates {
    display: grid;
    gap: 6px;
    margin-top: 8px;
  }
  .candidate {
    display: flex;
    gap: 9px;
    padding: 7px 10px;
    border: 1px solid var(--line);
    border-radius: 7px;
    cursor: pointer;
  }
  .candidate:hover {
    background: var(--hover);
  }
  .candidate.chosen {
    border-color: var(--accent);
    background: var(--accent-soft);
  }
  .candidate input {
    height: 18px;
    margin: 0;
    accent-color: var(--accent);
  }
  .candidate .row {
    flex-wrap: wrap;
    gap: 2px 8px;
  }
  .differs {
    display: block;
    margin-top: 2px;
    overflow-wrap: anywhere;
  }
  .fields {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(210px, 1fr));
    gap: 10px 14px;
    margin-top: 10px;
  }
  .wide {
    grid-column: 1 / -1;
  }
  summary {
    padding: 8px 0 0;
    color: var(--text-2);
    cursor: pointer;
  }
  .other xrm-lookup {
    max-width: 420px;
    margin-top: 6px;
  }
  .changes {
    margin-top: 8px;
  }
  dl {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(210px, 1fr));
    gap: 4px 14px;
    margin: 6px 0 0;
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  del {
    color: var(--text-2);
  }
  ins {
    text-decoration: none;
    font-weight: 550;
  }
  @media (max-width: 600px) {
    header {
      flex-wrap: wrap;
    }
  }
`
