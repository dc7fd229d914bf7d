import { unzlibSync } from 'fflate'
import { CredentialError } from '../errors.ts'

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
/** Largest picture, and longest text in it, that is read: bytes. */
const maxPngBytes = 33_554_432
const maxTextBytes = 4_194_304
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Whether bytes begin like a PNG (PNG 3rd edition §5.2). */
export function isPng(bytes: Uint8Array): boolean {
  return signature.every((byte, at) => bytes[at] === byte)
}

/**
 * The UTF-8 texts of all iTXt chunks with a keyword, packed or not (PNG §11.3.3.4).
 * @throws CredentialError CREDENTIAL_IMAGE_MALFORMED for what is no PNG, a chunk whose checksum is wrong, or a text that is not UTF-8;
 * CREDENTIAL_TOO_LARGE.
 */
export function readPngTexts(png: Uint8Array, keyword: string): string[] {
  return chunksOf(png).flatMap((chunk) => {
    const text = chunk.type === 'iTXt' ? readText(chunk.data, keyword) : undefined
    return text === undefined ? [] : [text]
  })
}

/**
 * The picture with these texts and no others under their keywords (`undefined`: none at all) (Open Badges 3.0 §5.3.1.1); the picture itself is untouched.
 * @throws CredentialError CREDENTIAL_IMAGE_MALFORMED
 */
export function writePngTexts(png: Uint8Array, texts: Readonly<Record<string, string | undefined>>): Uint8Array {
  const kept = chunksOf(png).filter(({ type, data }) => type !== 'iTXt' || !Object.hasOwn(texts, keywordOf(data)))
  const baked = Object.entries(texts).flatMap(([keyword, text]) => (text === undefined ? [] : [makeChunk('iTXt', textData(keyword, text))]))
  const last = kept.pop()
  if (last === undefined) throw malformed('it has no chunks')
  return concat([signature, ...kept.map(({ raw }) => raw), ...baked, last.raw])
}

interface Chunk {
  type: string
  data: Uint8Array
  /** Length, type, data and checksum as they stood. */
  raw: Uint8Array
}

function chunksOf(png: Uint8Array): Chunk[] {
  if (!isPng(png)) throw malformed('it does not begin like a PNG')
  if (png.length > maxPngBytes)
    throw new CredentialError('CREDENTIAL_TOO_LARGE', `The picture has ${png.length} bytes; at most ${maxPngBytes} are read.`)
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  const chunks: Chunk[] = []
  let at = signature.length
  while (at < png.length) {
    if (at + 12 > png.length) throw malformed('it ends within a chunk')
    const length = view.getUint32(at)
    const end = at + 12 + length
    if (end > png.length) throw malformed('a chunk is longer than the file')
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8))
    if (view.getUint32(end - 4) !== crc32(png.subarray(at + 4, end - 4)))
      throw malformed(`the checksum of a ${JSON.stringify(type)} chunk is wrong`)
    chunks.push({ type, data: png.subarray(at + 8, end - 4), raw: png.subarray(at, end) })
    at = end
    if (type === 'IEND') break
  }
  if (chunks[0]?.type !== 'IHDR' || chunks.at(-1)?.type !== 'IEND') throw malformed('it has no IHDR at the beginning or no IEND at the end')
  return chunks
}

/** keyword ‖ 0 ‖ packed? ‖ method ‖ language ‖ 0 ‖ translated keyword ‖ 0 ‖ text */
function readText(data: Uint8Array, keyword: string): string | undefined {
  if (keywordOf(data) !== keyword) return undefined
  const afterKeyword = data.indexOf(0) + 1
  const isPacked = data[afterKeyword] === 1
  const languageEnd = data.indexOf(0, afterKeyword + 2)
  const translatedEnd = languageEnd < 0 ? -1 : data.indexOf(0, languageEnd + 1)
  if (translatedEnd < 0) throw malformed('an iTXt chunk is cut off')
  const body = data.subarray(translatedEnd + 1)
  const bytes = isPacked ? unpack(body) : body
  if (bytes.length > maxTextBytes) throw new CredentialError('CREDENTIAL_TOO_LARGE', `The text in the picture has ${bytes.length} bytes.`)
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw malformed('the text in it is not UTF-8', cause)
  }
}

/** What unpacks to more than the limit is refused without being held in memory. */
function unpack(body: Uint8Array): Uint8Array {
  try {
    const unpacked = unzlibSync(body, { out: new Uint8Array(maxTextBytes + 1) })
    if (unpacked.length > maxTextBytes)
      throw new CredentialError('CREDENTIAL_TOO_LARGE', `The text in the picture unpacks to more than ${maxTextBytes} bytes.`)
    return unpacked
  } catch (cause) {
    if (cause instanceof CredentialError) throw cause
    throw malformed('the packed text in it can not be unpacked', cause)
  }
}

function keywordOf(data: Uint8Array): string {
  const end = data.indexOf(0)
  return end < 1 || end > 79 ? '' : String.fromCharCode(...data.subarray(0, end))
}

function textData(keyword: string, text: string): Uint8Array {
  const encoder = new TextEncoder()
  return concat([encoder.encode(keyword), new Uint8Array(5), encoder.encode(text)])
}

function makeChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(data.length + 12)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, data.length)
  for (let at = 0; at < 4; at++) chunk[4 + at] = type.charCodeAt(at)
  chunk.set(data, 8)
  view.setUint32(data.length + 8, crc32(chunk.subarray(4, data.length + 8)))
  return chunk
}

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value
})

/** PNG §D: the checksum over type and data. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

function malformed(problem: string, cause?: unknown): CredentialError {
  return new CredentialError('CREDENTIAL_IMAGE_MALFORMED', `The PNG can not be read: ${problem}.`, { cause })
}
