import type { Static } from 'typebox'
import type { Need, getOutbox as outboxRoute, getOverview as overviewRoute } from '../api/base/operations.ts'
import type { UnixSeconds } from '../base.ts'
import { findIdentity, type IssuingBase } from '../use-cases/base/issuing.ts'
import { listLockedCards } from '../use-cases/people/entry/cards.ts'
import { countFlows } from './flows.ts'

type Overview = Static<(typeof overviewRoute.response)[200]>
type Use = IssuingBase

const day = 86_400
const soon = 14 * day
const lowDisk = 1_000_000_000

/** The state of the base at one look: a sentence, what needs a person, the five flows, the numbers. */
export function getOverview(base: Use): Overview {
  const needs = listNeeds(base)
  const failing = base.supervision.parts().filter(({ state }) => state === 'failed')
  const outcome =
    failing.length > 0 || needs.some(({ severity }) => severity === 'red')
      ? 'red'
      : needs.some(({ severity }) => severity === 'amber')
        ? 'amber'
        : 'green'
  const { records } = base
  return {
    health: {
      outcome,
      sentence: sentenceOf(
        needs.length,
        failing.map(({ name }) => name),
      ),
    },
    needs,
    flows: countFlows(base),
    numbers: {
      learners: records.learners.count({ leftAt: null, erasedAt: null }),
      openSessions: records.sessions.count({ state: ['open', 'closing'] }),
      awards: records.credentials.count(),
      waitingForLedger: base.outbox.waiting().count,
      connectedBases: base.node.connections(),
      devicesOnline: base.labs.listDevices().filter(({ online }) => online).length,
      freeBytes: base.supervision.freeBytes(),
    },
  }
}

/** What waits for the ledger and what was written last. */
export function getOutbox(base: Use): Static<(typeof outboxRoute.response)[200]> {
  const rows = base.outbox
    .list(100)
    .map(({ outboxId, kind, state, subjectId, records, transactionHash, queuedAt, finalAt, attempts, reason }) => ({
      outboxId,
      kind,
      state,
      subjectId,
      records,
      transactionHash,
      queuedAt,
      finalAt,
      attempts,
      reason,
    }))
  const { count, oldestSince } = base.outbox.waiting()
  const lastFinalAt = rows.reduce<UnixSeconds | null>(
    (latest, { finalAt }) => (finalAt === null ? latest : Math.max(latest ?? 0, finalAt)),
    null,
  )
  return {
    waiting: count,
    oldestWaitingSince: oldestSince,
    lastFinalAt,
    blockNumber: findIdentity(base) ? (base.registry.syncedTo()?.blockNumber ?? null) : null,
    rows,
  }
}

const sentenceOf = (needs: number, failing: string[]): Overview['health']['sentence'] => {
  if (failing.length > 0) return { 'zh-CN': `有部件停止工作：${failing.join('、')}。`, en: `Not working: ${failing.join(', ')}.` }
  if (needs === 0) return { 'zh-CN': '基地运行正常，没有需要您处理的事项。', en: 'The base is fine. Nothing needs you.' }
  return {
    'zh-CN': `基地运行正常，有 ${needs} 件事需要您处理。`,
    en: needs === 1 ? 'The base is fine. 1 thing needs you.' : `The base is fine. ${needs} things need you.`,
  }
}

const listNeeds = (base: Use): Need[] =>
  [...rightsNeeds(base), ...sessionNeeds(base), ...peopleNeeds(base), ...machineRoomNeeds(base)].slice(0, 200)

const kinds = {
  information: { 'zh-CN': '信息评估', en: 'information assessment' },
  safety: { 'zh-CN': '安全评估', en: 'safety assessment' },
  green: { 'zh-CN': '绿色评估', en: 'green assessment' },
} as const

/** Assessments that have lapsed or soon will. */
const rightsNeeds = (base: Use): Need[] => {
  const identity = findIdentity(base)
  if (!identity) return []
  const now = base.clock.now()
  const { assessments } = base.registry.rightsOf(identity.baseId)
  return (Object.keys(kinds) as (keyof typeof kinds)[]).flatMap((kind): Need[] => {
    const latest = Math.max(0, ...assessments.filter((one) => one.kind === kind && !one.isWithdrawn).map(({ expiresAt }) => expiresAt))
    if (latest > now + soon) return []
    const { 'zh-CN': zh, en } = kinds[kind]
    const about = { id: `assessment-${kind}`, action: 'sign-assessment' as const, subjectId: kind, since: Math.min(latest, now) }
    return latest <= now
      ? [
          {
            ...about,
            severity: 'red',
            title: { 'zh-CN': `${zh}已失效`, en: `The ${en} has lapsed` },
            detail: {
              'zh-CN': '在重新签署之前，基地不能开展实验，也不能颁发证书。',
              en: 'Until it is signed again the base can neither run sessions nor award.',
            },
          },
        ]
      : [
          {
            ...about,
            severity: 'amber',
            title: { 'zh-CN': `${zh}即将失效`, en: `The ${en} lapses soon` },
            detail: { 'zh-CN': `还有 ${Math.ceil((latest - now) / day)} 天。`, en: `${Math.ceil((latest - now) / day)} days are left.` },
          },
        ]
  })
}

/** Sessions that an examiner has not judged yet, and those left open. */
const sessionNeeds = (base: Use): Need[] => {
  const now = base.clock.now()
  const closed = base.records.sessions.list({ state: 'closed', credentialId: null }, { orderBy: 'closedAt', limit: 50 })
  const forgotten = base.records.sessions
    .list({ state: 'open' }, { orderBy: 'openedAt', limit: 50 })
    .filter(({ openedAt }) => openedAt < now - 12 * 3_600)
  return [
    ...closed.map(
      (row): Need => ({
        id: `award-${row.sessionId}`,
        severity: 'info',
        title: { 'zh-CN': '有一次实验等待考评', en: 'A session waits for an examiner' },
        detail: { 'zh-CN': '证据已经封存，可以评定。', en: 'Its evidence is sealed and can be judged.' },
        action: 'award-session',
        subjectId: row.sessionId,
        since: row.closedAt ?? row.openedAt,
      }),
    ),
    ...forgotten.map(
      (row): Need => ({
        id: `close-${row.sessionId}`,
        severity: 'amber',
        title: { 'zh-CN': '有一次实验一直没有结束', en: 'A session was left open' },
        detail: { 'zh-CN': '它已经开始超过十二小时。', en: 'It began more than twelve hours ago.' },
        action: 'close-session',
        subjectId: row.sessionId,
        since: row.openedAt,
      }),
    ),
  ]
}

/** Cards that are locked, and staff who could not come in again. */
const peopleNeeds = (base: Use): Need[] => [
  ...listLockedCards(base).items.map(
    (card): Need => ({
      id: `card-${card.cardId}`,
      severity: 'amber',
      title: { 'zh-CN': '一张学习卡已锁定', en: 'A card is locked' },
      detail: { 'zh-CN': '图案连续选错五次。', en: 'The pictures were wrong five times.' },
      action: 'free-card',
      subjectId: card.cardId,
      since: card.lockedAt,
    }),
  ),
  ...base.records.staff
    .list({ removedAt: null })
    .filter((row) => row.lastSignInAt !== null && base.records.passkeys.count({ accountId: row.staffId }) === 0)
    .map(
      (row): Need => ({
        id: `passkey-${row.staffId}`,
        severity: 'amber',
        title: { 'zh-CN': '有工作人员还没有通行密钥', en: 'A member of staff has no passkey' },
        detail: { 'zh-CN': '没有通行密钥，下次只能用新的一次性链接登录。', en: 'Without one they can only come in by a new one-use link.' },
        action: 'add-passkey',
        subjectId: row.staffId,
        since: row.lastSignInAt ?? row.invitedAt,
      }),
    ),
]

const machineRoomNeeds = (base: Use): Need[] => {
  const now = base.clock.now()
  const { oldestSince } = base.outbox.waiting()
  const free = base.supervision.freeBytes()
  const about = { subjectId: null, since: now }
  return [
    ...(base.keys.protection === 'file'
      ? [
          {
            ...about,
            id: 'keys',
            severity: 'info' as const,
            action: 'protect-keys' as const,
            title: { 'zh-CN': '基地密钥没有口令保护', en: "The base's key has no passphrase" },
            detail: {
              'zh-CN': '能读取数据目录的人也能读取密钥。请设置 KEY_PASSPHRASE。',
              en: 'Whoever reads the data folder reads the key. Set KEY_PASSPHRASE.',
            },
          },
        ]
      : []),
    ...(free < lowDisk
      ? [
          {
            ...about,
            id: 'disk',
            severity: 'red' as const,
            action: 'make-space' as const,
            title: { 'zh-CN': '磁盘空间不足', en: 'The disk is nearly full' },
            detail: { 'zh-CN': `仅剩 ${Math.floor(free / 1e6)} MB。`, en: `${Math.floor(free / 1e6)} MB are left.` },
          },
        ]
      : []),
    ...(oldestSince !== null && oldestSince < now - 600
      ? [
          {
            ...about,
            since: oldestSince,
            id: 'ledger',
            severity: 'amber' as const,
            action: 'check-ledger' as const,
            title: { 'zh-CN': '账本长时间没有确认', en: 'The ledger has not confirmed for a while' },
            detail: { 'zh-CN': '记录已保存，恢复后自动补上。', en: 'Everything is kept and follows by itself.' },
          },
        ]
      : []),
  ]
}
