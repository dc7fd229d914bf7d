import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Metrics } from '../base.ts'

/** Figures that are counted. Labels are routes, codes and states: never a person, an address or a text that someone typed. */
const counters = {
  guildhall_http_requests_total: ['Requests answered', ['method', 'route', 'status']],
  guildhall_problems_total: ['Refusals and failures answered', ['code']],
  guildhall_answers_misfit_total: ['Answers that did not fit their schema', ['route']],
  guildhall_jobs_total: ['Pieces of long work ended', ['kind', 'state']],
} as const

/** Figures that are what they are now. */
const gauges = {
  guildhall_learners: ['Learners on the roster', []],
  guildhall_sessions_open: ['Sessions open', []],
  guildhall_signed_in: ['Sign-ins that are open', []],
  guildhall_certificates: ['Certificates issued', []],
  guildhall_certificates_waiting: ['Certificates that are not on the ledger yet', []],
  guildhall_status_changes: ['Revocations, suspensions, reinstatements and corrections', []],
  guildhall_outbox_waiting: ['Writes that wait for the ledger', []],
  guildhall_outbox_oldest_seconds: ['Age of the oldest write that waits', []],
  guildhall_ledger_block: ['Newest block that the base has read', []],
  guildhall_peers_connected: ['Other bases connected', []],
  guildhall_devices_online: ['Devices online', []],
  guildhall_readings_durable: ['Readings made durable since the start', []],
  guildhall_frames_refused: ['Frames refused since the start', []],
  guildhall_audit_rows: ['Rows of the audit log', []],
  guildhall_disk_free_bytes: ['Bytes free in the data folder', []],
} as const

/** Figures that are spread. In seconds. */
const histograms = {
  guildhall_http_request_seconds: ['Time to answer a request', [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10]],
} as const

/** Metrics and their page. */
export type MetricsPage = Metrics & {
  /** Prometheus text format 0.0.4. `refresh` sets the gauges first. */
  page(): Promise<string>
}

/** Makes the figures of one base. `refresh` runs before each page. */
export const createMetrics = (refresh: (metrics: Metrics) => void): MetricsPage => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'guildhall_' })
  const registers = [registry]
  const made = {
    counters: mapValues(counters, (name, [help, labelNames]) => new Counter({ name, help, labelNames: [...labelNames], registers })),
    gauges: mapValues(gauges, (name, [help]) => new Gauge({ name, help, registers })),
    histograms: mapValues(histograms, (name, [help, buckets]) => new Histogram({ name, help, buckets: [...buckets], registers })),
  }
  const metrics: Metrics = {
    count: (name, labels = {}) => made.counters.get(name)?.inc(labels),
    set: (name, value) => made.gauges.get(name)?.set(value),
    observe: (name, seconds) => made.histograms.get(name)?.observe(seconds),
  }
  return {
    ...metrics,
    page: () => {
      refresh(metrics)
      return registry.metrics()
    },
  }
}

const mapValues = <V, R>(table: Readonly<Record<string, V>>, make: (name: string, value: V) => R): Map<string, R> =>
  new Map(Object.entries(table).map(([name, value]) => [name, make(name, value)]))
