import encodeQR from 'qr'
import type { Static } from 'typebox'
import type { listLockedCards as lockedRoute, printCards as printRoute } from '../../../api/people/cards.ts'
import type { Actor, Base } from '../../../base.ts'
import { GuildhallError } from '../../../errors.ts'
import type { CardRow } from '../../../records/entry-tables.ts'
import { maxFailures } from './picture-pin.ts'

type Use = Pick<Base, 'records' | 'clock' | 'random' | 'audit' | 'transaction' | 'keys' | 'config'>
type PrintedCard = Static<(typeof printRoute.response)[200]>['cards'][number]

/** Cards that five wrong tries have locked. */
export function listLockedCards(base: Use): Static<(typeof lockedRoute.response)[200]> {
  const locked = base.records.cards.list({ failures: [maxFailures], replacedAt: null }, { orderBy: 'lockedAt' })
  const items = locked.map(({ cardId, learnerId, lockedAt }) => ({
    cardId,
    learnerId,
    name: base.records.people.learnerName(learnerId),
    lockedAt: lockedAt ?? base.clock.now(),
  }))
  return { items: items.filter(({ name }) => name !== '') }
}

/** Gives a learner five new tries. */
export function freeCard(base: Use, actor: Actor, cardId: string): void {
  changeCard(base, actor, { cardId, action: 'card.freed', changes: { failures: 0, lockedAt: null } })
}

/** The learner chooses new pictures at the next scan. */
export function resetPin(base: Use, actor: Actor, cardId: string): void {
  changeCard(base, actor, { cardId, action: 'card.pictures-reset', changes: { failures: 0, lockedAt: null, pinHash: null, pinSalt: null } })
}

/** Refuses the old card from this moment and makes a new one; the pictures stay the learner's. */
export function reissueCard(
  base: Use,
  actor: Actor,
  { learnerId, reason }: { learnerId: string; reason: 'lost' | 'stolen' | 'damaged' },
): PrintedCard {
  return base.transaction(() => {
    base.records.people.learner(learnerId)
    const old = presentCard(base, learnerId)
    if (old) {
      base.records.cards.update(old.cardId, { replacedAt: base.clock.now(), replacedReason: reason, codeSealed: null })
      for (const signIn of base.records.signIns.list({ accountId: learnerId, via: 'card' }))
        base.records.signIns.remove({ tokenHash: signIn.tokenHash })
    }
    const card = issueCard(base, learnerId, { pinSalt: old?.pinSalt ?? null, pinHash: old?.pinHash ?? null })
    base.audit.append(actor, 'card.reissued', { subject: card.cardId, details: { reason, learner: learnerId } })
    return print(base, card)
  })
}

/** The cards of a class or of the learners named, in order of names; makes those that are missing. */
export function printCards(
  base: Use,
  actor: Actor,
  { classId, learnerIds }: { classId?: string | undefined; learnerIds?: string[] | undefined },
): { cards: PrintedCard[] } {
  if ((classId === undefined) === (learnerIds === undefined)) {
    throw new GuildhallError('REQUEST_INVALID', { where: 'body', problem: 'names either a class or learners' })
  }
  return base.transaction(() => {
    if (classId !== undefined) base.records.classes.get(classId)
    const wanted = new Set(
      learnerIds ?? base.records.enrolments.list({ classId: classId ?? '', role: 'student' }).map(({ personId }) => personId),
    )
    for (const learnerId of learnerIds ?? []) base.records.people.learner(learnerId)
    const cards = base.records.people
      .findLearners()
      .filter((learnerId) => wanted.has(learnerId))
      .slice(0, 500)
      .map((learnerId) => print(base, presentCard(base, learnerId) ?? issueCard(base, learnerId, { pinSalt: null, pinHash: null })))
    base.audit.append(actor, 'card.printed', { subject: classId ?? 'learners', details: { cards: cards.length } })
    return { cards }
  })
}

/** The card that is valid now. */
export const presentCard = (base: Pick<Base, 'records'>, learnerId: string): CardRow | undefined =>
  base.records.cards.find({ learnerId, replacedAt: null })

const changeCard = (
  base: Use,
  actor: Actor,
  { cardId, action, changes }: { cardId: string; action: string; changes: Partial<CardRow> },
): void => {
  base.transaction(() => {
    const card = base.records.cards.get(cardId)
    if (card.replacedAt !== null)
      throw new GuildhallError('STATE_REFUSED', { thing: 'card', state: 'replaced', next: "Choose the learner's present card." })
    base.records.cards.update(cardId, changes)
    base.audit.append(actor, action, { subject: cardId, details: { learner: card.learnerId } })
  })
}

const issueCard = (base: Use, learnerId: string, pin: Pick<CardRow, 'pinSalt' | 'pinHash'>): CardRow => {
  const code = `GH1${base32(base.random.bytes(16))}`
  const card: CardRow = {
    cardId: base.random.uuid(),
    learnerId,
    codeMac: base.keys.mac('card', code),
    codeSealed: base.records.vault.seal(learnerId, 'card', Buffer.from(code)),
    ...pin,
    failures: 0,
    lockedAt: null,
    issuedAt: base.clock.now(),
    replacedAt: null,
    replacedReason: null,
  }
  base.records.cards.insert(card)
  return card
}

const print = (base: Use, card: CardRow): PrintedCard => {
  const code = Buffer.from(base.records.vault.open(card.learnerId, 'card', card.codeSealed ?? new Uint8Array())).toString()
  // Capitals only: QR's alphanumeric mode (ISO/IEC 18004 §7.4.4) makes the smallest code.
  const text = `${base.config.origin.toUpperCase()}/CARD/${code}`
  const enrolment = base.records.enrolments.find({ personId: card.learnerId, role: 'student' })
  return {
    cardId: card.cardId,
    learnerId: card.learnerId,
    name: base.records.people.learnerName(card.learnerId),
    className: (enrolment && base.records.classes.find({ classId: enrolment.classId })?.name) ?? '—',
    text,
    qrSvg: encodeQR(text, 'svg', { ecc: 'medium' }),
  }
}

/** RFC 4648 §6 without padding. */
const base32 = (bytes: Uint8Array): string => {
  let bits = ''
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}
