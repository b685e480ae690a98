const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Codes that have a name and are no country of their own. */
const others = new Set(['EU', 'EZ', 'UN', 'XA', 'XB', 'ZZ', 'QO', 'AC', 'CP', 'DG', 'EA', 'IC', 'TA', 'CQ'])
const lists = new Map<string, readonly { code: string; name: string }[]>()

/** All countries by name in a language, as ISO 3166-1 codes. */
export function countries(language: string): readonly { code: string; name: string }[] {
  const known = lists.get(language)
  if (known) return known
  const names = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' })
  const list = [...letters]
    .flatMap((first) => [...letters].map((second) => first + second))
    .flatMap((code) => {
      const name = others.has(code) || isFormer(code) ? undefined : names.of(code)
      return name === undefined ? [] : [{ code, name }]
    })
    .toSorted((a, b) => a.name.localeCompare(b.name, language))
  lists.set(language, list)
  return list
}

/** `DD` is `DE` today, `UK` is `GB`. */
function isFormer(code: string): boolean {
  return Intl.getCanonicalLocales(`und-${code}`)[0] !== `und-${code}`
}
