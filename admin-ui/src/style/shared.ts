import { css } from 'lit'

/** What every element of ours looks like: text, links, buttons, inputs, chips, cards, dialogs. */
export const shared = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    display: block;
    font: 400 13.5px/1.45 var(--font);
    color: var(--text);
    background: none;
  }
  /* A text of someone else never turns round what stands beside it (INJ-04). */
  span,
  a,
  strong,
  em,
  b,
  button,
  label,
  code,
  mark,
  time {
    unicode-bidi: isolate;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p {
    margin: 0;
  }
  h1 {
    font-size: 17px;
    font-weight: 650;
    letter-spacing: -0.01em;
  }
  h2 {
    font-size: 13.5px;
    font-weight: 650;
  }
  a {
    color: var(--accent);
    text-decoration: none;
  }
  a:hover {
    text-decoration: underline;
  }
  :focus-visible:where(:not([slot])) {
    outline: 2px solid var(--accent);
    outline-offset: 1px;
  }
  button,
  .button {
    display: inline-flex;
    align-items: center;
    gap: 7px;
    height: 30px;
    padding: 0 11px;
    border: 1px solid var(--line-strong);
    border-radius: 7px;
    background: var(--surface);
    color: var(--text);
    font: 550 13px/1 var(--font);
    white-space: nowrap;
    cursor: pointer;
    text-decoration: none;
  }
  button:hover:not(:disabled) {
    background: var(--hover);
  }
  button:disabled {
    opacity: 0.55;
    cursor: default;
  }
  button.primary {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  button.primary:hover:not(:disabled) {
    background: var(--accent-hover);
  }
  button.quiet,
  .button.quiet {
    background: none;
    border-color: transparent;
    color: var(--text-2);
  }
  button.quiet:hover:not(:disabled),
  .button.quiet:hover {
    background: var(--hover);
    color: var(--text);
  }
  button.icon {
    width: 30px;
    padding: 0;
    justify-content: center;
  }
  button.danger {
    color: var(--danger);
  }
  button.link {
    height: auto;
    padding: 0;
    border: 0;
    background: none;
    color: var(--accent);
    font: inherit;
  }
  button.link:hover {
    text-decoration: underline;
  }
  input:where(:not([slot])),
  select {
    height: 30px;
    padding: 0 9px;
    border: 1px solid var(--line-strong);
    border-radius: 7px;
    background: var(--surface);
    color: var(--text);
    font: 400 13.5px/1 var(--font);
  }
  input::placeholder {
    color: var(--text-2);
  }
  input[type='checkbox']:where(:not([slot])) {
    width: 15px;
    height: 15px;
    margin: 0;
    accent-color: var(--accent);
  }
  .card {
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
  }
  .second {
    color: var(--text-2);
  }
  .small {
    font-size: 12px;
  }
  .error {
    color: var(--danger);
  }
  .row {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .grow {
    flex: 1;
    min-width: 0;
  }
  .ellipsis {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    max-width: 100%;
    height: 20px;
    padding: 0 8px 0 7px;
    border-radius: 10px;
    background: var(--chip-gray);
    color: var(--chip-gray-text);
    font-size: 12px;
    font-weight: 550;
    line-height: 20px;
    white-space: nowrap;
    vertical-align: middle;
  }
  .chip.dot::before {
    content: '';
    flex: none;
    width: 6px;
    height: 6px;
    border-radius: 50%;
    background: currentColor;
  }
  .chip.blue {
    background: var(--chip-blue);
    color: var(--chip-blue-text);
  }
  .chip.green {
    background: var(--chip-green);
    color: var(--chip-green-text);
  }
  .chip.amber {
    background: var(--chip-amber);
    color: var(--chip-amber-text);
  }
  .chip.red {
    background: var(--chip-red);
    color: var(--chip-red-text);
  }
  .chip.violet {
    background: var(--chip-violet);
    color: var(--chip-violet-text);
  }
  .chip.teal {
    background: var(--chip-teal);
    color: var(--chip-teal-text);
  }
  .note {
    padding: 8px 11px;
    border-radius: 7px;
    background: var(--warn-soft);
    color: var(--warn);
  }
  .note.bad {
    background: var(--danger-soft);
    color: var(--danger);
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  kbd {
    display: inline-block;
    padding: 1px 5px;
    border: 1px solid var(--line);
    border-radius: 4px;
    background: var(--bg);
    color: var(--text-2);
    font: 500 11px/1.4 var(--font);
  }
  [popover].menu {
    position-area: block-end span-inline-start;
    margin: 4px 0;
    inset: auto;
    min-width: 180px;
    max-height: min(420px, 80vh);
    overflow: auto;
    padding: 5px;
    border: 1px solid var(--line);
    border-radius: 9px;
    background: var(--raised);
    color: var(--text);
    box-shadow: var(--shadow-lg);
  }
  [popover].menu button,
  [popover].menu label {
    display: flex;
    align-items: center;
    gap: 8px;
    width: 100%;
    height: 30px;
    padding: 0 9px;
    border: 0;
    border-radius: 6px;
    background: none;
    font: 450 13px/1 var(--font);
    text-align: start;
    cursor: pointer;
  }
  [popover].menu button:hover,
  [popover].menu label:hover {
    background: var(--hover);
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
`
