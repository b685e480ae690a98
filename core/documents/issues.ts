import type { DocumentKind } from '@xrm/sdk'
import { breakableKinds } from '@xrm/sdk/configuration'

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

/** Whether an error leaves the rest of the model sound; such a change can be published when that is forced. */
export function breaksAlone({ kind }: Pick<Issue, 'kind'>): boolean {
  return breakableKinds.has(kind)
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

  /** Without the warnings that were there before: who changes something else need not read them again. */
  forgetWarnings(known: Issues): void {
    const key = ({ kind, name, pointer, code, message }: Issue): string =>
      JSON.stringify([kind, name, pointer, code, message])
    const before = new Set(known.list.map(key))
    const left = this.list.filter((issue) => issue.severity === 'error' || !before.has(key(issue)))
    this.list.splice(0, this.list.length, ...left)
  }

  get errors(): Issue[] {
    return this.list.filter((issue) => issue.severity === 'error')
  }
}
