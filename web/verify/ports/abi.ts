import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'

/** A parameter as an ABI lists it. */
interface AbiParameter {
  readonly name: string
  readonly type: string
  readonly indexed?: boolean
  readonly components?: readonly AbiParameter[]
}

/** A function or event as an ABI lists it. */
export interface AbiItem {
  readonly type: string
  readonly name: string
  readonly inputs: readonly AbiParameter[]
  readonly outputs?: readonly AbiParameter[]
}

/** A decoded value: integers of up to 48 bits as numbers, wider ones as bigint; bytes and addresses as lower-case hex; tuples by name. */
export type AbiValue = number | bigint | boolean | string | AbiValue[] | { [name: string]: AbiValue }

/**
 * A codec for what a verifier reads: static words, strings, tuples and lists (Contract ABI Specification, "Formal Specification of the
 * Encoding"). Arguments are static words only; no function that is read takes anything else.
 */
export function encodeCall(item: AbiItem, values: readonly (number | bigint | string)[]): `0x${string}` {
  if (values.length !== item.inputs.length) throw new RangeError(`${item.name} takes ${item.inputs.length} values`)
  return `0x${selectorOf(item)}${item.inputs.map((input, index) => encodeWord(input.type, values[index] ?? 0)).join('')}`
}

/** One argument as a word of 64 hex digits; also the form of an indexed value in a log's topics. */
export function encodeWord(type: string, value: number | bigint | string): string {
  if (typeof value === 'string') {
    const digits = value.slice(2).toLowerCase()
    return type.startsWith('bytes') ? digits.padEnd(64, '0') : digits.padStart(64, '0')
  }
  return BigInt(value).toString(16).padStart(64, '0')
}

/** Topic 0 of an event: the Keccak-256 of its signature. */
export function topicOf(item: AbiItem): `0x${string}` {
  return `0x${signatureHash(item)}`
}

/** What a call answered: the one value, or several by name. @throws RangeError when the data is shorter than its type */
export function decodeResult(item: AbiItem, data: string): AbiValue {
  const outputs = item.outputs ?? []
  const values = decodeTuple(outputs, hexToBytes(data.slice(2)), 0)
  const [only] = outputs
  return outputs.length === 1 && only ? (values[only.name] ?? '') : values
}

/** The values of a log by name, from its topics and data. */
export function decodeLog(item: AbiItem, log: { topics: readonly string[]; data: string }): { [name: string]: AbiValue } {
  const plain = item.inputs.filter((input) => !input.indexed)
  const values = decodeTuple(plain, hexToBytes(log.data.slice(2)), 0)
  for (const [index, input] of item.inputs.filter(({ indexed }) => indexed).entries()) {
    values[input.name] = decodeStatic(input.type, hexToBytes((log.topics[index + 1] ?? '0x').slice(2)))
  }
  return values
}

/** ASCII text as a bytes32 that ends in zeros, the form of a contract's name. */
export function bytes32Of(text: string): `0x${string}` {
  return `0x${bytesToHex(utf8ToBytes(text)).padEnd(64, '0')}`
}

/** Finds a function or event by its name. @throws RangeError when the ABI has none */
export function itemOf(abi: readonly AbiItem[], name: string): AbiItem {
  const item = abi.find((entry) => entry.name === name)
  if (!item) throw new RangeError(`the ABI has no ${name}`)
  return item
}

function selectorOf(item: AbiItem): string {
  return signatureHash(item).slice(0, 8)
}

function signatureHash(item: AbiItem): string {
  return bytesToHex(keccak_256(utf8ToBytes(`${item.name}(${item.inputs.map(typeOf).join(',')})`)))
}

function typeOf({ type, components }: AbiParameter): string {
  return components ? `(${components.map(typeOf).join(',')})${type.slice('tuple'.length)}` : type
}

function decodeTuple(parameters: readonly AbiParameter[], data: Uint8Array, start: number): { [name: string]: AbiValue } {
  const values: { [name: string]: AbiValue } = {}
  let place = start
  for (const parameter of parameters) {
    values[parameter.name] = decodeValue(parameter, data, { base: start, place })
    place += isDynamic(parameter) ? 32 : sizeOf(parameter)
  }
  return values
}

function decodeValue(parameter: AbiParameter, data: Uint8Array, at: { base: number; place: number }): AbiValue {
  if (!isDynamic(parameter)) {
    return parameter.components ? decodeTuple(parameter.components, data, at.place) : decodeStatic(parameter.type, wordAt(data, at.place))
  }
  const start = at.base + lengthAt(data, at.place)
  if (parameter.type.endsWith('[]')) return decodeList(parameter, data, start)
  if (parameter.components) return decodeTuple(parameter.components, data, start)
  const length = lengthAt(data, start)
  const bytes = slice(data, start + 32, length)
  return parameter.type === 'string' ? new TextDecoder().decode(bytes) : `0x${bytesToHex(bytes)}`
}

function decodeList(parameter: AbiParameter, data: Uint8Array, start: number): AbiValue[] {
  const inner = { ...parameter, type: parameter.type.slice(0, -2) }
  const step = isDynamic(inner) ? 32 : sizeOf(inner)
  const count = lengthAt(data, start)
  // A length that the data cannot hold is refused before anything is made for it.
  if (count * step > data.length) throw new RangeError('a list is longer than its data')
  return Array.from({ length: count }, (_, index) => decodeValue(inner, data, { base: start + 32, place: start + 32 + index * step }))
}

function decodeStatic(type: string, word: Uint8Array): AbiValue {
  if (type.startsWith('bytes')) return `0x${bytesToHex(word.subarray(0, Number(type.slice(5))))}`
  if (type === 'address') return `0x${bytesToHex(word.subarray(12))}`
  const value = BigInt(`0x${bytesToHex(word)}`)
  if (type === 'bool') return value !== 0n
  return Number(type.replace('uint', '')) <= 48 ? Number(value) : value
}

function isDynamic({ type, components }: AbiParameter): boolean {
  return type === 'string' || type === 'bytes' || type.endsWith('[]') || (components?.some(isDynamic) ?? false)
}

function sizeOf({ components }: AbiParameter): number {
  return components ? components.reduce((sum, part) => sum + sizeOf(part), 0) : 32
}

function wordAt(data: Uint8Array, place: number): Uint8Array {
  return slice(data, place, 32)
}

function lengthAt(data: Uint8Array, place: number): number {
  const value = BigInt(`0x${bytesToHex(wordAt(data, place))}`)
  if (value > BigInt(data.length)) throw new RangeError('a length is larger than its data')
  return Number(value)
}

function slice(data: Uint8Array, from: number, length: number): Uint8Array {
  if (from + length > data.length) throw new RangeError('the data is shorter than its type')
  return data.subarray(from, from + length)
}
