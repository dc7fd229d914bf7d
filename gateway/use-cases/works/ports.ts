import type {
  DepositOutcome,
  IndexedLicence,
  IndexedOffer,
  IndexedUsageBatch,
  KeyOutcome,
  LicenceQuestion,
  ReadingQuestion,
  ReadingRight,
  UsageQuestion,
  VersionOfWork,
} from '@guildhall/node'

/** Whose a version is, and the CID of its public description. */
type VersionPlace = { workId: number; version: number; homeBase: number; holder: string; cid: string }

/** What the ledger says of licences and use, as this base has read it. Reads are local and synchronous. */
export type LicenceBook = {
  /** The account of a base, in lower case; undefined for a base that the ledger does not have. */
  accountOf(baseId: number): string | undefined
  /** Whose a work is; undefined for one that the ledger does not have. */
  findWork(workId: number): { homeBase: number; holder: string; isTakenDown: boolean; listedVersion: number } | undefined
  findVersion(workId: number, version: number): VersionPlace | undefined
  /** Whether a base may read a version; nothing that was read of the ledger lies in the future of this answer. */
  readingRight(question: ReadingQuestion): ReadingRight
  offersOf(workId: number): IndexedOffer[]
  findOffer(offerId: number): IndexedOffer | undefined
  licences(question: LicenceQuestion): IndexedLicence[]
  /** What an account has of the settlement token. */
  balanceOf(account: string): bigint
  batches(question?: UsageQuestion): IndexedUsageBatch[]
  lastSequence(baseId: number): number
  lastDay(baseId: number, workId: number): number
  /** Open bases other than this one that the ledger lists with a peer. */
  otherBases(ownBaseId: number): number[]
}

/** Keys of sealed works, asked of other bases and given to them to keep, over connections that are open anyway. */
type KeyExchange = {
  /** Undefined peers are those that are not connected. */
  connectedPeerOf(baseId: number): string | undefined
  request(peerId: string, of: VersionOfWork & { baseId: number }, signal: AbortSignal): Promise<KeyOutcome>
  deposit(peerId: string, of: VersionOfWork & { baseId: number; key: Uint8Array }, signal: AbortSignal): Promise<DepositOutcome>
}

/** Files of works by their CID, from this disk or other bases. */
type WorkFiles = {
  /** The whole of a small file. @throws CONTENT_TOO_LARGE above `maxBytes` */
  read(cid: string, limits: { maxBytes: number; signal: AbortSignal }): Promise<Uint8Array>
  /** A part of a file; with a key, of the plaintext of a sealed one, of which only the frames that hold the part are fetched and opened. */
  readPart(cid: string, part: { key: Uint8Array | null; offset: number; length: number; signal: AbortSignal }): AsyncGenerator<Uint8Array>
}

/** What works need of the network. */
export type WorksPorts = { licences: LicenceBook; keyExchange: KeyExchange; workFiles: WorkFiles }
