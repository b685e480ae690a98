import { css } from 'lit'

/** Forms inside of the cards of the account page. */
export const accountStyles = css`
  .body {
    display: grid;
    gap: 12px;
  }
  form.body > * {
    max-width: 440px;
  }
  h3 {
    font-size: 13.5px;
    font-weight: 650;
  }
  form label {
    display: grid;
    gap: 4px;
    font-weight: 500;
    font-size: 13px;
  }
  form label.row {
    display: flex;
  }
  .body + .body {
    border-top: 1px solid var(--line);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  fieldset {
    display: grid;
    gap: 6px;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0 0 4px;
    font-weight: 500;
    font-size: 13px;
  }
  .several {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
    gap: 6px;
  }
  .codes {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
    gap: 4px 14px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  svg.qr {
    width: 190px;
    height: 190px;
    padding: 8px;
    border-radius: 8px;
    background: #fff;
  }
`
