import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  completionStatus,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorState, type Extension, Prec } from '@codemirror/state'
import { drawSelection, EditorView, keymap } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { t } from './i18n/index.ts'

const mono = "ui-monospace, 'SF Mono', Menlo, Consolas, monospace"

/** Colours come from the page's tokens, which know light and dark themselves. */
const theme = EditorView.theme({
  '&': { color: 'var(--text)', fontSize: '12.5px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: mono, lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--accent)' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--accent)' },
  '.cm-placeholder': { color: 'var(--text-2)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--selected)',
  },
  '.cm-gutters': {
    border: '0',
    background: 'var(--head)',
    color: 'var(--text-2)',
  },
  '.cm-activeLine': { background: 'color-mix(in srgb, var(--hover) 55%, transparent)' },
  '.cm-activeLineGutter': { background: 'var(--hover)', color: 'var(--text)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    background: 'var(--accent-soft)',
    outline: '1px solid var(--accent)',
  },
  '.cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket': { background: 'var(--danger-soft)' },
  '.cm-foldPlaceholder': {
    border: '1px solid var(--line-strong)',
    background: 'var(--accent-soft)',
    color: 'var(--text-2)',
  },
  '.cm-tooltip': {
    border: '1px solid var(--line-strong)',
    borderRadius: '8px',
    background: 'var(--raised)',
    color: 'var(--text)',
    boxShadow: 'var(--shadow-lg)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete': { overflow: 'visible' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    maxHeight: '260px',
    padding: '4px',
    borderRadius: '8px',
    fontFamily: 'var(--font)',
    fontSize: '13px',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', borderRadius: '5px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    background: 'var(--selected)',
    color: 'var(--text)',
  },
  '.cm-completionLabel': { fontFamily: mono, fontSize: '12.5px' },
  '.cm-completionMatchedText': { color: 'var(--accent)', textDecoration: 'none', fontWeight: '600' },
  '.cm-completionDetail': { color: 'var(--text-2)', fontStyle: 'normal', marginLeft: '12px' },
  '.cm-tooltip.cm-completionInfo': { maxWidth: '320px', padding: '8px 10px', fontSize: '12.5px' },
  '.cm-xrm-hover': { maxWidth: '380px', padding: '8px 10px', fontSize: '12.5px' },
  '.cm-diagnostic': { padding: '6px 10px', borderLeftWidth: '3px', fontSize: '12.5px' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--danger)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--warn)' },
  // The library draws its lines as pictures in colours of its own.
  '.cm-lintRange': { backgroundImage: 'none' },
  '.cm-lintRange-error': { textDecoration: 'underline wavy var(--danger)', background: 'var(--danger-soft)' },
  '.cm-lintRange-warning': { textDecoration: 'underline wavy var(--warn)' },
  '.cm-lintPoint-error:after': { borderBottomColor: 'var(--danger)' },
  '.cm-lintPoint-warning:after': { borderBottomColor: 'var(--warn)' },
})

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--chip-blue-text)' },
  { tag: tags.string, color: 'var(--chip-green-text)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--chip-violet-text)' },
  { tag: tags.keyword, color: 'var(--chip-violet-text)', fontWeight: '600' },
  { tag: tags.function(tags.variableName), color: 'var(--accent)' },
  { tag: [tags.operator, tags.punctuation, tags.separator], color: 'var(--text-2)' },
  { tag: tags.comment, color: 'var(--text-2)', fontStyle: 'italic' },
])

/**
 * What every editor of code has. Tab moves on except where `extra` binds it, and after Escape always; what completion
 * closes by Escape does not close the dialog around it.
 */
export function codeEditor(extra: Extension): Extension {
  return [
    EditorState.phrases.of({
      Completions: t('completions'),
      Diagnostics: t('diagnostics'),
      'Fold line': t('fold'),
      'Unfold line': t('unfold'),
      'folded code': t('folded'),
      'Folded lines': t('folded'),
      'Unfolded lines': t('unfolded'),
      to: t('to'),
      unfold: t('unfold'),
      'No diagnostics': t('no-diagnostics'),
      current: t('current'),
      'Previous diagnostic': t('previous'),
      'Next diagnostic': t('next'),
      close: t('close'),
    }),
    EditorView.domEventHandlers({
      keydown: (event, view) => {
        if (event.key === 'Escape' && completionStatus(view.state) !== null) event.stopPropagation()
        return false
      },
      beforeinput: typeOver,
    }),
    history(),
    drawSelection(),
    closeBrackets(),
    bracketMatching(),
    autocompletion({ icons: false }),
    // Tab takes what is chosen, as people know it, and leaves the editor otherwise.
    Prec.high(keymap.of([{ key: 'Tab', run: acceptCompletion }])),
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap]),
    extra,
    keymap.of(defaultKeymap),
    EditorView.contentAttributes.of({ spellcheck: 'false', tabindex: '0' }),
    syntaxHighlighting(colours),
    theme,
  ]
}

/**
 * Replaces a selection by what is typed. The browser would keep the colours of the old text in a style attribute, which the
 * Content-Security-Policy refuses and reports.
 */
function typeOver(event: InputEvent, view: EditorView): boolean {
  const { from, to, empty } = view.state.selection.main
  const text = event.data
  if (empty || text === null || event.inputType !== 'insertText' || event.isComposing || view.composing)
    return false
  event.preventDefault()
  const insert = () => view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type' })
  const taken = view.state
    .facet(EditorView.inputHandler)
    .some((handle) => handle(view, from, to, text, insert))
  if (!taken) view.dispatch(insert())
  return true
}

/**
 * Brings the text of an editor to what it should be, as an edit that can be undone. Only what differs is replaced, so that
 * the cursor and the folds elsewhere stay.
 */
export function setText(view: EditorView, text: string): void {
  const now = view.state.doc.toString()
  if (now === text) return
  let start = 0
  while (start < now.length && now[start] === text[start]) start++
  let end = 0
  const most = Math.min(now.length, text.length) - start
  while (end < most && now.at(-1 - end) === text.at(-1 - end)) end++
  const insert = text.slice(start, text.length - end)
  view.dispatch({ changes: { from: start, to: now.length - end, insert } })
}
