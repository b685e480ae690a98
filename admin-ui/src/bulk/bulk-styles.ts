import { css } from 'lit'
import { progressStyles } from '../style/progress.ts'
import { pageHeader } from '../style/page-header.ts'

/** What the pages of bulk conversions and notices have in common. */
export const bulkStyles = css`
  ${pageHeader}
  ${progressStyles}
  progress {
    height: 8px;
    border-radius: 4px;
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
