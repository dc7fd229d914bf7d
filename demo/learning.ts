import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Client } from '@guildhall/gateway/api'
import { parseGcode } from '@guildhall/gateway/labs'
import { unzipSync, zipSync } from 'fflate'
import { folder, step } from './stage.ts'
import { hold, until } from './walk.ts'

const here = import.meta.dirname
const roster = readFileSync(join(here, 'files/roster.zip'))
/** Where each machine's printer keeps its key, once it is paired. */
const printerStates = new Map<string, string>()

/** Imports the roster, again, and with a bad row. */
export async function importRosters(operator: Client): Promise<void> {
  await step('a roster of 1,000 learners is imported', async (say) => {
    const result = await operator.importRoster({ query: {}, body: new Uint8Array(roster) })
    say(
      `${result.learners.added} learners, ${result.guardians.added} guardians, ${result.teachers.added} teachers, ${result.classes.added} classes`,
    )
    hold(result.learners.added === 1_000, '1,000 learners were added')
  })
  await step('a second import changes nothing', async () => {
    const { learners, guardians, classes } = await operator.importRoster({ query: {}, body: new Uint8Array(roster) })
    hold(
      [learners, guardians, classes].every(({ added, changed, removed }) => added + changed + removed === 0),
      'nothing was added, changed or removed',
    )
  })
  await step('a roster with bad rows is refused row by row and loses nothing', async (say) => {
    const files = unzipSync(new Uint8Array(roster))
    const lines = new TextDecoder().decode(files['users.csv']).split('\n')
    lines[2] = (lines[2] ?? '').replace(/^[^,]*/, '')
    files['users.csv'] = new TextEncoder().encode(lines.join('\n'))
    const result = await operator.importRoster({ query: {}, body: zipSync(files) })
    const [first] = result.errors
    hold(first && result.learners.added + result.learners.removed === 0, 'nothing of the file was imported')
    say(`refused places: ${result.errorCount}; the first: ${first.file}, row ${first.row}, column ${first.column}: ${first.reason}`)
    hold((await operator.listLearners({ query: { limit: 1 } })).total === 1_000, 'the 1,000 learners are still there')
  })
}

/** Defines a programme; answers its number on the ledger. */
export function defineProgramme(operator: Client): Promise<number> {
  return step('a programme is defined from the catalogue and numbered by the ledger', async (say) => {
    const { directions } = await operator.getCatalogue()
    hold(directions.length === 10, 'the catalogue has ten directions')
    const sample = directions.find(({ id }) => id === 'digital-manufacturing')?.sample
    hold(sample, 'digital manufacturing is in the catalogue')
    const programme = await operator.defineProgramme({ body: sample })
    say(`programme ${programme.programmeId}: ${programme.title.en}`)
    hold(programme.entitled, 'the base is accredited for it, with three current assessments')
    return programme.programmeId
  })
}

/** A learner who may learn here, and a machine to learn on. */
export function prepare(operator: Client): Promise<{ learnerId: string; machineId: string }> {
  return step("a learner's guardian consents; a printer is added", async () => {
    const [learner] = (await operator.listLearners({ query: { limit: 1 } })).items
    hold(learner?.isMinor, 'the first learner is a minor')
    const { learnerId } = learner
    const scopes = ['base-held-wallet', 'recordings-as-evidence', 'share-by-learning-code'] as const
    await operator.recordConsent({
      params: { learnerId },
      body: { guardian: { name: '家长', relation: 'parent' }, scopes: [...scopes], textVersion: '2026-09', how: 'in-person' },
    })
    const body = { name: { 'zh-CN': '打印机一号', en: 'Printer one' }, kind: 'printer-3d', attestation: 'device-signed' } as const
    const { machineId } = await operator.addMachine({ body })
    return { learnerId, machineId }
  })
}

type Session = { learnerId: string; machineId: string; programmeId: number; job: string }

/** One session on the machine, from its opening to its sealed evidence. */
export function runSession(operator: Client, { learnerId, machineId, programmeId, job }: Session) {
  const name = job.split('/').at(-1) ?? ''
  return step(`the printer prints ${name}; its signed frames become evidence`, async (say) => {
    const bytes = new Uint8Array(readFileSync(job))
    const facts = await parseGcode(bytes)
    const printer = await startPrinter(operator, machineId, job)
    const session = await operator.openSession({ body: { learnerId, machineId, programmeId } })
    const { sessionId } = session
    await operator.putSessionJob({ params: { sessionId }, query: { name }, body: bytes })
    await printer.print()
    const closed = await operator.closeSession({ params: { sessionId } })
    hold(closed.summary && closed.segment, 'the session has a summary and a segment')
    const { filamentMm } = closed.summary
    hold(
      filamentMm !== null && Math.abs(filamentMm - facts.filamentMm) <= facts.filamentMm * 0.001,
      `filament ${filamentMm} is within 0.1 % of ${facts.filamentMm}`,
    )
    hold(closed.attestation === 'device-signed' && closed.evidence.length === 2, 'signed by the device, job and recording kept')
    say(
      `${closed.readings} readings in ${closed.segment.treeSize} frames, ${filamentMm.toFixed(1)} mm of filament (file: ${facts.filamentMm.toFixed(1)})`,
    )
    return { sessionId, root: closed.segment.root, filamentMm }
  })
}

/** The demo's own device; it waits for a session before it prints, since the base records only what happens within one. */
async function startPrinter(operator: Client, machineId: string, job: string): Promise<{ print(): Promise<void> }> {
  const { url } = await operator.getBroker()
  const known = printerStates.get(machineId)
  const state = known ?? join(folder, `printer-${machineId}.json`)
  const pairing = known ? [] : ['--pairing', (await operator.createPairingCode({ params: { machineId } })).code]
  printerStates.set(machineId, state)
  const program = join(here, 'device/printer.ts')
  const args = [program, '--job', job, '--broker', url, '--state', state, '--speed', '600', ...pairing]
  if (!known) await runDevice([...args, '--pair-only'])
  return { print: () => runDevice(args.filter((_, at) => args[at - 1] !== '--pairing' && args[at] !== '--pairing')) }
}

function runDevice(args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines: string[] = []
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the printer ended with ${code}: ${lines.slice(-3).join(' ')}`))))
  })
}

/** Awards a session and waits until the certificate is on the ledger. */
export function award(operator: Client, sessionId: string): Promise<string> {
  return step('the examiner awards; the certificate is anchored', async (say) => {
    const levels = { innovation: 1, thinking: 2, practice: 3 }
    const { credentialId } = await operator.awardCredential({ body: { sessionId, levels } })
    const anchored = await until('the anchor', 90_000, async () => {
      const seen = await operator.getAward({ params: { credentialId } })
      return seen.receipt ? seen : undefined
    })
    say(`block ${anchored.receipt?.blockNumber}, batch of ${anchored.receipt?.batch.treeSize}`)
    return credentialId
  })
}

type Lapsing = { learnerId: string; machineId: string; programmeId: number; say: (text: string) => void }

/** Lets an assessment lapse while a session is open. */
export async function lapse(operator: Client, { say, ...session }: Lapsing): Promise<void> {
  const sign = (validForSeconds: number) => operator.signAssessment({ body: { kind: 'safety', report: 'demo', validForSeconds } })
  await sign(2)
  const open = await operator.openSession({ body: session })
  const closed = await until('the open session to be closed by the gate', 15_000, async () => {
    const seen = await operator.getSession({ params: { sessionId: open.sessionId } })
    return seen.state === 'open' || seen.state === 'closing' ? undefined : seen
  })
  say(`the session that was open has been closed by the base: ${closed.closedBecause?.params['refusal']}`)
  const refusal = await operator.openSession({ body: session }).then(
    () => undefined,
    (error: { problem?: { code: string; detail: string } }) => error.problem,
  )
  hold(refusal?.code === 'GATE_REFUSED', 'no session opens while the assessment has lapsed')
  say(refusal.detail)
  await sign(31_536_000)
  const again = await operator.openSession({ body: session })
  await operator.closeSession({ params: { sessionId: again.sessionId } })
}
