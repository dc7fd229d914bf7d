import {
  type AnchorReceipt,
  type Bundle,
  isJsonObject,
  leafOf,
  type NetworkDescriptor,
  type Recognised,
  readBundle,
  recognise,
  recogniseDocument,
  type Secured,
  verifyInclusion,
} from '@guildhall/credentials'
import { isDescriptor } from '../networks.ts'
import { sha256Hex } from '../ports/content.ts'
import type { Source } from './messages.ts'

interface FromFile {
  name: string
  /** SHA-256 of the file. */
  digest: string
}

/** One certificate as it was found: what is verified, and what came beside it. */
export interface Certificate extends FromFile {
  secured: Secured
  receipt?: AnchorReceipt | undefined
  /** The bundle that it came in, with itself as the only certificate. */
  bundle?: Bundle
}

/** A presentation, and how many certificates it shows. */
export interface Presentation extends FromFile {
  secured: Secured
  count: number
  opened: Source['opened']
}

/** Everything that was found in the sources, in their order. */
export interface Reading {
  certificates: Certificate[]
  presentations: Presentation[]
  networks: NetworkDescriptor[]
  /** Files in which nothing of all this was found, with the reason. */
  unreadable: (FromFile & { problem: string })[]
}

type Input = FromFile & { content: Uint8Array | string; opened: Source['opened'] }

/** Reads everything that was handed in; a file that is none of ours is named with the reason, and stops nothing. */
export async function readSources(sources: readonly Source[]): Promise<Reading> {
  const reading: Reading = { certificates: [], presentations: [], networks: [], unreadable: [] }
  const receipts: AnchorReceipt[] = []
  for (const { name, content, opened } of sources) {
    await readInput({ name, content: typeof content === 'string' ? content : new Uint8Array(await content.arrayBuffer()), opened })
  }
  for (const certificate of reading.certificates) certificate.receipt ??= findReceipt(certificate, receipts)
  return reading

  async function readInput({ name, content, opened }: Omit<Input, 'digest'>): Promise<void> {
    const input: Input = { name, content, opened, digest: await sha256Hex(content) }
    const recognised = recognise(content)
    if (recognised.kind === 'receipt') receipts.push(recognised.receipt)
    else if (recognised.kind !== 'many') sortIn(input, recognised, reading)
    else for (const file of recognised.files) await readInput({ name: `${name}/${file.name}`, content: file.bytes, opened: undefined })
  }
}

function sortIn({ name, digest, content, opened }: Input, recognised: Recognised, reading: Reading): void {
  const file = { name, digest }
  switch (recognised.kind) {
    case 'credential':
      reading.certificates.push({ ...file, secured: recognised.secured, receipt: recognised.receipt })
      break
    case 'picture':
      reading.certificates.push(...recognised.credentials.map((credential) => ({ ...file, ...credential })))
      break
    case 'presentation':
      reading.presentations.push({ ...file, secured: recognised.secured, count: countIn(recognised.secured), opened })
      break
    case 'bundle':
      readBundled({ ...file, bytes: recognised.bytes }, reading)
      break
    default:
      readOther({ ...file, content }, recognised, reading)
  }
}

function readBundled({ bytes, ...file }: FromFile & { bytes: Uint8Array }, reading: Reading): void {
  try {
    const bundle = readBundle(bytes)
    for (const credential of bundle.credentials) {
      reading.certificates.push({ ...file, ...credential, bundle: { ...bundle, credentials: [credential] } })
    }
  } catch (error) {
    reading.unreadable.push({ ...file, problem: error instanceof Error ? error.message : String(error) })
  }
}

/** A network's description is no certificate, but what a person needs to list the network. */
function readOther({ content, ...file }: FromFile & { content: Uint8Array | string }, recognised: Recognised, reading: Reading): void {
  const descriptor = descriptorIn(content)
  if (descriptor) reading.networks.push(descriptor)
  else reading.unreadable.push({ ...file, problem: 'problem' in recognised ? recognised.problem : `It is a ${recognised.kind}.` })
}

function descriptorIn(content: Uint8Array | string): NetworkDescriptor | undefined {
  try {
    const text = typeof content === 'string' ? content : new TextDecoder('utf-8', { fatal: true }).decode(content)
    const value: unknown = JSON.parse(text)
    return isDescriptor(value) ? value : undefined
  } catch {
    return undefined
  }
}

function countIn(secured: Secured): number {
  return [recogniseDocument(secured).document['verifiableCredential']].flat().filter(isJsonObject).length
}

/** A receipt file that was handed in beside a certificate belongs to it when its path leads from the certificate's leaf to its root. */
function findReceipt({ secured }: Certificate, receipts: readonly AnchorReceipt[]): AnchorReceipt | undefined {
  if (receipts.length === 0) return undefined
  const { document } = recogniseDocument(secured)
  return receipts.find(({ batch, leafIndex, path, salt }) =>
    verifyInclusion(leafOf(document, bytesOf(salt)), { leafIndex, treeSize: batch.treeSize, path: path.map(bytesOf) }, bytesOf(batch.root)),
  )
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.slice(2).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
