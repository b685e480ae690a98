import { namespace } from '../../i18n/index.ts'
import type { en } from './en.ts'

/** The texts about files; whoever imports this file finds them loaded. */
const texts = namespace<typeof en>({
  en: async () => (await import('./en.ts')).en,
  de: async () => (await import('./de.ts')).de,
})
await texts.ready

export const { t } = texts
