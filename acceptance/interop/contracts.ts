import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { installFromNpm, installFromPyPi } from './install.ts'
import { beginClaims, type Claims, type Peer } from './peer.ts'
import { runProgram } from './programs.ts'

const root = join(import.meta.dirname, '../..')
const versions = { forge: '1.7.1', solc: '0.8.37', slither: '0.11.6', halmos: '0.3.3' }

/**
 * Findings of slither that are known and stay, by detector and the place that it names: why each is no fault. Anything of medium or
 * high impact that is not here fails the run, and so does a line here that slither no longer finds.
 */
const accepted: { detector: string; place: string; reason: string }[] = [
  {
    detector: 'incorrect-equality',
    place: 'Entitlements.isEntitled(',
    reason: 'compares a value of the enum Reason, not a balance or a time that somebody could move off the mark',
  },
  {
    detector: 'incorrect-equality',
    place: 'BaseRegistry._checkNoCircle(',
    reason: 'compares numbers of bases, which are given in order and never change',
  },
]

/** Two readers of the contracts: slither looks for known patterns of faults, halmos proves properties for every input. */
export const contracts: Peer = {
  name: 'contracts',
  version: `slither ${versions.slither} and halmos ${versions.halmos} (PyPI), forge ${versions.forge} and solc ${versions.solc} (npm)`,
  async run() {
    const slither = await installFromPyPi('slither-analyzer', versions.slither)
    const halmos = await installFromPyPi('halmos', versions.halmos)
    const npm = await installFromNpm({ '@foundry-rs/forge': versions.forge, solc: versions.solc })
    const folder = mkdtempSync(join(tmpdir(), 'guildhall-contracts-'))
    const claims = beginClaims()
    try {
      layOut(folder, npm)
      const path = [join(npm, 'node_modules/.bin'), slither, halmos, process.env['PATH']].join(delimiter)
      const env = { PATH: path, FOUNDRY_DISABLE_NIGHTLY_WARNING: '1' }
      await readWithSlither(folder, env, claims)
      await proveWithHalmos(folder, env, claims)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    return claims.result()
  },
}

/** The contracts as a project of forge, in a folder of their own, with the compiler that the checkout uses. */
function layOut(folder: string, npm: string): void {
  cpSync(join(root, 'contracts'), join(folder, 'contracts'), {
    recursive: true,
    filter: (source) => !/\/(node_modules|generated|invariants)$/.test(source) && !/\.(ts|tree|json)$/.test(source),
  })
  mkdirSync(join(folder, 'acceptance/interop'), { recursive: true })
  for (const name of readdirSync(import.meta.dirname).filter((one) => one.endsWith('.sol'))) {
    cpSync(join(import.meta.dirname, name), join(folder, 'acceptance/interop', name))
  }
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(join(root, 'node_modules/@openzeppelin'), join(folder, 'node_modules/@openzeppelin'))
  const compiler = join(folder, 'solc')
  writeFileSync(compiler, compilerProgram(join(npm, 'node_modules/solc')), { mode: 0o755 })
  const settings = {
    src: 'contracts',
    test: 'acceptance/interop',
    out: 'out',
    libs: ['node_modules'],
    remappings: ['@openzeppelin/=node_modules/@openzeppelin/'],
    auto_detect_remappings: false,
    solc: compiler,
    evm_version: 'osaka',
    optimizer: true,
    optimizer_runs: 20_000,
    offline: true,
    ast: true,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
  writeFileSync(join(folder, 'foundry.toml'), `[profile.default]\n${lines.join('\n')}\n`)
}

/** npm's solc is JavaScript; forge wants a program that says a native version and compiles what it reads. */
const compilerProgram = (solc: string) => `#!${process.execPath}
const solc = require(${JSON.stringify(solc)})
if (process.argv.includes('--version')) {
  console.log('solc, the solidity compiler commandline interface\\nVersion: ' + solc.version().replace('Emscripten.clang', 'Linux.g++'))
} else {
  process.stdout.write(solc.compile(require('node:fs').readFileSync(0, 'utf8')))
}
`

type Finding = { check: string; impact: string; description: string }

async function readWithSlither(folder: string, env: Record<string, string>, claims: Claims): Promise<void> {
  const report = join(folder, 'slither.json')
  const args = ['.', '--filter-paths', 'node_modules|acceptance', '--json', report]
  const { output } = await runProgram('slither', args, { cwd: folder, env })
  const detectors = /analyzed \((\d+) contracts with (\d+) detectors\)/.exec(output)
  if (!detectors) throw new Error(`slither analysed nothing: ${output.slice(-3_000)}`)
  claims.say(`slither: ${detectors[1]} contracts, ${detectors[2]} detectors`)
  const found = (JSON.parse(readFileSync(report, 'utf8')) as { results: { detectors?: Finding[] } }).results.detectors ?? []
  const counts = Map.groupBy(found, ({ impact }) => impact)
  claims.say([...counts].map(([impact, all]) => `${impact} ${all.length}`).join(', ') || 'no findings')
  const isGrave = ({ impact }: Finding) => impact === 'High' || impact === 'Medium'
  const reasonFor = ({ check, description }: Finding) =>
    accepted.find(({ detector, place }) => detector === check && description.includes(place))
  for (const finding of found.filter(isGrave)) {
    const known = reasonFor(finding)
    const text = `${finding.impact} ${finding.check}: ${finding.description.trim().split('\n')[0]}`
    claims.hold(known !== undefined, known ? `${text} — accepted: ${known.reason}` : text)
  }
  for (const [check, all] of Map.groupBy(
    found.filter((finding) => !isGrave(finding)),
    ({ check }) => check,
  )) {
    claims.say(`${all[0]?.impact} ${check}: ${all.length}, the first ${all[0]?.description.trim().split('\n')[0]}`)
  }
  const stale = accepted.filter((line) => !found.some((finding) => reasonFor(finding) === line))
  claims.hold(
    stale.length === 0,
    `every accepted finding is still found${stale.map(({ detector, place }) => `; not ${detector} at ${place}`).join('')}`,
  )
}

async function proveWithHalmos(folder: string, env: Record<string, string>, claims: Claims): Promise<void> {
  const args = ['--contract', 'Properties', '--loop', '8', '--solver-timeout-assertion', '120000', '--no-status']
  const { code, output } = await runProgram('halmos', args, { cwd: folder, env: { ...env, NO_COLOR: '1' } })
  const lines = stripVTControlCharacters(output).split('\n')
  const verdicts = lines.filter((line) => /^\[(PASS|FAIL|ERROR|TIMEOUT|UNKNOWN)\]/.test(line))
  const source = readFileSync(join(import.meta.dirname, 'Properties.t.sol'), 'utf8')
  const wanted = [...source.matchAll(/function (check_\w+)/g)].map(([, name]) => name ?? '')
  for (const name of wanted) {
    const verdict = verdicts.find((line) => line.includes(`${name}(`))
    claims.hold(verdict?.startsWith('[PASS]') ?? false, `halmos: ${verdict ?? `${name} was not judged`}`)
  }
  const complaints = lines.filter((line) => /WARNING|ERROR|Counterexample|Error:/.test(line) && !verdicts.includes(line))
  for (const line of complaints.slice(0, 20)) claims.say(`halmos: ${line.trim()}`)
  claims.hold(code === 0, `halmos proved ${verdicts.filter((line) => line.startsWith('[PASS]')).length} of ${wanted.length} properties`)
}
