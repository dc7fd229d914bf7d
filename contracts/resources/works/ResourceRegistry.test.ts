import { ContractFactory, type Signer, ZeroAddress, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  addThreeLevels,
  createSampleNetwork,
  digestOf,
  eventsOf,
  gasOf,
  refusalOf,
  type SampleNetwork,
} from '../../network/sample-network.ts'
import { ASK_FIRST, type Edge, type Registration, WHOLE, WORK_TYPES, workDomain } from './typed-data.ts'

let network: SampleNetwork
let who: string[]
/** Registered by base 1: held by account 4, asks a tenth. */
let root: number

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await addThreeLevels(network)
  who = await Promise.all(network.accounts.map(network.addressOf))
  root = await register(await signed({ askedShare: 100_000 }))
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const registry = (account = 0) => network.as(network.accounts[account]).ResourceRegistry
const pause = async () => network.contracts.Directory.pause(network.addresses.ResourceRegistry, (await network.now()) + 100, ZeroHash)
const edge = (parentId: number, share: number): Edge => ({ parentId, share, kind: 1 })
const sole = (account: number) => [{ account: who[account] ?? '', share: WHOLE }]
const at = (account: number) => who[account] ?? ''

/** A work of base 1, held by account 4. */
function work(change: Partial<Registration> = {}): Registration {
  const holder = change.holder ?? at(4)
  return {
    holder,
    homeBase: 1,
    askedShare: 0,
    deadline: 0,
    contentDigest: digestOf('content'),
    termsHash: digestOf('terms'),
    codec: '0x70',
    parents: [],
    contributors: [{ account: holder, share: WHOLE }],
    ...change,
  }
}

type Signed = { registration: Registration; signature: string; consents: string[] }

async function sign<Kind extends keyof typeof WORK_TYPES>(account: number, kind: Kind, value: object): Promise<string> {
  const signer = network.accounts[account] as Signer
  return signer.signTypedData(workDomain(31_337, network.addresses.ResourceRegistry), WORK_TYPES[kind], value)
}

/** A work with the signature of account 4, or of another, for the next thousand seconds. */
async function signed(change: Partial<Registration> = {}, signer = 4): Promise<Signed> {
  const registration = work({ deadline: (await network.now()) + 1000, ...change })
  return { registration, signature: await sign(signer, 'Registration', registration), consents: [] }
}

const send = ({ registration, signature, consents }: Signed, sender = 0) => registry(sender).register(registration, signature, consents)
async function register(each: Signed): Promise<number> {
  await send(each)
  return Number(await registry().workCount())
}
const unsigned = (change: Partial<Registration> = {}): Signed => ({
  registration: work({ holder: at(0), ...change }),
  signature: '0x',
  consents: [],
})

describe('register', () => {
  it('when the caller does not act for the home base it refuses', async () => {
    expect(await refusalOf(send(await signed(), 1))).toBe(`ResourceRegistryCallerNotBase(${at(1)}, 1)`)
    expect(await refusalOf(send(unsigned({ homeBase: 0 })))).toBe(`ResourceRegistryCallerNotBase(${at(0)}, 0)`)
    expect(await refusalOf(send(unsigned({ homeBase: 99 })))).toBe(`ResourceRegistryCallerNotBase(${at(0)}, 99)`)
  })

  it('when the holder has not signed just this it refuses', async () => {
    const refusal = `ResourceRegistrySignatureInvalid(${at(4)})`
    expect(await refusalOf(send(await signed({}, 5)))).toBe(refusal)
    expect(await refusalOf(send({ ...(await signed()), signature: '0x' }))).toBe(refusal)
    const good = await signed({ parents: [edge(root, 100_000)] })
    const changes: Partial<Registration>[] = [
      { askedShare: 1 },
      { deadline: good.registration.deadline + 1 },
      { contentDigest: digestOf('other') },
      { termsHash: digestOf('other') },
      { codec: '0x55' },
      { parents: [] },
      { parents: [edge(root, 100_001)] },
      { parents: [{ ...edge(root, 100_000), kind: 2 }] },
      { contributors: sole(5) },
    ]
    for (const change of changes) {
      expect(await refusalOf(send({ ...good, registration: { ...good.registration, ...change } }))).toBe(refusal)
    }
    expect(await refusalOf(send(good))).toBeUndefined()
  })

  it('when the signature came too late it refuses', async () => {
    const late = await signed()
    await network.advance(1001)
    expect(await refusalOf(send(late))).toBe(`ResourceRegistrySignatureInvalid(${at(4)})`)
  })

  it('when holder, content or terms are missing it refuses', async () => {
    expect(await refusalOf(send(unsigned({ holder: ZeroAddress, contributors: sole(0) })))).toBe('ResourceRegistryHolderMissing()')
    expect(await refusalOf(send(unsigned({ contentDigest: ZeroHash })))).toBe('ResourceRegistryContentMissing()')
    expect(await refusalOf(send(unsigned({ termsHash: ZeroHash })))).toBe(`ResourceRegistryTermsRefused(${ZeroHash}, 0)`)
  })

  it('when the work asks for more than everything it refuses', async () => {
    expect(await refusalOf(send(unsigned({ askedShare: WHOLE + 1 })))).toBe(
      `ResourceRegistryTermsRefused(${digestOf('terms')}, ${WHOLE + 1})`,
    )
    expect(await refusalOf(send(unsigned({ askedShare: ASK_FIRST })))).toBeUndefined()
  })

  it('when the contributors are none, too many, out of order, twice there, or do not make a million it refuses', async () => {
    const [low = '', high = ''] = [at(4), at(5)].toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
    const lists = [
      [],
      [{ account: low, share: WHOLE - 1 }],
      [{ account: low, share: WHOLE + 1 }],
      [{ account: ZeroAddress, share: WHOLE }],
      [
        { account: high, share: 500_000 },
        { account: low, share: 500_000 },
      ],
      [
        { account: low, share: 500_000 },
        { account: low, share: 500_000 },
      ],
      [
        { account: low, share: 0 },
        { account: high, share: WHOLE },
      ],
      Array.from({ length: 129 }, (_, index) => ({
        account: `0x${(index + 1).toString(16).padStart(40, '0')}`,
        share: index === 0 ? WHOLE - 128 : 1,
      })),
    ]
    for (const contributors of lists) {
      expect(await refusalOf(send(unsigned({ contributors })))).toMatch(/^ResourceRegistryContributorsRefused/)
    }
  })

  it('when a parent is itself, a later one, none, twice there or out of order it refuses', async () => {
    const second = await register(unsigned())
    const next = second + 1
    for (const [parents, culprit] of [
      [[edge(next, 0)], next],
      [[edge(next + 5, 0)], next + 5],
      [[edge(0, 0)], 0],
      [[edge(second, 0), edge(second, 0)], second],
      [[edge(second, 0), edge(root, 0)], root],
    ] as const) {
      expect(await refusalOf(send(unsigned({ parents: [...parents] })))).toBe(`ResourceRegistryParentRefused(${culprit})`)
    }
  })

  it('when there are more than 64 parents it refuses', async () => {
    const parents = Array.from({ length: 65 }, (_, index) => edge(index + 1, 0))
    expect(await refusalOf(send(unsigned({ parents })))).toBe('ResourceRegistryParentCountRefused(65, 64)')
  })

  it('when the parents are owed more than everything it refuses', async () => {
    const second = await register(unsigned())
    const parents = [edge(root, 600_000), edge(second, 400_001)]
    expect(await refusalOf(send(unsigned({ parents })))).toBe('ResourceRegistrySharesAboveWhole(1000001)')
    expect(await refusalOf(send(unsigned({ parents: [edge(root, 600_000), edge(second, 400_000)] })))).toBeUndefined()
  })

  it('when a parent gets less than asked it refuses', async () => {
    const parents = [edge(root, 99_999)]
    const refusal = `ResourceRegistryShareBelowAsked(${root}, 99999, 100000)`
    expect(await refusalOf(send(unsigned({ parents })))).toBe(refusal)
    expect(await refusalOf(send({ ...unsigned({ parents }), consents: ['0x'] }))).toBe(refusal)
    const asking = await register(unsigned({ askedShare: ASK_FIRST, holder: at(0) }))
    expect(await refusalOf(send(await signed({ parents: [edge(asking, WHOLE)] })))).toBe(
      `ResourceRegistryShareBelowAsked(${asking}, ${WHOLE}, ${ASK_FIRST})`,
    )
  })

  it('when a consent is not for this, or not from the holder of the parent it refuses', async () => {
    const parents = [edge(root, 5)]
    const consent = { parentId: root, holder: at(0), contentDigest: digestOf('content'), share: 5, kind: 1 }
    const refusal = `ResourceRegistrySignatureInvalid(${at(4)})`
    const wrong = [
      await sign(5, 'Consent', consent),
      await sign(4, 'Consent', { ...consent, share: 4 }),
      await sign(4, 'Consent', { ...consent, contentDigest: digestOf('other') }),
      await sign(4, 'Consent', { ...consent, holder: at(5) }),
      await sign(4, 'Consent', { ...consent, parentId: 7 }),
      await sign(4, 'Consent', { ...consent, kind: 0 }),
    ]
    for (const each of wrong) expect(await refusalOf(send({ ...unsigned({ parents }), consents: [each] }))).toBe(refusal)
    const right = await sign(4, 'Consent', consent)
    expect(await refusalOf(send({ ...unsigned({ parents }), consents: [right, right] }))).toBe('ResourceRegistryParentCountRefused(1, 2)')
    expect(await refusalOf(send({ ...unsigned({ parents }), consents: [right] }))).toBeUndefined()
  })

  it('when a parent is frozen or taken down it refuses', async () => {
    await network.govern('ResourceRegistry.setArbiter', [at(7)])
    await registry(7).freeze(root, (await network.now()) + 100, ZeroHash)
    const parents = [edge(root, 100_000)]
    expect(await refusalOf(send(unsigned({ parents })))).toMatch(/^ResourceRegistryWorkFrozen/)
    await network.advance(200)
    await registry(7).takeDown(root, ZeroHash)
    expect(await refusalOf(send(unsigned({ parents })))).toBe(`ResourceRegistryWorkTakenDown(${root}, true)`)
  })

  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(send(unsigned()))).toMatch(/^PausingPaused/)
  })

  it('given the same account holds the parent it may owe it less', async () => {
    expect(await refusalOf(send(await signed({ parents: [edge(root, 0)] })))).toBeUndefined()
  })

  it('given the holder is an account that is a contract it asks that for its signature', async () => {
    const { abi, bytecode } = await hre.artifacts.readArtifact('WillingWallet')
    const wallet = await new ContractFactory(abi, bytecode, network.accounts[0] as Signer).deploy()
    const holder = await wallet.getAddress()
    const registration = work({ holder, deadline: (await network.now()) + 1000 })
    const yes = `0x${Buffer.from('yes').toString('hex')}`
    const call = (signature: string) => send({ registration, signature, consents: [] })
    expect(await refusalOf(call('0x00'))).toBe(`ResourceRegistrySignatureInvalid(${holder})`)
    expect(await refusalOf(call(yes))).toBeUndefined()
  })

  it('given everything is right it numbers the work, keeps it and tells everything about it', async () => {
    const parents = [edge(root, 100_000)]
    const { registration, signature } = await signed({ parents, askedShare: 50_000 })
    const workId = root + 1
    const { deadline, ...told } = registration
    expect(await eventsOf(network.addresses, registry().register(registration, signature, []))).toEqual([
      { contract: 'ResourceRegistry', event: 'WorkRegistered', args: { workId, ...told } },
    ])
    expect({ ...((await registry().workOf(workId)) as unknown as { toObject(): object }).toObject() }).toEqual({
      holder: at(4),
      homeBase: 1n,
      versionCount: 1n,
      epoch: 1n,
      ruledEpoch: 0n,
      frozenUntil: 0n,
      takenDown: false,
      parentCount: 1n,
      askedShare: 50_000n,
    })
    expect(await registry().contentOf(workId, 1)).toBe(digestOf('content'))
    expect([await registry().holderOf(workId), await registry().baseOf(workId)]).toEqual([at(4), 1n])
  })

  it('given up to 64 parents it keeps every edge', async () => {
    const parents = [edge(root, 100_000)]
    for (let count = 2; count <= 64; count++) parents.push(edge(await register(unsigned()), count))
    const workId = await register(unsigned({ parents }))
    const kept = await registry().parentsOf(workId)
    expect(kept.map(({ parentId, share, kind }) => plainEdge(parentId, share, kind))).toEqual(parents)
    for (const length of [1, 4, 5, 6, 9, 16]) {
      const fewer = parents.slice(0, length)
      const child = await register(unsigned({ parents: fewer }))
      expect((await registry().parentsOf(child)).map(({ parentId, share, kind }) => plainEdge(parentId, share, kind))).toEqual(fewer)
    }
  })

  it('with a signature and one parent it costs at most 150,000 gas, with sixteen 540,000', async () => {
    const parents = [edge(root, 100_000)]
    expect(await gasOf(send(await signed({ parents })))).toBeLessThanOrEqual(150_000)
    for (let count = 2; count <= 16; count++) parents.push(edge(await register(unsigned({ askedShare: 1000 })), 1000))
    expect(await gasOf(send(await signed({ parents })))).toBeLessThanOrEqual(540_000)
  })
})

const plainEdge = (parentId: bigint, share: bigint, kind: bigint) => ({
  parentId: Number(parentId),
  share: Number(share),
  kind: Number(kind),
})

describe('publishVersion', () => {
  it('when the caller does not hold the work it refuses', async () => {
    expect(await refusalOf(registry().publishVersion(root, digestOf('2'), '0x70'))).toBe(
      `ResourceRegistryCallerNotHolder(${at(0)}, ${root})`,
    )
  })

  it('when there is no content it refuses', async () => {
    expect(await refusalOf(registry(4).publishVersion(root, ZeroHash, '0x70'))).toBe('ResourceRegistryContentMissing()')
  })

  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(registry(4).publishVersion(root, digestOf('2'), '0x70'))).toMatch(/^PausingPaused/)
  })

  it('given the holder calls it numbers the version and keeps its content', async () => {
    const args = { workId: root, version: 2, contentDigest: digestOf('2'), codec: '0x55' }
    expect(await eventsOf(network.addresses, registry(4).publishVersion(root, digestOf('2'), '0x55'))).toEqual([
      { contract: 'ResourceRegistry', event: 'VersionPublished', args },
    ])
    expect([await registry().contentOf(root, 1), await registry().contentOf(root, 2)]).toEqual([digestOf('content'), digestOf('2')])
    expect((await registry().workOf(root)).versionCount).toBe(2n)
  })
})

describe('changeTerms', () => {
  it('when the caller does not hold the work it refuses', async () => {
    expect(await refusalOf(registry().changeTerms(root, digestOf('new'), 0))).toMatch(/^ResourceRegistryCallerNotHolder/)
  })

  it('when there are no terms, or they ask for more than everything it refuses', async () => {
    expect(await refusalOf(registry(4).changeTerms(root, ZeroHash, 0))).toMatch(/^ResourceRegistryTermsRefused/)
    expect(await refusalOf(registry(4).changeTerms(root, digestOf('new'), WHOLE + 1))).toMatch(/^ResourceRegistryTermsRefused/)
  })

  it('given the contract is paused it refuses', async () => {
    await pause()
    expect(await refusalOf(registry(4).changeTerms(root, digestOf('new'), 0))).toMatch(/^PausingPaused/)
  })

  it('given the holder calls it binds works made from it later, and not those made before', async () => {
    const before = await register(unsigned({ parents: [edge(root, 100_000)] }))
    await registry(4).changeTerms(root, digestOf('new'), 300_000)
    expect(await refusalOf(send(unsigned({ parents: [edge(root, 299_999)] })))).toMatch(/^ResourceRegistryShareBelowAsked/)
    expect((await registry().parentsOf(before))[0]?.share).toBe(100_000n)
  })
})
