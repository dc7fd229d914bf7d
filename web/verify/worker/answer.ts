import { type AnchorReceipt, networkIdOf, type VerifierPorts, verifyCredential } from '@guildhall/credentials'
import { agreeingPorts } from '../ports/agree.ts'
import { createLedgerReader } from '../ports/ledger.ts'
import { createLedgerPorts } from '../ports/ledger-ports.ts'
import type { Found, Message, Request, Trust } from './messages.ts'
import { type Certificate, readSources } from './read-sources.ts'

type CheckRequest = Extract<Request, { type: 'check' }>

/** Answers one request of the page: reads what was handed in, then checks one certificate after the other. */
export async function answer(request: Request, tell: (message: Message) => void): Promise<void> {
  if (request.type === 'prepare') return
  const { run } = request
  try {
    await check(request, tell)
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    tell({ type: 'done', run, problem: { code: 'unreadable', detail } })
  }
}

async function check({ run, sources, trust }: CheckRequest, tell: (message: Message) => void): Promise<void> {
  const { certificates, receipts, networks, unreadable } = await readSources(sources)
  for (const descriptor of networks) tell({ type: 'network', run, descriptor })
  const found: Found[] = [...certificates, ...unreadable].map((entry, id) => ({
    id,
    name: entry.name,
    digest: entry.digest,
    ...('problem' in entry ? { problem: entry.problem } : {}),
  }))
  if (found.length === 0 && networks.length === 0) {
    tell({ type: 'done', run, problem: { code: 'empty', detail: '' } })
    return
  }
  tell({ type: 'found', run, found })
  const ports = portsFor(trust)
  for (const [id, certificate] of certificates.entries()) {
    const verdict = await checkOne({ certificate, ports, receipts }, (check, milliseconds) =>
      tell({ type: 'check', run, id, check, milliseconds }),
    )
    tell({ type: 'verdict', run, id, verdict })
  }
  tell({ type: 'done', run })
}

interface OneCase {
  certificate: Certificate
  ports: VerifierPorts
  receipts: readonly AnchorReceipt[]
}

async function checkOne(
  { certificate, ports }: OneCase,
  onCheck: (check: Parameters<NonNullable<Parameters<typeof verifyCredential>[1]['onCheck']>>[0], milliseconds: number) => void,
) {
  let began = performance.now()
  const { secured, receipt } = certificate
  return verifyCredential(
    { secured, receipt },
    {
      ports,
      now: Math.floor(Date.now() / 1000),
      onCheck: (check) => {
        const ended = performance.now()
        onCheck(check, ended - began)
        began = ended
      },
    },
  )
}

/** The listed networks, each read through the bases that answer for it. */
function portsFor({ networks, bases }: Trust): VerifierPorts {
  const sources = bases.flatMap(({ origin, name, networkId }) => {
    const network = networks.find((entry) => networkIdOf(entry) === networkId)
    if (!network) return []
    const source = { origin, name, network, fetch: (...args: Parameters<typeof fetch>) => fetch(...args) }
    return [createLedgerPorts({ ...source, networkId, reader: createLedgerReader(source) })]
  })
  const live = agreeingPorts(sources)
  return { ...live, directory: { ...live.directory, listNetworks: async () => networks } }
}
