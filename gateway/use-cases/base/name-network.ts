import type { Actor, Base } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import { getIdentity, keepIdentity } from './issuing.ts'

type Use = Pick<Base, 'records' | 'transaction' | 'audit' | 'config'>
type Names = { networkName: string; baseName: { 'zh-CN': string; en: string }; publicOrigin?: string | undefined }

const setting = 'base-name'

/**
 * Gives base and network their lasting names. A network's DID and host are decided when it is founded, at the first start: a public origin
 * that is not the one of that day is refused, because every certificate already names the other.
 * @throws STATE_REFUSED
 */
export function nameNetwork(base: Use, actor: Actor, { networkName, baseName, publicOrigin }: Names) {
  const identity = getIdentity(base)
  if (publicOrigin !== undefined && URL.parse(publicOrigin)?.host !== identity.host) {
    const next = 'To found a network that is not for trial, start a new base with PUBLIC_ORIGIN and NETWORK_NAME set, on an empty DATA_DIR.'
    throw new GuildhallError('STATE_REFUSED', { thing: 'network', state: `founded as ${identity.host} already`, next })
  }
  const network = { ...identity.network, name: networkName }
  base.transaction(() => {
    keepIdentity(base, { ...identity, network })
    base.records.settings.set(setting, baseName)
    base.audit.append(actor, 'network.named', { subject: identity.networkId })
  })
  base.config.baseName = baseName
  return { network: { networkId: identity.networkId, ...network, checkpointKeys: [...network.checkpointKeys] }, trial: network.trial }
}

/** The name that an operator gave; the configured one before. */
export const namedBase = ({ records }: Pick<Base, 'records'>, configured: Names['baseName']): Names['baseName'] =>
  records.settings.find<Names['baseName']>(setting) ?? configured
