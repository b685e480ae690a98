import { css } from 'lit'

/** The gallery of field types. */
export const addFieldStyles = css`
  xrm-dialog {
    --dialog-width: 820px;
  }
  .top {
    display: grid;
    grid-template-columns: minmax(0, 1.5fr) minmax(0, 1fr);
    gap: 12px;
    margin-bottom: 14px;
  }
  .search {
    width: 100%;
    margin-bottom: 8px;
  }
  .gallery {
    display: grid;
    grid-template-columns: repeat(3, minmax(0, 1fr));
    gap: 6px;
    max-height: 330px;
    padding: 2px;
    overflow: auto;
  }
  .card {
    display: grid;
    grid-template-columns: 28px minmax(0, 1fr);
    gap: 2px 8px;
    align-content: center;
    align-items: center;
    min-height: 62px;
    padding: 7px 10px;
    cursor: pointer;
  }
  .card xrm-icon {
    grid-row: span 2;
    color: var(--text-2);
  }
  .card strong {
    font-weight: 600;
  }
  .card span {
    color: var(--text-2);
    font-size: 12px;
    line-height: 1.35;
  }
  .card:hover {
    background: var(--hover);
  }
  .card[aria-selected='true'] {
    border-color: var(--accent);
    background: var(--accent-soft);
  }
  .card[aria-selected='true'] xrm-icon {
    color: var(--accent);
  }
  .more {
    display: grid;
    gap: 12px;
    margin-top: 14px;
  }
  .places {
    display: flex;
    flex-wrap: wrap;
    gap: 16px;
  }
  .places label,
  fieldset label {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  input[type='radio'] {
    width: 15px;
    height: 15px;
    margin: 0;
    padding: 0;
    accent-color: var(--accent);
  }
  fieldset {
    display: grid;
    gap: 6px;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0 0 6px;
    font-size: 12.5px;
    font-weight: 550;
  }
  @media (max-width: 700px) {
    .gallery {
      grid-template-columns: minmax(0, 1fr);
    }
    .top {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`
