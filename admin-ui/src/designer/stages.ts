import type { Field } from '@xrm/sdk/documents'
import type { Json } from '@xrm/sdk/merge'

export type Stages = NonNullable<Field['x-stages']>

/** True when a user may move a record from one stage to the other. Without `next`, every way is open. */
export function allowsTransition(stages: Stages, from: string, to: string): boolean {
  const next = stages[from]?.next
  return next === undefined || Object.hasOwn(next, to)
}

/**
 * The merge patch of `next` that opens or closes one way. The first way that is closed names all others; the last one that
 * is opened takes `next` away, so that later stages are open too.
 */
export function toggleTransition(stages: Stages, from: string, to: string): Json {
  const others = Object.keys(stages).filter((key) => key !== from)
  const open = others.filter((key) => allowsTransition(stages, from, key))
  const wanted = open.includes(to) ? open.filter((key) => key !== to) : [...open, to]
  if (wanted.length === others.length) return null
  const gone = Object.keys(stages[from]?.next ?? {}).filter((key) => !wanted.includes(key))
  return Object.fromEntries([
    ...wanted.map((key): [string, Json] => [key, true]),
    ...gone.map((key): [string, Json] => [key, null]),
  ])
}

/** Where a new path begins: one open stage and the two ways to end. */
export function firstStages(): Stages {
  return {
    new: { title: 'New', labels: { de: 'Neu' }, category: 'open', color: 'blue', order: 10 },
    won: { title: 'Won', labels: { de: 'Gewonnen' }, category: 'won', color: 'green', order: 20 },
    lost: { title: 'Lost', labels: { de: 'Verloren' }, category: 'lost', color: 'gray', order: 30 },
  }
}
