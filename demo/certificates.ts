import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Client } from '@guildhall/gateway/api'
import { type BaseProcess, openBrowser, signInByLink } from './base-process.ts'
import { folder, step } from './stage.ts'
import { hold, until } from './walk.ts'

/** A learner's wallet on a tablet of the classroom. */
export function openWallet(operator: Client, { base, learnerId }: { base: BaseProcess; learnerId: string }): Promise<Client> {
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

/** Shows a certificate by a learning code; answers what the employer got. */
export function showLearningCode(wallet: Client, base: BaseProcess, credentialId: string) {
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
    say(`shown as a QR code of ${code.text.length} characters, in capitals, so that it stays small`)
    return opened.presentation
  })
}

/** An exported certificate, and the descriptor of its network. */
export type Files = { bundle: string; network: string }

/** Exports a certificate in every form. */
export function exportFiles(
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

/** Verifies a bundle by the command line, which asks nobody. */
export async function verify({ bundle, network }: Files): Promise<{ code: number; said: string }> {
  const command = createRequire(import.meta.url).resolve('@guildhall/gateway/cli')
  const run = promisify(execFile)(process.execPath, [command, 'verify', bundle, '--network', network])
  return run.then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, said: `${error.stdout}${error.stderr}` }),
  )
}

/** Suspends, reinstates and corrects a certificate, and looks at each. */
export async function changeStatus(operator: Client, { credentialId, network }: { credentialId: string; network: string }): Promise<void> {
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
    const why = /failed +status +(.*)/.exec(old.said)?.[1] ?? ''
    hold(why.includes(`by urn:uuid:${next.credentialId}: details-corrected`), 'the check of the old one names the new one, and why')
    hold(/\d{4}-\d{2}-\d{2}/.test(why), 'the check of the old one says since when')
    say(`the old one: ${why}`)
  })
}
