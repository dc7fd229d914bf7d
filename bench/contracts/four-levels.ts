/** A network four levels deep on an in-process ledger, and what a transaction costs there. Not a figure itself. */
import { addThreeLevels, createSampleNetwork, keyOf, type SampleNetwork } from '@guildhall/contracts/sample-network'
import hre from 'hardhat'

/** The base four levels down: its number, programme, key and the accreditation that it anchors by. */
export const ISSUER = { baseId: 4, programmeId: 1, keyId: keyOf(4), accreditationId: 5 } as const

/** What every transaction costs before anything is executed (Yellow Paper, G_transaction). */
export const INTRINSIC_GAS = 21_000

/** Builds the network, measures on it, and takes it down. */
export async function withFourLevels<Value>(measure: (network: SampleNetwork) => Promise<Value>): Promise<Value> {
  const network = await createSampleNetwork(await hre.network.create('inProcess'))
  try {
    await addThreeLevels(network)
    return await measure(network)
  } finally {
    await network.close()
  }
}

/** The gas of a whole transaction with this data, from base 4's account. */
export async function gasOfCall({ accounts }: SampleNetwork, to: string, data: string): Promise<number> {
  const sent = await accounts[3]?.sendTransaction({ to, data })
  return Number((await sent?.wait())?.gasUsed)
}

/** The gas of a transaction to a contract of the fewest instructions that can do a thing: the limit that the ledger itself sets. */
export async function gasOfBareCode(network: SampleNetwork, runtime: string, data: string): Promise<number> {
  const length = (runtime.length / 2).toString(16).padStart(2, '0')
  // PUSH1 length, DUP1, PUSH1 9, PUSH0, CODECOPY, PUSH0, RETURN: puts the code after these nine bytes on the ledger.
  const sent = await network.accounts[3]?.sendTransaction({ data: `0x60${length}8060095f395ff3${runtime}` })
  const address = (await sent?.wait())?.contractAddress
  if (!address) throw new Error('the bare contract was not created')
  return gasOfCall(network, address, data)
}

/** CALLDATALOAD, SSTORE and LOG1 of one word: the least that keeps a root and tells it. */
export const BARE_ANCHOR = '60015f35555f355f5fa100'

/** Six SLOADs of cold slots: the least that reads four accreditations, a standing and a key. */
export const BARE_READS = `${[0, 1, 2, 3, 4, 5].map((slot) => `600${slot}5450`).join('')}00`
