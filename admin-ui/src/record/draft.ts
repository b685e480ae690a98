import type { ProblemItem } from '@xrm/sdk'

/** The same value in API form; empty is empty however it is said. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b || (a ?? null) === (b ?? null)) return true
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
}

/** What a form holds: the stored record and what the user changed. Setting the stored value again is no change. */
export class Draft {
  base: Record<string, unknown>
  #changes = new Map<string, unknown>()
  #displays = new Map<string, string>()
  /** What was typed and is no value, by field. */
  readonly problems = new Map<string, string>()

  constructor(base: Record<string, unknown>) {
    this.base = base
  }

  value(name: string): unknown {
    return this.#changes.has(name) ? this.#changes.get(name) : this.base[name]
  }

  /** The text of the record that a relation names. */
  display(name: string): string | null {
    const text = this.#displays.get(name) ?? (this.#changes.has(name) ? null : this.base[`${name}.display`])
    return typeof text === 'string' ? text : null
  }

  set(name: string, value: unknown, extra: { display?: string; problem?: string } = {}): void {
    if (extra.problem === undefined) this.problems.delete(name)
    else this.problems.set(name, extra.problem)
    if (extra.display !== undefined) this.#displays.set(name, extra.display)
    if (sameValue(value, this.base[name])) this.#changes.delete(name)
    else this.#changes.set(name, value)
  }

  get dirty(): boolean {
    return this.#changes.size > 0 || this.problems.size > 0
  }

  /** The changed fields with their new values: the body of a PATCH. */
  changes(): Record<string, unknown> {
    return Object.fromEntries([...this.#changes].map(([name, value]) => [name, value ?? null]))
  }

  /** What the changed fields were: the body of the PATCH that takes it back. */
  before(): Record<string, unknown> {
    return Object.fromEntries([...this.#changes.keys()].map((name) => [name, this.base[name] ?? null]))
  }

  /** Everything that is filled, for a new record. */
  filled(): Record<string, unknown> {
    const all = { ...this.base, ...this.changes() }
    return Object.fromEntries(
      Object.entries(all).filter(([name, value]) => value != null && !name.includes('.')),
    )
  }

  /** Stands on a newer state of the record; own changes stay unless it has the same values. */
  rebase(base: Record<string, unknown>): void {
    this.base = base
    for (const [name, value] of this.#changes) if (sameValue(value, base[name])) this.#changes.delete(name)
  }

  /** Gives up the change of one field, or all. */
  discard(name?: string): void {
    if (name === undefined) {
      this.#changes.clear()
      this.problems.clear()
    } else this.#changes.delete(name)
  }
}

export interface FieldErrors {
  fields: Record<string, ProblemItem>
  /** Errors that belong to no field of the form. */
  rest: ProblemItem[]
}

/** Sorts errors to their fields by pointer: `#/email` and `#/address/city` to `email` and `address`. */
export function placeErrors(
  items: readonly ProblemItem[],
  names: ReadonlySet<string>,
  prefix = '#/',
): FieldErrors {
  const result: FieldErrors = { fields: {}, rest: [] }
  for (const item of items) {
    const name = item.pointer.startsWith(prefix)
      ? (item.pointer.slice(prefix.length).split('/')[0] ?? '')
      : ''
    if (names.has(name)) result.fields[name] ??= item
    else result.rest.push(item)
  }
  return result
}

export interface FieldConflict {
  name: string
  original: unknown
  theirs: unknown
  mine: unknown
}

/** The fields that both sides changed since `base`, to different values. */
export function findConflicts(draft: Draft, current: Record<string, unknown>): FieldConflict[] {
  return Object.entries(draft.changes()).flatMap(([name, mine]) => {
    const original = draft.base[name]
    const theirs = current[name]
    if (sameValue(original, theirs) || sameValue(mine, theirs)) return []
    return [{ name, original, theirs, mine }]
  })
}
