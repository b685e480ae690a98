import { diffPatch, escapePointer, isEqual, isObject, type Json, mergePatch } from '@xrm/sdk/merge'

/** A place that both sides changed, each in its own way; absent: it is not there. */
export interface Clash {
  pointer: string
  base?: Json
  mine?: Json
  theirs?: Json
}

/**
 * Brings two changes of one layer together: what only one side changed is taken over, the same place changed in two ways
 * is a clash, and so is a change inside of something that the other side removed. A layer is itself a merge patch, so
 * `null` in it is a value like any other here. Where layers lie below (`below`), a layer that is not there says nothing;
 * otherwise it means that there is no such document.
 */
export function mergeThree(
  base: Json | undefined,
  mine: Json | undefined,
  theirs: Json | undefined,
  below: Json | undefined,
): { merged: Json | undefined; clashes: Clash[] } {
  const clashes: Clash[] = []
  const start = (layer: Json | undefined): Json | undefined =>
    layer === undefined && below !== undefined ? {} : mark(layer)
  const merged = unmark(merge(start(base), start(mine), start(theirs), '', clashes))
  // While places are undecided, what says nothing may be the side of one.
  if (below === undefined || merged === undefined || clashes.length > 0) return { merged, clashes }
  // Without the parts that say nothing, so that equal documents have equal layers.
  return { merged: merged === null ? null : diffPatch(below, mergePatch(below, merged)), clashes }
}

function merge(
  base: Json | undefined,
  mine: Json | undefined,
  theirs: Json | undefined,
  at: string,
  clashes: Clash[],
): Json | undefined {
  if (isEqual(mine, theirs) || isEqual(theirs, base)) return mine
  if (isEqual(mine, base)) return theirs
  const [left, right] = [partsOf(mine, base), partsOf(theirs, base)]
  if (!left || !right) {
    clashes.push({ pointer: at, ...side('base', base), ...side('mine', mine), ...side('theirs', theirs) })
    return mine
  }
  const origin = isObject(base) ? base : {}
  const result: Record<string, Json> = {}
  for (const key of new Set([...Object.keys(origin), ...Object.keys(right), ...Object.keys(left)])) {
    const value = merge(
      own(origin, key),
      own(left, key),
      own(right, key),
      `${at}/${escapePointer(key)}`,
      clashes,
    )
    if (value !== undefined)
      Object.defineProperty(result, key, { value, enumerable: true, writable: true, configurable: true })
  }
  const isGone = mine === undefined || theirs === undefined
  return isGone && Object.keys(result).length === 0 ? undefined : result
}

/**
 * The parts of one side. A container, which has no values of its own but only parts, can lack all of them; a thing, such as
 * a field or an option, is there or is not.
 */
function partsOf(value: Json | undefined, base: Json | undefined): Record<string, Json> | undefined {
  if (isObject(value)) return value
  if (value !== undefined || !isObject(base)) return undefined
  const isContainer = Object.values(base).every((part) => isObject(part) || part === nullMark)
  return isContainer ? {} : undefined
}

function own(object: Record<string, Json>, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function side(name: 'base' | 'mine' | 'theirs', value: Json | undefined): Partial<Clash> {
  const plain = unmark(value)
  return plain === undefined ? {} : { [name]: plain }
}

const nullMark = '\u0000null'

function mark(value: Json | undefined): Json | undefined {
  return value === undefined ? undefined : replace(value, null, nullMark)
}

function unmark(value: Json | undefined): Json | undefined {
  return value === undefined ? undefined : replace(value, nullMark, null)
}

function replace(value: Json, from: Json, to: Json): Json {
  return JSON.parse(JSON.stringify(value), (_, inner: Json) => (inner === from ? to : inner)) as Json
}
