import { argon2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { Picture } from '../../../api/people/sign-in.ts'
import type { Actor, Base } from '../../../base.ts'
import { GuildhallError } from '../../../errors.ts'
import type { CardRow, StationRow } from '../../../records/entry-tables.ts'
import { assertConsent } from '../consents.ts'
import { beginSignIn } from './sign-in.ts'
import { getOpenStation } from './stations.ts'

type Use = Pick<Base, 'records' | 'clock' | 'random' | 'audit' | 'transaction' | 'keys'>
type Try = { card: string; stationToken: string | null }

/** Wrong tries that lock a card. The count is on disk before a try is judged, so that neither a restart nor haste wins a try. */
export const maxFailures = 5

/** The names of the sixteen pictures. */
const pictureNames: Record<Picture, { 'zh-CN': string; en: string }> = {
  apple: { 'zh-CN': '苹果', en: 'Apple' },
  bell: { 'zh-CN': '铃铛', en: 'Bell' },
  boat: { 'zh-CN': '小船', en: 'Boat' },
  book: { 'zh-CN': '书', en: 'Book' },
  cat: { 'zh-CN': '猫', en: 'Cat' },
  cloud: { 'zh-CN': '云', en: 'Cloud' },
  drum: { 'zh-CN': '鼓', en: 'Drum' },
  fish: { 'zh-CN': '鱼', en: 'Fish' },
  flower: { 'zh-CN': '花', en: 'Flower' },
  house: { 'zh-CN': '房子', en: 'House' },
  key: { 'zh-CN': '钥匙', en: 'Key' },
  kite: { 'zh-CN': '风筝', en: 'Kite' },
  moon: { 'zh-CN': '月亮', en: 'Moon' },
  star: { 'zh-CN': '星星', en: 'Star' },
  tree: { 'zh-CN': '树', en: 'Tree' },
  wheel: { 'zh-CN': '轮子', en: 'Wheel' },
}

/** Says whose turn it is without saying who it is, and shows the pictures in an order that changes each time. @throws STATION_CLOSED, CARD_REFUSED, CONSENT_MISSING */
export function scanCard(base: Use, attempt: Try) {
  const { card } = admit(base, attempt)
  const pin = isLocked(card) ? ('locked' as const) : card.pinHash === null ? ('unset' as const) : ('set' as const)
  const pictures = shuffle(base, Object.entries(pictureNames) as [Picture, { 'zh-CN': string; en: string }][])
  return { pin, pictures: pictures.map(([id, name]) => ({ id, name })), attemptsLeft: Math.max(0, maxFailures - card.failures) }
}

/** @throws STATION_CLOSED, CARD_REFUSED, CARD_LOCKED, PIN_WRONG */
export async function signInWithPin(base: Use, attempt: Try & { pictures: readonly Picture[] }): Promise<ReturnType<typeof beginSignIn>> {
  const { card, station } = base.transaction(() => {
    const admitted = admit(base, attempt)
    if (isLocked(admitted.card)) throw new GuildhallError('CARD_LOCKED')
    if (admitted.card.pinHash === null)
      throw new GuildhallError('STATE_REFUSED', { thing: 'card', state: 'without pictures', next: 'Choose the pictures first.' })
    const failures = admitted.card.failures + 1
    // Written before the pictures are judged: a kill in between costs a try, it never gives one.
    base.records.cards.update(admitted.card.cardId, { failures, ...(failures >= maxFailures ? { lockedAt: base.clock.now() } : {}) })
    return { ...admitted, card: { ...admitted.card, failures } }
  })
  const isRight = timingSafeEqual(
    await hashPin(base, attempt.pictures, card.pinSalt ?? new Uint8Array()),
    card.pinHash ?? new Uint8Array(32),
  )
  const learner = learnerActor(card)
  if (!isRight) {
    base.transaction(() => {
      base.audit.append(learner, 'card.wrong-pictures', { subject: card.cardId, details: { failures: card.failures } })
      if (card.failures >= maxFailures) base.audit.append(learner, 'card.locked', { subject: card.cardId })
    })
    if (card.failures >= maxFailures) throw new GuildhallError('CARD_LOCKED')
    throw new GuildhallError('PIN_WRONG', { attemptsLeft: maxFailures - card.failures })
  }
  return base.transaction(() => {
    base.records.cards.update(card.cardId, { failures: 0, lockedAt: null })
    return begin(base, card, station)
  })
}

/** The first choice of pictures, or the next one after a teacher reset them. @throws PIN_SET_ALREADY, PIN_TOO_SIMPLE */
export async function setPin(base: Use, attempt: Try & { pictures: readonly Picture[] }): Promise<ReturnType<typeof beginSignIn>> {
  const { card, station } = admit(base, attempt)
  if (isLocked(card)) throw new GuildhallError('CARD_LOCKED')
  if (card.pinHash !== null) throw new GuildhallError('PIN_SET_ALREADY')
  if (new Set(attempt.pictures).size < 2) throw new GuildhallError('PIN_TOO_SIMPLE')
  const pinSalt = base.random.bytes(16)
  const pinHash = await hashPin(base, attempt.pictures, pinSalt)
  return base.transaction(() => {
    if (base.records.cards.updateWhere({ cardId: card.cardId, pinHash: null, replacedAt: null }, { pinSalt, pinHash, failures: 0 }) === 0) {
      throw new GuildhallError('PIN_SET_ALREADY')
    }
    base.audit.append(learnerActor(card), 'card.pictures-chosen', { subject: card.cardId })
    return begin(base, card, station)
  })
}

/** A card is locked by its fifth wrong try until a teacher frees it. */
export const isLocked = (card: CardRow): boolean => card.failures >= maxFailures

const admit = (base: Use, { card: code, stationToken }: Try): { card: CardRow; station: StationRow } => {
  const station = getOpenStation(base, stationToken)
  const card = base.records.cards.find({ codeMac: base.keys.mac('card', code), replacedAt: null })
  if (!card) throw new GuildhallError('CARD_REFUSED')
  if (station.classId !== null && base.records.enrolments.count({ classId: station.classId, personId: card.learnerId }) === 0)
    throw new GuildhallError('CARD_REFUSED')
  assertConsent(base, card.learnerId, 'base-held-wallet')
  return { card, station }
}

/** argon2id, RFC 9106, at OWASP's 19 MiB and two passes; the base's pepper is its secret input. */
const hashPin = (base: Use, pictures: readonly Picture[], salt: Uint8Array): Promise<Uint8Array> =>
  promisify(argon2)('argon2id', {
    message: pictures.join(' '),
    nonce: salt,
    parallelism: 1,
    tagLength: 32,
    memory: 19_456,
    passes: 2,
    secret: base.keys.mac('picture-pin', 'pepper'),
  }).then((hash) => new Uint8Array(hash))

const learnerActor = (card: CardRow): Actor => ({ id: card.learnerId, roles: ['learner'], via: 'card' })

/** One tablet, one learner: the one before is signed out. */
const begin = (base: Use, card: CardRow, station: StationRow): ReturnType<typeof beginSignIn> => {
  base.records.signIns.remove({ stationId: station.stationId })
  return beginSignIn(base, { kind: 'learner', id: card.learnerId }, { via: 'card', stationId: station.stationId, until: station.closesAt })
}

const shuffle = <T>(base: Use, items: T[]): T[] => {
  const keys = base.random.bytes(items.length * 4)
  const order = items.map((item, index) => ({ item, key: Buffer.from(keys).readUInt32LE(index * 4) }))
  return order.sort((a, b) => a.key - b.key).map(({ item }) => item)
}
