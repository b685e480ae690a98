import type { EntityView, ModelView } from '@xrm/sdk/api'

export type Theme = 'light' | 'dark' | 'auto'
export type Language = 'en' | 'de'

/** What the whole interface stands on: the model of this user, the language, the theme. Fires `change`. */
class Session extends EventTarget {
  #model: ModelView | null = null
  #language: Language = 'en'
  #theme: Theme = (localStorage.getItem('xrm.theme') as Theme | null) ?? 'auto'

  get model(): ModelView {
    if (!this.#model) throw new Error('The model is read before it is there')
    return this.#model
  }

  get ready(): boolean {
    return this.#model !== null
  }

  get language(): Language {
    return this.#language
  }

  get theme(): Theme {
    return this.#theme
  }

  /** Dark or light as shown now. */
  get dark(): boolean {
    return this.#theme === 'auto'
      ? matchMedia('(prefers-color-scheme: dark)').matches
      : this.#theme === 'dark'
  }

  setModel(model: ModelView | null): void {
    this.#model = model
    this.#changed()
  }

  setLanguage(language: Language): void {
    this.#language = language
    document.documentElement.lang = language
    this.#changed()
  }

  setTheme(theme: Theme): void {
    this.#theme = theme
    localStorage.setItem('xrm.theme', theme)
    this.applyTheme()
    this.#changed()
  }

  applyTheme(): void {
    if (this.#theme === 'auto') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = this.#theme
  }

  entity(name: string): EntityView | undefined {
    return this.#model?.entities[name]
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'))
  }
}

export const session = new Session()
