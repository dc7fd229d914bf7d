import { type NetworkDescriptor, networkIdOf } from '@guildhall/credentials'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { networkDescriptor } from '../../../api/base/base.ts'
import { ledgerId, object, optional, unixSeconds, url } from '../../../api/fields.ts'
import { GuildhallError } from '../../../errors.ts'

const invite = object({
  /** The network that the invite leads into, with everything by which the new base recognises its ledger. */
  descriptor: networkDescriptor,
  /** The base that invites, and that the new one will stand under. */
  inviter: ledgerId(),
  /** The one-time admission: a secp256k1 private key. Whoever has it first, joins. */
  inviteSecret: Type.String({ pattern: '^0x[0-9a-f]{64}$' }),
  expiresAt: unixSeconds(),
  /** Where the ledger answers, if the inviting base chose to tell. */
  rpcUrl: optional(url()),
})
/** What one base hands to the operator of another so that it may join. */
export type Invite = Omit<Static<typeof invite>, 'descriptor'> & { descriptor: NetworkDescriptor & { networkId: string } }

/** The invite as one word to copy: base64url of its JSON. */
export const writeInvite = (content: Invite): string => Buffer.from(JSON.stringify(content)).toString('base64url')

/** Reads an invite that somebody pasted. @throws INVITE_REFUSED when it is none, or was cut off */
export function readInvite(text: string): Invite {
  const content = parse(text)
  if (!Value.Check(invite, content)) throw new GuildhallError('INVITE_REFUSED', { problem: 'it is not whole' })
  const { genesisHash, directory } = content.descriptor
  const descriptor = { ...content.descriptor, genesisHash: genesisHash as `0x${string}`, directory: directory as `0x${string}` }
  if (networkIdOf(descriptor) !== descriptor.networkId) {
    throw new GuildhallError('INVITE_REFUSED', { problem: 'its network is not the one that it names' })
  }
  return { ...content, descriptor }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
