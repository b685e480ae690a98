import { css } from 'lit'

export const recordPageStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    height: 100%;
    min-width: 0;
  }
  .page {
    flex: 1;
    display: grid;
    grid-template-columns: minmax(0, 1fr) 330px;
    align-items: start;
    gap: 16px;
    min-height: 0;
    padding: 2px 18px 40px;
    overflow: auto;
  }
  .left,
  .side {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 14px;
  }
  .highlights {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(120px, 1fr));
    margin: 0;
    overflow: hidden;
  }
  .highlights > div {
    min-width: 0;
    padding: 9px 16px 10px;
    border-inline-start: 1px solid var(--line);
    margin-inline-start: -1px;
  }
  .highlights dt {
    color: var(--text-2);
    font-size: 12px;
  }
  .highlights dd {
    margin: 2px 0 0;
    font-weight: 600;
  }
  .middle {
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 12px;
    height: 100%;
    text-align: center;
  }
  @media (max-width: 1080px) {
    .page {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @media (max-width: 760px) {
    .page {
      padding: 2px 10px 30px;
    }
  }
`
