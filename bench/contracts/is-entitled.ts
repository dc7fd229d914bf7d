/** Gas of an entitlement through four levels by its records: execution and call data, without the 21,000. Limit: 20,000. */
import { interfaces, readEntitlement } from '@guildhall/contracts'
import type { Measurement } from '../run.ts'
import { BARE_READS, gasOfBareCode, gasOfCall, INTRINSIC_GAS, ISSUER, withFourLevels } from './four-levels.ts'

/** The figure's name. */
export const figure = 'contracts.gas.is-entitled'

/** Asks about the present; the peer reads the same six slots and decides nothing. */
export function run(): Promise<Measurement[]> {
  return withFourLevels(async (network) => {
    const { baseId, programmeId, keyId } = ISSUER
    const time = await network.now()
    const { reason, records } = await readEntitlement(network.contracts, { baseId, programmeId, keyId, time })
    if (reason !== 'Entitled') throw new Error(`base 4 is not entitled: ${reason}`)
    const data = interfaces.Entitlements.encodeFunctionData('isEntitledByRecords', [baseId, programmeId, keyId, time, records])
    const value = (await gasOfCall(network, network.addresses.Entitlements, data)) - INTRINSIC_GAS
    const peerValue = (await gasOfBareCode(network, BARE_READS, '0x')) - INTRINSIC_GAS
    return [{ figure, value, unit: 'gas', peer: 'six cold slots read, nothing decided', peerValue, ratio: value / peerValue }]
  })
}
