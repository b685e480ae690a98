interface Inside {
  keys: ReadonlySet<string>
  left: Promise<void>
}

/**
 * Lets chunks of rows through one part of the mapping at the same time, except where they share a key: then the later
 * waits for the earlier, so that it finds what that has written. Turns are numbered from 0 and each is taken once.
 */
export class Turns {
  #next = 0
  #waiting: (() => void)[] = []
  readonly #inside = new Set<Inside>()

  /** Resolves when the turn may go on, to what it calls when it is done. */
  async enter(turn: number, keys: ReadonlySet<string>): Promise<() => void> {
    while (this.#next !== turn) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    const earlier = [...this.#inside].filter((one) => !one.keys.isDisjointFrom(keys))
    const { promise: left, resolve } = Promise.withResolvers<void>()
    const self: Inside = { keys, left }
    this.#inside.add(self)
    this.#next += 1
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
    await Promise.all(earlier.map((one) => one.left))
    return () => {
      this.#inside.delete(self)
      resolve()
    }
  }
}
