import type { DatabaseSync } from 'node:sqlite'
import type { UnixSeconds } from '../base.ts'
import { openTable, type TableShape } from './table.ts'

/** Who a sign-in, link or passkey belongs to. */
export type AccountKind = 'staff' | 'learner' | 'guardian'
export type SignInLinkRow = {
  tokenHash: Uint8Array
  accountKind: AccountKind
  accountId: string
  expiresAt: UnixSeconds
  usedAt: UnixSeconds | null
}
export type SignInRow = {
  tokenHash: Uint8Array
  accountKind: AccountKind
  accountId: string
  via: 'link' | 'passkey' | 'card'
  stationId: string | null
  createdAt: UnixSeconds
  lastSeenAt: UnixSeconds
  expiresAt: UnixSeconds
}
export type PasskeyRow = {
  passkeyId: string
  accountKind: AccountKind
  accountId: string
  publicKey: Uint8Array
  counter: number
  transports: string[]
  label: string
  backedUp: boolean
  addedAt: UnixSeconds
  lastUsedAt: UnixSeconds | null
}
export type CeremonyRow = {
  ceremonyId: string
  kind: 'login' | 'registration'
  challenge: string
  accountId: string | null
  expiresAt: UnixSeconds
}
export type StationRow = {
  stationId: string
  tokenHash: Uint8Array
  label: string
  classId: string | null
  openedBy: string
  openedAt: UnixSeconds
  closesAt: UnixSeconds
  closedAt: UnixSeconds | null
}
export type CardRow = {
  cardId: string
  learnerId: string
  codeMac: Uint8Array
  codeSealed: Uint8Array | null
  pinSalt: Uint8Array | null
  pinHash: Uint8Array | null
  failures: number
  lockedAt: UnixSeconds | null
  issuedAt: UnixSeconds
  replacedAt: UnixSeconds | null
  replacedReason: string | null
}
/** A lock of an own wallet as the base keeps it; of a PIN also the hash of its proof, and the wrong ones counted. */
export type KeptLock = {
  id: string
  kind: 'passkey' | 'pin' | 'recovery'
  salt: string
  iv: string
  wrapped: string
  credentialId?: string
  cost?: { memoryKiB: number; passes: number; lanes: number }
  pinCheck?: string
  failures?: number
}
/** `ciphertext` is `<iv>.<ciphertext>`, base64url. */
export type VaultRow = { learnerId: string; version: number; ciphertext: string; wrappedKeys: KeptLock[] }

const signInLinks: TableShape<SignInLinkRow> = {
  name: 'sign_in_links',
  thing: 'sign-in link',
  key: 'tokenHash',
  columns: { tokenHash: 'blob', accountKind: 'text', accountId: 'text', expiresAt: 'integer', usedAt: 'integer' },
}
const signIns: TableShape<SignInRow> = {
  name: 'sign_ins',
  thing: 'sign-in',
  key: 'tokenHash',
  columns: {
    tokenHash: 'blob',
    accountKind: 'text',
    accountId: 'text',
    via: 'text',
    stationId: 'text',
    createdAt: 'integer',
    lastSeenAt: 'integer',
    expiresAt: 'integer',
  },
}
const passkeys: TableShape<PasskeyRow> = {
  name: 'passkeys',
  thing: 'passkey',
  key: 'passkeyId',
  columns: {
    passkeyId: 'text',
    accountKind: 'text',
    accountId: 'text',
    publicKey: 'blob',
    counter: 'integer',
    transports: 'json',
    label: 'text',
    backedUp: 'flag',
    addedAt: 'integer',
    lastUsedAt: 'integer',
  },
}
const ceremonies: TableShape<CeremonyRow> = {
  name: 'ceremonies',
  thing: 'ceremony',
  key: 'ceremonyId',
  columns: { ceremonyId: 'text', kind: 'text', challenge: 'text', accountId: 'text', expiresAt: 'integer' },
}
const stations: TableShape<StationRow> = {
  name: 'stations',
  thing: 'station',
  key: 'stationId',
  columns: {
    stationId: 'text',
    tokenHash: 'blob',
    label: 'text',
    classId: 'text',
    openedBy: 'text',
    openedAt: 'integer',
    closesAt: 'integer',
    closedAt: 'integer',
  },
}
const cards: TableShape<CardRow> = {
  name: 'cards',
  thing: 'card',
  key: 'cardId',
  columns: {
    cardId: 'text',
    learnerId: 'text',
    codeMac: 'blob',
    codeSealed: 'blob',
    pinSalt: 'blob',
    pinHash: 'blob',
    failures: 'integer',
    lockedAt: 'integer',
    issuedAt: 'integer',
    replacedAt: 'integer',
    replacedReason: 'text',
  },
}
const vaults: TableShape<VaultRow> = {
  name: 'vaults',
  thing: 'wallet',
  key: 'learnerId',
  columns: { learnerId: 'text', version: 'integer', ciphertext: 'text', wrappedKeys: 'json' },
}

/** The tables about how people come in: links, passkeys, cards, stations, and the wallets behind them. */
export const openEntryTables = (db: DatabaseSync) => ({
  signInLinks: openTable(db, signInLinks),
  signIns: openTable(db, signIns),
  passkeys: openTable(db, passkeys),
  ceremonies: openTable(db, ceremonies),
  stations: openTable(db, stations),
  cards: openTable(db, cards),
  vaults: openTable(db, vaults),
})
