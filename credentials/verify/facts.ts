import type { JsonObject, JsonValue } from '../formats/format.ts'
import { isJsonObject } from '../formats/json.ts'
import type { Case } from './case.ts'
import { typesOf } from './data-model/problem.ts'
import { receiptsIn } from './evidence/telemetry-receipt.ts'
import { fingerprintOf } from './issuer/network.ts'
import { printable } from './printable.ts'
import type { Check, LocalisedText, VerdictFacts } from './verdict.ts'

/** Gathers what is shown beside the checks. The issuer's name is the network's, never the credential's. */
export async function gatherFacts(verification: Case, checks: readonly Check[]): Promise<VerdictFacts> {
  const { document, programme, legacy } = verification
  // Members of VC Data Model 1.1 mean nothing in 2.0, and no check judges them there.
  const older = legacy === undefined ? {} : document
  const network = await verification.network()
  const base = network === undefined ? undefined : await verification.base()
  const known = base?.outcome === 'found' ? base.value : undefined
  const anchor = verification.receipt === undefined ? undefined : await verification.anchor()
  const status = checks.find(({ id }) => id === 'status')
  return {
    credentialId: textOf(document['id']),
    types: typesOf(document).map(printable),
    ...titles(document),
    issuerId: textOf(verification.issuerId),
    issuerName: known === undefined ? undefined : { en: known.name, ...(known.nameZh === undefined ? {} : { 'zh-CN': known.nameZh }) },
    claimedIssuerName: claimedName(document['issuer']),
    validFrom: textOf(document['validFrom'] ?? older['issuanceDate']),
    validUntil: textOf(document['validUntil'] ?? older['expirationDate']),
    anchoredAt: anchor?.outcome === 'found' ? anchor.value.blockTime : undefined,
    timeZone: known?.timeZone,
    networkId: programme?.networkId,
    networkName: network?.name,
    fingerprint: network === undefined ? undefined : fingerprintOf(network),
    isTrial: network?.trial,
    threshold: network === undefined ? undefined : { needed: network.threshold, of: network.checkpointKeys.length },
    programmeId: programme?.programmeId,
    attestation: attestationOf(document),
    supersededBy: status?.reason.code === 'STATUS_SUPERSEDED' ? String(status.reason.params['by']) : undefined,
  }
}

/** Title and description: our own members by language first, then the achievement's, then the credential's. */
function titles(document: JsonObject): { title: LocalisedText; description: LocalisedText } {
  const subject = [document['credentialSubject']].flat().find(isJsonObject)
  const achievement = subject?.['achievement']
  const named = isJsonObject(achievement) ? achievement : {}
  const localised = isJsonObject(named['localised']) ? named['localised'] : {}
  const pick = (member: string) => firstText([localised[member], named[member], document[member]])
  return { title: pick('name'), description: pick('description') }
}

function firstText(values: readonly (JsonValue | undefined)[]): LocalisedText {
  for (const value of values) {
    const text = localisedText(value)
    if (Object.keys(text).length > 0) return text
  }
  return {}
}

/** A text, texts by language, or language value objects, as one table. */
function localisedText(value: JsonValue | undefined): LocalisedText {
  const texts: Record<string, string> = {}
  for (const item of [value].flat()) {
    if (typeof item === 'string') texts['und'] ??= printable(item)
    else if (isJsonObject(item) && typeof item['@value'] === 'string') texts[textOf(item['@language']) ?? 'und'] = printable(item['@value'])
    else if (isJsonObject(item))
      for (const [tag, text] of Object.entries(item)) if (typeof text === 'string') texts[printable(tag)] = printable(text)
  }
  return texts
}

function claimedName(issuer: JsonValue | undefined): string | undefined {
  return isJsonObject(issuer) ? Object.values(localisedText(issuer['name']))[0] : undefined
}

function attestationOf(document: JsonObject): string | undefined {
  const [receipt] = receiptsIn(document)
  return isJsonObject(receipt) ? textOf(receipt['attestation']) : undefined
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? printable(value) : undefined
}
