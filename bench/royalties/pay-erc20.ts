/** Gas of paying a work in the settlement token under a standing allowance, the same at depth 1 and 5,000. Limit: 65,000, equal within 0.5 %. */
import { digestOf } from '@guildhall/contracts/sample-network'
import type { Measurement } from '../run.ts'
import { atDepths, CAUSE, gasOf } from './works.ts'

/** The figure's name. */
export const figure = 'royalties.gas.pay-erc20'

const MINTER = 16

/** Pays works of depth 1, 64 and 5,000 a second time, against what Story, Drips and 0xSplits were measured to take. */
export async function run({ count = 5_000 }: { count?: number }): Promise<Measurement[]> {
  const gas = await atDepths(count, async ({ contracts, addresses, accounts, as, addressOf }, work) => {
    const payer = await addressOf(accounts[0])
    await (await as(accounts[MINTER]).SettlementToken.mint(payer, 10_000, digestOf(`deposit ${work}`))).wait()
    await (await contracts.SettlementToken.approve(addresses.RoyaltyLedger, 2n ** 256n - 1n)).wait()
    const pay = () => contracts.RoyaltyLedger.pay(work, addresses.SettlementToken, 1_000, CAUSE)
    await (await pay()).wait()
    return gasOf(pay())
  })
  const [value, least] = [Math.max(...gas), Math.min(...gas)]
  const spread = (100 * (value - least)) / least
  const beside = (peer: string, peerValue: number) => ({ figure, value, unit: 'gas', peer, peerValue, ratio: value / peerValue })
  return [
    beside('Story payRoyaltyOnBehalf (quoted)', 165_156),
    beside('Drips give (quoted)', 76_950),
    beside('0xSplits distribute to 2 (quoted)', 87_058),
    { figure: `${figure}.depth-spread`, value: spread, unit: '%', peer: 'limit', peerValue: 0.5, ratio: spread / 0.5 },
  ]
}
