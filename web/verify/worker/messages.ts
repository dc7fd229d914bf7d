import type { Check, NetworkDescriptor, Verdict } from '@guildhall/credentials'

/** Something handed in: a file, or text that was pasted, scanned or opened by a learning code. */
export interface Source {
  name: string
  content: Blob | string
  /** Receipts that came beside a presentation, by position. */
  receipts?: readonly unknown[]
  /** What a learning code opened about the holder. */
  identity?: { name: string; salts: readonly string[] }
  /** The learning code, which the presentation must be signed over. */
  challenge?: string
}

/** What the verifier may rely on and where it may ask. */
export interface Trust {
  networks: readonly NetworkDescriptor[]
  /** Origins of bases that answer questions about their network; the page's own is the empty text. None: everything that is not in a bundle is unknown. */
  bases: readonly { origin: string; name: string; networkId: string }[]
}

/** What the page asks of the verifier. */
export type Request = { type: 'prepare' } | { type: 'check'; run: number; sources: readonly Source[]; trust: Trust }

/** A certificate that was found in a source, before its checks. */
export interface Found {
  id: number
  name: string
  digest: string
  problem?: string
  descriptor?: NetworkDescriptor
  bundledAt?: number
  openedName?: string
}

/** What the verifier tells the page, in this order for each certificate: found, seven checks, verdict. */
export type Message =
  | { type: 'found'; run: number; found: readonly Found[] }
  | { type: 'network'; run: number; descriptor: NetworkDescriptor }
  | { type: 'check'; run: number; id: number; check: Check; milliseconds: number }
  | { type: 'verdict'; run: number; id: number; verdict: Verdict }
  | { type: 'done'; run: number; problem?: { code: 'empty' | 'unreadable' | 'too-large'; detail: string } }
