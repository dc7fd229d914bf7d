import {
  type Check,
  crossChecked,
  factPorts,
  type NetworkDescriptor,
  networkIdOf,
  readReceipt,
  type VerifierPorts,
  type VerifyOptions,
  verifyBundle,
  verifyCredential,
  verifyPresentation,
  writeBundle,
} from '@guildhall/credentials'
import { createLedgerReader } from '../ports/ledger.ts'
import { createLedgerPorts, type LedgerPortSource } from '../ports/ledger-ports.ts'
import { askThrough, counted } from '../ports/second-base.ts'
import type { Found, Message, Request, SecondOpinion, Trust } from './messages.ts'
import { type Certificate, type Presentation, type Reading, readSources } from './read-sources.ts'

type CheckRequest = Extract<Request, { type: 'check' }>
type Tell = (message: Message) => void

/** What all checks of one run have in common. */
interface Run {
  run: number
  tell: Tell
  networks: readonly NetworkDescriptor[]
  ports: VerifierPorts
  /** What the second base has done since this was last asked; undefined where none was. */
  takeOpinion: () => SecondOpinion | undefined
}

/** Answers one request of the page: reads what was handed in, then checks one certificate after the other. */
export async function answer(request: Request, tell: Tell): Promise<void> {
  if (request.type === 'prepare') return
  const { run } = request
  try {
    await checkAll(request.type === 'sample' ? await sampleRequest(request) : request, tell)
    tell({ type: 'done', run })
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    tell({ type: 'done', run, problem: { code: detail === nothingFound ? 'empty' : 'unreadable', detail } })
  }
}

/** The sample's own network is trusted for this one run, and shown as the trial network that it is. */
async function sampleRequest({ run, name }: Extract<Request, { type: 'sample' }>): Promise<CheckRequest> {
  const { createSampleBundle, createSampleWorld } = await import('../sample/sample-world.ts')
  const now = Math.floor(Date.now() / 1000)
  const world = await createSampleWorld({ now, random: (length) => crypto.getRandomValues(new Uint8Array(length)) })
  const content = new Blob([new Uint8Array(writeBundle(await createSampleBundle(world)))])
  return { type: 'check', run, sources: [{ name, content }], trust: { networks: [world.network], bases: [] } }
}

const nothingFound = 'nothing'

async function checkAll({ run, sources, trust }: CheckRequest, tell: Tell): Promise<void> {
  const reading = await readSources(sources)
  for (const descriptor of reading.networks) tell({ type: 'network', run, descriptor })
  const found = listFound(reading)
  if (found.length + reading.networks.length === 0) throw new Error(nothingFound)
  tell({ type: 'found', run, found })
  const common: Run = { run, tell, networks: trust.networks, ...portsFor(trust) }
  let id = 0
  for (const certificate of reading.certificates) {
    await checkCertificate(certificate, id, common)
    id += 1
  }
  for (const presentation of reading.presentations) {
    await checkPresentation(presentation, id, common)
    id += presentation.count
  }
}

/** Every certificate in the order in which it is checked, then what could not be read. */
function listFound({ certificates, presentations, unreadable }: Reading): Found[] {
  const bare: Omit<Found, 'id'>[] = [
    ...certificates.map(({ name, digest, bundle }) => ({
      name,
      digest,
      ...(bundle ? { descriptor: bundle.network, bundledAt: bundle.checkpoint.blockTime } : {}),
    })),
    ...presentations.flatMap(({ name, digest, count }) => Array.from({ length: count }, () => ({ name, digest }))),
    ...unreadable,
  ]
  return bare.map((entry, id) => ({ id, ...entry }))
}

async function checkCertificate(
  { secured, receipt, bundle }: Certificate,
  id: number,
  { run, tell, networks, ports, takeOpinion }: Run,
): Promise<void> {
  const options = optionsFor(ports, (check, milliseconds) => tell({ type: 'check', run, id, check, milliseconds }))
  if (!bundle) {
    tell({ type: 'verdict', run, id, verdict: await verifyCredential({ secured, receipt }, options), second: takeOpinion() })
    return
  }
  const { verdicts, checkpoint } = await verifyBundle(bundle, { ...options, networks })
  for (const verdict of verdicts) tell({ type: 'verdict', run, id, verdict, checkpoint, second: takeOpinion() })
}

async function checkPresentation(
  { secured, opened }: Presentation,
  firstId: number,
  { run, tell, ports, takeOpinion }: Run,
): Promise<void> {
  let id = firstId - 1
  const options = optionsFor(ports, (check, milliseconds) => {
    if (check.id === 'data-model') id += 1
    tell({ type: 'check', run, id, check, milliseconds })
  })
  const receipts = opened?.receipts.map((receipt) => readReceipt(receipt) ?? null)
  const { verdicts, ...shown } = await verifyPresentation(
    { secured, receipts, challenge: opened?.code, identity: opened?.identity },
    options,
  )
  const second = takeOpinion()
  for (const [place, verdict] of verdicts.entries()) tell({ type: 'verdict', run, id: firstId + place, verdict, second })
  tell({ type: 'shown', run, shown })
}

function optionsFor(ports: VerifierPorts, onCheck: (check: Check, milliseconds: number) => void): VerifyOptions {
  let began = performance.now()
  return {
    ports,
    now: Math.floor(Date.now() / 1000),
    onCheck: (check) => {
      const ended = performance.now()
      onCheck(check, ended - began)
      began = ended
    },
  }
}

/** The listed networks, each read through the bases that answer for it; a second base of the same network is a cross-check. */
function portsFor({ networks, bases, second }: Trust): Pick<Run, 'ports' | 'takeOpinion'> {
  const sources = bases.flatMap(({ origin, name, networkId }) => {
    const network = networks.find((entry) => networkIdOf(entry) === networkId)
    if (!network) return []
    const source = { origin, name, network, fetch: (...args: Parameters<typeof fetch>) => fetch(...args) }
    return [{ ...source, networkId, reader: createLedgerReader(source) }]
  })
  const nobody = factPorts({
    networks,
    facts: [],
    didLogs: new Map(),
    lists: new Map(),
    provenance: { source: '—', asOf: 0 },
    isComplete: false,
  })
  const [own] = sources
  const opinion = own && second ? askSecond(own, second) : undefined
  const live = [...sources.map(createLedgerPorts), ...(opinion ? [opinion.ports] : [])].reduce(
    (first, other) => crossChecked(first, other),
    nobody,
  )
  const ports = { ...live, directory: { ...live.directory, listNetworks: async () => networks } }
  return { ports, takeOpinion: () => opinion?.take() }
}

/** The ports of a second base, which the first carries the questions to. Contents still come from the first: their digests are on the ledger. */
function askSecond(own: LedgerPortSource, { name, ...other }: NonNullable<Trust['second']>) {
  const source = { ...own, name: `${name} via ${own.name}`, ask: askThrough(own, other) }
  const { ports, take } = counted(createLedgerPorts({ ...source, reader: createLedgerReader(source) }))
  const told = (): SecondOpinion | undefined => {
    const tally = take()
    return tally.asked === 0 ? undefined : { name, through: own.name, ...tally }
  }
  return { ports, take: told }
}
