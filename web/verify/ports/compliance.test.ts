import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NetworkDescriptor } from '@guildhall/credentials'
import { describeEvidenceStore, describeIssuerDirectory, describeStatusRegistry, type KnownFacts } from '@guildhall/credentials/compliance'
import { describe, expect, it } from 'vitest'
import { createLedgerReader } from './ledger.ts'
import { createLedgerPorts } from './ledger-ports.ts'
import { counted } from './second-base.ts'

type Recording = { network: NetworkDescriptor; known: KnownFacts; answers: Record<string, { status: number; body: string }> }

/** What a real base answered (record-base.ts): a question that it was not asked is answered by nobody. */
const { network, known, answers } = JSON.parse(readFileSync(join(import.meta.dirname, 'recorded-base.json'), 'utf8')) as Recording
const replay = async (path: string | URL | Request, init?: RequestInit) => {
  const answer = answers[`${path} ${init?.body ?? ''}`]
  if (!answer) throw new TypeError(`the recording has no answer to ${path} ${init?.body}`)
  return new Response(answer.body, { status: answer.status })
}
const nobody = async () => {
  throw new TypeError('nobody answers')
}

function portsBy(fetch: typeof globalThis.fetch) {
  const source = { origin: '', name: 'a base', network, networkId: known.networkId, fetch }
  return createLedgerPorts({ ...source, reader: createLedgerReader(source) })
}

const runner = { describe, it }
const [port, unreachable] = [portsBy(replay), portsBy(nobody)]

describe.each([
  ['of one base', port],
  ['of a second base, counted', counted(port).ports],
])('the ports %s in the browser', (_whose, ports) => {
  describeIssuerDirectory(async () => ({ known, port: ports.directory, unreachable: unreachable.directory }), runner)
  describeStatusRegistry(async () => ({ known, port: ports.status, unreachable: unreachable.status }), runner)
  describeEvidenceStore(async () => ({ known, port: ports.evidence, unreachable: unreachable.evidence }), runner)
})

it('counts what a second base was asked and what it answered, and not what is none of its business', async () => {
  const { ports, take } = counted(port)
  await ports.directory.listNetworks()
  await ports.directory.findBase('ffffffffffffffff', known.did)
  await ports.directory.findBase(known.networkId, known.did)
  expect(take()).toEqual({ asked: 1, answered: 1 })
  const silent = counted(unreachable)
  await silent.ports.directory.findBase(known.networkId, known.did)
  expect(silent.take()).toEqual({ asked: 1, answered: 0 })
  expect(silent.take()).toEqual({ asked: 0, answered: 0 })
})
