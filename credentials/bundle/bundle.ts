import type { Secured } from '../formats/format.ts'
import type { AnchorReceipt, EvidenceOpening, NetworkDescriptor, StatusListDocument } from '../ports.ts'
import type { FrameProof } from '../verify/case.ts'
import type { Checkpoint, ProvenFact } from './checkpoint.ts'

/** One certificate in a bundle, with what travels beside it. */
export interface BundledCredential {
  /** JSON with proof, or a compact JWS. */
  secured: Secured
  receipt?: AnchorReceipt
  openings?: readonly EvidenceOpening[]
  frames?: readonly FrameProof[]
}

/** A status list as it was when the bundle was made, and where it is found: by CID and by URL. */
export interface BundledList extends StatusListDocument {
  cid: string
  url: string
}

/** A `.guildhall` file, opened: everything that a verification without network needs. */
export interface Bundle {
  network: NetworkDescriptor
  checkpoint: Checkpoint
  facts: readonly ProvenFact[]
  credentials: readonly BundledCredential[]
  /** DID logs (JSONL) by DID. */
  didLogs: readonly { did: string; log: string }[]
  lists: readonly BundledList[]
}

/** One file of a bundle as the manifest lists it. `digest` is SHA-256. */
export interface ManifestFile {
  path: string
  size: number
  digest: `0x${string}`
}

/** What `manifest.json` says. Paths are those of `files`. */
export interface Manifest {
  type: 'GuildhallBundle'
  version: 1
  network: string
  checkpoint: string
  facts: string
  credentials: readonly { secured: string; receipt?: string; openings?: string; frames?: string }[]
  didLogs: readonly { did: string; path: string }[]
  lists: readonly { cid: string; url: string; path: string }[]
  files: readonly ManifestFile[]
}

/** Limits of what is read: files, bytes of one file, bytes of all files once unpacked. */
export const bundleLimits = { files: 512, fileBytes: 8_388_608, totalBytes: 33_554_432 } as const
