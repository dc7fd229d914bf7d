import { encodeAssertion, findOutcome, handleOperation, hashOperation, type PackedOperation, packOperation } from '@guildhall/contracts'
import { type AuthenticationResponseJSON, generateAuthenticationOptions, verifyAuthenticationResponse } from '@simplewebauthn/server'
import type { OutboxRow } from '../../../base.ts'
import { GuildhallError } from '../../../errors.ts'
import type { PersonAccountRow, WithdrawalRow } from '../../../records/works/person-accounts.ts'
import type { IssuingBase } from '../../base/issuing.ts'
import type { MoneyBook } from '../royalties/ports.ts'
import { baseAccountOf } from '../royalties/statement.ts'
import { hasCode, paymasterOf, planSponsoring } from './sponsor.ts'

type Use = Pick<IssuingBase, 'records' | 'random' | 'ledger' | 'clock'> & { money: MoneyBook }
/** An operation that a passkey is to sign, with where the passkey belongs. */
export type WaitingOperation = PackedOperation & { hash: string; origin: string }

const gasOfCall = 1_500_000

/**
 * Builds the operation that carries out a person's calls, and the options that the browser gives to the passkey (WebAuthn Level 3 §5.5): the
 * challenge is the operation's own hash, so that what is signed is exactly what is done, once, on this ledger.
 */
export async function prepareOperation(
  base: Use,
  { account, calls }: Pick<WithdrawalRow, 'account' | 'calls'>,
  origin: string,
): Promise<{ operation: WaitingOperation; options: Record<string, unknown> }> {
  const row = base.records.personAccounts.get(account)
  const packed = packOperation({
    key: row,
    isDeployed: await hasCode(base, account),
    nonceKey: `0x${Buffer.from(base.random.bytes(24)).toString('hex')}`,
    calls,
    paymaster: paymasterOf(baseAccountOf(base)),
    callGas: gasOfCall * calls.length,
  })
  const hash = hashOperation(packed, base.ledger.chainId)
  const options = await generateAuthenticationOptions({
    rpID: new URL(origin).hostname,
    challenge: new Uint8Array(Buffer.from(hash.slice(2), 'hex')),
    allowCredentials: [{ id: row.passkeyId }],
    userVerification: 'required',
  })
  return { operation: { ...packed, hash, origin }, options: { ...options } }
}

/**
 * Checks what the passkey answered and plans the writes that carry the operation out, with what the ledger still needs before.
 * @throws PASSKEY_REFUSED
 */
export async function finishOperation(
  base: Use,
  { account, operation }: { account: string; operation: WaitingOperation },
  response: Record<string, unknown>,
) {
  const row = base.records.personAccounts.get(account)
  const counter = await verifyAnswer(base, row, { operation, response })
  const { hash, origin: _, ...packed } = operation
  const baseAccount = baseAccountOf(base)
  const missing = await planSponsoring(base, { account, baseAccount })
  const { to, data, gasLimit } = handleOperation(packed, readAssertion(response), baseAccount)
  base.records.passkeys.update(row.passkeyId, { counter, lastUsedAt: base.clock.now() })
  return { writes: [...missing, { to, calldata: data, gasLimit }], hash }
}

/**
 * The EntryPoint's transaction goes well also where the calls of an operation failed: what it says of the operation decides.
 * @throws LEDGER_REFUSED
 */
export async function assertCarriedOut(
  base: Pick<Use, 'ledger' | 'records' | 'clock'>,
  account: string,
  { hash, row }: { hash: string; row: OutboxRow },
) {
  const receipt = (await base.ledger.request('eth_getTransactionReceipt', [row.transactionHash])) as { logs: Log[] } | null
  if (findOutcome(receipt?.logs ?? [], hash) !== true)
    throw new GuildhallError('LEDGER_REFUSED', { kind: row.kind, reason: 'the calls of the operation failed' })
  if (base.records.personAccounts.get(account).deployedAt === null)
    base.records.personAccounts.update(account, { deployedAt: base.clock.now() })
}

type Log = { address: string; topics: string[]; data: string }
type Answered = { operation: WaitingOperation; response: Record<string, unknown> }

/** @returns the passkey's new counter */
async function verifyAnswer(base: Use, row: PersonAccountRow, { operation, response }: Answered): Promise<number> {
  const passkey = base.records.passkeys.find({ passkeyId: row.passkeyId, accountId: row.personId })
  if (passkey === undefined || response['id'] !== row.passkeyId) throw refused('it is not the passkey of this account')
  const answer = await verifyAuthenticationResponse({
    response: response as unknown as AuthenticationResponseJSON,
    expectedChallenge: Buffer.from(operation.hash.slice(2), 'hex').toString('base64url'),
    expectedOrigin: operation.origin,
    expectedRPID: new URL(operation.origin).hostname,
    requireUserVerification: true,
    credential: { id: passkey.passkeyId, publicKey: new Uint8Array(passkey.publicKey), counter: passkey.counter },
  }).catch((cause: unknown) => {
    throw refused('it does not verify', cause)
  })
  if (!answer.verified) throw refused('it does not verify')
  return answer.authenticationInfo.newCounter
}

function readAssertion(response: Record<string, unknown>): string {
  const given = response['response'] as Record<'authenticatorData' | 'clientDataJSON' | 'signature', string>
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
  try {
    return encodeAssertion({
      authenticatorData: bytes(given.authenticatorData),
      clientDataJSON: bytes(given.clientDataJSON),
      signature: bytes(given.signature),
    })
  } catch (cause) {
    throw refused('it cannot be read', cause)
  }
}

const refused = (problem: string, cause?: unknown): GuildhallError => new GuildhallError('PASSKEY_REFUSED', { problem }, { cause })
