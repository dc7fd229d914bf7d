import { bytesToHex } from '@noble/hashes/utils.js'
import { base58btc } from 'multiformats/bases/base58'
import { base64url } from 'multiformats/bases/base64'
import type { JsonObject, JsonValue } from '../../formats/format.ts'
import { isJsonObject } from '../../formats/json.ts'
import { eachObject, isUrl, type Problem, type Report } from './problem.ts'

/** Checks the shape of `relatedResource` (VC Data Model 2.0 §5.3): each a URL of its own, with a digest at least. */
export function checkRelatedResources(resources: JsonValue | undefined, report: Report): void {
  if (resources === undefined) return
  const seen = new Set<string>()
  eachObject(resources, 'relatedResource', report, (resource, path) => {
    const { id } = resource
    if (!isUrl(id)) report(`${path}.id`, id === undefined ? 'is missing' : 'is not a URL')
    else if (seen.has(id)) report(`${path}.id`, 'is listed twice')
    else seen.add(id)
    const { digestSRI, digestMultibase } = resource
    if (digestSRI === undefined && digestMultibase === undefined) report(path, 'has neither digestSRI nor digestMultibase')
    if (digestSRI !== undefined && digestsOfSri(digestSRI) === undefined)
      report(`${path}.digestSRI`, 'is not a sha256, sha384 or sha512 digest')
    if (digestMultibase !== undefined && digestOfMultibase(digestMultibase) === undefined) {
      report(`${path}.digestMultibase`, 'is not a multibase multihash of SHA-2')
    }
    if (resource['mediaType'] !== undefined && typeof resource['mediaType'] !== 'string') report(`${path}.mediaType`, 'is not a text')
  })
}

/**
 * Digests (lower hex) of resources that are kept here byte for byte as they were published: the base context, as VC Data Model 2.0 §B.1 states it.
 * They are written down because a bundler does not keep the bytes; a test compares them with the file.
 */
export const knownDigests: Readonly<Record<string, Readonly<Record<HashName, string>>>> = {
  'https://www.w3.org/ns/credentials/v2': {
    sha256: '59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734',
    sha384: '97f1eb8e5042356c805fdd61afa2c557663785e0794dcafa21e138fd38def18cb360133c221aa31d6896a6bf3e65b614',
    sha512:
      '5d55452bd2dcf8a29f5a290473eb242b1c5fb77d4e68f1a0aa87baa4dba2694852d65ec63d48ac04a99d956f9f7153b9406f84d2d04c74869b02c239a1d81305',
  },
}

/** Compares the digests of the resources that are known here; lists those that are not. */
export function compareRelatedResources(credential: JsonObject): { problems: Problem[]; notHeld: string[] } {
  const problems: Problem[] = []
  const notHeld: string[] = []
  for (const resource of [credential['relatedResource']].flat()) {
    if (!isJsonObject(resource) || typeof resource['id'] !== 'string') continue
    const { id } = resource
    const known = Object.hasOwn(knownDigests, id) ? knownDigests[id] : undefined
    if (known === undefined) notHeld.push(id)
    else if (!matches(resource, known)) problems.push({ path: 'relatedResource', problem: `has a digest that is not that of ${id}` })
  }
  return { problems, notHeld }
}

type HashName = 'sha256' | 'sha384' | 'sha512'
interface Digest {
  name: HashName
  bytes: Uint8Array
}

const hashes: Readonly<Record<HashName, { length: number; code: number }>> = {
  sha256: { length: 32, code: 0x12 },
  sha384: { length: 48, code: 0x20 },
  sha512: { length: 64, code: 0x13 },
}
const hashNames = Object.keys(hashes) as HashName[]

function matches(resource: JsonObject, known: Readonly<Record<HashName, string>>): boolean {
  const fits = ({ name, bytes }: Digest) => bytesToHex(bytes) === known[name]
  const sri = resource['digestSRI'] === undefined ? [] : (digestsOfSri(resource['digestSRI']) ?? [])
  // Subresource Integrity §3.3.4: of several digests, one of the strongest kind must fit.
  const longest = Math.max(0, ...sri.map(({ bytes }) => bytes.length))
  const strongest = sri.filter(({ bytes }) => bytes.length === longest)
  if (strongest.length > 0 && !strongest.some(fits)) return false
  const multibase = resource['digestMultibase'] === undefined ? undefined : digestOfMultibase(resource['digestMultibase'])
  return multibase === undefined || fits(multibase)
}

/** One or more `sha384-<base64>`, parted by spaces (Subresource Integrity §3.1). */
function digestsOfSri(value: JsonValue): Digest[] | undefined {
  if (typeof value !== 'string' || value.length > 1024) return undefined
  const digests: Digest[] = []
  for (const text of value.trim().split(/\s+/)) {
    const match = /^(sha256|sha384|sha512)-([A-Za-z0-9+/_-]+={0,2})(\?.*)?$/.exec(text)
    const name = hashNames.find((known) => known === match?.[1])
    const plain = (match?.[2] ?? '').replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
    const bytes = decode(() => base64url.baseDecode(plain))
    if (name === undefined || bytes?.length !== hashes[name].length) return undefined
    digests.push({ name, bytes })
  }
  return digests
}

/** Multibase `u` or `z` of a multihash (Controlled Identifiers 1.0 §2.4, §2.5). */
function digestOfMultibase(value: JsonValue): Digest | undefined {
  if (typeof value !== 'string' || value.length > 200) return undefined
  const bytes = decode(() => (value.startsWith('z') ? base58btc.decode(value) : base64url.decode(value)))
  const name = hashNames.find(
    (known) => bytes?.[0] === hashes[known].code && bytes[1] === hashes[known].length && bytes.length === hashes[known].length + 2,
  )
  return name === undefined || bytes === undefined ? undefined : { name, bytes: bytes.subarray(2) }
}

function decode(read: () => Uint8Array): Uint8Array | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
