import { json, jsonLanguage } from '@codemirror/lang-json'
import { type CompletionContext, type CompletionResult, startCompletion } from '@codemirror/autocomplete'
import { indentWithTab } from '@codemirror/commands'
import { foldGutter, foldKeymap, syntaxTree } from '@codemirror/language'
import { type Diagnostic, forEachDiagnostic, linter, lintKeymap } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import {
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  hoverTooltip,
  keymap,
  lineNumbers,
  type Tooltip,
} from '@codemirror/view'
import type { IssueView } from '@xrm/sdk/configuration'
import { css, html, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { describeError } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import { pathAt, placeAt, spanAt } from './json-places.ts'
import { descriptionAt, keysAt, type Schema, valuesAt } from './json-schema.ts'
import { codeEditor, setText } from './setup.ts'

/** A problem at a place of the document. */
export type JsonIssue = Pick<IssueView, 'pointer' | 'message' | 'severity'>

/**
 * JSON with its schema: keys and values are suggested, what a place is for is told under the pointer, what `check` finds is
 * underlined. Fires `xrm-typed` with the text on every change by the user, `xrm-save` on Ctrl+S.
 */
@customElement('xrm-json-editor')
export class JsonEditor extends XrmElement {
  static override shadowRootOptions = { ...XrmElement.shadowRootOptions, delegatesFocus: true }
  static override styles = [
    XrmElement.styles,
    css`
      :host {
        display: block;
      }
      #editor .cm-editor {
        height: calc(100dvh - 225px);
        min-height: 320px;
      }
      #editor:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: -2px;
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        padding: 7px 14px;
        border-top: 1px solid var(--line);
        font-size: 12px;
      }
      [role='status'] {
        flex: 1;
      }
    `,
  ]

  @property({ attribute: false }) text = ''
  @property({ attribute: false }) label = ''
  @property({ attribute: false }) schema: Schema = {}
  /** Finds what is wrong with a value that is JSON; null checks nothing more. Called when typing has come to rest. */
  @property({ attribute: false }) check: ((body: unknown) => Promise<JsonIssue[]>) | null = null
  @state() private _status = ''
  @state() private _bad = false
  @query('#editor') private _box!: HTMLElement
  #view: EditorView | null = null
  #setting = false

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.hasUpdated) this.#open()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#view?.destroy()
    this.#view = null
  }

  override firstUpdated(): void {
    this.#open()
  }

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has('text') || !this.#view) return
    this.#setting = true
    setText(this.#view, this.text)
    this.#setting = false
  }

  override render(): TemplateResult {
    return html`<div id="editor"></div>
      <div class="foot">
        <span id="status" role="status" class=${this._bad ? 'error' : 'second'}>${this._status}</span>
        <span id="keys" class="second">${t('keys')}</span>
      </div>`
  }

  #open(): void {
    if (this.#view) return
    const save = {
      key: 'Mod-s',
      run: () => {
        this.emit('xrm-save')
        return true
      },
      preventDefault: true,
    }
    this.#view = new EditorView({
      parent: this._box,
      root: this.renderRoot as ShadowRoot,
      state: EditorState.create({
        doc: this.text,
        extensions: [
          codeEditor(keymap.of([save, ...foldKeymap, ...lintKeymap, indentWithTab])),
          json(),
          jsonLanguage.data.of({
            autocomplete: (context: CompletionContext) => complete(context, this.schema),
          }),
          lineNumbers(),
          foldGutter(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          linter((view) => this.#lint(view), { delay: 400 }),
          hoverTooltip((view, at) => describeAt(view, at, this.schema)),
          EditorView.contentAttributes.of({ 'aria-label': this.label, 'aria-describedby': 'status keys' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !this.#setting) this.emit('xrm-typed', update.state.doc.toString())
            this.#tell(update.state)
          }),
        ],
      }),
    })
  }

  async #lint(view: EditorView): Promise<Diagnostic[]> {
    const text = view.state.doc.toString()
    let body: unknown
    try {
      body = JSON.parse(text)
    } catch {
      return syntaxErrors(view.state)
    }
    if (!this.check) return []
    try {
      const tree = jsonLanguage.parser.parse(text)
      return (await this.check(body)).map(({ pointer, message, severity }) => ({
        ...spanAt(tree, text, pointer),
        message,
        severity,
      }))
    } catch (error) {
      return [{ from: 0, to: 0, severity: 'error', message: t('checking', { reason: describeError(error) }) }]
    }
  }

  /** Says below what is underlined, for those who do not see it. */
  #tell(editor: EditorState): void {
    const found: { line: number; message: string; severity: string }[] = []
    forEachDiagnostic(editor, ({ message, severity }, from) => {
      found.push({ line: editor.doc.lineAt(from).number, message, severity })
    })
    const [first] = found.toSorted((a, b) => a.line - b.line)
    this._bad = found.some(({ severity }) => severity === 'error')
    this._status = first
      ? t('issues', { count: found.length, line: first.line, message: first.message })
      : t('fine')
    this.#view?.contentDOM.setAttribute('aria-invalid', String(this._bad))
  }
}

function syntaxErrors(editor: EditorState): Diagnostic[] {
  const errors: Diagnostic[] = []
  // The whole of it, also what lies below the screen.
  const tree = jsonLanguage.parser.parse(editor.doc.toString())
  tree.iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) errors.push({ from, to, severity: 'error', message: t('syntax') })
    },
  })
  return errors.length > 0
    ? errors.slice(0, 20)
    : [{ from: 0, to: editor.doc.length, severity: 'error', message: t('syntax') }]
}

function complete(
  { state: editor, pos, explicit }: CompletionContext,
  schema: Schema,
): CompletionResult | null {
  const text = editor.doc.toString()
  const place = placeAt(syntaxTree(editor), text, pos)
  if (!place || (!explicit && place.span.from === place.span.to && !place.inText)) return null
  const { from, to } = place.span
  const validFor = /^"?[\w-]*"?$/
  if (place.at === 'value') {
    const options = valuesAt(schema, place.path).map((value) => ({ label: value, type: 'constant' }))
    return options.length === 0 ? null : { from, to, options, validFor }
  }
  const options = keysAt(schema, place.path, place.keys).map(({ key, description, required, value }) => ({
    label: JSON.stringify(key),
    ...(required ? { detail: t('required'), boost: 1 } : {}),
    ...(description === '' ? {} : { info: description }),
    apply: (view: EditorView, _: unknown, start: number, end: number) => {
      const insert = JSON.stringify(key) + (place.followed ? '' : `: ${value}`)
      // Inside of the quotes or brackets that were put in.
      const inner = place.followed || value === '' ? 0 : 1
      view.dispatch({
        changes: { from: start, to: end, insert },
        selection: { anchor: start + insert.length - inner },
        userEvent: 'input.complete',
      })
      // What may stand there comes next.
      if (!place.followed && valuesAt(schema, [...place.path, key]).length > 0) startCompletion(view)
    },
  }))
  return options.length === 0 ? null : { from, to, options, validFor }
}

function describeAt({ state: editor }: EditorView, at: number, schema: Schema): Tooltip | null {
  const found = pathAt(syntaxTree(editor), editor.doc.toString(), at)
  if (!found) return null
  const values = valuesAt(schema, found.path)
  const lines = [
    descriptionAt(schema, found.path),
    values.length > 0 ? t('one-of', { values: values.join(', ') }) : '',
  ].filter((line) => line !== '')
  if (lines.length === 0) return null
  return {
    pos: found.span.from,
    end: found.span.to,
    above: true,
    create: () => {
      const dom = document.createElement('div')
      dom.className = 'cm-xrm-hover'
      for (const line of lines) dom.append(Object.assign(document.createElement('p'), { textContent: line }))
      return { dom }
    },
  }
}
