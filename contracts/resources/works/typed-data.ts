/** What creators sign about works (EIP-712), field by field as the ResourceRegistry hashes it, and the hash of a list of shares. */
import { concat, keccak256, type TypedDataDomain, TypedDataEncoder, type TypedDataField } from 'ethers'

/** Who shares what a work does not owe to its parents: by rising address, shares in millionths that make a million. */
export type Contributor = { readonly account: string; readonly share: number }

/** What a work owes to an earlier one, in millionths; `kind` as `IWorkShares.Derivation` counts, from 0. */
export type Edge = { readonly parentId: number; readonly share: number; readonly kind: number }

/** A work to be registered, as `ResourceRegistry.register` takes it. Digests are `0x` and 64 hex digits, `deadline` is in Unix seconds. */
export type Registration = {
  readonly holder: string
  readonly homeBase: number
  /** In millionths, or `ASK_FIRST`. */
  readonly askedShare: number
  readonly deadline: number
  /** The SHA-256 digest in the CIDv1 of the content. */
  readonly contentDigest: string
  readonly termsHash: string
  /** The multicodec in that CID, one byte as `0x` and two hex digits. */
  readonly codec: string
  readonly parents: readonly Edge[]
  readonly contributors: readonly Contributor[]
}

/** The whole, in millionths. */
export const WHOLE = 1_000_000

/** The share asked that means: ask the holder each time. */
export const ASK_FIRST = 0xffffff

const fields = (text: string): TypedDataField[] =>
  text.split(',').map((field) => {
    const [type = '', name = ''] = field.split(' ')
    return { type, name }
  })

const CONTRIBUTOR = { Contributor: fields('address account,uint24 share') }

/** The types of everything that is signed, each with the types that it uses. */
export const WORK_TYPES = {
  Registration: {
    Registration: fields(
      'address holder,uint32 homeBase,uint24 askedShare,uint40 deadline,bytes32 contentDigest,bytes32 termsHash,bytes1 codec,Edge[] parents,Contributor[] contributors',
    ),
    Edge: fields('uint32 parentId,uint24 share,uint8 kind'),
    ...CONTRIBUTOR,
  },
  Consent: { Consent: fields('uint32 parentId,address holder,bytes32 contentDigest,uint24 share,uint8 kind') },
  Contributors: { Contributors: fields('uint32 workId,uint24 epoch,Contributor[] contributors'), ...CONTRIBUTOR },
  Authorship: { Authorship: fields('bytes32 contentDigest,bytes32 contributors,uint32 homeBase,address author') },
}

/** The domain that works are signed under. */
export function workDomain(chainId: number, resourceRegistry: string): TypedDataDomain {
  return { name: 'Guildhall ResourceRegistry', version: '1', chainId, verifyingContract: resourceRegistry }
}

/** The hash of a list of contributors, which authors sign and withdrawals are held against. */
export function hashContributors(contributors: readonly Contributor[]): string {
  return keccak256(concat(contributors.map((each) => TypedDataEncoder.hashStruct('Contributor', CONTRIBUTOR, each))))
}
