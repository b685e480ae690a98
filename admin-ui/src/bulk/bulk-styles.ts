import { css } from 'lit'
import { pageHeader } from '../style/page-header.ts'

/** What the pages of bulk conversions and notices have in common. */
export const bulkStyles = css`
  ${pageHeader}
  progress {
    display: block;
    width: 100%;
    height: 8px;
    border: 0;
    border-radius: 4px;
    overflow: hidden;
    background: var(--active);
    accent-color: var(--accent);
  }
  progress::-webkit-progress-bar {
    background: var(--active);
  }
  progress::-webkit-progress-value {
    background: var(--accent);
  }
  progress::-moz-progress-bar {
    background: var(--accent);
  }
  .tabs {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    padding: 8px 14px;
    border-bottom: 1px solid var(--line);
  }
  .tabs button[aria-pressed='true'] {
    background: var(--accent-soft);
    border-color: var(--accent);
  }
  .line .reason {
    flex: 2;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  @media (max-width: 600px) {
    .line {
      flex-wrap: wrap;
    }
  }
`
