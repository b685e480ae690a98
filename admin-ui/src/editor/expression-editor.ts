import { type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { type Diagnostic, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, placeholder } from '@codemirror/view'
import type { ExpressionAnswer, ExpressionNames } from '@xrm/sdk/configuration'
import { suggest, type Suggestion } from './cel-complete.ts'
import { celLanguage } from './cel-language.ts'
import { codeEditor, setText } from './setup.ts'

export interface ExpressionEditorOptions {
  parent: HTMLElement
  root: ShadowRoot
  text: string
  label: string
  placeholder: string
  /** What may be written; asked for when something is completed. Null: it cannot be had now. */
  names: () => Promise<ExpressionNames | null>
  changed: (text: string) => void
  /** The user is done: the editor lost the focus, or Ctrl+Enter was pressed. */
  done: () => void
}

/** The editor of one expression: a line that grows. The element around it checks what is typed and tells. */
export class ExpressionEditor {
  readonly #view: EditorView

  constructor({
    parent,
    root,
    text,
    label,
    placeholder: hint,
    names,
    changed,
    done,
  }: ExpressionEditorOptions) {
    this.#view = new EditorView({
      parent,
      root,
      state: EditorState.create({
        doc: text,
        extensions: [
          codeEditor(
            keymap.of([
              {
                key: 'Mod-Enter',
                run: () => {
                  done()
                  return true
                },
              },
            ]),
          ),
          celLanguage,
          celLanguage.data.of({ autocomplete: (context: CompletionContext) => complete(context, names) }),
          EditorView.lineWrapping,
          placeholder(hint),
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-describedby': 'answer' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString())
          }),
          EditorView.domEventHandlers({
            blur: () => {
              done()
              return false
            },
          }),
        ],
      }),
    })
  }

  set text(text: string) {
    setText(this.#view, text)
  }

  /** Underlines what is wrong. Places are of the text that was checked; what lies behind the present end is cut. */
  show(issues: ExpressionAnswer['issues']): void {
    const end = this.#view.state.doc.length
    const diagnostics = issues.map(({ from, to, message }): Diagnostic => {
      const start = Math.min(from, end)
      return { from: start, to: Math.min(Math.max(to, start), end), severity: 'error', message }
    })
    this.#view.dispatch(setDiagnostics(this.#view.state, diagnostics))
    this.#view.contentDOM.setAttribute('aria-invalid', String(issues.length > 0))
  }

  focus(): void {
    this.#view.focus()
  }

  destroy(): void {
    this.#view.destroy()
  }
}

async function complete(
  context: CompletionContext,
  names: () => Promise<ExpressionNames | null>,
): Promise<CompletionResult | null> {
  const before = context.state.sliceDoc(0, context.pos)
  // While one types: after a letter, a dot, or the quote that begins a text.
  if (!context.explicit && !/[\w.]$|(==|!=)\s*["']$/.test(before)) return null
  const known = await names()
  if (!known || context.aborted) return null
  const found = suggest(known, before, context.state.sliceDoc(context.pos))
  if (!found || found.items.length === 0) return null
  return {
    from: found.from,
    options: found.items.map(completionOf),
    validFor: /^["']?\w*$/,
  }
}

function completionOf({ label, detail, info, kind, apply, caret = 0 }: Suggestion): Completion {
  return {
    label,
    detail,
    ...(info === '' ? {} : { info: () => infoOf(info) }),
    boost: kind === 'option' ? 2 : kind === 'field' ? 1 : 0,
    apply: (view, _, from, to) => {
      const insert = apply ?? label
      view.dispatch({
        changes: { from, to, insert },
        selection: { anchor: from + insert.length - caret },
        userEvent: 'input.complete',
      })
    },
  }
}

function infoOf(text: string): Node {
  const box = document.createElement('div')
  box.append(
    ...text
      .split('\n')
      .flatMap((line) => [line, document.createElement('br')])
      .slice(0, -1),
  )
  return box
}
