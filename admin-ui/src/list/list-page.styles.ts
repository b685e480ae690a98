import { css } from 'lit'

export const listPageStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    height: 100%;
    min-width: 0;
  }
  header {
    padding: 10px 18px 0;
    border-bottom: 1px solid var(--line);
  }
  header > .row {
    min-height: 34px;
  }
  .about {
    max-width: 900px;
    min-height: 18px;
  }
  .tabs {
    display: flex;
    gap: 4px;
    margin-top: 4px;
    overflow-x: auto;
    scrollbar-width: none;
  }
  .tabs a {
    display: inline-flex;
    align-items: center;
    gap: 7px;
    height: 34px;
    padding: 0 8px;
    border-bottom: 2px solid transparent;
    color: var(--text-2);
    font-weight: 500;
    white-space: nowrap;
  }
  .tabs a:hover {
    color: var(--text);
    text-decoration: none;
  }
  .tabs a:focus-visible {
    outline-offset: -2px;
  }
  .tabs a[aria-current] {
    border-color: var(--accent);
    color: var(--text);
    font-weight: 600;
  }
  .list {
    position: relative;
    flex: 1;
    min-height: 0;
  }
  .empty {
    position: absolute;
    inset: 110px 0 auto;
    display: grid;
    justify-items: center;
    gap: 8px;
    margin: 0 auto;
    padding: 24px;
    max-width: 460px;
    text-align: center;
  }
  .empty xrm-icon {
    color: var(--text-2);
  }
  .search {
    display: none;
  }
  @media (max-width: 760px) {
    header {
      padding: 8px 10px 0;
    }
    header > .row {
      flex-wrap: wrap;
    }
    .search {
      display: block;
      flex: 1 1 120px;
      min-width: 0;
    }
    .about {
      display: none;
    }
  }
`
