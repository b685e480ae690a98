import { css } from 'lit'
import { progressStyles } from '../style/progress.ts'

export const filesStyles = css`
  ${progressStyles}
  section {
    padding: 12px 16px 12px;
  }
  section.over {
    outline: 2px dashed var(--accent);
    outline-offset: -5px;
    background: var(--accent-soft);
  }
  header {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 28px;
    margin-bottom: 6px;
  }
  header button {
    margin-inline-end: -8px;
  }
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    display: flex;
    align-items: center;
    gap: 9px;
    min-height: 40px;
    padding-block: 2px;
  }
  .kind {
    color: var(--text-2);
  }
  .text {
    flex: 1;
    min-width: 0;
  }
  .text a {
    color: inherit;
    font-weight: 500;
    overflow-wrap: anywhere;
  }
  .acts {
    display: flex;
    flex: none;
    margin-inline-end: -8px;
  }
  form {
    display: flex;
    flex: 1;
    gap: 6px;
    min-width: 0;
  }
  form input {
    flex: 1;
    min-width: 0;
  }
  .bad {
    color: var(--danger);
  }
`
