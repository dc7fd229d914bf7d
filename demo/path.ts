/**
 * `npm run demo`: the whole path, by itself, against two bases on one ledger that it starts on free ports, with the real parts (ledger,
 * broker, libp2p). Ends with the exported bundle verified offline after the bases are gone; exits non-zero when any step does not hold.
 */
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '@guildhall/gateway/api'
import { type BaseProcess, type LedgerProcess, openBrowser, signInByLink, startBaseProcess, startLedgerProcess } from './base-process.ts'
import { changeStatus, exportFiles, type Files, openWallet, showLearningCode, verify } from './certificates.ts'
import { award, defineProgramme, importRosters, lapse, prepare, runSession } from './learning.ts'
import { joinSecondBase, keepAtSecondBase, readFromSecondBase } from './second-base.ts'
import { conclude, folder, running, step } from './stage.ts'
import { hold } from './walk.ts'

const cube = join(import.meta.dirname, 'files/cube.gcode')
const keychain = join(import.meta.dirname, 'files/keychain.gcode')

try {
  await walk()
  conclude()
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error)
  process.exitCode = 1
} finally {
  for (const started of running) await started.kill()
  rmSync(folder, { recursive: true, force: true })
}

async function walk(): Promise<void> {
  const { ledger, base, operator } = await begin()
  await importRosters(operator)
  const programmeId = await defineProgramme(operator)
  const place = { ...(await prepare(operator)), programmeId }
  const second = await joinSecondBase(operator, ledger.rpcUrl)
  const session = await runSession(operator, { ...place, job: cube })
  const other = await runSession(operator, { ...place, job: keychain })
  await step('another file gave other evidence', () => {
    hold(session.root !== other.root, 'the roots differ')
    hold(session.filamentMm !== other.filamentMm, 'the filament differs')
  })
  const credentialId = await award(operator, session.sessionId)
  const files = await show(operator, { base, learnerId: place.learnerId, credentialId })
  await changeStatus(operator, { credentialId: await award(operator, other.sessionId), network: files.network })
  await step('an assessment lapses: no session opens, no certificate is issued', (say) => lapse(operator, { ...place, say }))
  await step('the audit log is whole and anchored', async (say) => {
    const audit = await operator.verifyAudit()
    say(`${audit.rows} rows`)
    hold(audit.whole, 'the audit log is whole')
  })
  const kept = await keepAtSecondBase(operator, [session.sessionId, other.sessionId])
  await step('the base is switched off and its data folder removed', () => remove('first', base))
  await readFromSecondBase(second, kept)
  await step('the second base and the ledger are switched off and removed too', async () => {
    await remove('second', second)
    await remove('ledger', ledger)
  })
  await step('the bundle still verifies, offline, and says what it could not refresh', async (say) => {
    const verdict = await verify(files)
    hold(verdict.code === 0, `all seven checks passed as of the checkpoint:\n${verdict.said}`)
    say(verdict.said)
    hold(/not refreshed|could not/i.test(verdict.said), 'it says what was not refreshed')
  })
}

/** A ledger, a base on it, and its operator. */
async function begin(): Promise<{ ledger: LedgerProcess; base: BaseProcess; operator: Client }> {
  const ledger = await step('a ledger starts, for several bases', async (say) => {
    const started = await startLedgerProcess(join(folder, 'ledger'))
    running.add(started)
    say(started.rpcUrl)
    return started
  })
  const base = await step('a base starts on an empty folder and founds a trial network', async (say) => {
    const settings = { DATA_DIR: join(folder, 'first'), LEDGER_RPC_URL: ledger.rpcUrl }
    const started = await startBaseProcess({ ...settings, BASE_NAME_EN: 'Hangzhou base', BASE_NAME_ZH: '杭州基地' })
    running.add(started)
    say(`${started.origin}, pid ${started.pid}`)
    return started
  })
  const operator = await step('the operator signs in with the one-use link', () => {
    hold(base.operatorLink, 'the first start prints a sign-in link')
    return signInByLink(base.origin, base.operatorLink)
  })
  return { ledger, base, operator }
}

type Shown = { base: BaseProcess; learnerId: string; credentialId: string }

/** The certificate in the wallet, at an employer, and as files. */
async function show(operator: Client, { base, learnerId, credentialId }: Shown): Promise<Files> {
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
  return files
}

async function remove(name: string, started: { stop(): Promise<void>; kill(): Promise<void> }): Promise<void> {
  await started.stop()
  running.delete(started)
  const keep = process.env['DEMO_KEEP']
  // A test that looks for names in what is left behind asks to keep a copy.
  if (keep) cpSync(join(folder, name), join(keep, name), { recursive: true })
  rmSync(join(folder, name), { recursive: true, force: true })
}
