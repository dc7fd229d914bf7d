import { recogniseDocument } from '../formats/formats.ts'
import { type Case, type CredentialInput, issuerIdOf, notAsked, once, programmeOf, type VerifyOptions } from './case.ts'
import { findProof } from './checks/proof.ts'
import { legacyContext } from './data-model/contexts.ts'
import { readLog } from './issuer/did-log.ts'
import { networkIdOf } from './issuer/network.ts'

/**
 * Reads the input and prepares the look-ups, each made once and only when a check wants it.
 * @throws CredentialError CREDENTIAL_MALFORMED or CREDENTIAL_TOO_LARGE when the input can not be read.
 */
export function openCase(input: CredentialInput, options: VerifyOptions): Case {
  const { secured, document, format } = recogniseDocument(input.secured)
  const programme = programmeOf(document)
  const issuerId = issuerIdOf(document)
  const { directory, evidence } = options.ports
  const networkId = programme?.networkId
  const lookup = { signal: options.signal }
  const did = issuerId?.split('#')[0]
  const network = once(async () => (await directory.listNetworks()).find((known) => networkIdOf(known) === networkId))
  const isListed = async () => networkId !== undefined && did !== undefined && (await network()) !== undefined
  const verification: Case = {
    secured,
    document,
    format,
    issuerId,
    programme,
    receipt: input.receipt,
    openings: input.openings ?? [],
    frames: input.frames ?? [],
    assertedBy: input.assertedBy,
    options,
    // VC Data Model 1.1 is read, not judged.
    legacy: [document['@context']].flat()[0] === legacyContext ? 'VC 1.1' : undefined,
    network,
    base: once(async () => ((await isListed()) ? directory.findBase(networkId ?? '', did ?? '', lookup) : notAsked())),
    didLog: once(async () => (did?.startsWith('did:webvh:') ? directory.findDidLog(networkId ?? '', did, lookup) : notAsked())),
    logReading: once(async () => readLog(await verification.didLog(), did ?? '')),
    anchor: once(async () => {
      const base = await verification.base()
      if (base.outcome !== 'found' || input.receipt === undefined) return notAsked()
      return evidence.findAnchor(networkId ?? '', base.value.baseId, input.receipt.batch.root, lookup)
    }),
    proof: once(() => findProof(verification)),
  }
  return verification
}
