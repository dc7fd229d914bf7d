import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { findContracts } from '@guildhall/contracts'
import { openLedgerAccount } from '@guildhall/node/ledger'
import { FeeData, JsonRpcProvider, type Signer, Wallet } from 'ethers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Clock } from '../../../base.ts'
import { readConfig } from '../../../config.ts'
import { GuildhallError } from '../../../errors.ts'
import { operator, startTestNetwork, type TestNetwork } from '../../../routes/test-network.ts'
import { openLocal } from '../../../supervision/start/open-local.ts'
import { findIdentity } from '../issuing.ts'
import { createInvite } from './create-invite.ts'
import { type Invite, readInvite, writeInvite } from './invite-text.ts'
import { redeemInvite } from './redeem-invite.ts'

let network: TestNetwork
let provider: JsonRpcProvider
const stops: (() => unknown)[] = []

beforeAll(async () => {
  network = await startTestNetwork()
  provider = new JsonRpcProvider(network.rpcUrl, undefined, { cacheTimeout: -1 })
})
afterAll(async () => {
  provider.destroy()
  for (const stop of stops.reverse()) await stop()
  await network.stop()
})

const invite = async () => {
  const { invite: text } = await createInvite(network.first.base, operator, { hours: 1, signal: AbortSignal.timeout(60_000) })
  return readInvite(text)
}

/** A base that has no network yet: its own data folder and keys, the content of a running node. */
const newcomer = (clock?: Clock) => {
  const read = readConfig({ DATA_DIR: mkdtempSync(join(network.folder, 'newcomer-')), BASE_NAME_EN: 'Third base' })
  if ('problems' in read) throw new Error('not a configuration')
  const { parts, lifecycle } = openLocal(read.config, 'http://localhost:1')
  stops.push(lifecycle.stop)
  return { ...parts, ...(clock && { clock }), node: network.first.base.node }
}

const redeem = async (base: ReturnType<typeof newcomer>, given: Invite, signer: Signer = Wallet.createRandom(provider)) =>
  redeemInvite(base, {
    signer,
    invite: given,
    contracts: await findContracts(given.descriptor.directory, provider),
    keyForSeconds: 86_400,
  })

const refusal = (base: ReturnType<typeof newcomer>, given: Invite, signer?: Signer) =>
  redeem(base, given, signer).then(
    () => 'joined',
    ({ code, params }: GuildhallError) => [code, params['problem'] ?? params['state']],
  )

describe('an invite', () => {
  test('makes a base a member once, with a number, a DID and a key of its own; asked again it only answers', async () => {
    const base = newcomer()
    const given = await invite()
    const identity = await redeem(base, given)
    expect(identity).toMatchObject({ baseId: 3, network: { name: given.descriptor.name, trial: true }, host: 'third-base.localhost' })
    expect(findIdentity(base)).toEqual(identity)
    expect(await redeem(base, given)).toEqual(identity)
    expect(await refusal(newcomer(), given)).toEqual(['INVITE_REFUSED', 'it was used, withdrawn, or has lapsed'])
  })

  test('goes on with the same DID where an earlier try was admitted and did not hear of it', async () => {
    const base = newcomer()
    const given = await invite()
    const signer = Wallet.createRandom(provider)
    const { did, didLog, host, baseId } = await redeem(base, given, signer)
    base.transaction(() => {
      base.records.settings.remove('identity')
      base.records.settings.set('joining', { startedAt: base.clock.now(), did, didLog, host })
    })
    expect(await redeem(base, given, signer)).toMatchObject({ did, baseId })
  })

  test('does not work after its time', async () => {
    const late = { now: () => Math.floor(Date.now() / 1000) + 7_200, nowMs: () => Date.now() + 7_200_000 }
    expect(await refusal(newcomer(late), await invite())).toEqual(['INVITE_REFUSED', 'it was used, withdrawn, or has lapsed'])
  })

  test('does not work for the account of a base that is a member already, such as the one that made it', async () => {
    const { base } = network.first
    const path = join(network.folder, 'first', 'keys', 'ledger.key')
    const { wallet } = await openLedgerAccount({ path, wrappingKey: base.keys.mac('ledger-account', 'wrap') })
    expect(await refusal(newcomer(), await invite(), wallet.connect(provider))).toEqual([
      'INVITE_REFUSED',
      "this base's account acts for another base of the network already",
    ])
  })

  test('of a stranger, who has only seen the key on the ledger, does not work', async () => {
    const forged = { ...(await invite()), inviteSecret: Wallet.createRandom().privateKey }
    expect(await refusal(newcomer(), forged)).toEqual(['INVITE_REFUSED', 'it was used, withdrawn, or has lapsed'])
  })

  test('waits for funds where a transaction costs something, and is not spent meanwhile', async () => {
    const priced = new PricedProvider(network.rpcUrl)
    stops.push(() => priced.destroy())
    const base = newcomer()
    const given = await invite()
    expect(await refusal(base, given, Wallet.createRandom(priced))).toEqual(['STATE_REFUSED', 'without funds on this ledger'])
    expect(findIdentity(base)).toBeUndefined()
    expect(await redeem(base, given)).toMatchObject({ network: { trial: true } })
  })

  test('is not made by a base that may not admit others', async () => {
    const asked = createInvite(network.second.base, operator, { hours: 1, signal: AbortSignal.timeout(60_000) })
    await expect(asked).rejects.toMatchObject({ code: 'LEDGER_REFUSED' })
  })
})

describe('the text of an invite', () => {
  test('is read as it was written, and refused when it was cut or names another network', async () => {
    const given = await invite()
    const text = writeInvite(given)
    expect(readInvite(text)).toEqual(given)
    const other = writeInvite({ ...given, descriptor: { ...given.descriptor, chainId: given.descriptor.chainId + 1 } })
    for (const wrong of [text.slice(0, -9), other, '', '{}'])
      expect(() => readInvite(wrong)).toThrow(expect.objectContaining({ code: 'INVITE_REFUSED' }))
  })

  test('is refused with its code whatever else it is', () => {
    const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    const texts = fc.oneof(
      fc.string(),
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
    )
    const refuses = (text: string) => {
      expect(() => readInvite(text)).toThrow(GuildhallError)
    }
    fc.assert(fc.property(texts, refuses), { numRuns: 1_000, seed, verbose: 1 })
  })
})

/** The same ledger, where gas has a price. */
class PricedProvider extends JsonRpcProvider {
  override async getFeeData(): Promise<FeeData> {
    return new FeeData(1n, 1n, 1n)
  }
}
