import css from './aura.css?inline'

/** The parts of Aura that our controls use, and our tokens in its words. Only the lazy form chunk carries it. */
export const auraSheet = new CSSStyleSheet()
auraSheet.replaceSync(css)
