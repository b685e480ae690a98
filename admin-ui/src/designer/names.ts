const namePattern = /^[a-z][a-z0-9_]{0,47}$/
const letters: Record<string, string> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  ß: 'ss',
  æ: 'ae',
  ø: 'o',
  å: 'a',
  ł: 'l',
}

/** Names that every record has already. */
export const systemFields: ReadonlySet<string> = new Set([
  'id',
  'version',
  'display',
  'owner',
  'team',
  'active',
  'created_at',
  'created_by',
  'updated_at',
  'updated_by',
  'deleted_at',
])

/**
 * A name for the API from what people call a thing: `Größe (m²)` → `groesse_m`. Never one that is taken: a number is put
 * behind it. Empty when the title has no letter that a name may have.
 */
export function nameFromTitle(title: string, taken: (name: string) => boolean = () => false): string {
  const plain = title
    .toLowerCase()
    .replace(/[äöüßæøåł]/g, (letter) => letters[letter] ?? letter)
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '')
    .slice(0, 44)
    .replace(/_+$/, '')
  if (plain === '' || !taken(plain)) return plain
  for (let number = 2; ; number++) if (!taken(`${plain}_${number}`)) return `${plain}_${number}`
}

/** A name in the manner of conversions and web forms, `contact-to-employee`, that is not taken yet. */
export function freeName(text: string, taken: ReadonlySet<string>): string {
  const plain = (name: string) => name.replaceAll('_', '-')
  return plain(nameFromTitle(text, (name) => taken.has(plain(name))))
}

/** True for what may be the name of an entity, a field, an option or a stage. */
export function isName(text: string): boolean {
  return namePattern.test(text)
}

/** What many of a thing are probably called in English: `Company` → `Companies`. A proposal that people can change. */
export function pluralOf(title: string): string {
  if (/[^aeiou]y$/i.test(title)) return `${title.slice(0, -1)}ies`
  return /(s|x|z|ch|sh)$/i.test(title) ? `${title}es` : title === '' ? '' : `${title}s`
}
