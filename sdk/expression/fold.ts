/**
 * A text as search sees it: without case, accents and ligatures, so that `fold("Łódź")` is `fold("lodz")`.
 * NFKD, without the combining marks U+0300 to U+036F, lower case, and what does not decompose by hand.
 * The same as the database's `xrm.fold`; see {@link foldFunctionSql}.
 */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[øłđς]/g, (letter) => single[letter] ?? letter)
    .replace(/ß/g, 'ss')
    .replace(/æ/g, 'ae')
    .replace(/œ/g, 'oe')
}

const single: Record<string, string> = { ø: 'o', ł: 'l', đ: 'd', ς: 'σ' }

/**
 * Creates `xrm.fold(text)` in the schema `xrm`, which must exist. Index it for `fold(field).contains("x")`:
 * `CREATE INDEX … USING gin (xrm.fold(name) gin_trgm_ops)`. It is one plain expression, so that PostgreSQL inlines it.
 * The database must be in UTF-8 and built with ICU, as the usual packages are.
 */
export const foldFunctionSql = `CREATE OR REPLACE FUNCTION xrm.fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN replace(replace(replace(translate(
  lower(regexp_replace(normalize(value, NFKD), '[' || U&'\\0300' || '-' || U&'\\036F' || ']', '', 'g') COLLATE "und-x-icu"),
  'øłđς', 'oldσ'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')`
