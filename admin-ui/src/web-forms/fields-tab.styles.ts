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
  .list {
    padding: 12px;
  }
  h2 {
    padding-bottom: 6px;
  }
  .list ul {
    display: grid;
    gap: 4px;
    min-height: 44px;
    align-content: start;
  }
  .piece > div {
    grid-column: 1 / -1;
    padding: 0 8px 6px;
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
