import { readFileSync } from 'node:fs'
import {
  type AnchorReceipt,
  fingerprintOf,
  type NetworkDescriptor,
  networkIdOf,
  readNetwork,
  type Secured,
  type VerifierPorts,
} from '@guildhall/credentials'
import { findOrigin } from '../local-client.ts'
import { CommandError, exitCodes } from '../output.ts'
import { createBasePorts } from './base-ports.ts'
import { findReceipt } from './find-receipt.ts'
import { patientFetch } from './ledger-reader.ts'

/** Whose word is taken: files of descriptors, and one base that is asked; see `addVerifyCommand` for each option. */
export type TrustOptions = { network: string[]; base?: string; data?: string; fingerprint?: string }

/** The networks that are trusted, the live source where there is one, and what a person should hear about both. */
export type Trust = {
  networks: NetworkDescriptor[]
  ports: VerifierPorts | undefined
  /** The anchor receipt of a certificate that came without one, if the base that is asked issued it. */
  findReceipt?: (secured: Secured) => Promise<AnchorReceipt | undefined>
  notes: string[]
}

const descriptorPath = '/.well-known/guildhall-network.json'

/**
 * Decides what to trust. A base that is asked says which network it belongs to; its word for that is taken only if the network is trusted
 * already, its fingerprint was given, or the base runs on this machine in a folder that this user can read.
 * @throws CLI_NETWORK_UNREADABLE, CLI_BASE_INVALID, CLI_FINGERPRINT_ALONE, CLI_FINGERPRINT_DIFFERS, CLI_BASE_OFF
 */
export async function chooseTrust({ network, base, data, fingerprint }: TrustOptions): Promise<Trust> {
  const networks = network.map(readNetworkFile)
  const isOwn = data !== undefined
  const origin = isOwn ? findOrigin(data) : originOf(base ?? process.env['GUILDHALL_BASE'])
  if (origin === undefined) {
    if (fingerprint === undefined) return { networks, ports: undefined, notes: [] }
    throw new CommandError('CLI_FINGERPRINT_ALONE', 'Name the base whose network has this fingerprint with --base.', exitCodes.usage)
  }
  const offered = await findNetworkOf(origin)
  if (offered === undefined) {
    const note = `${origin} could not be reached, so nothing was refreshed. 没有连通该基地，以下内容未能更新。`
    return { networks, ports: undefined, notes: [note] }
  }
  const print = fingerprintOf(offered)
  if (fingerprint !== undefined && plain(fingerprint) !== plain(print)) {
    const message = `${origin} belongs to a network with the fingerprint ${print}, not ${fingerprint}. Do not trust it before you know why.`
    throw new CommandError('CLI_FINGERPRINT_DIFFERS', message, exitCodes.failed)
  }
  const listed = networks.find((known) => networkIdOf(known) === networkIdOf(offered))
  if (listed === undefined && !isOwn && fingerprint === undefined) {
    const note = `${origin} belongs to the network "${offered.name}", which is not trusted here. Compare the fingerprint ${print} with the base's own; if it is the same, add --fingerprint ${print}. 请与基地核对网络指纹后再信任。`
    return { networks, ports: undefined, notes: [note] }
  }
  const trusted = listed ?? offered
  const all = listed === undefined ? [...networks, offered] : networks
  const ports = createBasePorts({ origin, network: trusted, now: () => Math.floor(Date.now() / 1000) })
  const listing = { ...ports, directory: { ...ports.directory, listNetworks: async () => all } }
  return { networks: all, ports: listing, findReceipt: (secured) => findReceipt(origin, secured), notes: [] }
}

function originOf(base: string | undefined): string | undefined {
  if (base === undefined || base === '') return undefined
  const url = URL.canParse(base) ? new URL(base) : undefined
  if (url && /^https?:$/.test(url.protocol)) return url.origin
  throw new CommandError('CLI_BASE_INVALID', `${base} is not the address of a base, such as https://base.example.`, exitCodes.usage)
}

async function findNetworkOf(origin: string): Promise<NetworkDescriptor | undefined> {
  try {
    return readNetwork(await (await patientFetch(origin + descriptorPath, origin)).json())
  } catch {
    return undefined
  }
}

function readNetworkFile(file: string): NetworkDescriptor {
  const found = readNetwork(parse(file))
  if (found !== undefined) return found
  throw new CommandError(
    'CLI_NETWORK_UNREADABLE',
    `${file} is not a network descriptor. Take the file from ${descriptorPath} of a base that you trust.`,
    exitCodes.usage,
  )
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

const plain = (fingerprint: string): string => fingerprint.toLowerCase().replaceAll(/[^0-9a-f]/g, '')
