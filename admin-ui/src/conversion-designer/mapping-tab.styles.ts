import { css } from 'lit'

/** The board of a conversion: source, lines, targets. */
export const mappingStyles = css`
  :host {
    container-type: inline-size;
  }
  .top {
    margin-bottom: 12px;
  }
  .note {
    margin-bottom: 12px;
  }
  .board {
    position: relative;
    display: grid;
    grid-template-columns: minmax(240px, 1fr) minmax(0, 1.7fr);
    gap: 110px;
    align-items: start;
  }
  .lines {
    position: absolute;
    inset: 0;
    z-index: 1;
    width: 100%;
    height: 100%;
    overflow: visible;
    pointer-events: none;
  }
  path {
    fill: none;
    stroke: var(--accent);
    stroke-opacity: 0.45;
    stroke-width: 1.5px;
  }
  path.indirect {
    stroke-dasharray: 4 4;
  }
  path.away {
    stroke-opacity: 0.12;
  }
  path.lit {
    stroke-opacity: 1;
    stroke-width: 2.5px;
  }
  .source {
    position: sticky;
    top: 54px;
    display: flex;
    flex-direction: column;
    max-height: calc(100vh - 190px);
    overflow: hidden;
  }
  .source header {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 8px 10px 8px 14px;
    border-bottom: 1px solid var(--line);
  }
  .source header input {
    flex: 1;
    min-width: 60px;
    width: 60px;
  }
  h3 {
    font-size: 14px;
    font-weight: 650;
  }
  .fields {
    flex: 1;
    min-height: 0;
    margin: 0;
    padding: 0;
    overflow: auto;
    list-style: none;
  }
  .fields li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) 9px;
    align-items: center;
    gap: 8px;
    padding: 4px 6px 4px 14px;
    border-top: 1px solid var(--line);
    cursor: grab;
    touch-action: none;
    user-select: none;
  }
  .fields li:first-child {
    border-top: 0;
  }
  .fields li:hover,
  .fields li.lit {
    background: var(--hover);
  }
  .what {
    display: grid;
    line-height: 1.3;
  }
  .fields li:not(.free) .what span:first-child {
    font-weight: 600;
  }
  .sample {
    color: var(--text-2);
    font-size: 12.5px;
    text-align: end;
  }
  .knob {
    width: 9px;
    height: 9px;
    border: 1.5px solid var(--line-strong);
    border-radius: 50%;
    background: var(--surface);
  }
  li:not(.free) .knob {
    border-color: var(--accent);
    background: var(--accent);
  }
  .behind {
    padding: 8px 14px;
    border-top: 1px solid var(--line);
    max-height: 84px;
    overflow: auto;
  }
  .targets {
    display: grid;
    gap: 14px;
  }
  .add {
    display: flex;
    align-items: center;
    gap: 10px;
    padding: 10px 14px;
    border-style: dashed;
  }
  @container (max-width: 900px) {
    .board {
      gap: 48px;
    }
  }
  @container (max-width: 700px) {
    .board {
      grid-template-columns: minmax(0, 1fr);
      gap: 14px;
    }
    .source {
      position: static;
      max-height: 320px;
    }
    .lines {
      display: none;
    }
  }
`
