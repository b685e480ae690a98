import { ApiError } from './client.ts'

/**
 * The key of one form. It stays while nobody knows whether the write arrived (double click, broken connection), and changes
 * with the content and after every definite refusal.
 */
export class WriteKey {
  #key = crypto.randomUUID()
  #content = ''

  for(content: unknown): string {
    const text = JSON.stringify(content)
    if (text !== this.#content && this.#content !== '') this.#key = crypto.randomUUID()
    this.#content = text
    return this.#key
  }

  refused(error: unknown): void {
    if (error instanceof ApiError && error.status >= 400 && error.status < 500)
      this.#key = crypto.randomUUID()
  }
}
