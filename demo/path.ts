/**
 * `npm run demo`: the whole path, by itself, against a base that it starts on free ports, with the real parts (ledger, broker, libp2p).
 * Ends with the exported bundle verified offline after the base is gone; exits non-zero when any step does not hold.
 */
import { execFile, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import type { Client } from '@guildhall/gateway/api'
import { parseGcode } from '@guildhall/gateway/labs'
import { unzipSync, zipSync } from 'fflate'
import { type BaseProcess, openBrowser, signInByLink, startBaseProcess } from './base-process.ts'
import { beginWalk, hold, until } from './walk.ts'

const here = import.meta.dirname
const roster = readFileSync(join(here, 'files/roster.zip'))
const cube = join(here, 'files/cube.gcode')
const keychain = join(here, 'files/keychain.gcode')
const folder = mkdtempSync(join(tmpdir(), 'guildhall-demo-'))
const { step, conclude } = beginWalk('Roster → session on a machine → certificate → wallet → verification')
const running = new Set<BaseProcess>()
/** Where each machine's printer keeps its key, once it is paired. */
const printerStates = new Map<string, string>()

try {
  await walk()
  conclude()
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error)
  process.exitCode = 1
} finally {
  for (const base of running) await base.kill()
  rmSync(folder, { recursive: true, force: true })
}

async function walk(): Promise<void> {
  const base = await step('a base starts on an empty folder and founds a trial network', async (say) => {
    const started = await startBaseProcess({ DATA_DIR: join(folder, 'first'), BASE_NAME_EN: 'Hangzhou base', BASE_NAME_ZH: '杭州基地' })
    running.add(started)
    say(`${started.origin}, pid ${started.pid}`)
    return started
  })
  const operator = await step('the operator signs in with the one-use link', () => {
    hold(base.operatorLink, 'the first start prints a sign-in link')
    return signInByLink(base.origin, base.operatorLink)
  })
  await importRosters(operator)
  const programmeId = await defineProgramme(operator)
  const { learnerId, machineId } = await prepare(operator)
  const session = await runSession(operator, { base, learnerId, machineId, programmeId, job: cube })
  const other = await runSession(operator, { base, learnerId, machineId, programmeId, job: keychain })
  await step('another file gave other evidence', () => {
    hold(session.root !== other.root, 'the roots differ')
    hold(session.filamentMm !== other.filamentMm, 'the filament differs')
  })
  const credentialId = await award(operator, session.sessionId)
  const wallet = await openWallet(operator, { base, learnerId })
  const shown = await showLearningCode(wallet, base, credentialId)
  await step('an employer, signed out, verifies what the code opened', async (say) => {
    const answer = await openBrowser(base.origin).verifyPresentation({ body: { verifiablePresentation: shown, options: {} } })
    say(answer.checks.map(({ id, outcome }) => `${id} ${outcome}`).join(' · '))
    hold(answer.verified, 'the presentation verifies')
  })
  const files = await exportFiles(operator, wallet, { base, credentialId })
  await step('the bundle verifies with the command line while the base is up', async (say) => {
    const verdict = await verify(files)
    hold(verdict.code === 0, `all seven checks passed:\n${verdict.said}`)
    say(verdict.said)
  })
  await changeStatus(operator, { credentialId: await award(operator, other.sessionId), network: files.network })
  await step('an assessment lapses: no session opens, no certificate is issued', (say) =>
    lapse(operator, { learnerId, machineId, programmeId, say }),
  )
  await step('the audit log is whole and anchored', async (say) => {
    const audit = await operator.verifyAudit()
    say(`${audit.rows} rows`)
    hold(audit.whole, 'the audit log is whole')
  })
  await step('the base is switched off and its data folder removed', async () => {
    await base.stop()
    running.delete(base)
    // A test that looks for names in what a base leaves behind asks to keep a copy.
    if (process.env['DEMO_KEEP']) cpSync(join(folder, 'first'), process.env['DEMO_KEEP'], { recursive: true })
    rmSync(join(folder, 'first'), { recursive: true, force: true })
  })
  await step('the bundle still verifies, offline, and says what it could not refresh', async (say) => {
    const verdict = await verify(files)
    hold(verdict.code === 0, `all seven checks passed as of the checkpoint:\n${verdict.said}`)
    say(verdict.said)
    hold(/not refreshed|could not/i.test(verdict.said), 'it says what was not refreshed')
  })
}

async function importRosters(operator: Client): Promise<void> {
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
    say(`${result.errorCount} errors; the first: ${first.file}, row ${first.row}, column ${first.column}: ${first.reason}`)
    hold((await operator.listLearners({ query: { limit: 1 } })).total === 1_000, 'the 1,000 learners are still there')
  })
}

function defineProgramme(operator: Client): Promise<number> {
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

function prepare(operator: Client): Promise<{ learnerId: string; machineId: string }> {
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

type Session = { base: BaseProcess; learnerId: string; machineId: string; programmeId: number; job: string }

function runSession(operator: Client, { learnerId, machineId, programmeId, job }: Session) {
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

function award(operator: Client, sessionId: string): Promise<string> {
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

function openWallet(operator: Client, { base, learnerId }: { base: BaseProcess; learnerId: string }): Promise<Client> {
  return step('the learner opens the wallet with card and pictures, and takes the certificate', async (say) => {
    const { cards } = await operator.printCards({ body: { learnerIds: [learnerId] } })
    const [card] = cards
    hold(card, 'a card was made')
    const code = /GH1[A-Z2-7]{26}/.exec(card.text)?.[0] ?? ''
    const tablet = await signInByLink(
      base.origin,
      (await operator.inviteStaff({ body: { displayName: 'Teacher', roles: ['teacher'] } })).link,
    )
    await tablet.openStation({ body: { label: 'Tablet 1', minutes: 60 } })
    const { pin, pictures } = await tablet.scanCard({ body: { card: code } })
    hold(pin === 'unset' && pictures.length === 16, 'the card has no pictures yet and offers sixteen')
    const chosen = pictures.slice(0, 4).map(({ id }) => id)
    await tablet.setPin({ body: { card: code, pictures: chosen } })
    await tablet.signOut()
    await tablet.signInWithPin({ body: { card: code, pictures: chosen } })
    const { items } = await tablet.listMyCredentials({ query: {} })
    for (const { credentialId } of items) await tablet.claimCredential({ params: { credentialId }, body: {} })
    say(`${items.length} certificate: ${items[0]?.title['zh-CN']}`)
    hold(items.length === 1, 'the certificate is in the wallet')
    return tablet
  })
}

function showLearningCode(wallet: Client, base: BaseProcess, credentialId: string) {
  return step('a learning code shows just that certificate, with the name, once', async (say) => {
    const code = await wallet.createLearningCode({ body: { credentialIds: [credentialId], nameShown: true } })
    const employer = openBrowser(base.origin)
    const opened = await employer.openLearningCode({ body: { code: code.code, visitor: 'Employer' } })
    hold(opened.identity?.name, 'the name is shown because it was ticked')
    const again = await employer.openLearningCode({ body: { code: code.code } }).then(
      () => true,
      () => false,
    )
    hold(!again, 'the code opens once')
    const seen = (await wallet.listLearningCodes({ query: {} })).items[0]
    hold(seen?.openedBy === 'Employer', 'the learner sees who opened it')
    say(`${code.text.length} characters in capitals`)
    return opened.presentation
  })
}

type Files = { bundle: string; network: string }

function exportFiles(
  operator: Client,
  wallet: Client,
  { base, credentialId }: { base: BaseProcess; credentialId: string },
): Promise<Files> {
  return step('the learner exports the certificate as bundle, picture and file', async (say) => {
    const files = { bundle: join(folder, 'certificate.guildhall'), network: join(folder, 'network.json') }
    for (const format of ['vc+jwt', 'json-ld', 'png', 'svg'] as const) {
      const bytes = await wallet.downloadMyCredential({ params: { credentialId }, query: { format } })
      say(`${format}: ${bytes.length} bytes`)
    }
    await until('the published status list', 30_000, async () => (await operator.getOutbox()).waiting === 0)
    writeFileSync(files.bundle, await wallet.downloadMyCredential({ params: { credentialId }, query: { format: 'bundle' } }))
    writeFileSync(files.network, JSON.stringify(await openBrowser(base.origin).getNetworkDescriptor()))
    return files
  })
}

async function verify({ bundle, network }: Files): Promise<{ code: number; said: string }> {
  const command = createRequire(import.meta.url).resolve('@guildhall/gateway/cli')
  const run = promisify(execFile)(process.execPath, [command, 'verify', bundle, '--network', network])
  return run.then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, said: `${error.stdout}${error.stderr}` }),
  )
}

async function changeStatus(operator: Client, { credentialId, network }: { credentialId: string; network: string }): Promise<void> {
  const file = join(folder, 'changed.guildhall')
  const exportNow = async () => {
    await until('the published status list', 30_000, async () => {
      const [newest] = (await operator.listStatusChanges({ query: { limit: 1 } })).items
      return newest?.transactionHash !== null && (await operator.getOutbox()).waiting === 0
    })
    writeFileSync(file, await operator.exportBundle({ body: { credentialIds: [credentialId] } }))
    return verify({ bundle: file, network })
  }
  await step('suspended: the next check says so; reinstated: it is good again', async () => {
    await operator.suspendCredential({ params: { credentialId }, body: { reason: 'under-review' } })
    hold((await exportNow()).code === 1, 'the suspended certificate fails')
    await operator.reinstateCredential({ params: { credentialId }, body: { reason: 'review-closed' } })
    hold((await exportNow()).code === 0, 'the reinstated certificate passes')
  })
  await step('corrected: a new certificate supersedes the old one, which says since when', async (say) => {
    const next = await operator.correctCredential({
      params: { credentialId },
      body: { reason: 'details-corrected', levels: { innovation: 2, thinking: 2, practice: 2 } },
    })
    const old = await exportNow()
    hold(next.supersedes === credentialId && old.code === 1, 'the old one is revoked and named by the new one')
    say(
      old.said
        .split('\n')
        .find((line) => line.includes('status'))
        ?.trim() ?? '',
    )
  })
}

type Lapsing = { learnerId: string; machineId: string; programmeId: number; say: (text: string) => void }

async function lapse(operator: Client, { say, ...session }: Lapsing): Promise<void> {
  const sign = (validForSeconds: number) => operator.signAssessment({ body: { kind: 'safety', report: 'demo', validForSeconds } })
  await sign(2)
  const open = await operator.openSession({ body: session })
  const closed = await until('the open session to be closed by the gate', 15_000, async () => {
    const seen = await operator.getSession({ params: { sessionId: open.sessionId } })
    return seen.state === 'open' || seen.state === 'closing' ? undefined : seen
  })
  say(`the open session was closed: ${JSON.stringify(closed.closedBecause)}`)
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
