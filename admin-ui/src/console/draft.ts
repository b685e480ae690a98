import type { DocumentKind } from '@xrm/sdk'
import type { ChangesetView, DocumentSummary, DocumentView, IssueView } from '@xrm/sdk/configuration'
import { diffPatch, isEqual, type Json, mergePatch } from '@xrm/sdk/merge'
import { ApiError, call, paths } from '../data/client.ts'
import { queries, type QuerySpec } from '../data/queries.ts'
import { session } from '../data/session.ts'
import { describeError, describeItem } from '../shell/errors.ts'
import { toasts } from '../shell/toasts.ts'
import { formatDate } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { t } from './i18n/index.ts'
import { resetPatch } from './layers.ts'

/** An edit that the server does not have: on its way, or refused. It is shown as if it had been taken. */
interface Waiting {
  kind: DocumentKind
  name: string
  apply: (body: Json | undefined) => Json
  /** Set for a merge patch; a whole document has none. */
  patch: Json | null
  revision: string | null
  error: unknown
}

const storageKey = 'xrm.draft'
/** Kept instead of an id by someone who wants the next edit to begin a new draft. */
const none = 'none'

/**
 * The draft that all console pages write to. It begins with the first edit; one's own open draft is found again, in this
 * browser the one last used. Writes are sent one after the other. What the server refuses is told, stays visible, counts as
 * an error of the draft, and goes along with the next edit of the same document. Fires `change`.
 */
class Draft extends EventTarget {
  #current: ChangesetView | null = null
  #open: ChangesetView[] = []
  #checked: IssueView[] = []
  #waiting: Waiting[] = []
  #chain: Promise<unknown> = Promise.resolve()
  #starting: Promise<void> | null = null
  #making: Promise<string> | null = null
  #timer = 0

  /** Id of the current draft; null until there is an edit. */
  get id(): string | null {
    return this.#current?.id ?? null
  }

  get changeset(): ChangesetView | null {
    return this.#current
  }

  /** All open drafts, other people's and waiting upgrades included. */
  get open(): readonly ChangesetView[] {
    return this.#open
  }

  /** What is wrong with the model as the draft makes it, and with edits that were refused. */
  get issues(): IssueView[] {
    return [...this.#waiting.flatMap(refusal), ...this.#checked]
  }

  /** True while an edit is on its way. */
  get saving(): boolean {
    return this.#waiting.some((one) => one.error === null)
  }

  /** How many edits the server refused or did not get. */
  get unsaved(): number {
    return this.#waiting.filter((one) => one.error !== null).length
  }

  /** The issues of a document, or of one place in it and below. */
  issuesAt(kind: DocumentKind, name: string, pointer = ''): IssueView[] {
    return this.issues.filter(
      (issue) =>
        issue.kind === kind &&
        issue.name === name &&
        (issue.pointer === pointer || issue.pointer.startsWith(`${pointer}/`)),
    )
  }

  /** Finds the draft to go on with. Called by the frame; answers at once when it is known. */
  start(): Promise<void> {
    this.#starting ??= this.reload().catch((error: unknown) => {
      this.#starting = null
      throw error
    })
    return this.#starting
  }

  /** Reads the open drafts again, e.g. after one was published. */
  async reload(): Promise<void> {
    const { items } = await call<{ items: ChangesetView[] }>('GET', '/api/changesets')
    this.#open = items.filter((one) => one.status === 'draft')
    const wanted = this.id ?? localStorage.getItem(storageKey)
    const mine = this.#open.find((one) => one.origin === 'admin' && one.createdBy?.id === session.model.me.id)
    const next = wanted === none ? null : (this.#open.find((one) => one.id === wanted) ?? mine ?? null)
    this.#adopt(next)
  }

  /** Goes on with another draft; null begins a new one with the next edit. */
  use(id: string | null): void {
    localStorage.setItem(storageKey, id ?? none)
    this.#adopt(this.#open.find((one) => one.id === id) ?? null)
  }

  /** The query of all documents as they stand in the draft. */
  documentsQuery(): QuerySpec<DocumentSummary[]> {
    return {
      key: ['console', 'documents', this.id],
      read: async (signal) =>
        (await call<{ items: DocumentSummary[] }>('GET', `/api/documents${this.#query()}`, { signal })).items,
      keep: true,
    }
  }

  /** The query of one document as it stands in the draft, without what is on its way: see {@link view}. */
  documentQuery(kind: DocumentKind, name: string): QuerySpec<DocumentView> {
    return {
      key: this.#key(kind, name),
      read: (signal) => call('GET', paths.document(kind, name) + this.#query(), { signal }),
    }
  }

  async documents(kind?: DocumentKind): Promise<DocumentSummary[]> {
    await this.start()
    const { key, read } = this.documentsQuery()
    const all = await queries.fetchQuery({ queryKey: key, queryFn: ({ signal }) => read(signal) })
    return kind === undefined ? all : all.filter((document) => document.kind === kind)
  }

  async document(kind: DocumentKind, name: string): Promise<DocumentView> {
    await this.start()
    const { key, read } = this.documentQuery(kind, name)
    return this.#overlay(await queries.fetchQuery({ queryKey: key, queryFn: ({ signal }) => read(signal) }))
  }

  /** What is known of a document now, edits on their way included; undefined until it is read. */
  view(kind: DocumentKind, name: string): DocumentView | undefined {
    const known = this.#known(kind, name)
    return known && this.#overlay(known)
  }

  /**
   * Changes a document by a merge patch; `null` in it removes. The edit is visible at once. Null when the server refused:
   * the user has been told then, and the edit waits.
   */
  patch(kind: DocumentKind, name: string, patch: Json): Promise<DocumentView | null> {
    return this.#write({
      kind,
      name,
      patch,
      apply: (body) => mergePatch(body, patch),
      revision: null,
      error: null,
    })
  }

  /** Puts a whole document. With the `revision` one began with, it is refused when the document has changed since. */
  put(kind: DocumentKind, name: string, body: Json, revision?: string): Promise<DocumentView | null> {
    return this.#write({
      kind,
      name,
      patch: null,
      apply: () => body,
      revision: revision ?? null,
      error: null,
    })
  }

  /** Removes a document. False when the server refused. */
  remove(kind: DocumentKind, name: string): Promise<boolean> {
    return this.#delete(kind, name, '')
  }

  /** Brings a document, or one place of it, back to what plugins and site say. False when the server refused. */
  async reset(kind: DocumentKind, name: string, pointer = ''): Promise<boolean> {
    if (pointer === '') return this.#delete(kind, name, '&reset=true')
    const patch = resetPatch(await this.document(kind, name), pointer)
    return patch === undefined || (await this.patch(kind, name, patch)) !== null
  }

  /** Sends again what did not arrive. */
  retry(): void {
    for (const one of this.#waiting.filter((waiting) => waiting.error !== null)) {
      this.#waiting = this.#waiting.filter((waiting) => waiting !== one)
      void this.#write({ ...one, error: null })
    }
  }

  /** Gives up the edits that were refused, of one document or of all. */
  forget(kind?: DocumentKind, name?: string): void {
    this.#waiting = this.#waiting.filter(
      (one) => one.error === null || (kind !== undefined && (one.kind !== kind || one.name !== name)),
    )
    this.#changed()
  }

  /**
   * The id of the draft for operations with an address of their own, such as a rename; begins one when there is none.
   * Call {@link touched} afterwards.
   */
  async require(what: string): Promise<string> {
    await this.start()
    if (this.#current) return this.#current.id
    this.#making ??= this.#make(what).finally(() => (this.#making = null))
    return this.#making
  }

  async #make(what: string): Promise<string> {
    const date = formatDate(new Date().toLocaleDateString('sv'), currentLocale())
    const title = t('draft.new-title', { what, date }).slice(0, 200)
    const made = await call<ChangesetView>('POST', '/api/changesets', { body: { title } })
    this.#open = [made, ...this.#open]
    localStorage.setItem(storageKey, made.id)
    this.#adopt(made)
    return made.id
  }

  /**
   * Runs an operation on the draft in turn with the other writes, e.g. `POST …/rename`. Everything read is read again
   * afterwards. Errors are the caller's to show.
   */
  run<T>(what: string, operation: (id: string) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      const result = await operation(await this.require(what))
      await this.touched()
      return result
    })
  }

  /** Reads everything of the draft again after an operation that this store does not know. */
  async touched(): Promise<void> {
    await queries.invalidateQueries({ queryKey: ['console'] })
    this.#soon()
  }

  async rename(title: string, note: string): Promise<void> {
    const id = this.id
    if (id === null) return
    const body = { title, note }
    this.#take(await call<ChangesetView>('PATCH', paths.changeset(id), { body }))
  }

  async discard(id = this.id): Promise<void> {
    if (id === null) return
    await call('DELETE', paths.changeset(id))
    if (id === this.id) this.leave()
    await this.reload()
    await this.touched()
  }

  /** Forgets the current draft, e.g. because it is published. */
  leave(): void {
    this.#waiting = []
    this.#adopt(null)
    localStorage.removeItem(storageKey)
  }

  #write(waiting: Waiting): Promise<DocumentView | null> {
    this.#waiting = [...this.#waiting, waiting]
    this.#changed()
    return this.#inTurn(() => this.#send(waiting))
  }

  async #send(waiting: Waiting): Promise<DocumentView | null> {
    const { kind, name } = waiting
    // What was refused before goes along: together they may well be right.
    const together = this.#waiting.filter(
      (one) => one === waiting || (one.kind === kind && one.name === name && one.error !== null),
    )
    try {
      const view = await this.#submit(waiting, together)
      this.#waiting = this.#waiting.filter((one) => !together.includes(one))
      const key = this.#key(kind, name)
      await queries.cancelQueries({ queryKey: key })
      queries.setQueryData(key, view)
      this.#soon()
      this.#changed()
      return this.#overlay(view)
    } catch (error) {
      const apply = (body: Json | undefined) =>
        together.reduce<Json | undefined>((now, one) => one.apply(now), body) as Json
      const failed: Waiting = { ...waiting, apply, error }
      this.#waiting = this.#waiting.flatMap((one) =>
        one === waiting ? [failed] : together.includes(one) ? [] : [one],
      )
      await this.#refused(error, kind, name)
      return null
    }
  }

  async #submit(waiting: Waiting, together: Waiting[]): Promise<DocumentView> {
    const { kind, name, revision } = waiting
    const id = await this.require(this.#titleOf(kind, name))
    const path = `${paths.document(kind, name)}?changeset=${id}`
    if (together.length === 1 && waiting.patch !== null) return call('PATCH', path, { body: waiting.patch })
    const known = this.#known(kind, name)?.body as Json | undefined
    const wanted = together.reduce<Json | undefined>((body, one) => one.apply(body), known) as Json
    if (together.every((one) => one.patch !== null) && known !== undefined)
      return call('PATCH', path, { body: diffPatch(known, wanted) ?? {} })
    return call('PUT', path, { body: wanted, ...(revision === null ? {} : { revision }) })
  }

  #delete(kind: DocumentKind, name: string, more: string): Promise<boolean> {
    return this.#inTurn(async () => {
      try {
        const id = await this.require(this.#titleOf(kind, name))
        await call('DELETE', `${paths.document(kind, name)}?changeset=${id}${more}`)
        this.#waiting = this.#waiting.filter((one) => one.kind !== kind || one.name !== name)
        await this.touched()
        return true
      } catch (error) {
        await this.#refused(error, kind, name)
        return false
      }
    })
  }

  async #refused(error: unknown, kind: DocumentKind, name: string): Promise<void> {
    this.#changed()
    const place = t('draft.place', { kind: t(`kind.${kind}`), name: this.#titleOf(kind, name) })
    const again = error instanceof ApiError && (error.status === 0 || error.status >= 500)
    toasts.show(t('draft.refused', { place, reason: describeError(error) }), {
      bad: true,
      ...(again ? { action: { label: t('draft.retry'), run: () => this.retry() } } : {}),
    })
    // Somebody published or discarded it: the next edit begins another.
    if (error instanceof ApiError && ['changeset.closed', 'changeset.not-found'].includes(error.code)) {
      this.#adopt(null)
      localStorage.removeItem(storageKey)
      await this.reload()
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#chain.then(work)
    this.#chain = result.catch(() => {})
    return result
  }

  #titleOf(kind: DocumentKind, name: string): string {
    const list = queries.getQueryData<DocumentSummary[]>(this.documentsQuery().key)
    const found = list?.find((one) => one.kind === kind && one.name === name)
    return found ? (found.labels[session.language] ?? found.title) : name
  }

  #known(kind: DocumentKind, name: string): DocumentView | undefined {
    return queries.getQueryData<DocumentView>(this.#key(kind, name))
  }

  #overlay(view: DocumentView): DocumentView {
    const own = this.#waiting.filter((one) => one.kind === view.kind && one.name === view.name)
    if (own.length === 0) return view
    return { ...view, body: own.reduce<Json | undefined>((body, one) => one.apply(body), view.body as Json) }
  }

  #key(kind: DocumentKind, name: string): readonly unknown[] {
    return ['console', 'document', this.id, kind, name]
  }

  #query(): string {
    return this.id === null ? '' : `?changeset=${this.id}`
  }

  #adopt(next: ChangesetView | null): void {
    const other = next?.id !== this.id
    // What is shown goes over into the new draft, so that a page does not blink when the first edit begins one.
    if (other && next && next.edits.length === 0 && this.id === null) this.#copyCache(next.id)
    this.#current = next
    if (other) this.#checked = []
    if (next && (other || next.edits.length > 0)) this.#soon(0)
    this.#changed()
  }

  #copyCache(id: string): void {
    for (const query of queries.getQueryCache().findAll({ queryKey: ['console'] })) {
      const [root, what, draft, ...rest] = query.queryKey
      if (draft === null && query.state.data !== undefined)
        queries.setQueryData([root, what, id, ...rest], query.state.data)
    }
  }

  #take(changeset: ChangesetView): void {
    this.#open = this.#open.map((one) => (one.id === changeset.id ? changeset : one))
    if (changeset.id === this.id) this.#current = changeset
    this.#changed()
  }

  /** Checks the draft and counts its edits when the edits have come to rest. */
  #soon(after = 500): void {
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => void this.#check(), after)
  }

  async #check(): Promise<void> {
    const id = this.id
    if (id === null || this.saving) return
    try {
      const [changeset, { issues }] = await Promise.all([
        call<ChangesetView>('GET', paths.changeset(id)),
        call<{ issues: IssueView[] }>('POST', paths.changeset(id, '/check')),
        queries.invalidateQueries({ queryKey: ['console', 'documents'] }),
      ])
      if (this.id !== id) return
      if (changeset.status !== 'draft') return await this.reload()
      if (!isEqual(this.#checked, issues)) this.#checked = issues
      this.#take(changeset)
    } catch (error) {
      toasts.show(t('draft.check-failed', { reason: describeError(error) }), { bad: true })
    }
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'))
  }
}

/** A refused edit as errors at their places. */
function refusal({ kind, name, error }: Waiting): IssueView[] {
  if (error === null) return []
  const items = error instanceof ApiError ? (error.problem.errors ?? []) : []
  const issue = { severity: 'error' as const, kind, name, code: 'draft.unsaved' }
  if (items.length === 0) return [{ ...issue, pointer: '', message: describeError(error) }]
  return items.map((item) => ({
    ...issue,
    pointer: item.pointer.replace(/^#/, ''),
    message: describeItem(item),
  }))
}

export const draft = new Draft()
addEventListener('beforeunload', (event) => {
  if (draft.saving || draft.unsaved > 0) event.preventDefault()
})
