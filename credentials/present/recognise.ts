import { unzipSync } from 'fflate'
import { CredentialError } from '../errors.ts'
import type { JsonObject, Secured } from '../formats/format.ts'
import { recogniseDocument } from '../formats/formats.ts'
import { isJsonObject, parseJsonObject } from '../formats/json.ts'
import type { AnchorReceipt } from '../ports.ts'
import { readReceipt } from '../verify/evidence/anchor-receipt.ts'
import { type BakedCredential, unbakePng, unbakeSvg } from './bake.ts'
import { type LearningCode, readLearningCode } from './learning-code.ts'
import { isPng } from './png.ts'
import { isSvg } from './svg.ts'

/** What someone dropped, pasted, scanned or opened. */
export type Recognised =
  | { kind: 'credential'; secured: Secured; receipt: AnchorReceipt | undefined }
  | { kind: 'presentation'; secured: Secured }
  | { kind: 'picture'; credentials: readonly BakedCredential[] }
  | { kind: 'receipt'; receipt: AnchorReceipt }
  | { kind: 'bundle'; bytes: Uint8Array }
  | { kind: 'many'; files: readonly { name: string; bytes: Uint8Array }[] }
  | { kind: 'learning-code'; learningCode: LearningCode }
  | { kind: 'link'; url: string }
  | { kind: 'unknown'; problem: string }

/** Limits of a zip with many certificates: files, bytes of one, bytes of all once unpacked. */
const limits = { files: 10_000, fileBytes: 33_554_432, totalBytes: 268_435_456 } as const
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** Tells what an input is, by what is in it and never by its name. Never throws: what can not be read is `unknown` with the reason. */
export function recognise(input: Uint8Array | string): Recognised {
  try {
    return typeof input === 'string' ? recogniseText(input) : recogniseBytes(input)
  } catch (error) {
    if (error instanceof CredentialError) return { kind: 'unknown', problem: error.message }
    throw error
  }
}

function recogniseBytes(bytes: Uint8Array): Recognised {
  if (isPng(bytes)) return picture(unbakePng(bytes))
  if (isZip(bytes)) return recogniseZip(bytes)
  if (bytes.length > limits.fileBytes)
    return { kind: 'unknown', problem: `The file has ${bytes.length} bytes; at most ${limits.fileBytes} are read.` }
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return { kind: 'unknown', problem: 'The file is neither text, nor a PNG, nor a zip.' }
  }
  return recogniseText(text)
}

function recogniseText(input: string): Recognised {
  const text = input.trim()
  if (isSvg(text)) return picture(unbakeSvg(text))
  const learningCode = readLearningCode(text)
  if (learningCode !== undefined) return { kind: 'learning-code', learningCode }
  if (/^https?:\/\/\S+$/i.test(text) && URL.canParse(text) && text.length <= 4096) return { kind: 'link', url: text }
  if (text.startsWith('{')) return recogniseObject(parseJsonObject(text))
  if (text.startsWith('data:application/v')) return recogniseSecured(text)
  // A token that a mail program broke into lines is still that token.
  const token = text.replace(/\s+/g, '')
  if (/^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)) return recogniseSecured(token)
  return { kind: 'unknown', problem: 'The text is no certificate, no learning code and no link.' }
}

/** A credential or presentation, or our own file that holds one beside its receipt: `{ credential, receipt }`. */
function recogniseObject(object: JsonObject): Recognised {
  const receipt = readReceipt(object)
  if (receipt !== undefined) return { kind: 'receipt', receipt }
  const { credential } = object
  if (object['@context'] === undefined && (typeof credential === 'string' || isJsonObject(credential))) {
    const inside = recogniseSecured(credential)
    return inside.kind === 'credential' ? { ...inside, receipt: readReceipt(object['receipt']) } : inside
  }
  return recogniseSecured(object)
}

function recogniseSecured(input: Secured): Recognised {
  const { document, secured } = recogniseDocument(input)
  const types = [document['type']].flat()
  if (types.includes('VerifiablePresentation')) return { kind: 'presentation', secured }
  if (document['@context'] === undefined && document['type'] === undefined)
    return { kind: 'unknown', problem: 'The JSON is neither a certificate nor a presentation.' }
  return { kind: 'credential', secured, receipt: undefined }
}

function picture(credentials: readonly BakedCredential[]): Recognised {
  return credentials.length === 0 ? { kind: 'unknown', problem: 'The picture has no certificate in it.' } : { kind: 'picture', credentials }
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 0x03 || bytes[2] === 0x05)
}

/** A `.guildhall` bundle has a manifest; any other zip is a folder of many. */
function recogniseZip(bytes: Uint8Array): Recognised {
  let total = 0
  const names = new Set<string>()
  const filter = ({ name, originalSize }: { name: string; originalSize: number }) => {
    names.add(name)
    if (names.size > limits.files) throw tooLarge(`it has more than ${limits.files} files`)
    if (isClutter(name)) return false
    total += originalSize
    if (originalSize > limits.fileBytes || total > limits.totalBytes)
      throw tooLarge(`it would unpack to more than ${limits.totalBytes} bytes`)
    return !names.has('manifest.json') && name !== 'manifest.json'
  }
  let unpacked: Record<string, Uint8Array>
  try {
    unpacked = unzipSync(bytes, { filter })
  } catch (error) {
    if (error instanceof CredentialError) throw error
    return { kind: 'unknown', problem: 'The zip can not be opened.' }
  }
  if (names.has('manifest.json')) return { kind: 'bundle', bytes }
  return { kind: 'many', files: Object.entries(unpacked).map(([name, content]) => ({ name, bytes: content })) }
}

/** Folders, and what macOS adds. */
function isClutter(name: string): boolean {
  return name.endsWith('/') || name.startsWith('__MACOSX/') || name.endsWith('.DS_Store')
}

function tooLarge(problem: string): CredentialError {
  return new CredentialError('CREDENTIAL_TOO_LARGE', `The zip is too large to be opened: ${problem}.`)
}
