/** Gas of paying a work in the native coin that was paid before, the same at depth 1 and 5,000. Limit: 52,000, equal within 0.5 %. */
import type { Measurement } from '../run.ts'
import { atDepths, CAUSE, gasOf, NATIVE } from './works.ts'

/** The figure's name. */
export const figure = 'royalties.gas.pay-native'

/** Pays works of depth 1, 64 and 5,000 a second time; the second figure is the largest difference between them, in percent. */
export async function run({ count = 5_000 }: { count?: number }): Promise<Measurement[]> {
  const gas = await atDepths(count, async ({ contracts }, work) => {
    const pay = () => contracts.RoyaltyLedger.pay(work, NATIVE, 10n ** 15n, CAUSE, { value: 10n ** 15n })
    await (await pay()).wait()
    return gasOf(pay())
  })
  const [value, least] = [Math.max(...gas), Math.min(...gas)]
  const spread = (100 * (value - least)) / least
  return [
    { figure, value, unit: 'gas', peer: null, peerValue: null, ratio: null },
    { figure: `${figure}.depth-spread`, value: spread, unit: '%', peer: 'limit', peerValue: 0.5, ratio: spread / 0.5 },
  ]
}
