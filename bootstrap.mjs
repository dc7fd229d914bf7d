/**
 * Makes this checkout ready and runs one command in it, from any Node 20 or newer with npm.
 *
 *     node bootstrap.mjs COMMAND [ARGUMENT…]     COMMAND is a script below `run:` in package.json
 *
 * The packages are installed under the Node that the lockfile names (its own Node 24): installed under an older Node, npm leaves
 * out native parts in silence. Whatever is up to date is not done again, so a second start takes seconds.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const modules = join(root, 'node_modules')
const stamps = join(modules, '.guildhall')
const say = (text) => process.stderr.write(`guildhall  ${text}\n`)

const [command, ...rest] = process.argv.slice(2)
refuseOldNode()
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
const node = findNode()
install()
const environment = {
  ...process.env,
  GUILDHALL_BEGAN: String(performance.timeOrigin),
  PATH: [dirname(node.path), join(modules, '.bin'), process.env.PATH].join(delimiter),
}
build('contracts', ['contracts', 'hardhat.config.ts'], 'contracts/generated')
build('web', ['web', 'credentials', 'gateway/api', 'contracts'], 'web/dist')
if (command) run(command, rest)

/** Node 24 as a package of the platform; else the Node that runs this file, when it is new enough. */
function findNode() {
  const name = `node-${process.platform}-${process.arch}`
  const entry = lock.packages[`node_modules/${name}`]
  if (entry) return { package: `${name}@${entry.version}`, path: join(modules, name, 'bin', 'node') }
  if (Number(process.versions.node.split('.')[0]) >= 24) return { path: process.execPath }
  fail(
    `Node 24 or newer is needed on ${process.platform} ${process.arch}: no packaged one exists for it, and this is ${process.version}. Install Node 24, then run the same command again.`,
  )
}

function refuseOldNode() {
  if (Number(process.versions.node.split('.')[0]) >= 20) return
  fail(
    `Node 20 or newer is needed to begin; this is ${process.version}. Install it from nodejs.org or your system, then run the same command again.`,
  )
}

function install() {
  const wanted = digest([JSON.stringify(lock), process.platform, process.arch])
  if (isStamped('install', wanted) && existsSync(node.path)) return
  say('installing packages (about a minute the first time) …')
  const began = Date.now()
  const npm = ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund']
  const [program, ...args] = node.package ? ['npx', '--yes', '--package', node.package, '--', ...npm] : npm
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (error || status !== 0) {
    fail(
      `installing the packages stopped (${error?.message ?? `npm ended with ${status}`}). See npm's message above; usual causes are no connection to the package registry or a full disk. Then run the same command again.`,
    )
  }
  stamp('install', wanted)
  say(`packages are in place (${seconds(began)})`)
}

/** Builds a workspace when one of its sources has changed since the last time. */
function build(name, sources, output) {
  const script = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts[`build:${name}`]
  if (!script) return
  const wanted = digest(sources.flatMap((source) => fingerprint(join(root, source))))
  if (isStamped(name, wanted) && existsSync(join(root, output))) return
  say(`building ${name} …`)
  const began = Date.now()
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], { cwd: root, env: environment, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}`)
    fail(
      `building ${name} failed; the messages are above. If this is an unchanged checkout, remove node_modules and run the same command again.`,
    )
  }
  stamp(name, wanted)
  say(`${name} is built (${seconds(began)})`)
}

function run(name, args) {
  const script = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts[`run:${name}`]
  if (!script) fail(`there is no command ${name}; package.json lists them as "run:…" scripts.`)
  const child = spawn('sh', ['-c', `exec ${script} "$@"`, 'sh', ...args], { cwd: root, env: environment, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)
  })
}

function fingerprint(path) {
  const entry = statSync(path)
  if (!entry.isDirectory()) return [`${path} ${digest([readFileSync(path)])}`]
  return readdirSync(path)
    .filter((name) => !['node_modules', 'generated', 'dist', 'paraglide'].includes(name) && !name.endsWith('.test.ts'))
    .sort()
    .flatMap((name) => fingerprint(join(path, name)))
}

function digest(parts) {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex')
}

function isStamped(name, wanted) {
  const file = join(stamps, name)
  return existsSync(file) && readFileSync(file, 'utf8') === wanted
}

function stamp(name, value) {
  mkdirSync(stamps, { recursive: true })
  writeFileSync(join(stamps, name), value)
}

function seconds(began) {
  return `${((Date.now() - began) / 1000).toFixed(1)} s`
}

function fail(text) {
  say(text)
  process.exit(1)
}
