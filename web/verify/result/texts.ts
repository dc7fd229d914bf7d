import type { LocalisedText } from '@guildhall/credentials'

/** A text with the language that it is in; undefined where the certificate does not tell. */
export interface ChosenText {
  text: string
  lang: string | undefined
}

/** The text in the wanted language, else in the one of the same family, else in whatever there is. */
export function pickText(texts: LocalisedText, wanted: string): ChosenText | undefined {
  const family = wanted.split('-')[0] ?? wanted
  const languages = Object.keys(texts)
  const lang = languages.find((name) => name === wanted) ?? languages.find((name) => name.split('-')[0] === family) ?? languages[0]
  const text = lang === undefined ? undefined : texts[lang]
  return text === undefined ? undefined : { text, lang: lang === 'und' ? undefined : lang }
}
