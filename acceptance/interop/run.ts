/**
 * `npm run interop [name…]`: installs outside judges by name from the package registries into a cache of its own and runs the base
 * against each. A peer that cannot be installed fails the run. What each printed is written to docs/interop.md.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contracts } from './contracts.ts'
import { lighthouse } from './lighthouse.ts'
import { mosquitto } from './mosquitto.ts'
import { octoprint } from './octoprint.ts'
import type { Peer, PeerResult } from './peer.ts'
import { schemathesis } from './schemathesis.ts'

const peers: Peer[] = [octoprint, mosquitto, contracts, schemathesis, lighthouse]
const report = join(import.meta.dirname, '../../docs/interop.md')
const opening = `# Outside judges

What real programs of others said of Guildhall, each at its last run. \`npm run interop\` runs them all, \`npm run interop -- NAME…\` some, and
writes this page. They are installed by name from the package registries into a cache of their own (\`INTEROP_CACHE\`, by default in the
user's cache folder) and are no part of Guildhall. One that cannot be installed counts as failed.
`

const names = process.argv.slice(2)
const unknown = names.filter((name) => !peers.some((peer) => peer.name === name))
if (unknown.length > 0) {
  console.error(`There is no judge called ${unknown.join(', ')}. They are: ${peers.map(({ name }) => name).join(', ')}.`)
  process.exit(2)
}

const chosen = peers.filter(({ name }) => names.length === 0 || names.includes(name))
const failed: string[] = []
for (const peer of chosen) {
  console.log(`${peer.name}: ${peer.version}`)
  const began = performance.now()
  const result = await judge(peer)
  const seconds = Math.round((performance.now() - began) / 1000)
  console.log(`${result.passed ? '✓' : '✗'} ${peer.name}  ${seconds} s\n`)
  if (!result.passed) failed.push(peer.name)
  record(peer, result, seconds)
}
console.log(failed.length === 0 ? `all ${chosen.length} passed` : `failed: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1

async function judge(peer: Peer): Promise<PeerResult> {
  try {
    return await peer.run()
  } catch (error) {
    const lines = (error instanceof Error ? error.message : String(error)).split('\n').slice(0, 40)
    for (const line of lines) console.log(`  ${line}`)
    return { passed: false, lines }
  }
}

/** Puts one peer's section into the report and leaves the others as they were. */
function record(peer: Peer, { passed, lines }: PeerResult, seconds: number): void {
  const old = existsSync(report) ? readFileSync(report, 'utf8').split(/^## /m).slice(1) : []
  const sections = new Map(old.map((section) => [section.split('\n', 1)[0] ?? '', section.trimEnd()]))
  const date = `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const said = lines.map((line) => line.trimEnd()).join('\n')
  sections.set(
    peer.name,
    `${peer.name}\n\n${passed ? 'Passed' : '**Failed**'} on ${date}, in ${seconds} s. ${peer.version}.\n\n\`\`\`\`text\n${said}\n\`\`\`\``,
  )
  const ordered = peers.flatMap(({ name }) => sections.get(name) ?? [])
  writeFileSync(report, `${opening}\n${ordered.map((section) => `## ${section}\n`).join('\n')}`)
}
