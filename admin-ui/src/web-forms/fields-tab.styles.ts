import { css } from 'lit'

/** The designer of a web form: what there is to ask, what is asked, and the page. */
export const fieldsStyles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  .columns {
    display: grid;
    grid-template-columns: 210px minmax(260px, 1fr) minmax(320px, 1.1fr);
    gap: 14px;
    align-items: start;
  }
  .palette,
  .list {
    padding: 12px;
  }
  .palette {
    position: sticky;
    top: 56px;
    max-height: calc(100dvh - 140px);
    overflow: auto;
  }
  h2 {
    padding-bottom: 6px;
  }
  .palette input {
    width: 100%;
    margin-bottom: 8px;
  }
  ul {
    display: grid;
    gap: 4px;
    min-height: 44px;
    align-content: start;
  }
  .piece {
    display: grid;
    grid-template-columns: 22px minmax(0, 1fr);
    align-items: center;
    border: 1px solid var(--line);
    border-radius: 7px;
    background: var(--surface);
  }
  .piece > div {
    grid-column: 1 / -1;
    padding: 0 8px 6px;
  }
  .piece .choose {
    justify-content: flex-start;
    min-width: 0;
    height: auto;
    min-height: 34px;
    padding: 4px 8px 4px 2px;
    border: 0;
    background: none;
    font-weight: 500;
    line-height: 1.3;
    text-align: start;
    white-space: normal;
  }
  .piece.chosen {
    border-color: var(--accent);
    background: var(--selected);
  }
  .asked {
    display: grid;
    gap: 12px;
  }
  @container (max-width: 900px) {
    .columns {
      grid-template-columns: 190px minmax(0, 1fr);
    }
    xrm-web-form-preview {
      grid-column: 1 / -1;
    }
  }
  @container (max-width: 560px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
    .palette {
      position: static;
    }
  }
`
