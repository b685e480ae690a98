/** The sheet of public forms. Colours are those of the interface; a page in a frame fills it. */
export const formStyle = `:root {
  color-scheme: light dark;
  --bg: light-dark(#f6f7f9, #0f1115);
  --surface: light-dark(#ffffff, #16191f);
  --line: light-dark(#8a92a1, #6b7485);
  --text: light-dark(#14171f, #eceef2);
  --text-2: light-dark(#535b6b, #a4acbb);
  --accent: light-dark(#4457d6, #8d9bff);
  --accent-hover: light-dark(#3847bb, #a3aeff);
  --on-accent: light-dark(#ffffff, #10121a);
  --danger: light-dark(#b42318, #ff8a80);
  --danger-soft: light-dark(#fdeceb, #3a1d1d);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 400 16px/1.5 system-ui, sans-serif; }
main {
  max-width: 620px; margin: 0 auto; padding: 28px 24px 24px;
  background: var(--surface); min-height: 100vh;
}
@media (min-width: 700px) {
  main { margin: 32px auto; min-height: 0; border-radius: 12px; box-shadow: 0 1px 3px rgb(0 0 0 / 15%); }
}
h1 { margin: 0 0 8px; font-size: 26px; line-height: 1.25; }
.lead { margin: 0 0 20px; color: var(--text-2); white-space: pre-line; }
.note { margin: 0 0 20px; padding: 10px 14px; border-radius: 8px; background: var(--danger-soft); color: var(--danger); }
.note p { margin: 0; }
.field { margin: 0 0 18px; padding: 0; border: 0; min-width: 0; }
label, legend { display: block; margin: 0 0 5px; padding: 0; font-weight: 600; font-size: 15px; }
.mark, .help { color: var(--text-2); font-weight: 400; font-size: 14px; }
.help, .error { margin: 5px 0 0; }
.error { color: var(--danger); font-size: 14px; }
input:not([type='checkbox']), select, textarea {
  display: block; width: 100%; min-height: 44px; padding: 9px 12px; border: 1px solid var(--line);
  border-radius: 8px; background: var(--surface); color: var(--text); font: inherit;
}
textarea { resize: vertical; }
input[aria-invalid='true']:not([type='checkbox']), select[aria-invalid='true'], textarea[aria-invalid='true'] {
  border-color: var(--danger); box-shadow: inset 0 0 0 1px var(--danger);
}
::placeholder { color: var(--text-2); opacity: 1; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
.tick { display: flex; gap: 10px; align-items: flex-start; min-height: 28px; font-weight: 400; overflow-wrap: anywhere; }
.tick input { flex: none; width: 20px; height: 20px; margin: 2px 0 0; accent-color: var(--accent); }
.part { margin: 0 0 10px; }
.part label { font-weight: 400; font-size: 14px; color: var(--text-2); }
.consent .tick span { white-space: pre-line; }
button {
  min-height: 46px; padding: 10px 24px; border: 0; border-radius: 8px; background: var(--accent);
  color: var(--on-accent); font: inherit; font-weight: 600; cursor: pointer;
}
button:hover { background: var(--accent-hover); }
a { color: var(--accent); }
.trap { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.languages { display: flex; gap: 16px; margin-top: 28px; font-size: 14px; color: var(--text-2); }
h1, .lead, label, .help { overflow-wrap: anywhere; }
`
