import { css } from 'lit'
import { pageStyles } from '../console/page-styles.ts'

/** What the pages about people share: the cards and tables of the console, and forms in them. */
export const peopleStyles = [
  pageStyles,
  css`
    .bar {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px 14px;
    }
    .bar input[type='search'] {
      flex: 1;
      max-width: 340px;
    }
    .scroll {
      overflow-x: auto;
    }
    .marks,
    .actions {
      display: flex;
      flex-wrap: wrap;
      gap: 5px;
    }
    .actions {
      gap: 8px;
    }
    .form {
      display: grid;
      gap: 14px;
      padding: 14px;
    }
    .form.two {
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr));
      align-items: start;
    }
    label.text {
      display: grid;
      gap: 4px;
      font-size: 12.5px;
      font-weight: 550;
    }
    label.text > span {
      font-weight: 400;
    }
    fieldset {
      min-width: 0;
      margin: 0;
      padding: 0;
      border: 0;
    }
    legend {
      padding: 0 0 5px;
      font-size: 12.5px;
      font-weight: 550;
    }
    .choices {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(160px, 1fr));
      gap: 6px 12px;
      max-height: 240px;
      overflow: auto;
      padding: 3px;
    }
    .choices label {
      display: flex;
      align-items: center;
      gap: 7px;
      min-width: 0;
    }
    .choices.tree {
      grid-template-columns: minmax(0, 1fr);
    }
    .sections {
      display: grid;
      gap: 18px;
    }
    code.link {
      overflow-wrap: anywhere;
    }
  `,
]
