import { css } from 'lit'
import { pageHeader } from '../style/page-header.ts'

/** What the pages of runs and of their report have in common. */
export const runStyles = css`
  ${pageHeader}
  .about {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(190px, 1fr));
    gap: 10px 18px;
    margin: 0;
  }
  dt {
    color: var(--text-2);
    font-size: 12px;
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  dd a,
  .head a {
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  .head xrm-icon {
    color: var(--accent);
  }
  .scroll {
    overflow-x: auto;
  }
  section ul {
    margin: 6px 0 0;
    padding-inline-start: 18px;
  }
`
