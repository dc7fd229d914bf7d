/** Calls of the contracts for works that go through for whoever may make them, for the test of the permissions. Base 4 is the one meant. */
import { Signature, ZeroHash } from 'ethers'
import type { permissions } from '../permissions.ts'
import { digestOf, type SampleNetwork, SEATS } from './sample-network.ts'
import { batchOf, receiptOf, shownAt } from './sample-usage.ts'
import {
  CHARGES,
  giveMoney,
  giveOpinions,
  listWork,
  makeOffer,
  opinionOf,
  signOpinion,
  signResolution,
  takeLicence,
  termsOf,
} from './sample-works.ts'

/** One call for each row of who is let through, after `given` has made it possible. */
export type Sample = {
  readonly given?: () => Promise<unknown>
  readonly calls: () => readonly (readonly unknown[])[] | Promise<readonly (readonly unknown[])[]>
}

type Named = Readonly<Record<'base 4' | 'newcomer' | 'stranger' | 'minter', string>>
type SamplesOf<Contract extends keyof typeof permissions> = Readonly<Record<keyof (typeof permissions)[Contract], Sample>>

const digest = digestOf('anything')
const pauseUntil = { calls: () => [[1]] }
const multicall = { calls: () => [[[]]] }
const PRICE = 40

/** What the samples build on: work 1 of base 4, listed, offered free (1), once (2) and for each use (3), all of which base 4 has taken. */
export async function prepareSampleCalls(network: SampleNetwork): Promise<void> {
  const [base4, token] = [network.accounts[3], network.addresses.SettlementToken]
  await listWork(network, { baseId: 4, name: 'work' })
  await giveMoney(network, base4, 1_000)
  await network.as(base4).SettlementToken.approve(await network.addressOf(base4), 10)
  const terms = [
    termsOf(1),
    termsOf(1, { charge: CHARGES.once, token, price: PRICE }),
    termsOf(1, { charge: CHARGES.perUse, token, price: 1 }),
  ]
  for (const each of terms) await takeLicence(network, await makeOffer(network, 4, each), { baseId: 4 })
}

/** Samples for all contracts for works. */
export function callsOfWorks(network: SampleNetwork, named: () => Named) {
  return {
    ResourceRegistry: callsOfRegistry(network, named),
    RoyaltyLedger: callsOfRoyalties(network, named),
    ReviewPanels: callsOfReview(network, named),
    Licences: callsOfLicences(network, named),
    UsageReceipts: callsOfUsage(network),
    SettlementToken: callsOfMoney(network, named),
  }
}

/** The one contributor of work 1. */
const contributorsOf = (named: () => Named) => [{ account: named()['base 4'], share: 1_000_000 }]

/** Works. */
function callsOfRegistry(network: SampleNetwork, named: () => Named): SamplesOf<'ResourceRegistry'> {
  const own = () => network.as(network.accounts[3])
  const shares = () => ({ holder: named()['base 4'], parents: [], contributors: contributorsOf(named) })
  const registration = () => ({
    homeBase: 4,
    contentDigest: digest,
    codec: '0x55',
    termsHash: digest,
    askedShare: 0,
    deadline: 0,
    ...shares(),
  })
  const frozen = async () => network.as(network.accounts[5]).ResourceRegistry.freeze(1, (await network.now()) + 1_000, ZeroHash)
  return {
    register: { calls: () => [[registration(), '0x', []]] },
    publishVersion: { calls: () => [[1, digest, '0x55']] },
    changeTerms: { calls: () => [[1, digest, 0]] },
    changeContributors: { calls: () => [[1, contributorsOf(named), [{ account: named().newcomer, share: 1_000_000 }], ['0x']]] },
    claimAuthorship: { calls: () => [[1, 1, named().stranger, digest, '0x']] },
    offerWork: { calls: () => [[1, named().newcomer, 0]] },
    acceptHolder: { given: () => own().ResourceRegistry.offerWork(1, named().newcomer, 0), calls: () => [[1]] },
    acceptHome: { given: () => own().ResourceRegistry.offerWork(1, named().newcomer, 3), calls: () => [[1]] },
    freeze: { calls: async () => [[1, (await network.now()) + 1_000, ZeroHash]] },
    unfreeze: { given: frozen, calls: () => [[1, ZeroHash]] },
    rule: { given: frozen, calls: () => [[1, { ...shares(), reason: digest }]] },
    takeDown: { calls: () => [[1, ZeroHash]] },
    putBack: { given: () => network.govern('ResourceRegistry.takeDown', [1, ZeroHash]), calls: () => [[1, ZeroHash]] },
    setArbiter: { calls: () => [[named().stranger]] },
    pauseUntil,
    multicall,
  }
}

/** Royalties. */
function callsOfRoyalties(network: SampleNetwork, named: () => Named): SamplesOf<'RoyaltyLedger'> {
  const own = () => network.as(network.accounts[3])
  const token = network.addresses.SettlementToken
  const flowed = () => own().RoyaltyLedger.flow(token, [1])
  const withdrawal = () => ({
    workId: 1,
    epoch: 1,
    token,
    ownShare: 1_000_000,
    index: 0,
    to: named()['base 4'],
    contributors: contributorsOf(named),
  })
  return {
    pay: { calls: () => [[1, token, 1, ZeroHash]] },
    payMany: { calls: () => [[token, [1], [1], ZeroHash]] },
    collect: {
      given: async () => own().SettlementToken.transfer(await own().RoyaltyLedger.receiverOf(1), 5),
      calls: () => [[1, token]],
    },
    flow: { calls: () => [[token, [1]]] },
    flowEpoch: { calls: () => [[token, 1, 1]] },
    withdraw: { given: flowed, calls: () => [[withdrawal()]] },
    acceptToken: { calls: () => [[token, false]] },
    pauseUntil,
    multicall,
  }
}

/** Opinions and resolutions. */
function callsOfReview(network: SampleNetwork, named: () => Named): SamplesOf<'ReviewPanels'> {
  const own = () => network.as(network.accounts[3])
  const member = () => network.addressOf(network.accounts[SEATS.content[0]])
  const later = async () => (await network.now()) + 100_000
  const secondVersion = () => own().ResourceRegistry.publishVersion(1, digest, '0x55')
  const about = { workId: 1, version: 2, panel: 0 }
  const rejected = async () => {
    await secondVersion()
    await giveOpinions(network, SEATS.content, { ...about, marks: 0 })
  }
  const resolution = async () => {
    const call = own().ResourceRegistry.interface.encodeFunctionData('takeDown', [1, ZeroHash])
    const signers = SEATS.expert.slice(0, 2).map((seat) => network.accounts[seat])
    const resolved = { call, salt: digest, until: await later() }
    const signed = signers.map(
      async (signer) => [await network.addressOf(signer), await signResolution(network, signer, resolved)] as const,
    )
    const sorted = (await Promise.all(signed)).toSorted(([one], [other]) => (BigInt(one) < BigInt(other) ? -1 : 1))
    return [resolved, sorted.map(([address]) => address), sorted.map(([, signature]) => signature)]
  }
  return {
    seatMember: { calls: async () => [[0, named().stranger, 0, 0, await later()]] },
    unseatMember: { calls: async () => [[0, await member()]] },
    setQuorum: { calls: () => [[0, 1, 1]] },
    submitOpinions: {
      given: secondVersion,
      calls: async () => {
        const opinion = await opinionOf(network, SEATS.content[0], about)
        return [[[opinion], [await signOpinion(network, network.accounts[SEATS.content[0]], opinion)]]]
      },
    },
    appeal: { given: rejected, calls: () => [[1, 2, digest]] },
    carryResolution: { calls: async () => [await resolution()] },
    pauseUntil,
  }
}

/** Offers and licences. */
function callsOfLicences(network: SampleNetwork, named: () => Named): SamplesOf<'Licences'> {
  return {
    makeOffer: { calls: () => [[termsOf(1), digest, digest]] },
    withdrawOffer: { calls: () => [[1]] },
    takeLicence: {
      calls: () => [
        [1, 4, 1],
        [1, 0, 1],
      ],
    },
    giveUpLicence: { calls: () => [[1]] },
    refundLicence: { calls: () => [[2, PRICE]] },
    revokeLicence: { calls: () => [[1, ZeroHash]] },
    moveLicence: { given: () => network.govern('BaseRegistry.replaceAccount', [4, named().newcomer]), calls: () => [[1]] },
    safeTransferFrom: { calls: () => [[named()['base 4'], named().stranger, 1, 30, '0x']] },
    safeBatchTransferFrom: { calls: () => [[named()['base 4'], named().stranger, [1], [30], '0x']] },
    pauseUntil,
  }
}

/** Receipts of use. */
function callsOfUsage(network: SampleNetwork): SamplesOf<'UsageReceipts'> {
  const own = () => network.as(network.accounts[3])
  const usage = async () => {
    const day = Math.floor((await network.now()) / 86_400)
    const receipts = [1, 2].map(() => receiptOf(4, 1, day, { class: 'twice' }))
    const lines = [{ workId: 1, licenceId: 3, uses: 2, teachers: 1, classes: 1 }]
    return { batch: batchOf(receipts, { baseId: 4, fromDay: day }), lines, shown: [shownAt(receipts, 0), shownAt(receipts, 1)] }
  }
  const recorded = async () => {
    const { batch, lines } = await usage()
    return own().UsageReceipts.recordUsage(batch, lines, '')
  }
  return {
    recordUsage: {
      calls: async () => {
        const { batch, lines } = await usage()
        return [[batch, lines, '']]
      },
    },
    strikeBatch: {
      given: recorded,
      calls: async () => {
        const { batch, lines, shown } = await usage()
        return [
          [batch, lines, []],
          [batch, lines, shown],
        ]
      },
    },
    settleUsage: { given: recorded, calls: () => [[[3]]] },
    pauseUntil,
  }
}

/** Money. */
function callsOfMoney(network: SampleNetwork, named: () => Named): SamplesOf<'SettlementToken'> {
  const permit = async () => {
    const [owner, deadline] = [network.accounts[3], (await network.now()) + 100_000]
    const domain = { name: 'Guildhall settlement', version: '1', chainId: 31_337, verifyingContract: network.addresses.SettlementToken }
    const names = ['owner', 'spender', 'value', 'nonce', 'deadline']
    const Permit = names.map((name) => ({ name, type: name === 'owner' || name === 'spender' ? 'address' : 'uint256' }))
    const message = { owner: named()['base 4'], spender: named().stranger, value: 5, nonce: 0, deadline }
    const { v, r, s } = Signature.from(await owner?.signTypedData(domain, { Permit }, message))
    return [message.owner, message.spender, message.value, deadline, v, r, s]
  }
  return {
    setMinter: { calls: () => [[named().stranger, true]] },
    setMintLimit: { calls: () => [[1, 1]] },
    mint: { calls: () => [[named().stranger, 5, digest]] },
    redeem: { calls: () => [[5, digest]] },
    transfer: { calls: () => [[named().stranger, 5]] },
    transferFrom: { calls: () => [[named()['base 4'], named().stranger, 5]] },
    approve: { calls: () => [[named().stranger, 5]] },
    permit: { calls: async () => [await permit()] },
    pauseUntil,
  }
}
