import { CredentialError } from '../errors.ts'

/** How long a learning code lives, in seconds (it also opens only once; the base that made it sees to both). */
export const learningCodeSeconds = 60
/** 26 characters of base32 (RFC 4648 §6): 130 bits. */
const codeLength = 26
/** In alphanumeric mode a QR code of version 7 (45 modules), level M, holds 178 characters. */
const longestLearningCodeText = 178
/** What QR codes call alphanumeric (ISO/IEC 18004 §7.3.4): capitals take fewer modules. */
const alphanumeric = /^[0-9A-Z $%*+\-./:]+$/

/** What a learning code leads to: the base's origin and the code to open there. */
export interface LearningCode {
  origin: string
  code: string
}

/**
 * The text for the QR code: `HTTPS://<HOST>/CODE/<CODE>`, all capitals.
 * @throws CredentialError CREDENTIAL_LEARNING_CODE_MALFORMED when the code is not 26 characters of base32, or the text would need more than 45 modules.
 */
export function writeLearningCode({ origin, code }: LearningCode): string {
  const text = `${new URL(origin).origin}/code/${code}`.toUpperCase()
  if (!isCode(code) || !alphanumeric.test(text) || text.length > longestLearningCodeText) {
    throw new CredentialError(
      'CREDENTIAL_LEARNING_CODE_MALFORMED',
      `A learning code is ${codeLength} letters A–Z and digits 2–7 at an origin of at most ${longestLearningCodeText - 32} characters.`,
    )
  }
  return text
}

/** Reads the text of a scanned or pasted learning code, in capitals or not; undefined when it is none. */
export function readLearningCode(text: string): LearningCode | undefined {
  const match = /^(https?:\/\/[a-z0-9.-]+(?::\d{1,5})?)\/code\/([a-z2-7]{26})$/i.exec(text.trim())
  const [, origin = '', code = ''] = match ?? []
  if (match === null || text.length > longestLearningCodeText + 20 || !URL.canParse(origin)) return undefined
  const { protocol, hostname } = new URL(origin)
  // Without TLS only on this machine, where a demonstration runs.
  if (protocol !== 'https:' && hostname !== 'localhost' && !hostname.endsWith('.localhost') && hostname !== '127.0.0.1') return undefined
  return { origin: new URL(origin).origin, code: code.toUpperCase() }
}

function isCode(code: string): boolean {
  return new RegExp(`^[A-Z2-7]{${codeLength}}$`).test(code)
}
