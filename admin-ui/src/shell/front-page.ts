import { css } from 'lit'

/** The look of the pages before the application: sign-in and set-up. */
export const frontPage = css`
  :host {
    display: grid;
    place-items: center;
    min-height: 100dvh;
    padding: 24px 16px;
    background: var(--bg);
  }
  main {
    width: min(380px, 100%);
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 10px;
    margin-bottom: 18px;
    font-size: 18px;
    font-weight: 650;
  }
  .brand img {
    width: 26px;
    height: 26px;
  }
  form {
    display: grid;
    gap: 12px;
    padding: 22px;
  }
  label {
    display: grid;
    gap: 4px;
    font-weight: 500;
    font-size: 13px;
  }
  input {
    height: 34px;
    width: 100%;
  }
  input[aria-invalid='true'] {
    border-color: var(--danger);
  }
  form button,
  form .button {
    height: 34px;
    justify-content: center;
  }
  button.primary {
    margin-top: 4px;
  }
`
