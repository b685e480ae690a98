import { css } from 'lit'

/** The card of a target and its rows. */
export const targetStyles = css`
  .card {
    overflow: hidden;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    padding: 8px 10px 8px 14px;
    border-bottom: 1px solid var(--line);
  }
  h3 {
    font-size: 14px;
    font-weight: 650;
  }
  .issues {
    padding: 8px 14px;
    background: var(--danger-soft);
  }
  xrm-target-settings {
    border-bottom: 1px solid var(--line);
  }
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    padding: 4px 6px 4px 14px;
    border-top: 1px solid var(--line);
    border-inline-start: 2px solid transparent;
  }
  li:first-child {
    border-top: 0;
  }
  li.bad {
    border-inline-start-color: var(--danger);
  }
  li.over {
    background: var(--selected);
    border-inline-start-color: var(--accent);
  }
  .line {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1.1fr) 30px;
    align-items: center;
    gap: 8px;
  }
  .what {
    display: grid;
    line-height: 1.3;
  }
  .what b {
    color: var(--danger);
  }
  .line select {
    width: 100%;
    min-width: 0;
  }
  li:not(.free) .what span:first-child {
    font-weight: 600;
  }
  li.free select {
    border-style: dashed;
    color: var(--text-2);
  }
  .marks {
    padding-bottom: 2px;
  }
  .suggestion {
    gap: 4px;
    padding: 2px 0;
  }
`
