/**
 * Adds to package-lock.json the native packages of other platforms that a lagging registry left out of it. `npm install` drops an
 * optional dependency it can't find without a word, and `npm ci` then refuses the lock on every machine ("Missing: … from lock file").
 * The added entries carry no integrity: on another platform npm fetches them unchecked. Run after every `npm install` that changes the lock.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

type LockEntry = {
  version?: string
  optional?: boolean
  dev?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}
type Lock = { packages: Record<string, LockEntry> }
type Missing = { name: string; key: string; entry: LockEntry }

const lockFile = new URL('../package-lock.json', import.meta.url)
const systems = ['darwin', 'linux', 'win32', 'freebsd', 'netbsd', 'openbsd', 'android', 'sunos', 'aix', 'openharmony']
const processors = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32']

/** Optional dependencies that some package of the lock names and that no entry satisfies. */
export function missingEntries(lock: Lock = readLock()): Missing[] {
  const found = new Map<string, Missing>()
  for (const [parent, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (resolves(lock, parent, name) || !/^\d/.test(version)) continue
      found.set(`node_modules/${name}`, { name, key: `node_modules/${name}`, entry: describe(name, version, dev === true) })
    }
  }
  return [...found.values()]
}

function resolves(lock: Lock, parent: string, name: string): boolean {
  for (let at = parent; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (lock.packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`]) return true
    if (!at.includes('/node_modules/')) return lock.packages[`node_modules/${name}`] !== undefined
  }
}

function describe(name: string, version: string, dev: boolean): LockEntry {
  const words = name.replace('amd64', 'x64').split(/[^a-z0-9]+/)
  const os = systems.filter((system) => words.includes(system))
  const cpu = processors.filter((processor) => words.includes(processor))
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') && os.includes('linux') ? ['glibc'] : []
  return {
    version,
    ...(cpu.length > 0 && { cpu }),
    ...(dev && { dev }),
    ...(libc.length > 0 && { libc }),
    optional: true,
    ...(os.length > 0 && { os }),
  }
}

function readLock(): Lock {
  return JSON.parse(readFileSync(lockFile, 'utf8'))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const lock = readLock()
  const missing = missingEntries(lock)
  for (const { key, entry } of missing) lock.packages[key] = entry
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')))
  if (missing.length > 0) writeFileSync(lockFile, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(missing.length === 0 ? 'The lockfile is whole.' : `Added ${missing.length}: ${missing.map((one) => one.name).join(', ')}`)
}
