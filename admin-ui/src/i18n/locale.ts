import { session, type Language } from '../data/session.ts'

/** The full locale for numbers and dates: the browser's own variant of the language, else the common one. */
export function localeOf(language: Language, preferred: readonly string[] = navigator.languages): string {
  const variant = preferred.find((tag) => tag.toLowerCase().startsWith(`${language}-`))
  return variant ?? (language === 'de' ? 'de-DE' : 'en-GB')
}

export function currentLocale(): string {
  return localeOf(session.language)
}
