import { startWorks } from './adapters/content-keys.ts'
import { joinNetwork } from './adapters/join-network.ts'
import { createOctoPrintLinks } from './adapters/octoprint-links.ts'
import type { Settling } from './adapters/outbox.ts'
import { createWorksParts } from './adapters/works/works-parts.ts'
import type { Config } from './config.ts'
import { GuildhallError } from './errors.ts'
import { createJobs } from './supervision/jobs.ts'
import { openLocal } from './supervision/start/open-local.ts'
import { type Addresses, chooseAddresses, openTls, serve } from './supervision/start/serve.ts'
import { startLabs } from './supervision/start/start-labs.ts'
import { createSupervision } from './supervision/supervise.ts'
import type { IssuingBase } from './use-cases/base/issuing.ts'
import { settleRefusal, settleWrite } from './use-cases/base/settle-writes.ts'
import { createTending } from './use-cases/base/tend-base.ts'
import { createOperatorLink, operatorHasSignedIn } from './use-cases/people/entry/staff.ts'

/** A base that runs. */
export type RunningBase = {
  base: IssuingBase
  addresses: Addresses
  /** One-use sign-in link of the first operator, until one has come in. */
  operatorLink: string | null
  stop(): Promise<void>
}

/**
 * Starts a base: data folder, keys and records, then ledger and node, then machines, then the doors. What was started is stopped in the
 * reverse order, also when a later part fails.
 * @throws GuildhallError PORT_TAKEN, DATA_IN_USE, DISK_FULL, KEY_WRONG, DATA_TOO_NEW, CLOCK_WRONG, and the errors of ledger, node and labs
 */
export const startBase = async (config: Config): Promise<RunningBase> => {
  const addresses = await chooseAddresses(config)
  const { parts, lifecycle } = openLocal(config, addresses.publicOrigin)
  try {
    const tls = await openTls(config, parts.clock)
    const running: { base?: IssuingBase } = {}
    const told = { startedAtMs: parts.clock.nowMs(), dataDir: config.dataDir, authority: tls?.authority ?? null }
    const { metrics, supervision } = createSupervision(() => running.base, told)
    const settling = (): Settling => {
      const { base } = running
      // The outbox asks again: what became final before every part is there is settled then.
      if (!base) throw new GuildhallError('NOT_READY', { part: 'The base' })
      return { settle: (final) => settleWrite(base, final), refuse: (row) => settleRefusal(base, row) }
    }
    const network = await joinNetwork({ ...parts, settings: config, settling, track: lifecycle.add })
    const works = await startWorks({ ...parts, ...network })
    lifecycle.add('content keys', () => works.stop())
    const labs = await startLabs(parts, config, tls)
    lifecycle.add('labs', () => labs.stop())
    const octoPrints = createOctoPrintLinks({ ...parts, labs })
    const jobs = createJobs({ ...parts, metrics })
    const base: IssuingBase = {
      ...parts,
      ...network,
      ...works,
      labs,
      octoPrints,
      jobs,
      metrics,
      supervision,
      ...createWorksParts({ ...parts, ...network, supervision }),
    }
    running.base = base
    await octoPrints.start()
    lifecycle.add('octoprint', () => octoPrints.stop())
    lifecycle.add('jobs', () => jobs.settle())
    const tending = createTending(base)
    await tending.start()
    lifecycle.add('rounds', () => tending.stop())
    lifecycle.add('doors', await serve(base, config, { addresses, tls }))
    const operatorLink = operatorHasSignedIn(base) ? null : createOperatorLink(base, addresses.local).link
    return { base, addresses, operatorLink, stop: lifecycle.stop }
  } catch (cause) {
    await lifecycle.stop()
    throw cause
  }
}
