/** JSON as documents hold it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** True for an object that is neither null nor an array. */
export function isObject(value: unknown): value is { [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** Applies a JSON Merge Patch (RFC 7396): objects merge by key, `null` removes, everything else replaces. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch
  const result: { [key: string]: Json } = {}
  if (isObject(target)) for (const key of Object.keys(target)) define(result, key, target[key]!)
  for (const key of Object.keys(patch)) {
    const change = patch[key]!
    if (change === null) delete result[key]
    else define(result, key, mergePatch(Object.hasOwn(result, key) ? result[key] : undefined, change))
  }
  return result
}

/**
 * The smallest merge patch that turns `from` into `to`; undefined when they are equal. A `null` inside `to` cannot be
 * expressed by a merge patch; documents hold none.
 */
export function diffPatch(from: Json | undefined, to: Json): Json | undefined {
  if (!isObject(from) || !isObject(to)) return from !== undefined && isEqual(from, to) ? undefined : to
  const patch: { [key: string]: Json } = {}
  for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) define(patch, key, null)
  for (const key of Object.keys(to)) {
    const change = diffPatch(Object.hasOwn(from, key) ? from[key] : undefined, to[key]!)
    if (change !== undefined) define(patch, key, change)
  }
  return Object.keys(patch).length === 0 ? undefined : patch
}

/** Deep equality of JSON; the order of keys does not matter. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => isEqual(item, b[i]))
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]))
  )
}

/** The places (JSON pointers) at which a patch changes something: its leaves. */
export function patchPointers(patch: Json, at = ''): string[] {
  if (!isObject(patch) || Object.keys(patch).length === 0) return [at]
  return Object.keys(patch).flatMap((key) => patchPointers(patch[key]!, `${at}/${escapePointer(key)}`))
}

/** The value at a JSON pointer; undefined when there is none. */
export function valueAt(document: Json | undefined, pointer: string): Json | undefined {
  let value = document
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

/** Escapes a key for a JSON pointer. */
export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Sets an own property even where the key is `__proto__`. */
function define(object: { [key: string]: Json }, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
}
