import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fingerprintOf, type NetworkDescriptor } from '@guildhall/credentials'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { entitleSecond, issueAnchored, startTestNetwork, type TestNetwork } from '../../routes/test-network.ts'
import { getIdentity } from '../../use-cases/base/issuing.ts'
import { openCertificate } from '../../use-cases/credentials/issue-certificate.ts'
import { verifyForOutsiders, verifyPresentationForOutsiders } from '../../use-cases/credentials/vc-api.ts'

let network: TestNetwork
let jwt: string
let json: string
let print: string
const command = join(import.meta.dirname, '../guildhall.js')

beforeAll(async () => {
  network = await startTestNetwork()
  await entitleSecond(network)
  const { base } = network.second
  const { files } = openCertificate(base, base.records.credentials.get(await issueAnchored(network.second)))
  jwt = join(network.folder, 'certificate.jwt')
  json = join(network.folder, 'certificate.json')
  writeFileSync(jwt, String(files['vc+jwt']))
  writeFileSync(json, JSON.stringify(files['eddsa-rdfc-2022']))
  print = fingerprintOf(getIdentity(base).network)
})
afterAll(() => network.stop())

const run = (args: string[], env: Record<string, string> = {}) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [command, '--json', 'verify', ...args], { env: { ...process.env, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })
type Shown = { checks: { id: string; outcome: string; reason: { code: string } }[] }
const outcomes = (stdout: string) =>
  (JSON.parse(stdout) as { verdicts: Shown[] }[]).flatMap(({ verdicts }) =>
    verdicts.map(({ checks }) => Object.fromEntries(checks.map(({ id, outcome }) => [id, outcome]))),
  )
/** Everything but the evidence of a session, which these certificates never had. */
const known = {
  'data-model': 'passed',
  proof: 'passed',
  issuer: 'passed',
  entitled: 'passed',
  status: 'passed',
  dates: 'passed',
  evidence: 'unknown',
}

describe('guildhall verify of a bare certificate', () => {
  test('asks nobody by itself, and says what could not be checked', async () => {
    const { code, stdout } = await run([json])
    expect(code).toBe(3)
    expect(outcomes(stdout)).toMatchObject([{ issuer: 'unknown', entitled: 'unknown', status: 'unknown' }])
  })

  test('asks the base that issued it, whose network was compared by its fingerprint', async () => {
    const { stdout, stderr } = await run([json, jwt, '--base', network.second.addresses.local, '--fingerprint', print.toUpperCase()])
    expect([stderr, ...outcomes(stdout)]).toEqual(['', known, known])
  })

  test('asks a configured base, and the one that runs on this machine, whose network it trusts', async () => {
    const file = join(network.folder, 'network.json')
    writeFileSync(file, JSON.stringify(getIdentity(network.first.base).network))
    const configured = await run([jwt, '--network', file], { GUILDHALL_BASE: `${network.second.addresses.local}/` })
    expect(outcomes(configured.stdout)).toEqual([known])
    writeFileSync(join(network.folder, 'second', 'base.origin'), network.second.addresses.local)
    expect(outcomes((await run([jwt, '--data', join(network.folder, 'second')])).stdout)).toEqual([known])
  })

  test('asks another base of the network, which knows the ledger and the list, but not the receipt', async () => {
    const { code, stdout } = await run([jwt, '--base', network.first.addresses.local, '--fingerprint', print])
    expect(code).toBe(3)
    expect(outcomes(stdout)).toMatchObject([{ issuer: 'passed', entitled: 'unknown', status: 'passed' }])
  })

  test('trusts no network because a base says so: it tells the fingerprint to compare', async () => {
    const { code, stdout, stderr } = await run([json, '--base', network.second.addresses.local])
    expect(code).toBe(3)
    expect(outcomes(stdout)).toMatchObject([{ issuer: 'unknown', entitled: 'unknown' }])
    expect(stderr).toContain(print)
    const other = await run([json, '--base', network.second.addresses.local, '--fingerprint', print.replace(/^..../, '0000')])
    expect([other.code, JSON.parse(other.stdout).error.code]).toEqual([1, 'CLI_FINGERPRINT_DIFFERS'])
  })

  test('stays honest when the base is out of reach', async () => {
    const { network: trusted } = getIdentity(network.first.base)
    const file = join(network.folder, 'trusted.json')
    writeFileSync(file, JSON.stringify(trusted satisfies NetworkDescriptor))
    const { code, stdout, stderr } = await run([json, '--network', file, '--base', 'http://127.0.0.1:9'])
    expect(code).toBe(3)
    expect(outcomes(stdout)).toMatchObject([{ entitled: 'unknown', status: 'unknown' }])
    expect(stderr).toContain('could not be reached')
  })

  test('refuses what is no base, no network, or a fingerprint of nobody', async () => {
    const codeOf = async (args: string[]) => {
      const { code, stdout } = await run([json, ...args])
      return [code, JSON.parse(stdout).error.code]
    }
    expect(await codeOf(['--base', 'base.example'])).toEqual([2, 'CLI_BASE_INVALID'])
    expect(await codeOf(['--network', json])).toEqual([2, 'CLI_NETWORK_UNREADABLE'])
    expect(await codeOf(['--fingerprint', print])).toEqual([2, 'CLI_FINGERPRINT_ALONE'])
  })
})

describe('the VC-API of the base that issued a certificate', () => {
  const checksOf = ({ checks }: { checks: readonly { id: string; outcome: string }[] }) =>
    Object.fromEntries(checks.map(({ id, outcome }) => [id, outcome]))

  test('takes its own receipt, since a program of that API has no place for one', async () => {
    const { base } = network.second
    const { files } = openCertificate(base, base.records.credentials.list({})[0] ?? expect.fail())
    const secured = files['eddsa-rdfc-2022'] ?? expect.fail()
    expect(checksOf(await verifyForOutsiders(base, secured))).toEqual(known)
    const presentation = {
      '@context': ['https://www.w3.org/ns/credentials/v2'],
      type: ['VerifiablePresentation'],
      verifiableCredential: [
        secured,
        {
          '@context': 'https://www.w3.org/ns/credentials/v2',
          type: 'EnvelopedVerifiableCredential',
          id: `data:application/vc+jwt,${files['vc+jwt']}`,
        },
      ],
    }
    const { checks } = await verifyPresentationForOutsiders(base, presentation as never, {})
    expect(checks.filter(({ id }) => id === 'entitled').map(({ outcome }) => outcome)).toEqual(['passed', 'passed'])
  })

  test('has none for a changed copy, nor at a base that did not issue it', async () => {
    const { base } = network.second
    const { files } = openCertificate(base, base.records.credentials.list({})[0] ?? expect.fail())
    const changed = { ...(files['eddsa-rdfc-2022'] as object), validFrom: '2026-01-01T00:00:00Z' }
    expect(checksOf(await verifyForOutsiders(base, changed as never))).toMatchObject({ proof: 'failed' })
    expect(checksOf(await verifyForOutsiders(base, changed as never))['entitled']).not.toBe('passed')
    expect(checksOf(await verifyForOutsiders(network.first.base, files['vc+jwt'] ?? ''))).toMatchObject({ entitled: 'unknown' })
  })
})
