/** The rows that are ticked. Shift takes everything from the last click on. */
export class Selection {
  readonly ids: Set<string>
  #anchor: number | null = null

  constructor(ids: Iterable<string> = []) {
    this.ids = new Set(ids)
  }

  toggle(index: number, range: boolean, idAt: (index: number) => string | undefined): void {
    const id = idAt(index)
    if (id === undefined) return
    const on = !this.ids.has(id)
    const from = range && this.#anchor !== null ? Math.min(this.#anchor, index) : index
    const to = range && this.#anchor !== null ? Math.max(this.#anchor, index) : index
    for (let row = from; row <= to; row++) {
      const one = idAt(row)
      if (one === undefined) continue
      if (on) this.ids.add(one)
      else this.ids.delete(one)
    }
    this.#anchor = index
  }

  clear(): void {
    this.ids.clear()
    this.#anchor = null
  }
}
