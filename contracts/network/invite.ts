/** Signing an admission with the key of an invite, for `BaseRegistry.redeemInvite`. */
import { Wallet } from 'ethers'

/** Who is admitted and where; the ledger checks that `account` sends the redemption. */
export type Admission = {
  readonly account: string
  /** SHA-256 of the new base's DID string, `0x` and 64 hex digits. */
  readonly didHash: string
  /** SHA-256 of its DID log. */
  readonly didLogDigest: string
}

/**
 * Signs an admission (EIP-712), so that only `account` can use the invite.
 * @param inviteSecret the invite's secp256k1 private key, `0x` and 64 hex digits: the one-time code that was handed over
 * @param registry chain id and address of the BaseRegistry
 * @returns 65 bytes as hex
 */
export function signAdmission(
  inviteSecret: string,
  registry: { readonly chainId: number | bigint; readonly address: string },
  admission: Admission,
): Promise<string> {
  const domain = { name: 'Guildhall BaseRegistry', version: '1', chainId: registry.chainId, verifyingContract: registry.address }
  const fields = [
    { name: 'account', type: 'address' },
    { name: 'didHash', type: 'bytes32' },
    { name: 'didLogDigest', type: 'bytes32' },
  ]
  return new Wallet(inviteSecret).signTypedData(domain, { Admission: fields }, admission)
}
