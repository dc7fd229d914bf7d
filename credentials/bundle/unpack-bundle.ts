import { sha256 } from '@noble/hashes/sha2.js'
import { unzipSync } from 'fflate'
import { CredentialError } from '../errors.ts'
import type { JsonObject } from '../formats/format.ts'
import { isJsonObject, parseJsonObject } from '../formats/json.ts'
import { toHex } from '../verify/evidence/anchor-receipt.ts'
import { bundleLimits } from './bundle.ts'

/** The files of a bundle, each the one that the manifest lists. */
export interface BundleFiles {
  manifest: JsonObject
  /** @throws CredentialError CREDENTIAL_BUNDLE_MALFORMED when there is no such file, or it is not UTF-8. */
  text(path: string): string
}

/** Plain names in at most one folder: nothing that leads out, hides, or is the same on a file system that ignores case. */
const plainPath = /^(?:[a-z0-9-]{1,32}\/)?[a-z0-9][a-z0-9.-]{0,63}$/
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Unpacks a bundle and holds every file against the manifest.
 * @throws CredentialError CREDENTIAL_BUNDLE_MALFORMED, CREDENTIAL_BUNDLE_TOO_LARGE
 */
export function unpackBundle(bytes: Uint8Array): BundleFiles {
  const files = unzip(bytes)
  const read = (path: string) => decode(files.get(path), path)
  const manifest = parseJsonObject(read('manifest.json'))
  if (manifest['type'] !== 'GuildhallBundle' || manifest['version'] !== 1) {
    throw malformed(`it is no bundle of version 1 but ${String(manifest['type']).slice(0, 40)} ${String(manifest['version']).slice(0, 10)}`)
  }
  compare(files, manifest['files'])
  return { manifest, text: read }
}

function unzip(bytes: Uint8Array): Map<string, Uint8Array> {
  if (bytes.length > bundleLimits.totalBytes) throw tooLarge(`it has ${bytes.length} bytes`)
  const seen = new Set<string>()
  let total = 0
  const filter = ({ name, originalSize }: { name: string; originalSize: number }) => {
    if (!plainPath.test(name) || name.includes('..')) throw malformed(`it has a file named ${JSON.stringify(name.slice(0, 60))}`)
    if (seen.has(name)) throw malformed(`it has two files named ${name}`)
    seen.add(name)
    total += originalSize
    // Before anything is unpacked: the sizes that the zip itself declares; what unpacks to more is refused by its digest.
    if (seen.size > bundleLimits.files) throw tooLarge(`it has more than ${bundleLimits.files} files`)
    if (originalSize > bundleLimits.fileBytes || total > bundleLimits.totalBytes)
      throw tooLarge(`${name} would unpack to ${originalSize} bytes`)
    return true
  }
  try {
    return new Map(Object.entries(unzipSync(bytes, { filter })))
  } catch (error) {
    if (error instanceof CredentialError) throw error
    throw malformed('it is not a zip', error)
  }
}

function compare(files: ReadonlyMap<string, Uint8Array>, listed: unknown): void {
  if (!Array.isArray(listed)) throw malformed('its manifest lists no files')
  const names = new Set(['manifest.json'])
  for (const item of listed) {
    const path = isJsonObject(item) ? String(item['path']) : ''
    const bytes = files.get(path)
    if (bytes === undefined) throw malformed(`the file ${path.slice(0, 60)} of its manifest is missing`)
    if (names.has(path)) throw malformed(`its manifest lists ${path} twice`)
    if (isJsonObject(item) && (item['size'] !== bytes.length || item['digest'] !== toHex(sha256(bytes))))
      throw malformed(`${path} was changed`)
    names.add(path)
  }
  for (const path of files.keys()) if (!names.has(path)) throw malformed(`its manifest does not list ${path}`)
}

function decode(bytes: Uint8Array | undefined, path: string): string {
  if (bytes === undefined) throw malformed(`it has no file ${path.slice(0, 60)}`)
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw malformed(`${path} is not UTF-8 text`, cause)
  }
}

function malformed(problem: string, cause?: unknown): CredentialError {
  return new CredentialError('CREDENTIAL_BUNDLE_MALFORMED', `The bundle can not be opened: ${problem}. Export it again.`, { cause })
}

function tooLarge(problem: string): CredentialError {
  return new CredentialError('CREDENTIAL_BUNDLE_TOO_LARGE', `The bundle is too large to be opened: ${problem}.`)
}
