/** Bringing what a thousand works earn to the one that all were made from. Limit: two transactions under the cap of EIP-7825. */
import type { Measurement } from '../run.ts'
import { CAUSE, gasOf, NATIVE, register, registerAll, TRANSACTION_CAP, withWorks } from './works.ts'

/** The figure's name. */
export const figure = 'royalties.gas.root-of-1000'

const HALF = 2

/** Pays every work, lets all flow in two transactions, for the second time, and counts their gas; checks that all of it arrived. */
export async function run({ count = 1_000 }: { count?: number }): Promise<Measurement[]> {
  const gas = await withWorks(async (network) => {
    const { RoyaltyLedger } = network.contracts
    const root = await register(network, [])
    await registerAll(
      network,
      Array.from({ length: count }, () => [root]),
    )
    const works = Array.from({ length: count }, (_, index) => root + 1 + index)
    const parts = [works.slice(0, count / HALF), works.slice(count / HALF)]
    const round = async () => {
      for (const part of parts) {
        const amounts = part.map(() => 1_000n)
        await (await RoyaltyLedger.payMany(NATIVE, part, amounts, CAUSE, { value: 1_000n * BigInt(part.length) })).wait()
      }
      const used = []
      for (const part of parts) used.push(await gasOf(RoyaltyLedger.flow(NATIVE, part, { gasLimit: TRANSACTION_CAP })))
      return used
    }
    await round()
    const used = await round()
    const { received } = await RoyaltyLedger.sumsOf(root, 1, NATIVE)
    if (received !== BigInt(count) * 200n) throw new Error(`${received} arrived at the root`)
    return used
  })
  const total = gas.reduce((sum, each) => sum + each, 0)
  const largest = Math.max(...gas)
  return [
    {
      figure,
      value: total,
      unit: 'gas',
      peer: 'Story transferToVault and claim (quoted)',
      peerValue: 80_000_000,
      ratio: total / 80_000_000,
    },
    {
      figure: `${figure}.transaction`,
      value: largest,
      unit: 'gas',
      peer: 'cap',
      peerValue: TRANSACTION_CAP,
      ratio: largest / TRANSACTION_CAP,
    },
  ]
}
