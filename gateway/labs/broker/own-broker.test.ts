import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import mqtt from 'mqtt'
import { afterEach, describe, expect, it } from 'vitest'
import { connectBroker } from './connect-broker.ts'
import { type Authenticate, type OwnBroker, startOwnBroker } from './own-broker.ts'
import { topics } from './topics.ts'

const clean: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of clean.splice(0).reverse()) await step()
})

const [mine, other] = [randomUUID(), randomUUID()]
const authenticate: Authenticate = ({ username, password }) => {
  if (password !== 'right') return undefined
  return username === 'base' ? { kind: 'base' } : { kind: 'device', deviceId: username }
}
const start = async (network?: Parameters<typeof startOwnBroker>[0]['network']): Promise<OwnBroker> => {
  const broker = await startOwnBroker({ kind: 'own', port: 0, ...(network && { network }) }, authenticate)
  clean.push(() => broker.stop())
  return broker
}
const client = async (url: string, username: string, options: mqtt.IClientOptions = {}) => {
  const connected = await mqtt.connectAsync(url, {
    username,
    password: 'right',
    clientId: username,
    protocolVersion: 4,
    reconnectPeriod: 0,
    ...options,
  })
  connected.on('error', () => undefined)
  clean.push(() => connected.endAsync(true))
  return connected
}
const closed = (connection: mqtt.MqttClient) => new Promise<void>((resolve) => connection.once('close', () => resolve()))
/** For tests alone; made with openssl for localhost. */
const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8')

describe('the base’s own broker', () => {
  it('lets in who has the right password, under their own client id', async () => {
    const { url } = await start()
    await client(url, mine)
    await expect(mqtt.connectAsync(url, { username: mine, password: 'wrong', clientId: mine, reconnectPeriod: 0 })).rejects.toMatchObject({
      code: 4,
    })
    await expect(mqtt.connectAsync(url, { username: mine, password: 'right', clientId: other, reconnectPeriod: 0 })).rejects.toMatchObject({
      code: 4,
    })
    await expect(mqtt.connectAsync(url, { reconnectPeriod: 0 })).rejects.toMatchObject({ code: 4 })
  })

  it('ends the connection of a device that speaks for another, and passes nothing on', async () => {
    const { url } = await start()
    const heard: string[] = []
    const base = await client(url, 'base')
    base.on('message', (topic) => heard.push(topic))
    await base.subscribeAsync('#')
    const device = await client(url, mine)
    const ended = closed(device)
    device.publish(topics.frames(mine), 'own')
    device.publish(topics.frames(other), 'foreign')
    await ended
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(heard).toEqual([topics.frames(mine)])
  })

  it('answers a subscription to what belongs to others with failure', async () => {
    const { url } = await start()
    const device = await client(url, mine)
    const outcomes = await Promise.all(
      ['#', 'guildhall/v1/+/frames', topics.acknowledgements(other), topics.acknowledgements(mine)].map((filter) =>
        device.subscribeAsync(filter).then(
          (granted) => granted[0]?.qos ?? 128,
          () => 128,
        ),
      ),
    )
    expect(outcomes).toEqual([128, 128, 128, 0])
  })

  it('does not pass on a last will for another, nor keep what a device wants retained', async () => {
    const { url } = await start()
    const heard: string[] = []
    const base = await client(url, 'base')
    base.on('message', (topic) => heard.push(topic))
    await base.subscribeAsync('#')
    const device = await client(url, mine, { will: { topic: topics.frames(other), payload: Buffer.from('x'), qos: 0, retain: true } })
    device.publish(topics.hello(mine), 'x', { retain: true })
    await new Promise((resolve) => setTimeout(resolve, 50))
    device.stream.destroy()
    await new Promise((resolve) => setTimeout(resolve, 100))
    const late = await client(url, 'base', { clientId: 'late' })
    late.on('message', (topic) => heard.push(`late ${topic}`))
    await late.subscribeAsync('#')
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(heard).toEqual([topics.hello(mine)])
  })

  it('cuts a connection that announces more than a frame could need, before it says who it is', async () => {
    const { url } = await start()
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    socket.on('error', () => undefined)
    socket.write(Uint8Array.from([0x10, 0xff, 0xff, 0xff, 0x7f]))
    await ended
  })

  it('speaks TLS on the network, with the same code on the other side', async () => {
    const [certificatePem, keyPem] = [fixture('localhost.pem'), fixture('localhost-key.pem')]
    const broker = await start({ listenOn: '127.0.0.1', host: 'localhost', port: 0, certificatePem, keyPem })
    const heard: string[] = []
    const connection = connectBroker(
      { url: broker.networkUrl ?? '', username: 'base', password: 'right', clientId: 'base', authorityPem: certificatePem },
      { subscriptions: ['#'], onMessage: (topic) => heard.push(topic) },
    )
    clean.push(() => connection.close())
    await connection.whenConnected(AbortSignal.timeout(5000))
    connection.publish('guildhall/v1/x', 'hello')
    while (heard.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const port = Number(new URL(broker.networkUrl ?? '').port)
    const stranger = connectTls({ port, host: '127.0.0.1', servername: 'localhost' })
    await expect(new Promise((resolve, reject) => stranger.once('secureConnect', resolve).once('error', reject))).rejects.toThrow()
  })

  it('names the port when it is taken', async () => {
    const { url } = await start()
    await expect(startOwnBroker({ kind: 'own', port: Number(new URL(url).port) }, authenticate)).rejects.toMatchObject({
      code: 'LABS_BROKER_PORT',
    })
  })
})
