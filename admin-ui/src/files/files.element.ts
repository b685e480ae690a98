import type { EntityView, ListAnswer, RecordData } from '@xrm/sdk/api'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { QueryController } from '../data/queries.ts'
import { deleteRecord, listRecords, updateRecord } from '../data/records.ts'
import { session } from '../data/session.ts'
import { formatDecimal, formatInstant, formatWhen } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { quote } from '../list/filter.ts'
import { describeError } from '../shell/errors.ts'
import { toasts } from '../shell/toasts.ts'
import { offerRestore, offerRevert } from '../shell/undo.ts'
import { XrmElement } from '../style/element.ts'
import { contentPath, fileIcon, formatSize, pastedName } from './file-texts.ts'
import { filesStyles } from './files.styles.ts'
import { t } from './i18n/index.ts'
import { type Upload, Uploads } from './uploads.ts'

/** The files of a record. Others come by the button, dropped anywhere on the page, or pasted. */
@customElement('xrm-files')
export class FilesElement extends XrmElement {
  static override styles = [XrmElement.styles, filesStyles]

  @property({ attribute: false }) entity!: EntityView
  @property({ attribute: false }) recordId = ''
  @property({ type: Boolean }) locked = false
  @state() private _limit = 10
  @state() private _renaming: string | null = null
  @state() private _over = false
  /** For those who hear the page. */
  @state() private _said = ''
  @query('input[type=file]') private _input!: HTMLInputElement
  @query('form input') private _name!: HTMLInputElement | null

  #uploads = new Uploads(this, (text) => (this._said = text))

  #files = new QueryController<ListAnswer>(this, () => {
    const { name, content, fields } = fileEntity()!
    const wanted = [content!.name, content!.type, content!.size, 'created_at', 'owner', 'owner.name']
    return {
      key: ['around', this.entity.name, this.recordId, 'files', this._limit],
      read: (signal) =>
        listRecords(
          name,
          {
            fields: wanted.filter((path) => fields[path.split('.')[0]!] !== undefined),
            filter: `${quote(this.#reference())} in ${content!.regarding}`,
            sort: '-created_at',
            limit: this._limit,
            count: 'capped',
          },
          signal,
        ),
      enabled: this.recordId !== '',
      keep: true,
    }
  })

  #reference(): string {
    return `${this.entity.name}/${this.recordId}`
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener('dragover', this.#dragOver)
    document.addEventListener('dragleave', this.#dragLeave)
    document.addEventListener('drop', this.#drop)
    document.addEventListener('paste', this.#paste)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener('dragover', this.#dragOver)
    document.removeEventListener('dragleave', this.#dragLeave)
    document.removeEventListener('drop', this.#drop)
    document.removeEventListener('paste', this.#paste)
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('recordId')) return
    this._limit = 10
    this._renaming = null
  }

  override updated(changed: PropertyValues): void {
    if (!changed.has('_renaming') || !this._name) return
    this._name.focus()
    // The extension stays as it is: it says what is in the file.
    const dot = this._name.value.lastIndexOf('.')
    this._name.setSelectionRange(0, dot > 0 ? dot : this._name.value.length)
  }

  #mayAdd(): boolean {
    return !this.locked && fileEntity()?.content?.add === true && this.entity.can.update
  }

  override render(): TemplateResult {
    const { data, error } = this.#files
    const count = data?.count
    const number =
      count && count.value > 0 ? formatDecimal(count.value, currentLocale()) + (count.capped ? '+' : '') : ''
    const isEmpty = data?.items.length === 0 && this.#uploads.list.length === 0
    return html`<section class="card ${this._over ? 'over' : ''}" aria-label=${t('files.title')}>
      <header>
        <h2>${t('files.title')}</h2>
        <span class="second small">${number}</span>
        <span class="grow"></span>
        ${this.#mayAdd() ? this.#addButton() : nothing}
      </header>
      ${error ? html`<p class="error" role="alert">${describeError(error)}</p>` : nothing}
      <ul>
        ${this.#uploads.list.map((upload) => this.#coming(upload))}
        ${data?.items.map((file) => this.#file(file))}
      </ul>
      ${
        this._over
          ? html`<p class="small">${t('files.drop')}</p>`
          : isEmpty
            ? html`<p class="second small">${t('files.empty')} ${this.#mayAdd() ? t('files.hint') : ''}</p>`
            : nothing
      }
      ${data?.next ? html`<button class="link small" @click=${() => (this._limit += 40)}>${t('files.more')}</button>` : nothing}
      <p class="visually-hidden" role="status">${this._said}</p>
    </section>`
  }

  #addButton(): TemplateResult {
    return html`<button class="quiet" aria-label=${t('files.add-long')} @click=${() => this._input.click()}>
        <xrm-icon name="plus" size="14"></xrm-icon>${t('files.add')}
      </button>
      <input type="file" multiple hidden aria-label=${t('files.add-long')} @change=${this.#chosen} />`
  }

  #file(file: RecordData): TemplateResult {
    const { content, can } = fileEntity()!
    const name = String(file[content!.name] ?? '')
    const locale = currentLocale()
    if (this._renaming === file.id)
      return html`<li>
        <form @submit=${(event: Event) => void this.#rename(event, file)} @keydown=${this.#leaveRename}>
          <input aria-label=${t('files.new-name', { name })} maxlength="200" required .value=${name} />
          <button class="primary">${t('files.rename')}</button>
        </form>
      </li>`
    const who = file['owner.name']
    const moment = file['created_at'] as string | undefined
    const size = file[content!.size]
    return html`<li>
      <xrm-icon class="kind" name=${fileIcon(String(file[content!.type] ?? ''))} size="18"></xrm-icon>
      <div class="text">
        <a href=${contentPath(file.id)} download=${name}>${name}</a>
        <div class="second small">
          ${typeof size === 'number' ? formatSize(size, locale) : nothing}
          ${moment ? html`· <time datetime=${moment} title=${formatInstant(moment, locale)}>${formatWhen(moment, locale)}</time>` : nothing}
          ${typeof who === 'string' ? html`· <span>${who}</span>` : nothing}
        </div>
      </div>
      <span class="acts">
        ${
          can.update && !this.locked
            ? html`<button
                class="quiet icon"
                title=${t('files.rename')}
                aria-label=${t('files.rename-of', { name })}
                @click=${() => (this._renaming = file.id)}
              >
                <xrm-icon name="pencil" size="14"></xrm-icon>
              </button>`
            : nothing
        }
        ${
          can.delete && !this.locked
            ? html`<button
                class="quiet icon"
                title=${t('files.remove')}
                aria-label=${t('files.remove-of', { name })}
                @click=${() => void this.#remove(file)}
              >
                <xrm-icon name="trash-2" size="14"></xrm-icon>
              </button>`
            : nothing
        }
      </span>
    </li>`
  }

  #coming(upload: Upload): TemplateResult {
    const { name, part, reason, again } = upload
    const percent = Math.round(part * 100)
    return html`<li>
      <xrm-icon
        class="kind ${reason === null ? '' : 'bad'}"
        name=${reason === null ? 'upload' : 'circle-alert'}
        size="18"
      ></xrm-icon>
      <div class="text">
        <span>${name}</span>
        ${
          reason === null
            ? html`<progress
                max="100"
                .value=${percent}
                aria-label=${t('files.coming', { name, percent: String(percent) })}
              ></progress>`
            : html`<div class="small bad">${reason}</div>`
        }
      </div>
      <span class="acts">
        ${
          again
            ? html`<button
                class="quiet icon"
                title=${t('files.retry')}
                aria-label="${t('files.retry')}: ${name}"
                @click=${() => this.#uploads.retry(fileEntity()!.name, this.#reference(), upload)}
              >
                <xrm-icon name="rotate-cw" size="14"></xrm-icon>
              </button>`
            : nothing
        }
        <button
          class="quiet icon"
          title=${reason === null ? t('files.cancel') : t('files.dismiss')}
          aria-label="${reason === null ? t('files.cancel') : t('files.dismiss')}: ${name}"
          @click=${() => this.#uploads.remove(upload)}
        >
          <xrm-icon name="x" size="14"></xrm-icon>
        </button>
      </span>
    </li>`
  }

  #chosen = () => {
    this.#add([...(this._input.files ?? [])])
    // The same file may be chosen again.
    this._input.value = ''
  }

  #add(files: readonly File[]): void {
    const text = t('files.pasted', { when: formatInstant(new Date().toISOString(), currentLocale()) })
    const named = files.map((file) => ({ file, name: pastedName(file, text) }))
    this.#uploads.add(fileEntity()!.name, this.#reference(), named)
  }

  #takes(transfer: DataTransfer | null): boolean {
    return this.#mayAdd() && (transfer?.types.includes('Files') ?? false)
  }

  #dragOver = (event: DragEvent) => {
    if (!this.#takes(event.dataTransfer)) return
    event.preventDefault()
    this._over = true
  }

  #dragLeave = (event: DragEvent) => {
    // Out of the window, not from one element to the next.
    if (event.relatedTarget === null) this._over = false
  }

  #drop = (event: DragEvent) => {
    this._over = false
    if (event.defaultPrevented || !this.#takes(event.dataTransfer)) return
    event.preventDefault()
    this.#add([...event.dataTransfer!.files])
  }

  #paste = (event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])]
    if (event.defaultPrevented || files.length === 0 || !this.#mayAdd()) return
    // A spreadsheet's cells come as text and as a picture: in a field the text is meant.
    if (event.clipboardData!.types.includes('text/plain')) return
    event.preventDefault()
    this.#add(files)
  }

  #leaveRename = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    this._renaming = null
  }

  async #rename(event: Event, file: RecordData): Promise<void> {
    event.preventDefault()
    const { name: entity, content } = fileEntity()!
    const [before, name] = [file[content!.name], this._name!.value.trim()]
    if (name === before) {
      this._renaming = null
      return
    }
    try {
      const saved = await updateRecord(entity, file.id, file.version, { [content!.name]: name })
      this._renaming = null
      offerRevert(entity, saved, { [content!.name]: before }, t('files.renamed', { name }), () => {})
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    }
  }

  async #remove(file: RecordData): Promise<void> {
    const { name: entity, content } = fileEntity()!
    try {
      await deleteRecord(entity, file.id, file.version)
      offerRestore(
        entity,
        [file.id],
        t('files.removed', { name: String(file[content!.name] ?? '') }),
        () => {},
      )
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    }
  }
}

/** The entity whose records are files, as far as the user may see it. */
function fileEntity(): EntityView | undefined {
  return Object.values(session.model.entities).find(({ content }) => content)
}
