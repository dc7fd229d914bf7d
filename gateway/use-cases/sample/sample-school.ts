import { type Actor, type Base, baseItself } from '../../base.ts'
import { GuildhallError } from '../../errors.ts'
import type { IssuingBase } from '../base/issuing.ts'
import { type directionEntries, readCatalogue } from '../learning/catalogue.ts'
import { askGate } from '../learning/gate.ts'
import { addMachine } from '../learning/machines.ts'
import { defineProgramme, findWaiting } from '../learning/programmes.ts'
import { recordConsent } from '../people/consents.ts'
import { importRoster } from '../people/roster/import-roster.ts'
import { clearSample } from './clear-sample.ts'
import { sampleRoster } from './sample-roster.ts'
import { recordSampleWork } from './sample-work.ts'

export type SampleState = 'absent' | 'installing' | 'installed' | 'removing'
const setting = 'sample-school'
const jobKind = 'sample-school'
const ledgerWaitMs = 60_000

/** How far the sample school is installed. What a crash left half installed counts as installed: it can be removed. */
export const sampleState = ({ records }: Pick<Base, 'records'>): SampleState => {
  const state = records.settings.find<SampleState>(setting) ?? 'absent'
  return state === 'installing' && records.jobs.count({ kind: jobKind, state: ['waiting', 'running'] }) === 0 ? 'installed' : state
}

/**
 * Installs, as a job, three classes of twenty learners with their guardians and teachers, a machine and a programme; and where the base may
 * issue in it, recorded sessions, certificates on the ledger and learners' cards. @throws STATE_REFUSED when it is there
 */
export function installSampleSchool(base: IssuingBase, actor: Actor): { jobId: string } {
  const state = sampleState(base)
  if (state !== 'absent') throw new GuildhallError('STATE_REFUSED', { thing: 'sample school', state, next: 'Remove it first.' })
  base.transaction(() => base.records.settings.set(setting, 'installing'))
  const jobId = base.jobs.start(
    actor,
    { kind: jobKind, title: { 'zh-CN': '安装示例学校', en: 'Install the sample school' } },
    async (progress) => {
      try {
        const stage = progress.stage({ 'zh-CN': '名册、设备、项目与证书', en: 'Roster, machine, programme and certificates' }, 'steps', 5)
        const signal = AbortSignal.any([progress.signal, AbortSignal.timeout(ledgerWaitMs)])
        importRoster(base, actor, sampleRoster(), { sample: true })
        stage.advance(1)
        agreeForAll(base, actor)
        stage.advance(1)
        const machineId = installMachine(base, actor)
        stage.advance(1)
        const programmeId = await installProgramme(base, actor, signal)
        stage.advance(1)
        const isEntitled = askGate(base, programmeId).entitled
        if (isEntitled) await recordSampleWork(base, actor, { machineId, programmeId, signal })
        stage.advance(1)
        base.transaction(() => base.records.settings.set(setting, 'installed'))
        return { sentence: isEntitled ? whole : sayWithout(findWaiting(base, programmeId)), subjectId: null }
      } catch (cause) {
        clear(base)
        throw cause
      }
    },
  )
  return { jobId }
}

const whole = {
  'zh-CN': '示例学校已安装。名册中编号 SAMPLE-1 至 SAMPLE-3 的学习者持有证书：打印他们的学习卡，即可试用钱包。',
  en: 'The sample school is installed. The learners SAMPLE-1 to SAMPLE-3 hold certificates: print their cards to try the wallet.',
}
const withoutWork = {
  'zh-CN': '示例学校已安装，但没有实操记录和证书：本基地尚未获准开设该项目。',
  en: 'The sample school is installed, without sessions and certificates: this base is not accredited for its programme.',
}

/** Why there is no work in it. `waitsUntil`: when the network's decision to accredit this base takes effect (UnixSeconds); null for none. */
const sayWithout = (waitsUntil: number | null) => {
  if (waitsUntil === null) return withoutWork
  const time = `${new Date(waitsUntil * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return {
    'zh-CN': `示例学校已安装，但还没有实操记录和证书：网络里不止一个基地，本基地开设该项目的决定要等到 ${time} 才生效。之后即可在该项目中开始实操。`,
    en: `The sample school is installed, without sessions and certificates: other bases have joined, so the network's decision to accredit this base for its programme waits until ${time}. From then on, open sessions in it.`,
  }
}

/**
 * Erases everything that came with the sample school or was done in it. A ledger forgets nothing, so what stands there is ended: the
 * certificates are revoked, and the root withdraws the accreditation of the programme, whose title says that it is a sample.
 * @throws STATE_REFUSED while it is being installed, has an open session, or has certificates on their way to the ledger
 */
export function removeSampleSchool(base: IssuingBase, actor: Actor): void {
  const state = sampleState(base)
  if (state === 'absent') return
  const refuse = (now: string, next: string) => new GuildhallError('STATE_REFUSED', { thing: 'sample school', state: now, next })
  if (state === 'installing') throw refuse('being installed', 'Wait until it is there.')
  if (base.records.sessions.count({ sample: true, state: ['open', 'closing'] }) > 0) {
    throw refuse('in an open session', 'Close the session first.')
  }
  if (base.records.credentials.list({ sample: true, anchor: 'waiting' }).some(({ outboxId }) => outboxId !== null)) {
    throw refuse('being written to the ledger', 'Wait a minute, then remove it.')
  }
  clear(base)
  base.transaction(() => base.audit.append(actor, 'sample-school.removed'))
}

const clear = (base: IssuingBase): void => {
  clearSample(base)
  base.transaction(() => base.records.settings.remove(setting))
}

const agreeForAll = (base: IssuingBase, actor: Actor): void => {
  for (const { learnerId } of base.records.learners.list({ sample: true, erasedAt: null })) {
    const guardianId = base.records.learnerGuardians.find({ learnerId })?.guardianId
    if (guardianId === undefined) continue
    const scopes: ('base-held-wallet' | 'recordings-as-evidence' | 'share-by-learning-code')[] = [
      'base-held-wallet',
      'recordings-as-evidence',
      'share-by-learning-code',
    ]
    recordConsent(
      base,
      { ...baseItself, roles: ['operator'] },
      { learnerId, guardianId, scopes, textVersion: 'sample', how: 'signed-paper' },
    )
  }
  base.transaction(() => base.audit.append(actor, 'sample-school.installed'))
}

const installMachine = (base: IssuingBase, actor: Actor): string => {
  const { machineId } = addMachine(base, actor, {
    name: { 'zh-CN': '示例三维打印机', en: 'Sample 3D printer' },
    kind: 'printer-3d',
    location: '示例教室',
    // Its work is made up by the base, so only the base vouches for it.
    attestation: 'gateway-attested',
  })
  base.transaction(() => base.records.machines.update(machineId, { sample: true }))
  return machineId
}

/** The catalogue's own programme, marked as a sample wherever it is read: on the ledger, on the certificate and in the verdict. */
const installProgramme = async (base: IssuingBase, actor: Actor, signal: AbortSignal): Promise<number> => {
  const direction: keyof typeof directionEntries = 'digital-manufacturing'
  const found = readCatalogue().directions.find(({ id }) => id === direction)?.sample
  if (!found) throw new GuildhallError('NOT_FOUND', { thing: 'direction' })
  const title = { 'zh-CN': `${found.title['zh-CN']}（示例）`, en: `${found.title.en} (sample)` }
  const definition = { ...found, title, template: { ...found.template, title } }
  return (await defineProgramme(base, actor, { definition, signal, sample: true })).programmeId
}
