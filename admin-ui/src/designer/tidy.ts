import type { ReferenceView } from '@xrm/sdk/configuration'
import { isObject, type Json, valueAt } from '@xrm/sdk/merge'
import { patchAt, pointerKeys } from '../console/layers.ts'

/** Places that name a thing as a key: without the entry, nothing names it any more. */
const entries = [
  /^form \/highlights\/[^/]+$/,
  /^form \/sections\/[^/]+\/fields\/[^/]+$/,
  /^form \/related\/[^/]+$/,
  /^view \/(columns|sort)\/[^/]+$/,
  /^role \/entities\/[^/]+(\/fields\/[^/]+)?$/,
  /^entity \/properties\/[^/]+\/x-entities\/[^/]+$/,
  /^entity \/properties\/[^/]+\/x-stages\/[^/]+\/(requires|sets|next)\/[^/]+$/,
  /^entity \/properties\/[^/]+\/default$/,
  /^entity \/x-rules\/[^/]+\/pointer$/,
  /^conversion \/targets\/[^/]+\/map\/[^/]+$/,
  /^conversion \/targets\/[^/]+\/map\/[^/]+\/values\/[^/]+$/,
]

/** What becomes of a document when what it names goes. */
export type Tidying = { remove: true } | { patch: (body: Json) => Json }

/**
 * How a place can be left without what it names; null where only people can mend it, such as an expression. Views and forms
 * of an entity go with it; groups of unique fields go whole, because a smaller group would be a stricter rule.
 */
export function tidyingOf({ kind, pointer }: ReferenceView): Tidying | null {
  const place = `${kind} ${pointer}`
  if (place === 'form /entity' || place === 'view /entity') return { remove: true }
  if (entries.some((entry) => entry.test(place))) return { patch: () => patchAt(pointer, null) }
  const [part = '', key = '', index = ''] = pointerKeys(pointer)
  if (kind === 'entity' && part === 'x-unique' && index !== '')
    return { patch: () => patchAt(`/x-unique/${key}`, null) }
  // A rule that compares less would find more than was meant, so it goes whole too.
  if (kind === 'entity' && part === 'x-duplicates' && index !== '')
    return { patch: () => patchAt(`/x-duplicates/${key}`, null) }
  if (kind === 'conversion' && /^\/targets\/[^/]+\/match\/[^/]+\/fields\//.test(pointer))
    return { patch: () => patchAt(pointer.split('/').slice(0, 5).join('/'), null) }
  if (kind === 'entity' && part === 'x-entity' && key === 'search')
    return { patch: (body) => withoutItem(body, pointer) }
  return null
}

/** One patch that does what several do; later ones win. Unlike a merge, it keeps the nulls. */
export function joinPatches(a: Json, b: Json): Json {
  if (!isObject(a) || !isObject(b)) return b
  const joined: Record<string, Json> = { ...a }
  for (const [key, value] of Object.entries(b)) joined[key] = key in a ? joinPatches(a[key]!, value) : value
  return joined
}

function withoutItem(body: Json, pointer: string): Json {
  const at = pointer.slice(0, pointer.lastIndexOf('/'))
  const list = valueAt(body, at)
  const gone = Number(pointer.slice(at.length + 1))
  return patchAt(at, Array.isArray(list) ? list.filter((_, index) => index !== gone) : null)
}
