import { call } from '../data/client.ts'
import { session, type Language } from '../data/session.ts'
import type { en } from './en.ts'
import { formatMessage, type Messages } from './messages.ts'

type Plain<K> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K
/** A message of ours; plural forms count as one key. */
export type MessageKey = Plain<keyof typeof en>

export const languages: readonly Language[] = ['en', 'de']

const loaders: Record<Language, () => Promise<Messages>> = {
  en: async () => (await import('./en.ts')).en,
  de: async () => (await import('./de.ts')).de,
}

let messages: Messages = {}

/** The text of a message in the user's language. `count` chooses the plural form. */
export function t(key: MessageKey, values: Record<string, unknown> = {}): string {
  return formatMessage(messages, session.language, key, values) ?? key
}

/** The text for a code from the server, if we have one; `fallback` is the server's own English. */
export function translateCode(code: string, fallback: string, values: Record<string, unknown> = {}): string {
  return formatMessage(messages, session.language, `error.${code}`, values) ?? fallback
}

/** Loads the language that was chosen, else the browser's, else English. */
export async function startLanguage(): Promise<void> {
  const chosen = localStorage.getItem('xrm.language')
  const wanted = [chosen ?? '', ...navigator.languages].map((tag) => tag.slice(0, 2))
  const language = wanted.map(asLanguage).find((one) => one !== null) ?? 'en'
  messages = await loaders[language]()
  session.setLanguage(language)
}

/** Shows another language at once; `remember` keeps it here and with the user's account. */
export async function useLanguage(language: Language, remember: boolean): Promise<void> {
  messages = await loaders[language]()
  session.setLanguage(language)
  if (!remember) return
  localStorage.setItem('xrm.language', language)
  await call('PATCH', '/api/me', { body: { language } })
}

export function asLanguage(text: string | null): Language | null {
  return languages.find((one) => one === text) ?? null
}
