import { readFileSync } from 'node:fs'
import {
  type AnchorReceipt,
  factPorts,
  type NetworkDescriptor,
  type Recognised,
  recognise,
  type Secured,
  sentenceOf,
  type Verdict,
  type VerifierPorts,
  verifyBundle,
  verifyCredential,
  verifyPresentation,
} from '@guildhall/credentials'
import type { Command } from 'commander'
import { CommandError, createOutput, type ExitCode, exitCodes, table } from '../output.ts'
import { chooseTrust, type Trust, type TrustOptions } from './trust.ts'

type Options = TrustOptions & { json?: boolean }
/** `overall` is a presentation's own word, which is about who shows it too. */
type Checked = { file: string; notes: string[]; verdicts: readonly Verdict[]; overall?: Verdict['overall'] }

const signs = { passed: '✓ passed ', failed: '✗ failed ', unknown: '? unknown' } as const
const words = { valid: 'VALID', 'not-valid': 'NOT VALID', unconfirmed: 'COULD NOT BE CONFIRMED' } as const

/**
 * Adds `guildhall verify FILE…`. By itself it works offline; with a base it also asks that base's read-only doors for what only the ledger and
 * its status lists know. No byte of a certificate is sent anywhere: a base hears numbers, digests and its own DID.
 */
export function addVerifyCommand(program: Command): void {
  program
    .command('verify')
    .description('verify certificates, presentations and bundles; offline, or with what a base knows now 验证证书')
    .argument('<file...>', '.guildhall, .json, .jwt, .png, .svg or a zip of them; - for standard input')
    .option('--network <file>', 'descriptor of a network that you trust (JSON); may be given again', collect, [])
    .option('--base <url>', 'ask this base, if its network is trusted; GUILDHALL_BASE when left out')
    .option('--fingerprint <text>', "trust the network of that base: its fingerprint, compared with the base's own")
    .option('--data <folder>', 'ask the base that runs on this machine with this data folder, and trust its network')
    .action(async (files: string[], _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const output = createOutput(options.json === true)
      const trust = await chooseTrust(options)
      for (const note of trust.notes) output.print(note)
      const results: Checked[] = []
      for (const file of files) results.push(...(await verifyFile(file, readInput(file), trust)))
      output.result(results, results.map(describe).join('\n\n'))
      process.exitCode = exitCodeOf(results)
    })
}

async function verifyFile(file: string, bytes: Uint8Array, trust: Trust): Promise<Checked[]> {
  const found = recognise(bytes)
  if (found.kind === 'many') {
    const all: Checked[] = []
    for (const one of found.files) all.push(...(await verifyFile(`${file}/${one.name}`, one.bytes, trust)))
    return all
  }
  return [await verifyRecognised(file, found, trust)]
}

async function verifyRecognised(file: string, found: Recognised, { networks, ports: live, findReceipt }: Trust): Promise<Checked> {
  const now = Math.floor(Date.now() / 1000)
  if (found.kind === 'bundle') {
    const { checkpoint, notRefreshed, verdicts } = await verifyBundle(found.bytes, { networks, now, ports: live })
    return { file, notes: [checkpoint, ...notRefreshed].map(sentenceOf), verdicts }
  }
  const ports = live ?? offlinePorts(networks, now)
  const verify = async (secured: Secured, given?: AnchorReceipt) => {
    const receipt = given ?? (await findReceipt?.(secured))
    return verifyCredential({ secured, receipt }, { ports, now })
  }
  if (found.kind === 'credential') return { file, notes: [], verdicts: [await verify(found.secured, found.receipt)] }
  if (found.kind === 'picture')
    return { file, notes: [], verdicts: await Promise.all(found.credentials.map((one) => verify(one.secured, one.receipt))) }
  if (found.kind === 'presentation') {
    const { overall, checks, verdicts } = await verifyPresentation({ secured: found.secured }, { ports, now })
    return { file, overall, notes: checks.map(({ outcome, reason }) => `${signs[outcome]} ${sentenceOf(reason)}`), verdicts }
  }
  const problem = found.kind === 'unknown' ? found.problem : `It is a ${found.kind}, which is opened in a browser.`
  throw new CommandError('CLI_FILE_UNREADABLE', `${file} cannot be verified: ${problem}`, exitCodes.failed)
}

function describe({ file, notes, verdicts, overall }: Checked): string {
  const own = [...(overall === undefined ? [] : [`${words[overall]}  presentation`]), ...notes.map((note) => `  ${note}`)]
  const certificates = verdicts.map((verdict) => describeVerdict(verdict))
  // What a presentation says of itself goes before its certificates, a note about where the answers came from after them.
  return [file, ...(overall === undefined ? [...certificates, ...own] : [...own, ...certificates])].join('\n')
}

/** One verdict, and those of the certificates inside it, indented. */
function describeVerdict(verdict: Verdict): string {
  const rows = verdict.checks.map(({ id, outcome, reason }) => [`  ${signs[outcome]}`, id, sentenceOf(reason)])
  const title = Object.values(verdict.facts.title)[0] ?? verdict.facts.credentialId ?? 'certificate'
  const trial = verdict.facts.isTrial ? '  [trial network]' : ''
  const inside = verdict.inside.map((one) => describeVerdict(one).replaceAll(/^/gm, '    '))
  return [`${words[verdict.overall]}${trial}  ${title}\n  ${sentenceOf(verdict.sentence)}\n${table(rows)}`, ...inside].join('\n')
}

/** Failed before unknown before passed; nothing to check is nothing passed. */
function exitCodeOf(results: readonly Checked[]): ExitCode {
  const overall = results.flatMap(({ verdicts, ...shown }) => [...verdicts, shown].flatMap((one) => one.overall ?? []))
  if (overall.includes('not-valid') || overall.length === 0) return exitCodes.failed
  return overall.includes('unconfirmed') ? exitCodes.unknown : exitCodes.ok
}

/** Nobody is asked: what only a ledger knows stays open. */
function offlinePorts(networks: readonly NetworkDescriptor[], now: number): VerifierPorts {
  const provenance = { source: 'nobody: offline', asOf: now }
  return factPorts({ networks, facts: [], didLogs: new Map(), lists: new Map(), provenance, isComplete: false })
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
