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
  const key = `error.${code}`
  const own = formatMessage(messages, session.language, key, values)
  if (own !== undefined) return own
  for (const find of finders) {
    const text = find(key, values)
    if (text !== undefined) return text
  }
  return fallback
}

/** Of the parts that are loaded: their texts for codes that only they meet. */
const finders: ((key: string, values: Record<string, unknown>) => string | undefined)[] = []

/** What a lazily loaded part of the interface needs of its own texts. */
export interface Namespace<K extends string> {
  t(key: K, values?: Record<string, unknown>): string
  /** Undefined where there is no such text; for keys that are put together at run time. */
  find(key: string, values?: Record<string, unknown>): string | undefined
  /** Resolves when the texts of the present language are there. */
  ready: Promise<void>
}

const namespaces: ((language: Language) => Promise<void>)[] = []

/**
 * Texts of a part that is loaded lazily, so that the first screen does not carry them. They change with the language like
 * all others; await `ready` before the part is shown.
 */
export function namespace<M extends Messages>(
  loadOwn: Record<Language, () => Promise<Record<keyof M, string>>>,
): Namespace<Plain<keyof M & string>> {
  let own: Messages = {}
  const read = async (language: Language) => {
    own = await loadOwn[language]()
  }
  namespaces.push(read)
  const find = (key: string, values: Record<string, unknown> = {}) =>
    formatMessage(own, session.language, key, values)
  finders.push(find)
  return { t: (key, values) => find(key, values) ?? key, find, ready: read(session.language) }
}

async function load(language: Language): Promise<void> {
  ;[messages] = await Promise.all([loaders[language](), ...namespaces.map((read) => read(language))])
  session.setLanguage(language)
}

/** Loads the language that was chosen, else the browser's, else English. */
export async function startLanguage(): Promise<void> {
  const chosen = localStorage.getItem('xrm.language')
  const wanted = [chosen ?? '', ...navigator.languages].map((tag) => tag.slice(0, 2))
  const language = wanted.map(asLanguage).find((one) => one !== null) ?? 'en'
  await load(language)
}

/** Shows another language at once; `remember` keeps it here and with the user's account. */
export async function useLanguage(language: Language, remember: boolean): Promise<void> {
  await load(language)
  if (!remember) return
  localStorage.setItem('xrm.language', language)
  await call('PATCH', '/api/me', { body: { language } })
}

export function asLanguage(text: string | null): Language | null {
  return languages.find((one) => one === text) ?? null
}
