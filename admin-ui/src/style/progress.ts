import { css } from 'lit'

/** How far something has come, as a bar as wide as what it stands in. */
export const progressStyles = css`
  progress {
    display: block;
    width: 100%;
    height: 6px;
    border: 0;
    border-radius: 3px;
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
`
