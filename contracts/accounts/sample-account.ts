/** Accounts with passkeys on the sample network, for tests. */
import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto'
import { Contract, type Signer } from 'ethers'
import type { SampleNetwork } from '../network/sample-network.ts'
import {
  accountInterfaces,
  accountOfPasskey,
  DETERMINISTIC_DEPLOYER,
  ENTRY_POINT,
  encodeAssertion,
  handleOperation,
  hashOperation,
  type Operation,
  type PackedOperation,
  type PasskeyKey,
  packOperation,
  planAccounts,
} from './operations.ts'

/** The code of the deterministic deployer, as every chain has it. */
const DEPLOYER_CODE =
  '0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3'
/** What the sample base pays for each account in a day. */
export const SAMPLE_LIMITS = { operations: 2, cost: 1_000_000_000_000_000n }
export const SAMPLE_CHAIN = 31_337

/** Puts EntryPoint, factory and the paymaster of the account in the first seat on the ledger. */
export async function deployAccounts(network: SampleNetwork) {
  const [base] = network.accounts as [Signer]
  await network.request('hardhat_setCode', [DETERMINISTIC_DEPLOYER, DEPLOYER_CODE])
  const plan = planAccounts(await base.getAddress(), SAMPLE_LIMITS)
  for (const { deploy, gasLimit } of Object.values(plan)) await (await base.sendTransaction({ ...deploy, gasLimit })).wait()
  const connect = (name: keyof typeof accountInterfaces, address: string, by: Signer = base) =>
    new Contract(address, accountInterfaces[name], by)
  return { base, plan, connect, entryPoint: connect('EntryPoint', ENTRY_POINT) }
}

/** A passkey in software (ES256, user verified). `answer` signs a challenge of 32 bytes; `highS` gives the other signature that fits. */
export function createPasskey() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = publicKey.export({ format: 'jwk' })
  const hex = (text: string | undefined) => `0x${Buffer.from(text ?? '', 'base64url').toString('hex')}`
  const key: PasskeyKey = { x: hex(jwk.x), y: hex(jwk.y) }
  const authenticatorData = Buffer.concat([createHash('sha256').update('localhost').digest(), Buffer.from([0x1d, 0, 0, 0, 1])])
  return {
    key,
    account: accountOfPasskey(key),
    answer: (challenge: string) => {
      const text = Buffer.from(challenge.slice(2), 'hex').toString('base64url')
      const clientDataJSON = Buffer.from(
        JSON.stringify({ type: 'webauthn.get', challenge: text, origin: 'http://localhost', crossOrigin: false }),
      )
      const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientDataJSON).digest()])
      return encodeAssertion({ authenticatorData, clientDataJSON, signature: createSign('sha256').update(signed).sign(privateKey) })
    },
  }
}

/** An operation with what is usual in these tests. */
export const operationOf = (given: Pick<Operation, 'key' | 'calls' | 'paymaster'> & Partial<Operation>): PackedOperation =>
  packOperation({ isDeployed: false, nonceKey: `0x${randomBytes(24).toString('hex')}`, callGas: 300_000, ...given })

/** What the base sends to have an operation carried out that a passkey signed. */
export async function signedOperation(base: Signer, operation: PackedOperation, answer: (challenge: string) => string) {
  return handleOperation(operation, answer(hashOperation(operation, SAMPLE_CHAIN)), await base.getAddress())
}

/** Why a call would be refused: the error's name, what the EntryPoint says, and the error inside; undefined for one that would do. */
export async function refusalOfCall(by: Signer, call: { to: string; data: string }): Promise<string | undefined> {
  try {
    await by.call({ ...call, gasLimit: 3_000_000 })
    return undefined
  } catch (error) {
    return describe(findData(error))
  }
}

function describe(data: string): string {
  for (const codec of Object.values(accountInterfaces)) {
    const found = codec.parseError(data)
    if (found === null) continue
    const inner = found.name === 'FailedOpWithRevert' ? ` ${describe(String(found.args[2]))}` : ''
    return found.name.startsWith('FailedOp') ? `${found.args[1]}${inner}` : found.name
  }
  return data
}

function findData(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  if ('data' in error && typeof error.data === 'string' && error.data.startsWith('0x')) return error.data
  return ['error', 'info', 'cause'].map((key) => findData((error as Record<string, unknown>)[key])).find((found) => found !== '') ?? ''
}
