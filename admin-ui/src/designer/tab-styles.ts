import { css } from 'lit'

/** Pages of one thing whose parts are tabs with addresses of their own. */
export const tabStyles = css`
  nav {
    position: sticky;
    top: 0;
    z-index: 3;
    display: flex;
    gap: 2px;
    padding: 0 18px;
    border-bottom: 1px solid var(--line);
    background: var(--bg);
    overflow-x: auto;
  }
  nav a {
    display: flex;
    align-items: center;
    gap: 7px;
    padding: 10px 10px 9px;
    border-bottom: 2px solid transparent;
    color: var(--text-2);
    font-weight: 550;
    white-space: nowrap;
  }
  nav a:hover {
    color: var(--text);
    text-decoration: none;
  }
  nav a[aria-current] {
    border-bottom-color: var(--accent);
    color: var(--text);
  }
  .tab {
    padding: 16px 18px 40px;
  }
  .to-records {
    margin-inline-start: auto;
  }
`
