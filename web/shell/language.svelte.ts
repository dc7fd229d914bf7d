import { getLocale, locales, overwriteGetLocale, setLocale } from '../paraglide/runtime.js'

/** The two languages of the screens. */
export type Language = (typeof locales)[number]

let current = $state<Language>('zh-CN')

/** The language on the screen; reading it in a template follows a switch. */
export const language = {
  get current(): Language {
    return current
  },
}

/** Takes the language of the last visit, else of the browser, and makes every message follow `language`. */
export function startLanguage(): void {
  current = getLocale()
  overwriteGetLocale(() => current)
  document.documentElement.lang = current
}

/** Switches to the other language without reloading, so that nothing on the screen is lost. */
export function switchLanguage(): void {
  const next = locales.find((locale) => locale !== current) ?? current
  void setLocale(next, { reload: false })
  current = next
  document.documentElement.lang = next
}
