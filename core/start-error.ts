/**
 * Why the server cannot start, for the person at the keyboard: one line that says what is wrong and one that says what
 * to do. Whoever catches it prints these two lines and no stack.
 */
export class StartError extends Error {
  readonly hint: string | undefined

  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartError'
    this.hint = hint
  }
}
