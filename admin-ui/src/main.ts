import '@fontsource-variable/inter/wght.css'
import './style/tokens.css'
import { session } from './data/session.ts'
import { startLanguage } from './i18n/index.ts'
import { router } from './shell/router.ts'

// Elements are defined only when their texts are there.
session.applyTheme()
router.start()
await startLanguage()
await import('./shell/app.element.ts')
