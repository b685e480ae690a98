import type { DocumentKind } from '@xrm/sdk'

/** Something wrong with the model: what, and where. Errors keep a change from being published. */
export interface Issue {
  severity: 'error' | 'warning'
  kind: DocumentKind
  name: string
  /** JSON pointer into the document's body. */
  pointer: string
  code: string
  message: string
}

/** Collects issues while the model is compiled, so that all of them are told at once. */
export class Issues {
  readonly list: Issue[] = []

  error(place: { kind: DocumentKind; name: string }, pointer: string, code: string, message: string): void {
    this.list.push({ severity: 'error', kind: place.kind, name: place.name, pointer, code, message })
  }

  warning(place: { kind: DocumentKind; name: string }, pointer: string, code: string, message: string): void {
    this.list.push({ severity: 'warning', kind: place.kind, name: place.name, pointer, code, message })
  }

  get errors(): Issue[] {
    return this.list.filter((issue) => issue.severity === 'error')
  }
}
