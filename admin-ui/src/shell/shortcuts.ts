import type { MessageKey } from '../i18n/index.ts'

export type Shortcut = 'search' | 'create' | 'shortcuts'

/** The shortcuts as the sheet shows them. */
export const shortcutSheet: { title: MessageKey; keys: { keys: string[]; text: MessageKey }[] }[] = [
  {
    title: 'keys.everywhere',
    keys: [
      { keys: ['Ctrl K', '/'], text: 'keys.search' },
      { keys: ['C'], text: 'keys.create' },
      { keys: ['Ctrl Z'], text: 'keys.undo' },
      { keys: ['?'], text: 'keys.sheet' },
      { keys: ['Esc'], text: 'keys.close' },
    ],
  },
  {
    title: 'keys.list',
    keys: [
      { keys: ['↑', '↓', 'J', 'K'], text: 'keys.rows' },
      { keys: ['←', '→', 'Home', 'End'], text: 'keys.cells' },
      { keys: ['PgUp', 'PgDn'], text: 'keys.pages' },
      { keys: ['Ctrl Home', 'Ctrl End'], text: 'keys.ends' },
      { keys: ['Enter'], text: 'keys.open' },
      { keys: ['Space', 'X'], text: 'keys.select' },
    ],
  },
  {
    title: 'keys.record',
    keys: [
      { keys: ['Ctrl S'], text: 'keys.save' },
      { keys: ['Ctrl Enter'], text: 'keys.submit' },
    ],
  },
]

/** The shortcut of a key press; none while somebody types or a dialog is open. */
export function matchShortcut(event: KeyboardEvent): Shortcut | null {
  const command = event.ctrlKey || event.metaKey
  if (command && event.key.toLowerCase() === 'k' && !event.shiftKey && !event.altKey) return 'search'
  if (command || event.altKey || isTyping(event)) return null
  if (event.key === '/') return 'search'
  if (event.key === '?') return 'shortcuts'
  return event.key === 'c' ? 'create' : null
}

function isTyping(event: KeyboardEvent): boolean {
  return event
    .composedPath()
    .some(
      (node) =>
        node instanceof HTMLElement &&
        (node.isContentEditable || node.matches('input:not([type=checkbox]), textarea, select, dialog')),
    )
}
