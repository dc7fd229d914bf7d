import type { Static } from 'typebox'
import type { AuditRow } from '../api/base/audit.ts'
import { type listEvents as eventsRoute, flows } from '../api/base/operations.ts'
import { listAuditRows } from '../records/audit.ts'
import type { IssuingBase } from '../use-cases/base/issuing.ts'

type Flow = (typeof flows)[number]
type Event = Static<(typeof eventsRoute.response)[200]>['items'][number]
type Query = Static<typeof eventsRoute.query>
type Kind = { flow: Flow; what: Event['what']; outcome?: 'failed' }

const kind = (flow: Flow, zh: string, en: string, outcome?: 'failed'): Kind => ({
  flow,
  what: { 'zh-CN': zh, en },
  ...(outcome && { outcome }),
})

/** What the audit's actions mean for the five flows. An action that is not here stays in the audit log only. */
const kinds: Readonly<Record<string, Kind>> = {
  'assessment.signed': kind('safety', '签署了一项评估', 'An assessment was signed'),
  'session.refused': kind('safety', '一次实验被拒绝', 'A session was refused', 'failed'),
  'session.closed-by-gate': kind('safety', '因评估失效结束了一次实验', 'A session was ended because an assessment lapsed', 'failed'),
  'card.locked': kind('safety', '一张学习卡被锁定', 'A card was locked', 'failed'),
  'card.freed': kind('safety', '一张学习卡已解锁', 'A card was freed'),
  'device.revoked': kind('safety', '一台设备被停用', 'A device was refused'),
  'signed-in': kind('people', '有人登录', 'Someone came in'),
  'roster.imported': kind('people', '导入了名册', 'A roster was imported'),
  'consent.recorded': kind('people', '记录了监护人同意', "A guardian's consent was recorded"),
  'consent.withdrawn': kind('people', '撤回了监护人同意', "A guardian's consent was withdrawn"),
  'learner.erased': kind('people', '删除了一名学习者的资料', 'A learner was erased'),
  'staff.invited': kind('people', '邀请了工作人员', 'A member of staff was invited'),
  'machine.added': kind('material', '添加了一台设备', 'A machine was added'),
  'device.paired': kind('material', '一台设备已配对', 'A device was paired'),
  'session.opened': kind('material', '开始了一次实验', 'A session began'),
  'session.closed': kind('material', '结束了一次实验', 'A session ended'),
  'session.job-set': kind('material', '收到一份加工任务', 'A job was given to a machine'),
  'credential.awarded': kind('information', '颁发了一份证书', 'A certificate was awarded'),
  'credential.revoked': kind('information', '撤销了一份证书', 'A certificate was revoked'),
  'credential.suspended': kind('information', '暂停了一份证书', 'A certificate was suspended'),
  'credential.reinstated': kind('information', '恢复了一份证书', 'A certificate was reinstated'),
  'credentials.anchored': kind('information', '证书已登记', 'Certificates were recorded on the ledger'),
  'credentials.anchor-refused': kind('information', '证书登记被拒绝', 'The ledger refused certificates', 'failed'),
  'credential.claimed': kind('information', '学习者领取了证书', 'A learner took a certificate'),
  'learning-code.opened': kind('information', '有人打开了学习码', 'A learning code was opened'),
}

const lateSeconds = 300

/** How much was done, is late and has failed in each flow in the last thirty days. Money begins with the first settlement. */
export function countFlows({ db, clock, outbox }: Pick<IssuingBase, 'db' | 'clock' | 'outbox'>) {
  const since = clock.now() - 30 * 86_400
  const counts = new Map(flows.map((flow) => [flow, { flow, done: 0, late: 0, failed: 0 }]))
  for (const { action, n } of db.prepare('SELECT action, count(*) AS n FROM audit WHERE at >= ? GROUP BY action').iterate(since)) {
    const known = kinds[String(action)]
    const count = known && counts.get(known.flow)
    if (count) count[known.outcome ?? 'done'] += Number(n)
  }
  const information = counts.get('information')
  if (information)
    information.late = outbox.list(100).filter((row) => row.finalAt === null && row.queuedAt < clock.now() - lateSeconds).length
  return [...counts.values()]
}

/** The events behind a number, newest first. `after` is the number of the last row of the page before. */
export function listEvents(base: Pick<IssuingBase, 'db' | 'clock' | 'outbox'>, { after, limit = 50, flow, outcome, since = 0 }: Query) {
  if (outcome === 'late') return lateEvents(base, flow)
  const actions = Object.entries(kinds).filter(
    ([, known]) => (flow === undefined || known.flow === flow) && (outcome === undefined || (known.outcome ?? 'done') === outcome),
  )
  if (actions.length === 0) return { items: [], total: 0, next: null }
  const marks = actions.map(() => '?').join(', ')
  const names = actions.map(([action]) => action)
  const before = after === undefined ? Number.MAX_SAFE_INTEGER : Number.parseInt(after, 10) || 0
  const rows = base.db
    .prepare(`SELECT number FROM audit WHERE action IN (${marks}) AND at >= ? AND number < ? ORDER BY number DESC LIMIT ?`)
    .all(...names, since, before, limit)
  const total = Number(
    base.db.prepare(`SELECT count(*) AS n FROM audit WHERE action IN (${marks}) AND at >= ?`).get(...names, since)?.['n'] ?? 0,
  )
  const items = rows.flatMap((row) => listAuditRows(base.db, { before: Number(row['number']) + 1, limit: 1 }).rows).flatMap(eventOf)
  const last = rows.at(-1)
  return { items, total, next: last && rows.length === limit ? String(last['number']) : null }
}

const eventOf = ({ number, action, at, subject }: AuditRow): Event[] => {
  const known = kinds[action]
  return known
    ? [
        {
          id: `audit-${number}`,
          flow: known.flow,
          outcome: known.outcome ?? 'done',
          at,
          what: known.what,
          subjectId: subject,
          transactionHash: null,
        },
      ]
    : []
}

const lateEvents = ({ clock, outbox }: Pick<IssuingBase, 'clock' | 'outbox'>, flow: Flow | undefined) => {
  const rows = flow === undefined || flow === 'information' ? outbox.list(100) : []
  const items = rows
    .filter((row) => row.finalAt === null && row.queuedAt < clock.now() - lateSeconds)
    .map(
      (row): Event => ({
        id: `outbox-${row.outboxId}`,
        flow: 'information',
        outcome: 'late',
        at: row.queuedAt,
        what: { 'zh-CN': '等待账本确认', en: 'Waits for the ledger' },
        subjectId: row.subjectId,
        transactionHash: row.transactionHash,
      }),
    )
  return { items, total: items.length, next: null }
}
