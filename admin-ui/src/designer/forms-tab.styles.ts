import { css } from 'lit'

/** The form designer: palette, canvas, panel. */
export const formsStyles = css`
  :host {
    container-type: inline-size;
  }
  .columns {
    display: grid;
    grid-template-columns: 200px minmax(0, 1fr) minmax(270px, 320px);
    gap: 14px;
    align-items: start;
  }
  xrm-form-panel {
    position: sticky;
    top: 56px;
    max-height: calc(100dvh - 140px);
    overflow: auto;
  }
  .strip h2 {
    padding-bottom: 6px;
  }
  .canvas {
    display: grid;
    gap: 12px;
  }
  .section {
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--bg);
  }
  .section.chosen {
    border-color: var(--accent);
  }
  .section > header {
    display: grid;
    grid-template-columns: 24px minmax(0, 1fr) auto;
    align-items: center;
    padding: 4px 8px 4px 4px;
  }
  .section > header .choose {
    justify-content: flex-start;
    border: 0;
    background: none;
    font-weight: 650;
  }
  .fields {
    display: grid;
    grid-template-columns: repeat(var(--columns, 3), minmax(0, 1fr));
    gap: 6px;
    min-height: 44px;
    padding: 2px 8px 10px;
  }
  .fields > li {
    grid-column: span var(--span, 1);
  }
  .strip {
    padding: 10px 12px;
  }
  .strip ul {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    align-items: center;
  }
  .strip .piece {
    grid-template-columns: 22px auto 26px;
  }
  .strip .piece button.icon {
    width: 24px;
    height: 24px;
  }
  .related li {
    display: grid;
    grid-template-columns: 22px minmax(0, 1fr) auto;
    align-items: center;
    gap: 6px;
    padding: 2px 0;
  }
  .related label {
    display: flex;
    align-items: center;
    gap: 6px;
    font-size: 12px;
  }
  .live {
    margin-top: 20px;
  }
  .live > h2 {
    padding-bottom: 10px;
  }
  .previews {
    display: grid;
    grid-template-columns: minmax(0, 3fr) minmax(280px, 2fr);
    gap: 16px;
    align-items: start;
  }
  @container (max-width: 900px) {
    .columns,
    .previews {
      grid-template-columns: minmax(0, 1fr);
    }
    .palette,
    xrm-form-panel {
      position: static;
      max-height: none;
    }
  }
`
