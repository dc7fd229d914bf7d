/** Accounts that passkeys move: where they are, what their passkeys sign, and what is sent (ERC-4337 with EntryPoint 0.8, ERC-7821). */
import {
  AbiCoder,
  concat,
  dataSlice,
  getCreate2Address,
  getCreateAddress,
  Interface,
  keccak256,
  TypedDataEncoder,
  toBeHex,
  ZeroHash,
} from 'ethers'
import { accountAbis, accountBytecode } from '../generated/accounts.ts'
import type { EncodedCall } from '../network/connect.ts'

/** Where the deployer of EIP-1014 contracts is on every chain that has it; the shipped ledger does. */
export const DETERMINISTIC_DEPLOYER = '0x4e59b44847b379578588920cA78FbF26c0B4956C'
/** The EntryPoint 0.8, at its address on every chain. */
export const ENTRY_POINT = '0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108'

/** The interfaces of the contracts for accounts. */
export const accountInterfaces = {
  EntryPoint: new Interface(accountAbis.EntryPoint),
  LearnerAccount: new Interface(accountAbis.LearnerAccount),
  LearnerAccountFactory: new Interface(accountAbis.LearnerAccountFactory),
  SponsorPaymaster: new Interface(accountAbis.SponsorPaymaster),
}

/** A passkey's P-256 public key: two times 32 bytes as `0x` and hex. */
export type PasskeyKey = { readonly x: string; readonly y: string }
/** What a base pays for each account in a day of UTC: operations, and wei. */
export type SponsorLimits = { readonly operations: number; readonly cost: bigint }
/** A contract with an address that its code decides, and the call that puts it there; `gasLimit` is enough for it. */
export type Deployment = { readonly address: string; readonly deploy: EncodedCall; readonly gasLimit: number }

/** The salt with which EntryPoint 0.8 was first deployed. */
const ENTRY_POINT_SALT = '0x0a59dbff790c23c976a548690c27297883cc66b4c67024f9117b0238995e35e9'

/** What a ledger needs before a base's people can use accounts with passkeys, in the order in which to send it. */
export function planAccounts(base: string, limits: SponsorLimits): { entryPoint: Deployment; factory: Deployment; paymaster: Deployment } {
  const settings = AbiCoder.defaultAbiCoder().encode(['address', 'tuple(uint32,uint128)'], [base, [limits.operations, limits.cost]])
  return {
    entryPoint: deterministic(ENTRY_POINT_SALT, accountBytecode.EntryPoint, 6_500_000),
    factory: deterministic(ZeroHash, accountBytecode.LearnerAccountFactory, 3_000_000),
    paymaster: deterministic(ZeroHash, concat([accountBytecode.SponsorPaymaster, settings]), 2_500_000),
  }
}

function deterministic(salt: string, code: string, gasLimit: number): Deployment {
  const address = getCreate2Address(DETERMINISTIC_DEPLOYER, salt, keccak256(code))
  return { address, deploy: { to: DETERMINISTIC_DEPLOYER, data: concat([salt, code]) }, gasLimit }
}

const FACTORY = deterministic(ZeroHash, accountBytecode.LearnerAccountFactory, 0).address
/** The original of all accounts: the factory's first contract. */
const ORIGINAL = getCreateAddress({ from: FACTORY, nonce: 1 })

/** Where the account of a passkey is, before and after it is made. The same on every ledger. */
export function accountOfPasskey({ x, y }: PasskeyKey): string {
  // The code of a clone with immutable arguments, as OpenZeppelin 5.7 makes it: ERC-1167 with 64 bytes behind.
  const code = concat([
    '0x61',
    toBeHex(64 + 0x2d, 2),
    '0x3d81600a3d39f3363d3d373d3d3d363d73',
    ORIGINAL,
    '0x5af43d82803e903d91602b57fd5bf3',
    x,
    y,
  ])
  return getCreate2Address(FACTORY, ZeroHash, keccak256(code))
}

/** A user operation before it is signed, packed as EntryPoint 0.8 takes it. */
export type PackedOperation = {
  readonly sender: string
  readonly nonce: string
  readonly initCode: string
  readonly callData: string
  readonly accountGasLimits: string
  readonly preVerificationGas: string
  readonly gasFees: string
  readonly paymasterAndData: string
}

/** What an account does, and who pays. */
export type Operation = {
  readonly key: PasskeyKey
  /** Whether the account is on the ledger already. */
  readonly isDeployed: boolean
  /** 24 bytes as `0x` and hex that were never used before: operations with keys of their own neither wait for one another nor repeat. */
  readonly nonceKey: string
  readonly calls: readonly EncodedCall[]
  readonly paymaster: string
  /** Gas for the calls together. */
  readonly callGas: number
}

const VERIFICATION_GAS = 500_000
const PAYMASTER_GAS = 150_000
/** The mode of ERC-7821: a batch that fails as a whole. */
const BATCH = `0x01${'00'.repeat(31)}`

/** Packs an operation. It offers no fee: whoever sends it pays for it, and that is the base. */
export function packOperation({ key, isDeployed, nonceKey, calls, paymaster, callGas }: Operation): PackedOperation {
  const batch = calls.map(({ to, data }) => [to, 0n, data])
  const execution = AbiCoder.defaultAbiCoder().encode(['tuple(address,uint256,bytes)[]'], [batch])
  const make = accountInterfaces.LearnerAccountFactory.encodeFunctionData('makeAccount', [key.x, key.y])
  return {
    sender: accountOfPasskey(key),
    nonce: toBeHex(BigInt(nonceKey) << 64n, 32),
    initCode: isDeployed ? '0x' : concat([FACTORY, make]),
    callData: accountInterfaces.LearnerAccount.encodeFunctionData('execute', [BATCH, execution]),
    accountGasLimits: concat([toBeHex(VERIFICATION_GAS, 16), toBeHex(callGas, 16)]),
    preVerificationGas: '0x00',
    gasFees: ZeroHash,
    paymasterAndData: concat([paymaster, toBeHex(PAYMASTER_GAS, 16), toBeHex(0, 16)]),
  }
}

const PACKED = {
  PackedUserOperation: [
    { name: 'sender', type: 'address' },
    { name: 'nonce', type: 'uint256' },
    { name: 'initCode', type: 'bytes' },
    { name: 'callData', type: 'bytes' },
    { name: 'accountGasLimits', type: 'bytes32' },
    { name: 'preVerificationGas', type: 'uint256' },
    { name: 'gasFees', type: 'bytes32' },
    { name: 'paymasterAndData', type: 'bytes' },
  ],
}

/** What the passkey signs as its challenge: the hash that EntryPoint 0.8 makes of an operation (EIP-712, name ERC4337, version 1). */
export function hashOperation(operation: PackedOperation, chainId: number): string {
  return TypedDataEncoder.hash({ name: 'ERC4337', version: '1', chainId, verifyingContract: ENTRY_POINT }, PACKED, operation)
}

/** What a passkey answered: bytes as the browser gave them; `signature` in DER. */
export type Assertion = { readonly authenticatorData: Uint8Array; readonly clientDataJSON: Uint8Array; readonly signature: Uint8Array }

/** The order of P-256 (FIPS 186-5, SP 800-186 §3.2.1.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/**
 * An assertion as LearnerAccount takes it: six fields side by side, the signature with its low s.
 * @throws TypeError for a signature that is not DER, or client data without a challenge
 */
export function encodeAssertion({ authenticatorData, clientDataJSON, signature }: Assertion): string {
  const { r, s } = readDer(signature)
  const text = new TextDecoder('utf-8', { fatal: true }).decode(clientDataJSON)
  const [challengeAt, typeAt] = [text.indexOf('"challenge":"'), text.indexOf('"type":"')]
  if (challengeAt < 0 || typeAt < 0) throw new TypeError('The client data has no challenge or type.')
  const fields = AbiCoder.defaultAbiCoder().encode(
    ['bytes32', 'bytes32', 'uint256', 'uint256', 'bytes', 'string'],
    [toBeHex(r, 32), toBeHex(s > ORDER / 2n ? ORDER - s : s, 32), challengeAt, typeAt, authenticatorData, text],
  )
  return fields
}

/** Two integers of a DER signature (RFC 3279 §2.2.3). */
function readDer(bytes: Uint8Array): { r: bigint; s: bigint } {
  const integer = (at: number): { value: bigint; end: number } => {
    const length = bytes[at + 1] ?? 0
    const end = at + 2 + length
    if (bytes[at] !== 0x02 || length === 0 || length > 33 || end > bytes.length) throw new TypeError('The signature is not DER.')
    return { value: BigInt(dataSlice(bytes, at + 2, end)), end }
  }
  if (bytes[0] !== 0x30 || bytes[1] !== bytes.length - 2) throw new TypeError('The signature is not DER.')
  const r = integer(2)
  const s = integer(r.end)
  if (s.end !== bytes.length) throw new TypeError('The signature is not DER.')
  return { r: r.value, s: s.value }
}

/** The call that has the EntryPoint carry out one signed operation; the gas that it may need. */
export function handleOperation(
  operation: PackedOperation,
  signature: string,
  sender: string,
): EncodedCall & { readonly gasLimit: number } {
  const data = accountInterfaces.EntryPoint.encodeFunctionData('handleOps', [[{ ...operation, signature }], sender])
  const callGas = Number(BigInt(dataSlice(operation.accountGasLimits, 16)))
  return { to: ENTRY_POINT, data, gasLimit: VERIFICATION_GAS + PAYMASTER_GAS + callGas + 400_000 }
}

/** Whether the EntryPoint carried an operation out, from the logs of its transaction; undefined when it is not among them. */
export function findOutcome(
  logs: readonly { address: string; topics: readonly string[]; data: string }[],
  hash: string,
): boolean | undefined {
  for (const { address, topics, data } of logs) {
    if (address.toLowerCase() !== ENTRY_POINT.toLowerCase()) continue
    const event = accountInterfaces.EntryPoint.parseLog({ topics: [...topics], data })
    if (event?.name === 'UserOperationEvent' && event.args['userOpHash'] === hash) return event.args['success'] === true
  }
  return undefined
}
