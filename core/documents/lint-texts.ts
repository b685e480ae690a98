import type { XrmDocument } from '@xrm/sdk'
import type { Issues } from './issues.ts'
import { escapePointer } from '@xrm/sdk/merge'

/** The keys whose texts stand in the interface for a thing; descriptions may be prose of any kind. */
const titles = new Set(['title', 'message', 'one', 'other'])
/** The keys that hold such texts by language. */
const byLanguage = new Set(['labels', 'x-labels', 'messages'])

/** Control characters, marks that turn the direction of what follows, and characters without a width. */
const invisible = /[\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u
/** One word of Latin letters and of Cyrillic or Greek ones that look like them. */
const mixed =
  /(?=[\p{L}\p{M}]*\p{Script=Latin})(?=[\p{L}\p{M}]*[\p{Script=Cyrillic}\p{Script=Greek}])[\p{L}\p{M}]+/u

/**
 * Warns of titles that look like others, or turn round what stands beside them. Only a warning: zero-width joiners, and words
 * of two scripts, are what some languages and some trade names are made of. (INJ-04)
 */
export function lintTexts({ kind, name, body }: XrmDocument, issues: Issues): void {
  const place = { kind, name }
  const check = (text: string, pointer: string): void => {
    const [hidden] = invisible.exec(text) ?? []
    if (hidden !== undefined) {
      const code = `U+${hidden.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
      issues.warning(place, pointer, 'text.invisible', `The text holds ${code}, which nobody sees.`)
    }
    const [word] = mixed.exec(text) ?? []
    if (word !== undefined) {
      const message = `"${word}" mixes letters of different scripts that look alike.`
      issues.warning(place, pointer, 'text.confusable', message)
    }
  }
  const walk = (value: unknown, pointer: string, isTitle: boolean): void => {
    if (typeof value === 'string') return isTitle ? check(value, pointer) : undefined
    if (value === null || typeof value !== 'object') return
    for (const [key, child] of Object.entries(value)) {
      // A field may be called "title": then this is no text.
      const text = titles.has(key) && typeof child === 'string'
      walk(child, `${pointer}/${escapePointer(key)}`, isTitle || text || byLanguage.has(key))
    }
  }
  walk(body, '', false)
}
