/** Gas of freezing a contested work. Limit: 35,000. */
import { digestOf } from '@guildhall/contracts/sample-network'
import type { Measurement } from '../run.ts'
import { gasOf, register, withWorks } from './works.ts'

/** The figure's name. */
export const figure = 'royalties.gas.freeze'

/** Freezes a work as the arbiter. */
export function run(): Promise<Measurement[]> {
  return withWorks(async (network) => {
    const work = await register(network, [])
    await network.govern('ResourceRegistry.setArbiter', [await network.addressOf(network.accounts[0])])
    const value = await gasOf(network.contracts.ResourceRegistry.freeze(work, 2 ** 40 - 1, digestOf('reason')))
    return [{ figure, value, unit: 'gas', peer: 'limit', peerValue: 35_000, ratio: value / 35_000 }]
  })
}
