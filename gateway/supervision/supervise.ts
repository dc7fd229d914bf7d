import type { Metrics, Part, Supervision } from '../base.ts'
import { findIdentity, type IssuingBase } from '../use-cases/base/issuing.ts'
import { createMetrics } from './metrics.ts'
import { freeBytes } from './start/hold-data-folder.ts'

/** The version of the program. */
const version = '0.1.0'

const lowDisk = 64 * 1024 * 1024
const ledgerSilentSeconds = 600

/** What is watched of a running base. `base` is asked later, once all its parts are there. */
export const createSupervision = (
  base: () => IssuingBase | undefined,
  told: { startedAtMs: number; dataDir: string; authority: string | null },
) => {
  const metrics = createMetrics((page) => {
    const running = base()
    if (running) setGauges(running, page)
  })
  const supervision: Supervision = {
    startedAtMs: told.startedAtMs,
    version,
    authority: told.authority,
    freeBytes: () => freeBytes(told.dataDir),
    metricsPage: () => metrics.page(),
    parts: () => {
      const running = base()
      return running ? partsOf(running) : [{ name: 'base', state: 'starting', detail: 'The parts of the base are being started.' }]
    },
  }
  return { metrics, supervision }
}

const ready = (name: string, detail: string): Part => ({ name, state: 'ready', detail })
const failed = (name: string, detail: string): Part => ({ name, state: 'failed', detail })

const partsOf = (base: IssuingBase): Part[] => {
  const now = base.clock.now()
  const { oldestSince, count } = base.outbox.waiting()
  const free = base.supervision.freeBytes()
  const synced = base.registry.syncedTo()
  return [
    base.db.isOpen ? ready('database', 'open') : failed('database', 'closed'),
    findIdentity(base) ? ready('network', 'founded') : { name: 'network', state: 'starting', detail: 'not founded yet' },
    synced ? ready('index', `read to block ${synced.blockNumber}`) : { name: 'index', state: 'starting', detail: 'has read no block yet' },
    oldestSince !== null && oldestSince < now - ledgerSilentSeconds
      ? failed('ledger', `${count} writes wait, the oldest for ${now - oldestSince} s`)
      : ready('ledger', `${count} writes wait`),
    base.node.addresses().length > 0 ? ready('node', `${base.node.connections()} connections`) : failed('node', 'does not listen'),
    ready('broker', `${base.labs.broker().connectedClients} clients`),
    free > lowDisk ? ready('disk', `${Math.floor(free / 1e6)} MB free`) : failed('disk', `${Math.floor(free / 1e6)} MB free`),
  ]
}

const setGauges = (base: IssuingBase, metrics: Metrics): void => {
  const { count, oldestSince } = base.outbox.waiting()
  const labs = base.labs.counters()
  const now = base.clock.now()
  metrics.set('guildhall_learners', base.records.learners.count({ leftAt: null, erasedAt: null }))
  metrics.set('guildhall_sessions_open', base.records.sessions.count({ state: ['open', 'closing'] }))
  metrics.set('guildhall_signed_in', base.records.signIns.list().filter(({ expiresAt }) => expiresAt > now).length)
  metrics.set('guildhall_certificates', base.records.credentials.count())
  metrics.set('guildhall_certificates_waiting', base.records.credentials.count({ anchor: 'waiting' }))
  metrics.set('guildhall_status_changes', base.records.statusChanges.count())
  metrics.set('guildhall_outbox_waiting', count)
  metrics.set('guildhall_outbox_oldest_seconds', oldestSince === null ? 0 : now - oldestSince)
  metrics.set('guildhall_ledger_block', base.registry.syncedTo()?.blockNumber ?? 0)
  metrics.set('guildhall_peers_connected', base.node.connections())
  metrics.set('guildhall_devices_online', base.labs.listDevices().filter(({ online }) => online).length)
  metrics.set('guildhall_readings_durable', labs.readingsDurable)
  metrics.set('guildhall_frames_refused', labs.framesRefused)
  metrics.set('guildhall_audit_rows', base.audit.head().rows)
  metrics.set('guildhall_disk_free_bytes', base.supervision.freeBytes())
}
