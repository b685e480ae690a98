import type { Sql } from './define.ts'

/** Orders by code point, as COLLATE "C" does on UTF-8; `<` on strings would put U+E000 and up after emoji. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

/** Moves surrogates, which stand for the highest code points, above U+FFFF. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}

/** SQL that tells whether two amounts of money can be added or compared. */
export function sameCurrency(a: Sql, b: Sql): string {
  return `${a.currency} = (${b.currency} COLLATE "C")`
}
