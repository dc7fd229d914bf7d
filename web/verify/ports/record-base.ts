/**
 * Writes down what a running base answers to the ports' compliance tests, so that they run against a real base's words without one.
 *
 *     node web/verify/ports/record-base.ts ORIGIN BUNDLE.guildhall > web/verify/ports/recorded-base.json
 *
 * BUNDLE holds a certificate that this base has issued and anchored.
 */
import { readFileSync } from 'node:fs'
import { type AnchorReceipt, type Hex, type NetworkDescriptor, readBundle, recogniseDocument, type Secured } from '@guildhall/credentials'
import { describeEvidenceStore, describeIssuerDirectory, describeStatusRegistry, type KnownFacts } from '@guildhall/credentials/compliance'
import { createLedgerReader } from './ledger.ts'
import { createLedgerPorts } from './ledger-ports.ts'

const [origin = '', file = ''] = process.argv.slice(2)
const { credentials, network } = readBundle(readFileSync(file))
const [certificate] = credentials
if (!certificate?.receipt) throw new Error('the bundle holds no anchored certificate')
const known = knownFrom(certificate.secured, certificate.receipt)
const answers: Record<string, { status: number; body: string }> = {}
const rules: Promise<void>[] = []
const runner = { describe: (_: string, body: () => void) => body(), it: (_: string, body: () => Promise<void>) => void rules.push(body()) }
const ports = portsOf(network)
describeIssuerDirectory(async () => ({ known, port: ports.directory, unreachable: silent().directory }), runner)
describeStatusRegistry(async () => ({ known, port: ports.status, unreachable: silent().status }), runner)
describeEvidenceStore(async () => ({ known, port: ports.evidence, unreachable: silent().evidence }), runner)
await Promise.all(rules)
process.stdout.write(`${JSON.stringify({ network, known, answers }, null, 1)}\n`)

function knownFrom(secured: Secured, receipt: AnchorReceipt): KnownFacts {
  type Fields = {
    issuer: { id: string }
    evidence: unknown
    credentialStatus: { statusListCredential: string } | { statusListCredential: string }[]
  }
  const document = recogniseDocument(secured).document as unknown as Fields
  const [entry] = [document.credentialStatus].flat()
  const segmentRoot = /"segment(?:Root)?":(?:\{[^}]*?"root":)?"(0x[0-9a-f]{64})"/.exec(JSON.stringify(document.evidence))?.[1] as
    | Hex
    | undefined
  if (!segmentRoot) throw new Error('the certificate rests on no telemetry')
  if (!entry) throw new Error('the certificate has no status')
  const { networkId, baseId, programmeId, keyId, batch, blockTime } = receipt
  const listId = entry.statusListCredential.split('/').at(-1) ?? ''
  const list = { networkId, baseId, url: entry.statusListCredential, listId }
  return {
    networkId,
    did: document.issuer.id,
    baseId,
    programmeId,
    keyId,
    entitledAt: blockTime,
    notEntitledAt: 1,
    anchoredRoot: batch.root,
    segmentRoot,
    list,
  }
}

function portsOf(descriptor: NetworkDescriptor, fetch: typeof globalThis.fetch = record) {
  const source = { origin: '', name: 'a base', network: descriptor, networkId: known.networkId, fetch }
  return createLedgerPorts({ ...source, reader: createLedgerReader(source) })
}

function silent() {
  return portsOf(network, async () => {
    throw new TypeError('nobody answers')
  })
}

async function record(path: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(origin + String(path), init)
  const body = await response.text()
  answers[`${path} ${init?.body ?? ''}`] = { status: response.status, body }
  return new Response(body, { status: response.status })
}
