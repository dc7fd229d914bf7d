import { readFileSync } from 'node:fs'
import {
  type AnchorReceipt,
  factPorts,
  type NetworkDescriptor,
  networkIdOf,
  type Recognised,
  recognise,
  type Secured,
  sentenceOf,
  type Verdict,
  verifyBundle,
  verifyCredential,
  verifyPresentation,
} from '@guildhall/credentials'
import type { Command } from 'commander'
import { CommandError, createOutput, type ExitCode, exitCodes, table } from './output.ts'

type Options = { network: string[]; json?: boolean }
type Checked = { file: string; notes: string[]; verdicts: readonly Verdict[] }

const signs = { passed: '✓ passed ', failed: '✗ failed ', unknown: '? unknown' } as const
const words = { valid: 'VALID', 'not-valid': 'NOT VALID', unconfirmed: 'COULD NOT BE CONFIRMED' } as const

/** Adds `guildhall verify FILE…`: offline, on this machine; nothing of a certificate is sent anywhere. */
export function addVerifyCommand(program: Command): void {
  program
    .command('verify')
    .description('verify certificates, presentations and bundles offline; says what could not be refreshed')
    .argument('<file...>', '.guildhall, .json, .jwt, .png, .svg or a zip of them; - for standard input')
    .option('--network <file>', 'descriptor of a network that you trust (JSON); may be given again', collect, [])
    .action(async (files: string[], _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const networks = options.network.map(readNetwork)
      const output = createOutput(options.json === true)
      const results: Checked[] = []
      for (const file of files) results.push(...(await verifyFile(file, readInput(file), networks)))
      output.result(results, results.map(describe).join('\n\n'))
      process.exitCode = exitCodeOf(results)
    })
}

async function verifyFile(file: string, bytes: Uint8Array, networks: NetworkDescriptor[]): Promise<Checked[]> {
  const found = recognise(bytes)
  if (found.kind === 'many') {
    const all: Checked[] = []
    for (const one of found.files) all.push(...(await verifyFile(`${file}/${one.name}`, one.bytes, networks)))
    return all
  }
  return [await verifyRecognised(file, found, networks)]
}

async function verifyRecognised(file: string, found: Recognised, networks: NetworkDescriptor[]): Promise<Checked> {
  const now = Math.floor(Date.now() / 1000)
  if (found.kind === 'bundle') {
    const { checkpoint, notRefreshed, verdicts } = await verifyBundle(found.bytes, { networks, now })
    return { file, notes: [checkpoint, ...notRefreshed].map(sentenceOf), verdicts }
  }
  const ports = factPorts({
    networks,
    facts: [],
    didLogs: new Map(),
    lists: new Map(),
    provenance: { source: 'nobody: offline', asOf: now },
    isComplete: false,
  })
  const verify = (secured: Secured, receipt?: AnchorReceipt) => verifyCredential({ secured, receipt }, { ports, now })
  if (found.kind === 'credential') return { file, notes: [], verdicts: [await verify(found.secured, found.receipt)] }
  if (found.kind === 'picture')
    return { file, notes: [], verdicts: await Promise.all(found.credentials.map((one) => verify(one.secured, one.receipt))) }
  if (found.kind === 'presentation') {
    const { checks, verdicts } = await verifyPresentation({ secured: found.secured }, { ports, now })
    return { file, notes: checks.map(({ outcome, reason }) => `${signs[outcome]} ${sentenceOf(reason)}`), verdicts }
  }
  const problem = found.kind === 'unknown' ? found.problem : `It is a ${found.kind}, which is opened in a browser.`
  throw new CommandError('CLI_FILE_UNREADABLE', `${file} cannot be verified: ${problem}`, exitCodes.failed)
}

function describe({ file, notes, verdicts }: Checked): string {
  const parts = verdicts.map((verdict) => {
    const rows = verdict.checks.map(({ id, outcome, reason }) => [`  ${signs[outcome]}`, id, sentenceOf(reason)])
    const title = Object.values(verdict.facts.title)[0] ?? verdict.facts.credentialId ?? 'certificate'
    const trial = verdict.facts.isTrial ? '  [trial network]' : ''
    return `${words[verdict.overall]}${trial}  ${title}\n  ${sentenceOf(verdict.sentence)}\n${table(rows)}`
  })
  return [file, ...parts, ...notes.map((note) => `  ${note}`)].join('\n')
}

/** Failed before unknown before passed; nothing to check is nothing passed. */
function exitCodeOf(results: readonly Checked[]): ExitCode {
  const overall = results.flatMap(({ verdicts }) => verdicts.map((verdict) => verdict.overall))
  if (overall.includes('not-valid') || overall.length === 0) return exitCodes.failed
  return overall.includes('unconfirmed') ? exitCodes.unknown : exitCodes.ok
}

function readNetwork(file: string): NetworkDescriptor {
  try {
    const network = JSON.parse(readFileSync(file, 'utf8')) as NetworkDescriptor
    networkIdOf(network)
    if (!Array.isArray(network.checkpointKeys) || !Number.isInteger(network.threshold)) throw new TypeError('no checkpoint keys')
    return network
  } catch {
    throw new CommandError(
      'CLI_NETWORK_UNREADABLE',
      `${file} is not a network descriptor. Take the file from /.well-known/guildhall-network.json of a base that you trust.`,
      exitCodes.usage,
    )
  }
}

function readInput(file: string): Uint8Array {
  try {
    return readFileSync(file === '-' ? 0 : file)
  } catch (error) {
    throw new CommandError(
      'CLI_FILE_MISSING',
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      exitCodes.outage,
    )
  }
}

const collect = (value: string, all: string[]): string[] => [...all, value]
