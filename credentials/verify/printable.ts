/** Characters of another's text that no one sees, but that change what is seen: controls (terminals obey them), line ends, and turns of direction. */
const tricks = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** Longest text of another's that a reason quotes. */
const maxQuoted = 500

/** A text of somebody else as it may be shown: what tricks the eye is replaced by U+FFFD. */
export function printable(text: string): string {
  return text.replace(tricks, '\ufffd')
}

/** The same, cut where it is too long to be read in a sentence. */
export function quotable(text: string): string {
  return printable(text.length > maxQuoted ? `${text.slice(0, maxQuoted).toWellFormed()}…` : text)
}
