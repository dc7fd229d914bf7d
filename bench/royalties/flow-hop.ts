/** Gas of letting money flow one hop up, in a batch of 64 works one above the other. Limit: 24,000. */
import type { Measurement } from '../run.ts'
import { CAUSE, gasOf, NATIVE, registerChain, withWorks } from './works.ts'

/** The figure's name. */
export const figure = 'royalties.gas.flow-hop'

/** Lets a payment at the bottom flow to the root for the second time. */
export async function run({ count = 64 }: { count?: number }): Promise<Measurement[]> {
  const total = await withWorks(async (network) => {
    const { RoyaltyLedger } = network.contracts
    const chain = await registerChain(network, count, 900_000)
    const [bottom] = chain.slice(-1)
    const round = async () => {
      const amount = 10n ** 18n
      await (await RoyaltyLedger.pay(bottom ?? 0, NATIVE, amount, CAUSE, { value: amount })).wait()
      return gasOf(RoyaltyLedger.flow(NATIVE, chain.toReversed()))
    }
    await round()
    const used = await round()
    // Nine tenths go up at each hop: some of it must have come to the top, or hops without money were counted.
    const { received } = await RoyaltyLedger.sumsOf(chain[0] ?? 0, 1, NATIVE)
    if (received === 0n) throw new Error('nothing arrived at the root')
    return used
  })
  const value = total / count
  const beside = (peer: string, peerValue: number) => ({ figure, value, unit: 'gas', peer, peerValue, ratio: value / peerValue })
  return [beside('Story transferToVault (quoted)', 99_622), beside('Drips split (quoted)', 49_933)]
}
