import '@fontsource-variable/inter/wght.css'
import './style/tokens.css'
import { session } from './data/session.ts'
import './shell/app.element.ts'
import { router } from './shell/router.ts'

session.applyTheme()
router.start()
