/** Works, opinions, licences and money on the sample network, for tests. */
import { type BytesLike, type ContractTransactionResponse, type Signer, ZeroAddress } from 'ethers'
import { digestOf, type SampleNetwork, SEATS } from './sample-network.ts'

/** Waits until a transaction is in a block: not every ledger makes one before it answers. */
const mined = async (sent: Promise<ContractTransactionResponse>) => (await sent).wait()

/** What a sample work is made of. The base's account holds it and is its only contributor, unless another signer is named. */
export type SampleWork = {
  readonly baseId: number
  readonly name: string
  readonly parents?: readonly { readonly parentId: number; readonly share: number; readonly kind: number }[]
  readonly askedShare?: number
}

/** Registers a work of a base and answers its number. Its first version's content is `digestOf(name)`. */
export async function registerWork(network: SampleNetwork, work: SampleWork): Promise<number> {
  const account = network.accounts[work.baseId - 1]
  const holder = await network.addressOf(account)
  const registration = {
    homeBase: work.baseId,
    holder,
    contentDigest: digestOf(work.name),
    codec: '0x55',
    termsHash: digestOf('terms'),
    askedShare: work.askedShare ?? 0,
    deadline: 0,
    parents: work.parents ?? [],
    contributors: [{ account: holder, share: 1_000_000 }],
  }
  await mined(network.as(account).ResourceRegistry.register(registration, '0x', []))
  return Number(await network.contracts.ResourceRegistry.workCount())
}

/** An opinion as the ledger takes it. */
export type SampleOpinion = {
  readonly workId: number
  readonly version: number
  readonly content: string
  readonly panel: number
  readonly marks: number
  readonly until: number
  readonly member: string
  readonly reasons: string
}

const OPINION = {
  Opinion: [
    { name: 'workId', type: 'uint32' },
    { name: 'version', type: 'uint32' },
    { name: 'content', type: 'bytes32' },
    { name: 'panel', type: 'uint8' },
    { name: 'marks', type: 'uint8' },
    { name: 'until', type: 'uint40' },
    { name: 'member', type: 'address' },
    { name: 'reasons', type: 'bytes32' },
  ],
}
const RESOLUTION = {
  Resolution: [
    { name: 'call', type: 'bytes' },
    { name: 'salt', type: 'bytes32' },
    { name: 'until', type: 'uint40' },
  ],
}

/** What the members of the panels sign under. */
const domainOf = ({ addresses }: SampleNetwork) => ({
  name: 'Guildhall ReviewPanels',
  version: '1',
  chainId: 31_337,
  verifyingContract: addresses.ReviewPanels,
})

/** Signs an opinion (EIP-712). */
export function signOpinion(network: SampleNetwork, signer: Signer | undefined, opinion: SampleOpinion): Promise<string> {
  return signed(signer, (by) => by.signTypedData(domainOf(network), OPINION, opinion))
}

/** A resolution as the ledger takes it. */
export type SampleResolution = { readonly call: BytesLike; readonly salt: string; readonly until: number }

/** Signs a resolution of the expert committee (EIP-712). */
export function signResolution(network: SampleNetwork, signer: Signer | undefined, resolution: SampleResolution): Promise<string> {
  return signed(signer, (by) => by.signTypedData(domainOf(network), RESOLUTION, resolution))
}

function signed(signer: Signer | undefined, sign: (by: Signer) => Promise<string>): Promise<string> {
  if (signer === undefined) throw new Error('the sample has no such account')
  return sign(signer)
}

/** An approving opinion of the account in a seat about a version, with what is to be different. */
export async function opinionOf(
  network: SampleNetwork,
  seat: number,
  about: Pick<SampleOpinion, 'workId' | 'version' | 'panel'> & Partial<SampleOpinion>,
): Promise<SampleOpinion> {
  return {
    content: await network.contracts.ResourceRegistry.contentOf(about.workId, about.version),
    marks: about.panel === 0 ? 15 : 1,
    until: (await network.now()) + 86_400,
    member: await network.addressOf(network.accounts[seat]),
    reasons: digestOf(`reasons of ${seat}`),
    ...about,
  }
}

/** Has accounts in seats give opinions that a stranger hands in, in one transaction. */
export async function giveOpinions(
  network: SampleNetwork,
  seats: readonly number[],
  about: Parameters<typeof opinionOf>[2],
): Promise<Awaited<ReturnType<SampleNetwork['contracts']['ReviewPanels']['submitOpinions']>>> {
  const opinions = await Promise.all(seats.map((seat) => opinionOf(network, seat, about)))
  const signatures = await Promise.all(opinions.map((opinion, index) => signOpinion(network, network.accounts[seats[index] ?? 0], opinion)))
  return network.as(network.accounts[6]).ReviewPanels.submitOpinions(opinions, signatures)
}

/** Has both panels approve a version. */
export async function approveVersion(network: SampleNetwork, workId: number, version = 1): Promise<void> {
  await mined(giveOpinions(network, SEATS.content.slice(0, 2), { workId, version, panel: 0 }))
  await mined(giveOpinions(network, SEATS.technical.slice(0, 1), { workId, version, panel: 1 }))
}

/** Registers a work and has it listed. */
export async function listWork(network: SampleNetwork, work: SampleWork): Promise<number> {
  const workId = await registerWork(network, work)
  await approveVersion(network, workId)
  return workId
}

/** Mints money against a deposit of its own and lets Licences, UsageReceipts and RoyaltyLedger take it. Fen. */
export async function giveMoney(network: SampleNetwork, account: Signer | undefined, amount: number): Promise<void> {
  const { addresses } = network
  const deposit = digestOf(`deposit ${await network.request('eth_blockNumber')}`)
  await mined(network.as(network.accounts[SEATS.minter]).SettlementToken.mint(await network.addressOf(account), amount, deposit))
  const { SettlementToken } = network.as(account)
  for (const spender of [addresses.Licences, addresses.UsageReceipts, addresses.RoyaltyLedger])
    await mined(SettlementToken.approve(spender, amount))
}

/** The charges of an offer, by their number on the ledger. */
export const CHARGES = { free: 0, once: 1, perUse: 2, perClass: 3 } as const

/** Terms of a work that is free for ever, with what is to be different. */
export const termsOf = (workId: number, terms: Partial<SampleTerms> = {}): SampleTerms => ({
  token: ZeroAddress,
  price: 0,
  workId,
  period: 0,
  seats: 30,
  territory: '0x434e00000000',
  royaltyShare: 100_000,
  rights: 1,
  charge: CHARGES.free,
  ...terms,
})

/** Terms as the ledger takes them. */
export type SampleTerms = {
  readonly token: string
  readonly price: number
  readonly workId: number
  readonly period: number
  readonly seats: number
  readonly territory: string
  readonly royaltyShare: number
  readonly rights: number
  readonly charge: number
}

/** Has a base offer its work and answers the offer's number. */
export async function makeOffer(network: SampleNetwork, baseId: number, terms: SampleTerms): Promise<number> {
  await mined(network.as(network.accounts[baseId - 1]).Licences.makeOffer(terms, digestOf('中文条款'), digestOf('terms in English')))
  return Number(await network.contracts.Licences.offerCount())
}

/** Has a base take a licence, sending native coin where that is due, and answers the licence's number. */
export async function takeLicence(
  network: SampleNetwork,
  offerId: number,
  { baseId, value = 0 }: { baseId: number; value?: number },
): Promise<number> {
  await mined(network.as(network.accounts[baseId - 1]).Licences.takeLicence(offerId, baseId, 1, { value }))
  return Number(await network.contracts.Licences.licenceCount())
}
