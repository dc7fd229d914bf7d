import { encodeBytes32String, id, Wallet, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContractName } from './abi.ts'
import { SERVICES } from './network/connect.ts'
import { interfaces } from './network/events.ts'
import { signAdmission } from './network/invite.ts'
import { callsOfWorks, prepareSampleCalls, type Sample } from './network/sample-calls.ts'
import {
  addThreeLevels,
  createSampleNetwork,
  DELAY,
  digestOf,
  keyOf,
  refusalOf,
  type SampleNetwork,
  SEATS,
  writingFunctions,
} from './network/sample-network.ts'
import { CALLERS, type Caller, permissions } from './permissions.ts'

/** Everybody who tries. Base n's parent is base n - 1; base 1 founded the network and assesses; base 4 is the one meant. */
const ACTORS = [
  'timelock',
  'Directory',
  'BaseRegistry',
  'guardian',
  'base 1',
  'base 2',
  'base 3',
  'base 4',
  'newcomer',
  'stranger',
  'ReviewPanels',
  'minter',
] as const
type Actor = (typeof ACTORS)[number]

/** Whom each kind of caller lets through when base 4 is meant; kinds that name a higher right too have a row for each. */
const LETS_THROUGH: Readonly<Record<Caller, readonly (readonly Actor[])[]>> = {
  timelock: [['timelock']],
  guardian: [['timelock', 'guardian']],
  Directory: [['Directory']],
  BaseRegistry: [['BaseRegistry']],
  base: [['base 4']],
  'base or network': [['base 4'], ['timelock']],
  admitter: [['base 4'], ['timelock']],
  inviter: [['timelock', 'base 4']],
  invited: [['newcomer']],
  offered: [['newcomer']],
  assessor: [['base 1']],
  'assessor or network': [['timelock', 'base 1']],
  parent: [['base 3'], ['timelock']],
  'base or parent': [['base 4'], ['timelock'], ['base 3']],
  accreditor: [['base 3'], ['timelock']],
  proposer: [['base 1']],
  canceller: [['base 1']],
  executor: [['base 1']],
  holder: [['base 1']],
  'work holder': [['base 4']],
  'work offered': [['newcomer']],
  'home offered': [['base 3']],
  author: [['stranger']],
  arbiter: [['ReviewPanels']],
  'arbiter or guardian': [['guardian', 'ReviewPanels']],
  'arbiter or network': [['timelock', 'ReviewPanels']],
  signers: [ACTORS],
  // Of the network's contracts only the timelock receives tokens.
  licensee: [['base 4'], ACTORS.filter((actor) => !['Directory', 'BaseRegistry', 'ReviewPanels'].includes(actor))],
  'licence holder': [['base 4']],
  witness: [['timelock'], ACTORS],
  payer: [['base 4']],
  minter: [['minter']],
  'money holder': [['base 4']],
  'money owner': [ACTORS],
  passer: [ACTORS],
  nobody: [[]],
  anyone: [ACTORS],
}

const digest = digestOf('anything')
const identity = { didHash: digestOf('did of a newcomer'), didLogDigest: digest, didLogCid: 'cid' }
const secret = digestOf('invite')
const inviteKey = new Wallet(secret).address
const PROPOSER = id('PROPOSER_ROLE')
const NAME = encodeBytes32String('BaseRegistry')

let network: SampleNetwork
let addressOf: Readonly<Record<Actor, string>>
let later: number

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await addThreeLevels(network)
  const { NetworkTimelock, Directory, BaseRegistry, ReviewPanels } = network.addresses
  const minter = await network.addressOf(network.accounts[SEATS.minter])
  const [one, two, three, four, newcomer, guardian, stranger] = await Promise.all(network.accounts.slice(0, 7).map(network.addressOf))
  const bases = { 'base 1': one, 'base 2': two, 'base 3': three, 'base 4': four }
  addressOf = {
    timelock: NetworkTimelock,
    Directory,
    BaseRegistry,
    guardian,
    ...bases,
    newcomer,
    stranger,
    ReviewPanels,
    minter,
  } as Record<Actor, string>
  await network.govern('Directory.setGuardian', [addressOf.guardian])
  await network.govern('BaseRegistry.setServices', [4, SERVICES.admitting])
  await prepareSampleCalls(network)
  later = (await network.now()) + 100_000
  await network.keep()
})
afterAll(() => network.close())

const base4 = () => network.as(network.accounts[3])
/** An operation of the timelock that does nothing. */
const operation = () => [network.addresses.BaseRegistry, 0, '0x', ZeroHash, ZeroHash] as const
const emptyCall = () =>
  [network.addresses.BaseRegistry, 0, interfaces.BaseRegistry.encodeFunctionData('baseCount'), ZeroHash, ZeroHash] as const
const emptyBatch = () => [[emptyCall()[0]], [0], [emptyCall()[2]], ZeroHash, ZeroHash] as const
const scheduled = async () => {
  await network.contracts.NetworkTimelock.schedule(...emptyCall(), DELAY)
  await network.contracts.NetworkTimelock.scheduleBatch(...emptyBatch(), DELAY)
  await network.advance(DELAY)
}
const invited = () => base4().BaseRegistry.createInvite(inviteKey, 4, 4, 5, later)
const suspended = () => network.as(network.accounts[2]).Entitlements.suspend(4, 3, ZeroHash)
const pausedByGuardian = async () =>
  network.as(network.accounts[5]).Directory.pause(network.addresses.StatusLists, (await network.now()) + 1000, ZeroHash)
const pausing = { calls: () => [[1]] }
const nothing = { calls: () => [[[]]] }

/** As the network is made before the first test, and not when this file is read. */
const laterSamples = () => callsOfWorks(network, () => addressOf)

const SAMPLES: {
  readonly [Contract in Exclude<ContractName, keyof ReturnType<typeof laterSamples>>]: Readonly<
    Record<keyof (typeof permissions)[Contract], Sample>
  >
} = {
  NetworkTimelock: {
    schedule: { calls: () => [[...operation(), DELAY]] },
    scheduleBatch: { calls: () => [[...emptyBatch(), DELAY]] },
    cancel: {
      given: () => network.contracts.NetworkTimelock.schedule(...emptyCall(), DELAY),
      calls: async () => [[await network.contracts.NetworkTimelock.hashOperation(...emptyCall())]],
    },
    execute: { given: scheduled, calls: () => [emptyCall()] },
    executeBatch: { given: scheduled, calls: () => [emptyBatch()] },
    updateDelay: { calls: () => [[1]] },
    grantRole: { calls: () => [[PROPOSER, addressOf.stranger]] },
    revokeRole: { calls: () => [[PROPOSER, addressOf['base 1']]] },
    renounceRole: { calls: () => [[PROPOSER, addressOf['base 1']]] },
    pauseUntil: pausing,
    onERC721Received: { calls: () => [[addressOf.stranger, addressOf.stranger, 1, '0x']] },
    onERC1155Received: { calls: () => [[addressOf.stranger, addressOf.stranger, 1, 1, '0x']] },
    onERC1155BatchReceived: { calls: () => [[addressOf.stranger, addressOf.stranger, [], [], '0x']] },
  },
  Directory: {
    // A contract that names this Directory and is not registered: there is none among the sample's, so only the refusal is compared.
    register: { calls: () => [[NAME, network.addresses.StatusLists]] },
    pause: { calls: async () => [[network.addresses.StatusLists, (await network.now()) + 1000, ZeroHash]] },
    liftPause: { given: pausedByGuardian, calls: () => [[network.addresses.StatusLists]] },
    setGuardian: { calls: () => [[addressOf.stranger]] },
    pauseUntil: pausing,
  },
  BaseRegistry: {
    admit: { calls: () => [[addressOf.newcomer, 4, 5, identity]] },
    createInvite: {
      calls: () => [
        [inviteKey, 4, 4, 5, later],
        [inviteKey, 0, 4, 5, later],
      ],
    },
    withdrawInvite: { given: invited, calls: () => [[inviteKey, 4]] },
    redeemInvite: {
      given: invited,
      calls: async () => {
        const registry = { chainId: 31_337, address: network.addresses.BaseRegistry }
        const { didHash, didLogDigest } = identity
        return [[4, identity, await signAdmission(secret, registry, { account: addressOf.newcomer, didHash, didLogDigest })]]
      },
    },
    offerAccount: { calls: () => [[4, addressOf.newcomer]] },
    acceptAccount: { given: () => base4().BaseRegistry.offerAccount(4, addressOf.newcomer), calls: () => [[4]] },
    replaceAccount: { calls: () => [[4, addressOf.newcomer]] },
    closeBase: { calls: () => [[4]] },
    placeBase: { calls: () => [[4, 1, 2]] },
    changeDid: { calls: () => [[4, digest]] },
    publishDidLog: { calls: () => [[4, digestOf('log of base 4'), digest, 'cid']] },
    setPeers: { calls: () => [[4, ['/dns/a/tcp/1']]] },
    setServices: { calls: () => [[4, 1]] },
    pauseUntil: pausing,
    multicall: nothing,
  },
  Entitlements: {
    seat: { calls: () => [[9, addressOf.newcomer]] },
    reseat: { calls: () => [[4, addressOf.newcomer]] },
    unseat: { calls: () => [[4]] },
    registerProgramme: {
      calls: () => [
        [4, digest, 'cid'],
        [0, digest, 'cid'],
      ],
    },
    accredit: {
      calls: () => [
        [4, 2, 1, later, true],
        [0, 2, 1, later, true],
      ],
    },
    revokeAccreditation: {
      calls: () => [
        [5, 4, ZeroHash],
        [5, 0, ZeroHash],
      ],
    },
    signAssessment: { calls: () => [[1, 4, 0, later, digest, 'cid']] },
    withdrawAssessment: { calls: async () => [[await network.contracts.Entitlements.lastAssessmentOf(4, 0), ZeroHash]] },
    suspend: {
      calls: () => [
        [4, 3, ZeroHash],
        [4, 0, ZeroHash],
      ],
    },
    liftSuspension: {
      given: suspended,
      calls: () => [
        [4, 3],
        [4, 0],
      ],
    },
    addIssuerKey: { calls: () => [[4, digest, later]] },
    retireIssuerKey: { calls: () => [[4, keyOf(4)]] },
    revokeIssuerKey: {
      calls: () => [
        [4, keyOf(4), 4],
        [4, keyOf(4), 0],
        [4, keyOf(4), 3],
      ],
    },
    pauseUntil: pausing,
    multicall: nothing,
  },
  CredentialAnchors: {
    anchor: { calls: () => [[4, 1, keyOf(4), 5, 1, digest]] },
    anchorHead: { calls: () => [[4, digest, ZeroHash, digest]] },
    pauseUntil: pausing,
    multicall: nothing,
  },
  StatusLists: { publishHead: { calls: () => [[4, 1, ZeroHash, digest, 'cid']] }, pauseUntil: pausing, multicall: nothing },
}

const table = Object.entries(permissions).flatMap(([contract, methods]) =>
  Object.entries(methods).map(([method, caller]) => ({ contract: contract as ContractName, method, caller: caller as Caller })),
)

/** Who of all actors gets through with a call; `register` can only be told by what refuses it. */
async function whoMay(contract: ContractName, method: string, args: readonly unknown[]): Promise<Actor[]> {
  const data = interfaces[contract].encodeFunctionData(method, args)
  const passed: Actor[] = []
  for (const actor of ACTORS) {
    const refusal = await refusalOf(
      network.request('eth_call', [{ from: addressOf[actor], to: network.addresses[contract], data }, 'latest']),
    )
    if (refusal === undefined || refusal.startsWith('DirectoryAlreadyRegistered')) passed.push(actor)
  }
  return passed
}

describe('permissions', () => {
  it('name every function that changes something, and no other', () => {
    for (const contract of Object.keys(permissions) as ContractName[]) {
      expect(Object.keys(permissions[contract]).toSorted()).toEqual(writingFunctions(contract).toSorted())
    }
  })

  it('use every kind of caller', () => {
    expect([...new Set(table.map(({ caller }) => caller))].toSorted()).toEqual(Object.keys(CALLERS).toSorted())
  })

  for (const { contract, method, caller } of table) {
    it(`let through for ${contract}.${method}: ${CALLERS[caller]}`, async () => {
      await network.restore()
      const sample = ({ ...SAMPLES, ...laterSamples() }[contract] as Readonly<Record<string, Sample>>)[method]
      await sample?.given?.()
      const calls = (await sample?.calls()) ?? []
      const passed = []
      for (const args of calls) passed.push(await whoMay(contract, method, args))
      expect(passed).toEqual(LETS_THROUGH[caller])
    })
  }
})
