import { accountOfPasskey, type PasskeyKey } from '@guildhall/contracts'
import { decode } from 'cborg'
import type { OwnAccount } from '../../../api/works/withdrawals.ts'
import type { Actor, Base } from '../../../base.ts'
import { GuildhallError, notFound } from '../../../errors.ts'

type Use = Pick<Base, 'records' | 'clock' | 'transaction' | 'audit'>

/**
 * Opens the account of one of a person's passkeys. Nothing is written to the ledger: the address follows from the passkey's public key, and works
 * may name it and be paid before there is a contract at it.
 * @throws NOT_FOUND for somebody else's passkey, ACCOUNT_REFUSED for one that is not P-256
 */
export function openPasskeyAccount(base: Use, actor: Actor, { passkeyId }: { passkeyId: string }): OwnAccount {
  const passkey = base.records.passkeys.find({ passkeyId, accountId: actor.id })
  if (passkey === undefined) throw notFound('passkey')
  const known = base.records.personAccounts.find({ passkeyId })
  if (known) return { account: known.account, kind: 'passkey', passkeyId, isDeployed: known.deployedAt !== null }
  const key = readPasskeyKey(passkey.publicKey)
  if (key === undefined) throw new GuildhallError('ACCOUNT_REFUSED', { problem: 'its passkey is not of the kind ES256' })
  const account = accountOfPasskey(key).toLowerCase()
  base.transaction(() => {
    const row = { account, personId: actor.id, passkeyId, ...key, openedAt: base.clock.now(), deployedAt: null }
    base.records.personAccounts.insert(row)
    base.audit.append(actor, 'account.opened', { subject: account })
  })
  return { account, kind: 'passkey', passkeyId, isDeployed: false }
}

/** The point of an ES256 key from COSE (RFC 9053 §7.1.1); undefined for any other key. */
function readPasskeyKey(coseKey: Uint8Array): PasskeyKey | undefined {
  let key: unknown
  try {
    key = decode(coseKey, { useMaps: true })
  } catch {
    return undefined
  }
  if (!(key instanceof Map) || key.get(1) !== 2 || key.get(3) !== -7 || key.get(-1) !== 1) return undefined
  const [x, y] = [key.get(-2), key.get(-3)]
  if (!isCoordinate(x) || !isCoordinate(y)) return undefined
  return { x: toHex(x), y: toHex(y) }
}

const isCoordinate = (value: unknown): value is Uint8Array => value instanceof Uint8Array && value.length === 32
const toHex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString('hex')}`
