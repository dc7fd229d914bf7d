import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Config } from '../../config.ts'
import { type BrokerSettings, createLabs, type Labs } from '../../labs/index.ts'
import type { TlsFiles } from './local-authority.ts'
import type { LocalParts } from './open-local.ts'

/** Starts the labs of a base: its broker or the school's, the telemetry log, the sessions. */
export const startLabs = async (local: LocalParts, config: Config, tls: TlsFiles | null): Promise<Labs> => {
  const labs = createLabs({
    database: local.db,
    folder: config.dataDir,
    broker: brokerSettings(config, tls),
    origin: local.config.origin,
    gatewaySeed: local.keys.seed('acknowledgement'),
    nowMs: local.clock.nowMs,
    randomBytes: local.random.bytes,
    uuid: local.random.uuid,
    onNotice: ({ level, code, fields }) => local.log[level]({ ...fields, code }, 'labs'),
  })
  await labs.start()
  return labs
}

const brokerSettings = ({ broker }: Config, tls: TlsFiles | null): BrokerSettings => {
  if (broker.external) {
    const { url, username, password, authorityFile } = broker.external
    return { kind: 'external', url, username, password, ...(authorityFile && { authorityPem: readFileSync(authorityFile, 'utf8') }) }
  }
  if (broker.networkPort === null || tls === null) return { kind: 'own', port: broker.port }
  const network = { host: hostname(), port: broker.networkPort, certificatePem: tls.certificate, keyPem: tls.key }
  return { kind: 'own', port: broker.port, network }
}
