import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type BaseProcess, type LedgerProcess, openBrowser, runCommand, startBase, startLedger } from '../base-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'guildhall-second-base-'))
const ending: { end(signal: 'SIGKILL'): Promise<void> }[] = []
let ledger: LedgerProcess
let first: BaseProcess
let operator: ReturnType<typeof openBrowser>
/** The invite that the second base joined by. */
let used = ''

beforeAll(async () => {
  ledger = await startLedger(join(folder, 'ledger'))
  first = await startBase({ DATA_DIR: join(folder, 'first'), LEDGER_RPC_URL: ledger.rpcUrl, BASE_NAME_EN: 'First base' })
  ending.push(ledger, first)
  operator = openBrowser(first.origin)
  await operator.signIn(first.operatorLink ?? '')
})
afterAll(async () => {
  for (const process of ending.reverse()) await process.end('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** Named otherwise than at its first try: the DID that it made then is the one that it goes on with. */
const startSecond = (invite: string) =>
  startBase({ DATA_DIR: join(folder, 'second'), LEDGER_RPC_URL: ledger.rpcUrl, INVITE: invite, BASE_NAME_EN: 'Another name' })
/** The second base's own word that it keeps a content of another base. */
const isKept = (cid: string): boolean =>
  readFileSync(join(folder, 'second/logs/base.log'), 'utf8')
    .split('\n')
    .some((line) => line.includes('is kept here now') && line.includes(cid))

test('a second base joins by an invite, keeps what the first one published, and gives it by CID when the first is gone', async () => {
  const session = await openSession()
  const early = await putJob(session, 'G1 X10 Y10 E0.5 F1200')
  await restartFirst()
  const invite = await makeInvite()
  // The first try ends after its admission was written and before it heard so: the second goes on where that was.
  const cut = await startCutLedger(ledger.rpcUrl)
  expect(
    await refusal({ DATA_DIR: join(folder, 'second'), LEDGER_RPC_URL: cut.rpcUrl, INVITE: invite, BASE_NAME_EN: 'Second base' }),
  ).not.toBe('started')
  expect(cut.written()).toBe(1)
  await cut.close()
  const second = await startSecond(invite)
  ending.push(second)
  const guest = openBrowser(second.origin)
  const [mine, theirs] = [await operator.expect('GET', '/api/base'), await guest.expect('GET', '/api/base')]
  expect(theirs).toMatchObject({ baseId: 2, trial: true, network: mine.network })
  expect(theirs.did).toMatch(/^did:webvh:[^:]+:second-base\.localhost$/)

  const late = await putJob(session, 'G1 X20 Y20 E1 F1200')
  const didLog = await operator.ask('GET', '/.well-known/did.jsonl')
  const cids = [rawCidOf(didLog.bytes), early, late]
  const given = await Promise.all(cids.map((cid) => operator.ask('GET', `/ipfs/${cid}`)))
  expect([given.map(({ status }) => status), given[0]?.bytes]).toEqual([[200, 200, 200], didLog.bytes])
  await vi.waitFor(() => expect(cids.filter(isKept)).toEqual(cids), { timeout: 90_000, interval: 250 })

  await first.end('SIGKILL')
  rmSync(join(folder, 'first'), { recursive: true, force: true })
  for (const [at, cid] of cids.entries()) {
    const answer = await guest.ask('GET', `/ipfs/${cid}`)
    expect([cid, answer.status, answer.bytes]).toEqual([cid, 200, given[at]?.bytes])
  }
  expect(given.slice(1).some(({ bytes }) => Buffer.from(bytes).includes('G28'))).toBe(false)
})

test('an invite admits once, and not where the ledger is another or the text was cut', async () => {
  const problems = await Promise.all([
    refusal({ DATA_DIR: join(folder, 'third'), INVITE: used, LEDGER_RPC_URL: ledger.rpcUrl }),
    refusal({ DATA_DIR: join(folder, 'fourth'), INVITE: used.slice(0, -9), LEDGER_RPC_URL: ledger.rpcUrl }),
  ])
  expect(problems).toEqual(['INVITE_REFUSED', 'INVITE_REFUSED'])
  const other = await startLedger(join(folder, 'other-ledger'))
  ending.push(other)
  expect(await refusal({ DATA_DIR: join(folder, 'fifth'), INVITE: used, LEDGER_RPC_URL: other.rpcUrl })).toMatch(
    /^LEDGER_(CHAIN|GENESIS)_MISMATCH$/,
  )
})

async function makeInvite(): Promise<string> {
  const { stdout, stderr, code } = await runCommand(['invite', '--data', join(folder, 'first'), '--hours', '2'])
  expect([code, stderr]).toEqual([0, ''])
  used = stdout.trim()
  return used
}

/** Kills the first base and starts it again: it answers elsewhere now, and has to tell the ledger and the others anew. */
async function restartFirst(): Promise<void> {
  await first.end('SIGKILL')
  first = await startBase({ DATA_DIR: join(folder, 'first'), LEDGER_RPC_URL: ledger.rpcUrl })
  ending.push(first)
  const { stdout } = await runCommand(['link', '--data', join(folder, 'first')])
  operator = openBrowser(first.origin)
  await operator.signIn(stdout.trim())
}

/** A ledger whose line breaks as soon as it has taken one transaction, before it can say so. */
async function startCutLedger(rpcUrl: string) {
  let written = 0
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const isWriting = body.includes('eth_sendRawTransaction')
    if (written > 0) return response.destroy()
    const answer = await fetch(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const text = await answer.text()
    if (isWriting) written += 1
    if (isWriting) response.destroy()
    else response.setHeader('content-type', 'application/json').end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => new Promise<void>((resolve) => void server.close(() => resolve()).closeAllConnections())
  return { rpcUrl: `http://127.0.0.1:${port}`, written: () => written, close }
}

/** The code with which a base does not start. */
const refusal = (settings: Record<string, string>): Promise<string> =>
  startBase(settings).then(
    (base) => base.end('SIGKILL').then(() => 'started'),
    (error: Error) => /"code": ?"([A-Z_]+)"/.exec(error.message)?.[1] ?? error.message,
  )

/** An open session of a learner of the sample school, on a machine with a paired device. */
async function openSession(): Promise<string> {
  const { jobId } = await operator.expect('POST', '/api/first-run/sample-school')
  const isInstalled = async () => expect((await operator.expect('GET', `/api/jobs/${jobId}`)).state).toBe('finished')
  await vi.waitFor(isInstalled, { timeout: 90_000, interval: 250 })
  const [machine] = (await operator.expect('GET', '/api/machines')).items
  const [learner] = (await operator.expect('GET', '/api/learners?limit=1')).items
  const [programme] = (await operator.expect('GET', '/api/programmes')).items
  await pairDevice(machine.machineId)
  const body = { learnerId: learner.learnerId, machineId: machine.machineId, programmeId: programme.programmeId }
  return (await operator.expect('POST', '/api/sessions', body)).sessionId
}

async function pairDevice(machineId: string): Promise<void> {
  const { code } = await operator.expect('POST', `/api/machines/${machineId}/pairing-code`)
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  await operator.expect('POST', '/api/devices/pair', {
    code,
    publicKeyMultibase: base58(Buffer.concat([Buffer.of(0xed, 0x01), raw])),
    signature: sign(null, Buffer.from(`guildhall-pair:${code}:${first.origin}`), privateKey).toString('base64url'),
    label: 'Head',
  })
}

/** Gives the session a job file and answers the CID of its ciphertext. */
async function putJob(sessionId: string, move: string): Promise<string> {
  const gcode = new TextEncoder().encode(`G28\n${move}\n`)
  const session = await operator.expect('PUT', `/api/sessions/${sessionId}/job?name=a.gcode`, gcode)
  return session.evidence.find(({ item }: { item: string }) => item === 'job').cid
}

/** CIDv1 of bytes in one block: raw, SHA-256, base32 (multiformats). */
function rawCidOf(bytes: Uint8Array): string {
  const binary = [0x01, 0x55, 0x12, 0x20, ...createHash('sha256').update(bytes).digest()].map((byte) => byte.toString(2).padStart(8, '0'))
  const digits = binary.join('').match(/.{1,5}/g) ?? []
  return `b${digits.map((five) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')}`
}

/** Multibase base58btc. */
function base58(bytes: Uint8Array): string {
  let text = ''
  for (let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`); rest > 0n; rest /= 58n)
    text = `${'123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'[Number(rest % 58n)]}${text}`
  return `z${text}`
}
