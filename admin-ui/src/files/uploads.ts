import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { session } from '../data/session.ts'
import { currentLocale } from '../i18n/locale.ts'
import { describeError } from '../shell/errors.ts'
import { formatSize } from './file-texts.ts'
import { t } from './i18n/index.ts'
import { uploadFile } from './upload.ts'

/** One file on its way, or one that did not arrive. */
export interface Upload {
  key: string
  name: string
  file: File
  /** 0 to 1. */
  part: number
  /** Why it is not there; null: it is on its way. */
  reason: string | null
  /** A second try may go better. */
  again: boolean
  stop: AbortController
}

/** So many are sent at a time; the others wait. */
const atOnce = 3

/** Sends files for an element and draws it again as they come along. `said` hears in words what became of each. */
export class Uploads implements ReactiveController {
  list: readonly Upload[] = []
  readonly #host: ReactiveControllerHost
  readonly #said: (text: string) => void
  #running = 0

  constructor(host: ReactiveControllerHost, said: (text: string) => void) {
    this.#host = host
    this.#said = said
    host.addController(this)
  }

  hostDisconnected(): void {
    for (const { stop } of this.list) stop.abort()
    this.list = []
  }

  add(entity: string, regarding: string, files: readonly { file: File; name: string }[]): void {
    const max = session.model.settings.fileMax
    const added = files.map(({ file, name }): Upload => {
      const large = max !== undefined && file.size > max
      const reason = large ? t('files.too-large', { max: formatSize(max, currentLocale()) }) : null
      if (reason !== null) this.#said(t('files.failed', { name, reason }))
      return {
        key: crypto.randomUUID(),
        name,
        file,
        part: 0,
        reason,
        again: false,
        stop: new AbortController(),
      }
    })
    this.#set([...this.list, ...added])
    for (const one of added) if (one.reason === null) void this.#send(entity, regarding, one)
  }

  /** The same file under the same key: if it has arrived after all, there is one. */
  retry(entity: string, regarding: string, upload: Upload): void {
    const next = { ...upload, part: 0, reason: null, stop: new AbortController() }
    this.#set(this.list.map((one) => (one === upload ? next : one)))
    void this.#send(entity, regarding, next)
  }

  remove(upload: Upload): void {
    upload.stop.abort()
    this.#set(this.list.filter(({ key }) => key !== upload.key))
  }

  async #send(entity: string, regarding: string, upload: Upload): Promise<void> {
    const { name, file, key, stop } = upload
    const change = (values: Partial<Upload>): void =>
      this.#set(this.list.map((one) => (one.key === key ? { ...one, ...values } : one)))
    while (this.#running >= atOnce && !stop.signal.aborted)
      await new Promise((resolve) => setTimeout(resolve, 100))
    if (stop.signal.aborted) return
    this.#running++
    try {
      await uploadFile(entity, file, {
        name,
        regarding,
        key,
        signal: stop.signal,
        progress: (part) => change({ part }),
      })
      this.#set(this.list.filter((one) => one.key !== key))
      this.#said(t('files.added', { name }))
    } catch (error) {
      if (stop.signal.aborted) return
      const reason = describeError(error)
      change({ reason, again: true })
      this.#said(t('files.failed', { name, reason }))
    } finally {
      this.#running--
    }
  }

  #set(list: readonly Upload[]): void {
    this.list = list
    this.#host.requestUpdate()
  }
}
