/** Who is connected to the base's broker, and thereby what it may say and hear. */
export type BrokerAccount =
  | { readonly kind: 'base' }
  /** A paired device with a key of its own. */
  | { readonly kind: 'device'; readonly deviceId: string }
  /** An OctoPrint that speaks MQTT. */
  | { readonly kind: 'octoprint'; readonly deviceId: string }
  /** A device that is about to pair; `clientId` is its connection's. */
  | { readonly kind: 'pairing'; readonly clientId: string }

/** What a message to the base is. */
export type BaseTopic =
  | { readonly kind: 'frames'; readonly deviceId: string }
  | { readonly kind: 'hello'; readonly deviceId: string }
  | { readonly kind: 'octoprint'; readonly deviceId: string; readonly path: string }
  | { readonly kind: 'pairing'; readonly clientId: string }

const ROOT = 'guildhall/v1'
const DEVICE = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

/** Every topic of a device and of pairing. */
export const topics = {
  frames: (deviceId: string) => `${ROOT}/${deviceId}/frames`,
  hello: (deviceId: string) => `${ROOT}/${deviceId}/hello`,
  acknowledgements: (deviceId: string) => `${ROOT}/${deviceId}/acks`,
  pairingRequest: (clientId: string) => `${ROOT}/pairing/${clientId}/request`,
  pairingAnswer: (clientId: string) => `${ROOT}/pairing/${clientId}/answer`,
  /** Retained: origin and acknowledgement key of the base. */
  base: `${ROOT}/base`,
  /** What the base subscribes to. */
  all: [`${ROOT}/+/frames`, `${ROOT}/+/hello`, `${ROOT}/+/octoprint/#`, `${ROOT}/pairing/+/request`],
} as const

/** An OctoPrint's own topics, whatever prefix its plug-in is set to (`octoPrint/` by default). */
const OCTOPRINT = /^(?:[\w.-]{1,64}\/){1,3}?((?:event|progress|temperature)\/[\w.-]{1,64}|mqtt)$/

const DEVICE_TOPIC = new RegExp(`^${ROOT}/(${DEVICE})/(frames|hello)$`)
const OCTOPRINT_TOPIC = new RegExp(`^${ROOT}/(${DEVICE})/octoprint/([\\w./-]{1,140})$`)
const PAIRING_TOPIC = new RegExp(`^${ROOT}/pairing/([\\w-]{8,64})/request$`)

/** Reads a topic that the base heard; undefined for anything that is not its own. */
export const parseBaseTopic = (topic: string): BaseTopic | undefined => {
  const device = DEVICE_TOPIC.exec(topic)
  if (device?.[1] !== undefined) return { kind: device[2] === 'frames' ? 'frames' : 'hello', deviceId: device[1] }
  const octoprint = OCTOPRINT_TOPIC.exec(topic)
  if (octoprint?.[1] !== undefined && octoprint[2] !== undefined) return { kind: 'octoprint', deviceId: octoprint[1], path: octoprint[2] }
  const pairing = PAIRING_TOPIC.exec(topic)
  return pairing?.[1] === undefined ? undefined : { kind: 'pairing', clientId: pairing[1] }
}

/**
 * The topic under which an account's message goes on, or undefined when it may not say it. An OctoPrint keeps the topics of its plug-in;
 * the broker puts its device in front, so that no OctoPrint can speak for another.
 */
export const topicAllowed = (account: BrokerAccount, topic: string): string | undefined => {
  if (account.kind === 'base') return topic
  if (account.kind === 'pairing') return topic === topics.pairingRequest(account.clientId) ? topic : undefined
  if (account.kind === 'device') return [topics.frames(account.deviceId), topics.hello(account.deviceId)].find((own) => own === topic)
  const path = OCTOPRINT.exec(topic)?.[1]
  return path === undefined ? undefined : `${ROOT}/${account.deviceId}/octoprint/${path}`
}

/** Whether an account may subscribe to a filter. */
export const mayHear = (account: BrokerAccount, filter: string): boolean => {
  if (account.kind === 'base' || (filter === topics.base && account.kind !== 'octoprint')) return true
  if (account.kind === 'device') return filter === topics.acknowledgements(account.deviceId)
  return account.kind === 'pairing' && filter === topics.pairingAnswer(account.clientId)
}

/** Connections replace earlier ones of the same client id, so nobody may take the id of another. */
export const mayUseClientId = (account: BrokerAccount, clientId: string): boolean => {
  if (account.kind === 'base') return true
  if (account.kind === 'device') return clientId === account.deviceId
  return !new RegExp(`^(${DEVICE}|guildhall)`).test(clientId)
}

/** Client id of the base's own connection. */
export const BASE_CLIENT_ID = 'guildhall-base'
