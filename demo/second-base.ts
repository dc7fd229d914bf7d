import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '@guildhall/gateway/api'
import { type BaseProcess, openBrowser, startBaseProcess } from './base-process.ts'
import { folder, running, step } from './stage.ts'
import { hold, until } from './walk.ts'

/** A second base, on a data folder of its own, joins the network of the first by an invite. */
export function joinSecondBase(operator: Client, rpcUrl: string): Promise<BaseProcess> {
  return step('a second base joins the network by an invite', async (say) => {
    const { invite } = await operator.createInvite({ body: { hours: 1 } })
    const settings = { DATA_DIR: join(folder, 'second'), LEDGER_RPC_URL: rpcUrl, INVITE: invite }
    const base = await startBaseProcess({ ...settings, BASE_NAME_EN: 'Ningbo base', BASE_NAME_ZH: '宁波基地' })
    running.add(base)
    const { network, baseId } = await openBrowser(base.origin).getBase()
    hold(network?.networkId === (await operator.getBase()).network?.networkId, 'both are on one network')
    say(`${base.origin}, base ${baseId} of network ${network?.networkId}`)
    return base
  })
}

/** What is to be had from the second base when the first is gone: by CID, as the first one gave it. */
export type Kept = Map<string, Uint8Array>

/** Waits until the second base, which never saw the learner, keeps the ciphertext of these sessions and the DID log of the first. */
export function keepAtSecondBase(operator: Client, sessionIds: string[]): Promise<Kept> {
  return step('the second base keeps the evidence, encrypted, and the DID log of the first', async (say) => {
    const kept: Kept = new Map()
    const didLog = await operator.getDidLog()
    kept.set(rawCidOf(didLog), didLog)
    for (const sessionId of sessionIds) {
      const { items } = await operator.getSessionEvidence({ params: { sessionId } })
      for (const { cid } of items) kept.set(cid, await operator.getContent({ params: { cid } }))
    }
    await until('the second base to have all of it', 60_000, async () => {
      const lines = readFileSync(join(folder, 'second/logs/base.log'), 'utf8').split('\n')
      return [...kept.keys()].every((cid) => lines.some((line) => line.includes('is kept here now') && line.includes(cid)))
    })
    say(`${kept.size} files, ${[...kept.values()].reduce((sum, { length }) => sum + length, 0)} bytes`)
    return kept
  })
}

/** Asks the second base for all of it by CID, while the first is down. */
export function readFromSecondBase(second: BaseProcess, kept: Kept): Promise<void> {
  return step('the second base gives evidence and DID log by CID, while the first is gone', async (say) => {
    const browser = openBrowser(second.origin)
    for (const [cid, bytes] of kept) {
      hold(Buffer.compare(await browser.getContent({ params: { cid } }), bytes) === 0, `the same bytes for ${cid}`)
    }
    for (const cid of kept.keys()) say(cid)
  })
}

/** CIDv1 of bytes in one block: raw, SHA-256, base32 (multiformats). */
function rawCidOf(bytes: Uint8Array): string {
  const binary = [0x01, 0x55, 0x12, 0x20, ...createHash('sha256').update(bytes).digest()].map((byte) => byte.toString(2).padStart(8, '0'))
  const digits = binary.join('').match(/.{1,5}/g) ?? []
  return `b${digits.map((five) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')}`
}
