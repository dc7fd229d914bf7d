import type { Check, NetworkDescriptor, PresentationVerdict, Reason, Verdict } from '@guildhall/credentials'

/** Something handed in: a file, or text that was pasted, scanned or opened by a learning code. */
export interface Source {
  name: string
  content: Blob | string
  /** What came beside a presentation that a learning code opened. */
  opened?: { receipts: readonly unknown[]; identity: { name: string; salts: readonly string[] } | null; code: string }
}

/** What the verifier may rely on and where it may ask. */
export interface Trust {
  networks: readonly NetworkDescriptor[]
  /** Origins of bases that answer questions about their network; the page's own is the empty text. None: everything that is not in a bundle is unknown. */
  bases: readonly { origin: string; name: string; networkId: string }[]
  /** Another base of the first one's network, asked through it. */
  second?: { name: string; baseId: number; peerId: string }
}

/** What the page asks of the verifier. */
export type Request =
  | { type: 'prepare' }
  /** A certificate of an invented base is made here and now, and checked like any other. */
  | { type: 'sample'; run: number; name: string }
  | { type: 'check'; run: number; sources: readonly Source[]; trust: Trust }

/** A certificate that was found in a source, before its checks; or a file in which none was found, with the reason. */
export interface Found {
  id: number
  name: string
  digest: string
  problem?: string
  /** The network's description that came along with it (in its bundle). */
  descriptor?: NetworkDescriptor
  /** When the checkpoint of its bundle was made (UnixSeconds). */
  bundledAt?: number
}

/** The presentation itself: who shows it, for which occasion, under which name. */
export type Shown = Pick<PresentationVerdict, 'overall' | 'checks' | 'name'>

/** A second base's part in a verdict: asked through the first, so it is as independent as the first carries it, and its own words by its signature. */
export interface SecondOpinion {
  name: string
  /** The base that carried question and answer. */
  through: string
  /** How many look-ups it was asked for, and how many it answered. */
  asked: number
  answered: number
}

/** What the verifier tells the page, in this order for each certificate: found, seven checks, verdict. */
export type Message =
  | { type: 'found'; run: number; found: readonly Found[] }
  | { type: 'network'; run: number; descriptor: NetworkDescriptor }
  | { type: 'check'; run: number; id: number; check: Check; milliseconds: number }
  | { type: 'verdict'; run: number; id: number; verdict: Verdict; checkpoint?: Reason; second?: SecondOpinion | undefined }
  | { type: 'shown'; run: number; shown: Shown }
  | { type: 'done'; run: number; problem?: { code: 'empty' | 'unreadable'; detail: string } }
