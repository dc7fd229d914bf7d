/**
 * Gas and time of ten thousand usage receipts: three bases use five works of a fourth, hash every receipt, build the trees and record a
 * batch each, whose lines are counted and charged. `--count N` for another number of receipts.
 */
import type { SampleNetwork } from '@guildhall/contracts/sample-network'
import { batchOf, receiptOf } from '@guildhall/contracts/sample-usage'
import { CHARGES, listWork, makeOffer, takeLicence, termsOf } from '@guildhall/contracts/sample-works'
import type { BenchOptions, Measurement } from '../run.ts'
import { gasOfBareCode, withFourLevels } from './four-levels.ts'

/** The figure's name. */
export const figure = 'usage.receipts'

const WORKS = 5
const BASES = [1, 2, 3] as const
const DAY = 86_400

/** LOG0 of every word of the call's data: an event for each receipt, and nothing checked. */
const BARE_EVENTS = '5f5b8036111560175780355f5260205fa06020016001565b00'
const BARE_COUNT = 100

/** Records the receipts; the peer is one event for each. */
export function run({ count = 10_000 }: BenchOptions): Promise<Measurement[]> {
  return withFourLevels(async (network) => {
    const token = network.addresses.SettlementToken
    const workIds: number[] = []
    for (let index = 0; index < WORKS; index++) {
      const workId = await listWork(network, { baseId: 4, name: `work ${index}` })
      const offerId = await makeOffer(network, 4, termsOf(workId, { charge: CHARGES.perUse, token, price: 5 }))
      for (const baseId of BASES) await takeLicence(network, offerId, { baseId })
      workIds.push(workId)
    }
    const uses = Math.ceil(count / (BASES.length * WORKS))
    const total = uses * BASES.length * WORKS
    const first = await recordDay(network, { workIds, uses, sequence: 1 })
    await network.advance(DAY)
    const next = await recordDay(network, { workIds, uses, sequence: 2 })
    const words = Array.from({ length: BARE_COUNT }, (_, index) => receiptOf(1, 1, index, { class: `${index}` }).class)
    const peerValue = (await gasOfBareCode(network, BARE_EVENTS, `0x${words.map((word) => word.slice(2)).join('')}`)) / BARE_COUNT
    const peer = 'an event for each, nothing checked'
    return [
      { figure, value: first.gas / total, unit: 'gas a receipt, first batch', peer, peerValue, ratio: first.gas / total / peerValue },
      { figure, value: next.gas / total, unit: 'gas a receipt, next batch', peer, peerValue, ratio: next.gas / total / peerValue },
      { figure, value: total / next.seconds, unit: 'receipts/s', peer: null, peerValue: null, ratio: null },
    ]
  })
}

type Recorded = { readonly gas: number; readonly seconds: number }

/** Each base records what it used today: receipts made, hashed, put into a tree, counted and charged. */
async function recordDay(
  network: SampleNetwork,
  { workIds, uses, sequence }: { workIds: number[]; uses: number; sequence: number },
): Promise<Recorded> {
  const day = Math.floor((await network.now()) / DAY)
  const begun = performance.now()
  let gas = 0
  for (const [place, baseId] of BASES.entries()) {
    const receipts = workIds.flatMap((workId) =>
      Array.from({ length: uses }, (_, index) => receiptOf(baseId, workId, day, { class: `${index}`, teacher: `${index % 30}` })),
    )
    const lines = workIds.map((workId, index) => ({
      workId,
      licenceId: index * BASES.length + place + 1,
      uses,
      teachers: 30,
      classes: uses,
    }))
    const { UsageReceipts } = network.as(network.accounts[baseId - 1])
    const sent = await UsageReceipts.recordUsage(batchOf(receipts, { baseId, sequence, fromDay: day }), lines, 'cid')
    gas += Number((await sent.wait())?.gasUsed)
  }
  return { gas, seconds: (performance.now() - begun) / 1000 }
}
