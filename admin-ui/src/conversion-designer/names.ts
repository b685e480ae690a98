import { nameFromTitle } from '../designer/names.ts'

/** A name in the manner of conversions, `contact-to-employee`, that is not taken yet. */
export function freeName(text: string, taken: ReadonlySet<string>): string {
  const plain = (name: string) => name.replaceAll('_', '-')
  return plain(nameFromTitle(text, (name) => taken.has(plain(name))))
}
