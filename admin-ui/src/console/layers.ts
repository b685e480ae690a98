import type { DocumentView, Layer } from '@xrm/sdk/configuration'
import { diffPatch, isObject, type Json, mergePatch, valueAt } from '@xrm/sdk/merge'

const order: readonly Layer[] = ['plugin', 'site', 'admin']

/** The uppermost layer that says something about a place, or removes it; null when none does. */
export function originOf(document: DocumentView, pointer: string): Layer | null {
  return order.findLast((layer) => names(document.layers[layer] as Json | undefined, pointer)) ?? null
}

/** The layer in which a thing began, e.g. the plugin that ships a field of which an administrator changed the label. */
export function bornIn(document: DocumentView, pointer: string): Layer | null {
  return order.find((layer) => valueAt(document.layers[layer] as Json | undefined, pointer) != null) ?? null
}

/** The value without the administrators' layer; undefined when plugins and site have none. */
export function valueBelow(document: DocumentView, pointer: string): Json | undefined {
  let below: Json | undefined
  for (const layer of ['plugin', 'site'] as const) {
    const patch = document.layers[layer] as Json | undefined
    if (patch !== undefined) below = mergePatch(below, patch)
  }
  return valueAt(below, pointer) ?? undefined
}

/** True where administrators made a value differ from what plugins and site say. */
export function isChanged(document: DocumentView, pointer: string): boolean {
  const now = valueAt(document.body as Json, pointer)
  const below = valueBelow(document, pointer)
  if (now === undefined || below === undefined) return now !== below
  return diffPatch(below, now) !== undefined
}

/**
 * The merge patch that brings a place back to what plugins and site say; undefined when it is so already. What only
 * administrators added goes.
 */
export function resetPatch(document: DocumentView, pointer: string): Json | undefined {
  const now = valueAt(document.body as Json, pointer)
  const below = valueBelow(document, pointer)
  if (below === undefined) return now === undefined ? undefined : patchAt(pointer, null)
  const patch = diffPatch(now, below)
  return patch === undefined ? undefined : patchAt(pointer, patch)
}

/**
 * A merge patch that says one thing at one place.
 *
 * @example patchAt('/properties/email/title', 'Mail') // { properties: { email: { title: 'Mail' } } }
 */
export function patchAt(pointer: string, value: Json): Json {
  return pointerKeys(pointer).reduceRight<Json>((inner, key) => ({ [key]: inner }), value)
}

/** The keys of a JSON pointer, unescaped. */
export function pointerKeys(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** A patch names a place when it has it, or when it replaces or removes something around it. */
function names(patch: Json | undefined, pointer: string): boolean {
  let at = patch
  for (const key of pointerKeys(pointer)) {
    if (at === undefined) return false
    if (!isObject(at)) return true
    at = Object.hasOwn(at, key) ? at[key] : undefined
  }
  return at !== undefined
}
