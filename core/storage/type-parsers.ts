import { type CustomTypesConfig, types } from 'pg'

type Parse = (text: string) => unknown

const asIs: Parse = (text) => text

/** A number where it is exact; text beyond ±2⁵³, where a number would silently be another one. */
function parseInt8(text: string): number | string {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : text
}

/**
 * PostgreSQL's `2026-11-21 21:04:41.12+00` as `2026-11-21T21:04:41.120Z`. Microseconds are cut, not rounded, as
 * JavaScript and `date_trunc` do. Made by slicing, because a list may hold thousands of them. `infinity` and years
 * outside 0–9999 have no such form and stay as they are.
 */
export function parseTimestamptz(text: string): string {
  if (text.charCodeAt(10) !== space) return text
  const dot = text.charCodeAt(19) === point
  const zone = text.endsWith('+00') ? text.length - 3 : -1
  // The session is in UTC; only a statement that sets its own time zone gets here.
  if (zone === -1) return foreignZone(text)
  const fraction = dot ? text.slice(20, Math.min(23, zone)).padEnd(3, '0') : '000'
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`
}

const space = 32
const point = 46

function foreignZone(text: string): string {
  const date = new Date(/[+-]\d\d$/.test(text) ? `${text}:00` : text)
  return Number.isNaN(date.getTime()) ? text : date.toISOString()
}

const scalars: Record<number, Parse> = {
  [types.builtins.INT8]: parseInt8 as Parse,
  [types.builtins.NUMERIC]: asIs,
  [types.builtins.DATE]: asIs,
  [types.builtins.TIMESTAMP]: asIs,
  [types.builtins.TIMESTAMPTZ]: parseTimestamptz,
  [types.builtins.INTERVAL]: asIs,
}

/** Type numbers of the arrays of the above, in PostgreSQL's catalogue. */
const arrays: Record<number, Parse> = {
  1016: parseInt8 as Parse,
  1231: asIs,
  1182: asIs,
  1115: asIs,
  1185: parseTimestamptz,
  1187: asIs,
}

/** How values of PostgreSQL become values of ours, for one pool; the defaults of `pg` stay as they are for others. */
export const typeParsers: CustomTypesConfig = {
  getTypeParser(oid: number, format?: string) {
    const own = format === 'binary' ? undefined : parsers[oid]
    return own ?? types.getTypeParser(oid, format as 'text')
  },
} as CustomTypesConfig

/** What `pg` really exports; its declaration describes a function. */
interface ArrayParser {
  create: (text: string, parse: Parse) => { parse: () => unknown[] }
}

const { create } = types.arrayParser as unknown as ArrayParser
const parsers: Record<number, Parse> = { ...scalars }
for (const [oid, parse] of Object.entries(arrays))
  parsers[Number(oid)] = (text) => create(text, parse).parse()
