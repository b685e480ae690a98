/** The keys of a keyed map in the order of its entries; entries without an order come last, as they are written. */
export function orderedKeys(map: object | undefined, orderKey = 'order'): string[] {
  const entries = Object.entries(map ?? {}) as [string, Record<string, unknown>][]
  const place = (entry: Record<string, unknown>): number =>
    typeof entry[orderKey] === 'number' ? entry[orderKey] : 1e9
  return entries.toSorted(([, a], [, b]) => place(a) - place(b)).map(([key]) => key)
}

/** The keys with one of them moved before another; null is the end. */
export function movedKeys(keys: readonly string[], key: string, before: string | null): string[] {
  if (key === before) return [...keys]
  const rest = keys.filter((one) => one !== key)
  const at = before === null ? -1 : rest.indexOf(before)
  return at < 0 ? [...rest, key] : rest.toSpliced(at, 0, key)
}

/**
 * The orders to write so that `keys` stand in this order. One entry where a number fits between its neighbours, so that a
 * change stays one change; all of them where numbers are missing or equal.
 */
export function orderPatch(
  keys: readonly string[],
  moved: string,
  orderOf: (key: string) => number | undefined,
): Record<string, number> {
  const at = keys.indexOf(moved)
  const neighbour = (index: number): number | undefined => {
    const key = keys[index]
    return key === undefined ? undefined : orderOf(key)
  }
  const others = keys.filter((key) => key !== moved).map(orderOf)
  const sorted = others.every(
    (order, index) => order !== undefined && (index === 0 || order > (others[index - 1] ?? Infinity)),
  )
  if (!sorted) return Object.fromEntries(keys.map((key, index) => [key, (index + 1) * 10]))
  const [before, after] = [neighbour(at - 1), neighbour(at + 1)]
  if (before === undefined && after === undefined) return { [moved]: 10 }
  if (before === undefined) return { [moved]: after! - 10 }
  if (after === undefined) return { [moved]: before + 10 }
  return { [moved]: (before + after) / 2 }
}

/** The order of one more entry at the end. */
export function nextOrder(map: object | undefined, orderKey = 'order'): number {
  const orders = Object.values(map ?? {}).map((entry: Record<string, unknown>) => entry[orderKey])
  return Math.max(0, ...orders.filter((order): order is number => typeof order === 'number')) + 10
}
