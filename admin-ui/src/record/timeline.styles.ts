import { css } from 'lit'

export const timelineStyles = css`
  section {
    padding: 12px 16px 14px;
  }
  header {
    display: flex;
    align-items: center;
    min-height: 28px;
    margin-bottom: 8px;
  }
  header button {
    margin-inline-end: -8px;
  }
  h3 {
    margin: 4px 0 8px;
    color: var(--text-2);
    font-size: 12px;
    font-weight: 600;
  }
  ol {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    display: flex;
    gap: 10px;
    padding-bottom: 12px;
  }
  .mark {
    display: grid;
    place-items: center;
    flex: none;
    width: 24px;
    height: 24px;
    border-radius: 50%;
    background: var(--accent-soft);
    color: var(--accent);
  }
  .text {
    overflow-wrap: anywhere;
  }
  .text a {
    color: inherit;
    font-weight: 500;
  }
`
