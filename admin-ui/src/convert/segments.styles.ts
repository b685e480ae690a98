import { css } from 'lit'

/** A choice of a few, as one bar of radio buttons. */
export const segmentsStyles = css`
  .segments {
    display: flex;
    margin: 0;
    padding: 2px;
    border: 1px solid var(--line);
    border-radius: 8px;
    background: var(--bg);
  }
  .segments label {
    padding: 3px 10px;
    border-radius: 6px;
    color: var(--text-2);
    font-size: 12.5px;
    font-weight: 550;
    cursor: pointer;
  }
  .segments label:has(:checked) {
    background: var(--surface);
    color: var(--text);
    box-shadow: 0 0 0 1px var(--line-strong);
  }
  .segments label:has(:focus-visible) {
    outline: 2px solid var(--accent);
  }
  .segments input {
    position: absolute;
    opacity: 0;
    pointer-events: none;
    height: 1px;
  }
`
