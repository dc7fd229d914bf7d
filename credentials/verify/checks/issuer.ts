import { isJsonObject } from '../../formats/json.ts'
import { didLogDigest } from '../../keys/did-log-entry.ts'
import type { BaseEntry, NetworkDescriptor, Provenance } from '../../ports.ts'
import type { Case } from '../case.ts'
import { isOnLedger } from '../issuer/did-log.ts'
import { fingerprintOf } from '../issuer/network.ts'
import { type Reason, reason } from '../reasons.ts'
import type { Check } from '../verdict.ts'
import { checkOf, outageReason, provenanceOf } from './check.ts'

/** Check 3: the issuer is a base of a network that the verifier trusts, and its key history is the one on that network's ledger. */
export async function checkIssuer(verification: Case): Promise<Check> {
  const { issuerId, legacy, programme } = verification
  const did = issuerId ?? '—'
  if (legacy !== undefined) return checkOf('issuer', reason('ISSUER_LEGACY', { did }))
  if (programme === undefined) return checkOf('issuer', reason('ISSUER_NETWORK_NOT_NAMED', { did }))
  const network = await verification.network()
  if (network === undefined) return checkOf('issuer', await unlisted(verification, programme.networkId))
  const notes = notesOf(network)
  const base = await verification.base()
  if (base.outcome === 'unreachable') return checkOf('issuer', outageReason(base, outages), { notes })
  const answeredBy = provenanceOf(base)
  if (base.outcome === 'absent')
    return checkOf('issuer', reason('ISSUER_NOT_A_BASE', { did, network: network.name }), { notes, answeredBy })
  const log = await judgeLog(verification, network)
  const params = { name: base.value.name, network: network.name }
  return checkOf('issuer', log.why ?? reason('ISSUER_KNOWN', params), {
    notes: [...notes, ...nameNotes(verification, base.value)],
    answeredBy: [...answeredBy, ...log.answeredBy],
  })
}

const outages = { unreachable: 'ISSUER_UNREACHABLE', disagreement: 'ISSUER_SOURCES_DISAGREE' } as const

async function unlisted({ options }: Case, networkId: string): Promise<Reason> {
  const offered = await options.ports.directory.findDescriptor?.(networkId)
  return reason('ISSUER_NETWORK_NOT_LISTED', { networkId, fingerprint: offered === undefined ? networkId : fingerprintOf(offered) })
}

/** The DID log must be one that the ledger recorded, hold together, and have had the key. */
async function judgeLog(verification: Case, network: NetworkDescriptor): Promise<{ why: Reason | undefined; answeredBy: Provenance[] }> {
  const log = await verification.didLog()
  if (log.outcome === 'unreachable') return { why: outageReason(log, outages), answeredBy: [] }
  const answeredBy = provenanceOf(log)
  if (log.outcome === 'absent') return { why: reason('ISSUER_UNREACHABLE', { source: log.source }), answeredBy }
  if (log.value.records === undefined) return { why: reason('ISSUER_UNREACHABLE', { source: log.source }), answeredBy }
  if (!isOnLedger(log.value)) {
    return { why: reason('ISSUER_LOG_MISMATCH', { digest: didLogDigest(log.value.log), network: network.name }), answeredBy }
  }
  const reading = await verification.logReading()
  if (reading !== undefined && 'problem' in reading) return { why: reason('ISSUER_LOG_INVALID', reading), answeredBy }
  const { multikey } = await verification.proof()
  if (multikey !== undefined && reading?.keys.includes(multikey) === false) {
    return { why: reason('ISSUER_KEY_NOT_IN_LOG', { key: multikey }), answeredBy }
  }
  return { why: undefined, answeredBy }
}

function notesOf(network: NetworkDescriptor): Reason[] {
  const threshold = reason('ISSUER_THRESHOLD', { needed: network.threshold, of: network.checkpointKeys.length })
  return network.trial ? [reason('ISSUER_TRIAL_NETWORK'), threshold] : [threshold]
}

function nameNotes({ document }: Case, base: BaseEntry): Reason[] {
  const { issuer } = document
  const claimed = isJsonObject(issuer) ? issuer['name'] : undefined
  const known = [base.name, base.nameZh, `${base.nameZh} / ${base.name}`]
  if (typeof claimed !== 'string' || known.includes(claimed)) return []
  return [reason('ISSUER_NAME_DIFFERS', { claimed: claimed.slice(0, 200), known: base.name })]
}
