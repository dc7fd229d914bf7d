import { type Signer, Wallet, ZeroHash } from 'ethers'
import hre from 'hardhat'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SERVICES } from '../network/connect.ts'
import { signAdmission } from '../network/invite.ts'
import { admitBase, createSampleNetwork, digestOf, eventsOf, refusalOf, type SampleNetwork } from '../network/sample-network.ts'

/** Made for these tests, known to everyone. */
const secret = digestOf('the secret of an invite')
const inviteKey = new Wallet(secret).address
const identity = { didHash: digestOf('did of base 3'), didLogDigest: digestOf('log of base 3'), didLogCid: 'cid' }
const refused = `BaseRegistryInviteRefused(${inviteKey})`

let network: SampleNetwork
let newcomer: Signer
let stranger: Signer
let second: Signer

beforeAll(async () => {
  network = await createSampleNetwork(await hre.network.create('inProcess'))
  await admitBase(network, { baseId: 2, parent: 1, tier: 2 })
  await network.govern('BaseRegistry.setServices', [2, SERVICES.admitting])
  second = network.accounts[1] as Signer
  newcomer = network.accounts[2] as Signer
  stranger = network.accounts[5] as Signer
  await network.keep()
})
afterAll(() => network.close())
beforeEach(() => network.restore())

const inSeconds = async (seconds: number) => (await network.now()) + seconds
const invite = async (sender = second, inviter = 2) =>
  network.as(sender).BaseRegistry.createInvite(inviteKey, inviter, inviter, 3, await inSeconds(1000))
const sign = async (account: Signer, changes: { chainId?: number; address?: string } = {}) =>
  signAdmission(
    secret,
    { chainId: changes.chainId ?? 31_337, address: changes.address ?? network.addresses.BaseRegistry },
    { account: await account.getAddress(), didHash: identity.didHash, didLogDigest: identity.didLogDigest },
  )
const redeem = async (sender = newcomer, signature?: string) =>
  network.as(sender).BaseRegistry.redeemInvite(2, identity, signature ?? (await sign(sender)))

describe('createInvite', () => {
  it('when the caller does not act for the inviter it refuses', async () => {
    expect(await refusalOf(invite(stranger))).toBe(`BaseRegistryCallerNotBase(${await stranger.getAddress()}, 2)`)
    expect(await refusalOf(invite(stranger, 0))).toBe(`GovernedCallerNotTimelock(${await stranger.getAddress()})`)
  })

  it('given the inviter may not admit it refuses', async () => {
    await network.govern('BaseRegistry.setServices', [2, SERVICES.green])
    expect(await refusalOf(invite())).toBe('BaseRegistryServiceMissing(2, 1)')
  })

  it('when the parent is not the inviter it refuses', async () => {
    const call = network.as(second).BaseRegistry.createInvite(inviteKey, 2, 1, 3, await inSeconds(10))
    expect(await refusalOf(call)).toBe('BaseRegistryInviterNotParent(2, 1)')
  })

  it('when the place is not open it refuses', async () => {
    const call = network.as(second).BaseRegistry.createInvite(inviteKey, 2, 2, 2, await inSeconds(10))
    expect(await refusalOf(call)).toBe('BaseRegistryPlaceRefused(2, 2)')
  })

  it('when the end is not in the future it refuses', async () => {
    const until = await network.now()
    const call = network.as(second).BaseRegistry.createInvite(inviteKey, 2, 2, 3, until)
    expect(await refusalOf(call)).toBe(`BaseRegistryInviteInvalid(${inviteKey}, ${until})`)
  })

  it('when the inviter used the key before it refuses also after the invite was withdrawn', async () => {
    await invite()
    expect(await refusalOf(invite())).toMatch(/^BaseRegistryInviteInvalid/)
    await network.as(second).BaseRegistry.withdrawInvite(inviteKey, 2)
    expect(await refusalOf(invite())).toMatch(/^BaseRegistryInviteInvalid/)
  })

  it("when the key was seen in another's invite it keeps both apart", async () => {
    await network.contracts.BaseRegistry.createInvite(inviteKey, 1, 1, 9, await inSeconds(1000))
    const until = await inSeconds(1000)
    const events = await eventsOf(network.addresses, network.as(second).BaseRegistry.createInvite(inviteKey, 2, 2, 3, until))
    const args = { inviteKey, inviter: 2, parent: 2, tier: 3, until }
    expect(events).toEqual([{ contract: 'BaseRegistry', event: 'InviteCreated', args }])
    const { BaseRegistry } = network.contracts
    expect([(await BaseRegistry.inviteOf(inviteKey, 1)).tier, (await BaseRegistry.inviteOf(inviteKey, 2)).tier]).toEqual([9n, 3n])
  })
})

describe('withdrawInvite', () => {
  it('when the caller is neither inviter nor timelock it refuses', async () => {
    await invite()
    const call = network.contracts.BaseRegistry.withdrawInvite(inviteKey, 2)
    expect(await refusalOf(call)).toMatch(/^BaseRegistryCallerNotBase/)
    expect(await refusalOf(network.govern('BaseRegistry.withdrawInvite', [inviteKey, 2]))).toBeUndefined()
  })

  it('given the invite is not open it refuses', async () => {
    expect(await refusalOf(network.as(second).BaseRegistry.withdrawInvite(inviteKey, 2))).toBe(refused)
  })

  it('when the inviter calls it makes the invite useless', async () => {
    await invite()
    const events = await eventsOf(network.addresses, network.as(second).BaseRegistry.withdrawInvite(inviteKey, 2))
    expect(events).toEqual([{ contract: 'BaseRegistry', event: 'InviteWithdrawn', args: { inviteKey, inviter: 2 } }])
    expect(await refusalOf(redeem())).toBe(refused)
  })
})

describe('redeemInvite', () => {
  it('given the registry is paused it refuses', async () => {
    await invite()
    await network.contracts.Directory.pause(network.addresses.BaseRegistry, await inSeconds(100), ZeroHash)
    expect(await refusalOf(redeem())).toMatch(/^PausingPaused/)
  })

  it('when another account copies the signature it refuses', async () => {
    await invite()
    expect(await refusalOf(redeem(stranger, await sign(newcomer)))).toMatch(/^BaseRegistryInviteRefused/)
    expect(await refusalOf(redeem())).toBeUndefined()
  })

  it('when the signature was made for another registry or ledger it refuses', async () => {
    await invite()
    expect(await refusalOf(redeem(newcomer, await sign(newcomer, { chainId: 1 })))).toMatch(/^BaseRegistryInviteRefused/)
    const { address } = new Wallet(digestOf('elsewhere'))
    expect(await refusalOf(redeem(newcomer, await sign(newcomer, { address })))).toMatch(/^BaseRegistryInviteRefused/)
    expect(await refusalOf(redeem(newcomer, '0x'))).toMatch(/^ECDSAInvalidSignatureLength/)
  })

  it('given the invite has lapsed it refuses', async () => {
    await invite()
    await network.advance(1000)
    expect(await refusalOf(redeem())).toBe(refused)
  })

  it('given the invite was used it refuses', async () => {
    await invite()
    await redeem()
    expect(await refusalOf(redeem(stranger))).toBe(refused)
  })

  it('given the inviter may no longer admit it refuses', async () => {
    await network.govern('BaseRegistry.createInvite', [inviteKey, 0, 1, 3, await inSeconds(100_000)])
    await network.as(second).BaseRegistry.createInvite(inviteKey, 2, 2, 3, await inSeconds(100_000))
    await network.govern('BaseRegistry.setServices', [2, 0])
    expect(await refusalOf(redeem())).toBe(refused)
    expect(await refusalOf(network.as(newcomer).BaseRegistry.redeemInvite(0, identity, await sign(newcomer)))).toBeUndefined()
  })

  it('given the inviter is suspended it refuses', async () => {
    await invite()
    await network.contracts.Entitlements.suspend(2, 1, ZeroHash)
    expect(await network.contracts.Entitlements.isSuspended(2)).toBe(true)
    expect(await refusalOf(redeem())).toBe(refused)
  })

  it('given the parent has closed it refuses', async () => {
    await network.govern('BaseRegistry.createInvite', [inviteKey, 0, 2, 3, await inSeconds(100_000)])
    await network.govern('BaseRegistry.closeBase', [2])
    const call = network.as(newcomer).BaseRegistry.redeemInvite(0, identity, await sign(newcomer))
    expect(await refusalOf(call)).toBe('BaseRegistryPlaceRefused(2, 3)')
  })

  it("given an open invite it admits the caller at the invite's place", async () => {
    await invite()
    const account = await newcomer.getAddress()
    const events = await eventsOf(network.addresses, redeem())
    const args = { baseId: 3, account, parent: 2, tier: 3, didHash: identity.didHash, inviteKey }
    expect(events[0]).toEqual({ contract: 'BaseRegistry', event: 'BaseAdmitted', args })
    expect(await network.contracts.Entitlements.seatedAccountOf(3)).toBe(account)
  })

  it('given an open invite it leaves the invite open when the admission fails', async () => {
    await invite()
    const taken = { ...identity, didHash: digestOf('did of base 2') }
    const admission = { account: await newcomer.getAddress(), didHash: taken.didHash, didLogDigest: taken.didLogDigest }
    const signature = await signAdmission(secret, { chainId: 31_337, address: network.addresses.BaseRegistry }, admission)
    expect(await refusalOf(network.as(newcomer).BaseRegistry.redeemInvite(2, taken, signature))).toMatch(/^BaseRegistryDidRefused/)
    expect((await network.contracts.BaseRegistry.inviteOf(inviteKey, 2)).until).not.toBe(0n)
  })
})
