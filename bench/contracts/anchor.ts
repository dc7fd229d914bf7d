/** Gas of a single anchor with its gate checked through four levels: the whole transaction. Limit of the issue: 70,000. */
import { encodeCall } from '@guildhall/contracts'
import { digestOf } from '@guildhall/contracts/sample-network'
import type { Measurement } from '../run.ts'
import { BARE_ANCHOR, gasOfBareCode, gasOfCall, ISSUER, withFourLevels } from './four-levels.ts'

/** The figure's name. */
export const figure = 'contracts.gas.anchor'

/** Anchors one credential; the peer is a store and an event without any check. */
export function run(): Promise<Measurement[]> {
  return withFourLevels(async (network) => {
    const { baseId, programmeId, keyId, accreditationId } = ISSUER
    const root = digestOf('one credential')
    const call = encodeCall(network.addresses, 'CredentialAnchors.anchor', [baseId, programmeId, keyId, accreditationId, 1, root])
    const value = await gasOfCall(network, call.to, call.data)
    const peerValue = await gasOfBareCode(network, BARE_ANCHOR, root)
    return [{ figure, value, unit: 'gas', peer: 'a store and an event, nothing checked', peerValue, ratio: value / peerValue }]
  })
}
