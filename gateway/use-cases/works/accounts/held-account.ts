import { Wallet } from 'ethers'
import type { Base } from '../../../base.ts'

type Use = Pick<Base, 'keys'>

/**
 * The secp256k1 account of somebody who works at the base, whose key the base keeps: the same each time, made from the base's key, so that a
 * restored base has it again. Personal to an adult; learners have none.
 * @example const signature = await heldAccount(base, actor.id).signTypedData(domain, types, opinion)
 */
export function heldAccount({ keys }: Use, personId: string): Wallet {
  // 32 bytes that are no secp256k1 key (0, or not below the group's order) come with a chance of 2^-128: Wallet then throws.
  return new Wallet(`0x${Buffer.from(keys.mac('ledger-account/person', personId)).toString('hex')}`)
}
