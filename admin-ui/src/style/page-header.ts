import { css } from 'lit'

/** A page outside of the console: it scrolls below its head, which has buttons at its end. */
export const pageHeader = css`
  :host {
    height: 100%;
    overflow: auto;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    min-height: 50px;
    padding: 8px 18px;
    border-bottom: 1px solid var(--line);
  }
  header .end {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-inline-start: auto;
  }
`
