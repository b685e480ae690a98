/** Why an import cannot begin or go on: a summary and the single places. Nothing of the row at hand was written. */
export class ImportError extends Error {
  readonly places: readonly string[]

  constructor(message: string, places: readonly string[] = []) {
    super(message)
    this.name = 'ImportError'
    this.places = places
  }
}
