import { css } from 'lit'

export const convertStyles = css`
  xrm-dialog {
    --dialog-width: 760px;
  }
  .targets {
    display: grid;
    gap: 12px;
    transition: opacity 0.15s;
  }
  .targets.loading {
    opacity: 0.88;
  }
  .note ul {
    margin: 4px 0 0;
    padding-inline-start: 18px;
  }
  .note {
    margin-bottom: 12px;
  }
  .foot {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .warn {
    color: var(--warn);
  }
`
