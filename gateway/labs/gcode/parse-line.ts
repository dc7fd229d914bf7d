/** One command with its words, such as G1 X10 E0.5: letters to numbers. */
export interface GcodeCommand {
  /** Letter and number, such as `G1` or `M104`; a subcommand keeps its point (`G29.1`). */
  readonly code: string
  readonly words: ReadonlyMap<string, number>
  /** From an `N` word, null where there is none. */
  readonly lineNumber: number | null
}

/** A line said nothing, a command, or something that is refused. */
export type GcodeLine = { readonly command: GcodeCommand | null } | { readonly refusal: string }

/** Longest line that is read; firmware buffers are 96 to 256 bytes, slicers' comments run longer. */
const LINE_LIMIT = 2048

/** Commands whose rest is free text (messages, host commands, file names) and is not read as words. */
const TEXT_COMMANDS = new Set(['M23', 'M28', 'M30', 'M32', 'M33', 'M117', 'M118', 'M486', 'M550', 'M551', 'M552', 'M587', 'M928'])

const WORD = /([A-Za-z])[ \t]*([+-]?(?:\d+(?:\.\d*)?|\.\d+))?[ \t]*/y

/** Reads one line: comments off, checksum checked, words split. `latin1` text; letters outside of comments must be ASCII. */
export const parseLine = (raw: string): GcodeLine => {
  if (raw.length > LINE_LIMIT) return { refusal: `the line is longer than ${LINE_LIMIT} characters` }
  const line = stripComments(raw)
  if (line === null) return { refusal: 'a comment in parentheses does not close' }
  const text = line.trim()
  if (text === '' || text === '%') return { command: null }
  if (/[^\t\x20-\x7e]/.test(text)) return { refusal: 'a character that is not printable ASCII' }
  const checked = checkSum(text)
  return 'refusal' in checked ? checked : readWords(checked.text)
}

const stripComments = (raw: string): string | null => {
  const semicolon = raw.indexOf(';')
  const line = semicolon < 0 ? raw : raw.slice(0, semicolon)
  if (!line.includes('(')) return line
  const bare = line.replace(/\([^()]*\)/g, ' ')
  return /[()]/.test(bare) ? null : bare
}

/** `*nn` at the end is the XOR of all bytes before it (RepRap checksum). */
const checkSum = (text: string): { readonly text: string } | { readonly refusal: string } => {
  const star = text.lastIndexOf('*')
  if (star < 0) return { text }
  const said = text.slice(star + 1).trim()
  const body = text.slice(0, star)
  let sum = 0
  for (let at = 0; at < body.length; at += 1) sum ^= body.charCodeAt(at)
  if (!/^\d{1,3}$/.test(said)) return { refusal: 'a checksum that is not a number' }
  return Number(said) === sum ? { text: body } : { refusal: 'a checksum that does not fit its line' }
}

const readWords = (text: string): GcodeLine => {
  const words = new Map<string, number>()
  let code: string | null = null
  let lineNumber: number | null = null
  WORD.lastIndex = 0
  while (WORD.lastIndex < text.length) {
    const at = WORD.lastIndex
    const found = WORD.exec(text)
    if (found === null) {
      // Words of extended commands (Klipper macros, quoted names) are not ours to judge; before the code they are refused.
      return code === null
        ? { refusal: `something that is not a command at column ${at + 1}` }
        : { refusal: `a word that cannot be read at column ${at + 1}` }
    }
    const letter = (found[1] ?? '').toUpperCase()
    const value = found[2] === undefined ? null : Number(found[2])
    if (letter === 'N' && code === null && lineNumber === null && value !== null) {
      lineNumber = value
    } else if (code === null) {
      if (value === null || !'GMTDP'.includes(letter))
        return /^[A-Z_][A-Z0-9_]+(\s|$)/i.test(text) ? macro(text, lineNumber) : { refusal: 'a line without a command' }
      code = `${letter}${found[2]?.replace(/^0+(?=\d)/, '')}`
      if (TEXT_COMMANDS.has(code)) break
    } else {
      if (words.has(letter)) return { refusal: `the word ${letter} twice` }
      if (value !== null && Math.abs(value) > 1e9) return { refusal: `the word ${letter} with a number out of range` }
      // A letter alone (G28 X, M84 E) is a flag.
      words.set(letter, value ?? Number.NaN)
    }
  }
  return { command: code === null ? null : { code, words, lineNumber } }
}

/** Klipper's extended commands (`SET_PRESSURE_ADVANCE ADVANCE=0.05`) carry no motion that we know: counted, not read. */
const macro = (text: string, lineNumber: number | null): GcodeLine => ({
  command: { code: (/^\w+/.exec(text)?.[0] ?? '').toUpperCase().slice(0, 32), words: new Map(), lineNumber },
})
