import { css } from 'lit'

/** The stages of an entity: lanes and ways. */
export const stagesStyles = css`
  :host {
    container-type: inline-size;
  }
  .all {
    display: grid;
    gap: 16px;
  }
  .path {
    display: flex;
    gap: 3px;
    margin: 0;
    padding: 12px 14px 14px;
    overflow-x: auto;
    list-style: none;
  }
  .path li {
    flex: 1 0 auto;
    padding: 7px 18px 7px 22px;
    clip-path: polygon(0 0, calc(100% - 10px) 0, 100% 50%, calc(100% - 10px) 100%, 0 100%, 10px 50%);
    background: var(--chip-gray);
    color: var(--chip-gray-text);
    font-size: 12.5px;
    font-weight: 600;
    text-align: center;
    white-space: nowrap;
  }
  .path li.end {
    flex: none;
    clip-path: none;
    border-radius: 8px;
    padding: 7px 14px;
  }
  .path li.blue {
    background: var(--chip-blue);
    color: var(--chip-blue-text);
  }
  .path li.green {
    background: var(--chip-green);
    color: var(--chip-green-text);
  }
  .path li.amber {
    background: var(--chip-amber);
    color: var(--chip-amber-text);
  }
  .path li.red {
    background: var(--chip-red);
    color: var(--chip-red-text);
  }
  .path li.violet {
    background: var(--chip-violet);
    color: var(--chip-violet-text);
  }
  .path li.teal {
    background: var(--chip-teal);
    color: var(--chip-teal-text);
  }
  .title {
    padding: 11px 14px 0;
  }
  .columns {
    display: grid;
    grid-template-columns: repeat(3, minmax(0, 1fr));
    gap: 12px;
    align-items: start;
  }
  .with-panel {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(320px, 380px);
    gap: 16px;
    align-items: start;
  }
  .column {
    padding: 10px;
  }
  .column h2 {
    display: flex;
    align-items: center;
    gap: 7px;
    padding: 0 4px 8px;
  }
  .column .hint {
    padding: 0 4px 8px;
  }
  .stages {
    display: grid;
    gap: 6px;
    min-height: 44px;
  }
  .stages li {
    display: grid;
    grid-template-columns: 24px minmax(0, 1fr);
    align-items: center;
    border: 1px solid var(--line);
    border-radius: 8px;
    background: var(--bg);
  }
  .stages li.chosen {
    border-color: var(--accent);
    background: var(--selected);
  }
  .stage {
    flex-wrap: wrap;
    justify-content: flex-start;
    height: auto;
    min-height: 40px;
    padding: 6px 8px 6px 2px;
    border: 0;
    background: none;
    font-weight: 600;
    line-height: 1.35;
    text-align: start;
    white-space: normal;
  }
  .stage .second {
    width: 100%;
    font-weight: 400;
  }
  .matrix {
    padding: 0 14px 14px;
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
  }
  th,
  td {
    min-width: 74px;
    padding: 6px 10px;
    border-top: 1px solid var(--line);
    font-size: 12.5px;
    text-align: center;
  }
  thead th {
    border-top: 0;
    color: var(--text-2);
    font-weight: 550;
  }
  tbody th {
    font-weight: 600;
    text-align: start;
    white-space: nowrap;
  }
  .reasons {
    padding: 12px 14px 14px;
  }
  @container (max-width: 900px) {
    .with-panel {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @container (max-width: 620px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`

/** The settings of one stage. */
export const stagePanelStyles = css`
  .panel {
    display: grid;
    gap: 14px;
    padding: 14px;
  }
  .panel header {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .checks {
    display: grid;
    gap: 5px;
    max-height: 190px;
    overflow: auto;
  }
`
