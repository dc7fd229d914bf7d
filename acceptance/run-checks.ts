/** Runs every linter and type checker, all of them even when one complains, and says at the end which did not pass. */
import { spawnSync } from 'node:child_process'
import { missingEntries } from './complete-lock.ts'

const checks: Record<string, string> = {
  'code style and import boundaries (biome)': 'biome check .',
  'Solidity format (prettier)': "prettier --check 'contracts/**/*.sol'",
  'Solidity rules (solhint)': "solhint --noPoster --max-warnings 0 'contracts/**/*.sol'",
  'types (tsc)': 'tsc',
  'screens (svelte-check)': 'svelte-check --workspace web --tsconfig tsconfig.json --fail-on-warnings',
  'what nobody uses (knip)': 'knip --no-progress',
}

const failed = Object.entries(checks).filter(([name, command]) => {
  const began = Date.now()
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8', maxBuffer: 1 << 28 })
  console.log(`${status === 0 ? '✓' : '✗'} ${name}  ${((Date.now() - began) / 1000).toFixed(1)} s`)
  if (status !== 0) console.log(`${stdout}${stderr}`)
  return status !== 0
})
const missing = missingEntries()
console.log(`${missing.length === 0 ? '✓' : '✗'} the lockfile is whole`)
if (missing.length > 0) console.log(`Run node acceptance/complete-lock.ts; the lockfile lacks ${missing.map((one) => one.name).join(', ')}`)
if (failed.length > 0 || missing.length > 0) process.exitCode = 1
