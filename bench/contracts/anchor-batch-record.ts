/** Gas a record when a batch is anchored: the whole transaction over the number of records. Limit of the issue: 75 at 1,000. */
import { encodeCall } from '@guildhall/contracts'
import { digestOf } from '@guildhall/contracts/sample-network'
import type { BenchOptions, Measurement } from '../run.ts'
import { BARE_ANCHOR, gasOfBareCode, gasOfCall, ISSUER, withFourLevels } from './four-levels.ts'

/** The figure's name. */
export const figure = 'contracts.gas.anchor-batch-record'

/** Anchors a batch of `count` records, 1,000 when left out; the peer is a store and an event without any check. */
export function run({ count = 1000 }: BenchOptions): Promise<Measurement[]> {
  return withFourLevels(async (network) => {
    const { baseId, programmeId, keyId, accreditationId } = ISSUER
    const root = digestOf(`a batch of ${count}`)
    const call = encodeCall(network.addresses, 'CredentialAnchors.anchor', [baseId, programmeId, keyId, accreditationId, count, root])
    const value = (await gasOfCall(network, call.to, call.data)) / count
    const peerValue = (await gasOfBareCode(network, BARE_ANCHOR, root)) / count
    return [{ figure, value, unit: 'gas a record', peer: 'a store and an event, nothing checked', peerValue, ratio: value / peerValue }]
  })
}
